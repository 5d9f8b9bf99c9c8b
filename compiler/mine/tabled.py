"""tabled: an argument that something beside it decides the source of, as the label of a form's field does.

What the values come from is tried in two steps. A date may be written in the form that one value in scope
names; taken back to ISO, the values are looked up by another: for each label an expression, or a question.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import log2
from typing import Final

from compiler.ir.expr import Attr, Expr, Ref
from compiler.ir.run import JSON
from compiler.mine.bind import bind
from compiler.mine.binding import Binding, Chosen, Form, Open, Tabled, Unsettled
from compiler.mine.clean import canonical
from compiler.mine.rules import bits_told
from compiler.mine.sighting import Sighting
from compiler.mine.sources import Bound
from compiler.mine.space import CHANCE_BITS, cost
from compiler.mine.spans import is_common, read_stamp
from compiler.mine.tables import Entry, Seen, find_table

MIN_CASE: Final = 3
"""Tasks that must show a case before it goes without a question."""

MIN_WAYS: Final = 3
"""Fewer sources, a question among them, are ways to go: what decides between two is a rule."""

ISO: Final = "%Y-%m-%d"


def explain(seen: tuple[Sighting, ...]) -> Binding:
    """Explain an argument: by one expression for all tasks, else by a table, else by a row or not at all."""
    found = bind(seen)
    return (_tabled(seen) or found) if isinstance(found, Chosen | Open) else found


def looked_up(on: Expr, scope: tuple[Bound, ...]) -> JSON:
    """The value that a table is about, in a scope; null where a record has no such key."""
    value = next(source.value for source in reversed(scope) if source.id == _base(on))
    if isinstance(on, Attr):
        return value.get(on.key) if isinstance(value, dict) else None
    return value


def _tabled(seen: tuple[Sighting, ...]) -> Tabled | None:
    """The table that gives an argument; None where too little speaks for any.

    It must be the case for at least half of what was seen, and save more bits than it takes to say it, beyond
    what chance would.
    """
    if len({sighting.run.task for sighting in seen}) < MIN_CASE or not all(
        isinstance(sighting.value, str) for sighting in seen
    ):
        return None
    keys = _keys(seen)
    form = _form(seen, keys)
    plain = [_plain(one, beside, form) for one, beside in zip(seen, keys, strict=True)]
    known = [
        Seen(task=one.run.task, value=one.value, keys=beside, sources=_sources(one))
        for one, beside in zip(plain, keys, strict=True)
    ]
    table = find_table(known, cost)
    if table is None:
        return None
    groups: dict[str, list[Seen]] = defaultdict(list)
    for each in known:
        groups[canonical(each.keys[table.on])].append(each)
    cases = tuple(entry for entry in table.entries if _is_sure(entry, groups[canonical(entry.key)]))
    if not _is_worth_it(cases, groups):
        return None
    settled = {canonical(entry.key) for entry in cases}
    open_ = [text for text in sorted(groups) if text not in settled]
    return Tabled(
        on=table.on,
        cases=cases,
        open=_unsettled(table.on, open_, plain, keys),
        form=form,
        examples=tuple(sorted({str(one.value) for one in seen}))[:5],
    )


def _keys(seen: Sequence[Sighting]) -> list[dict[Expr, JSON]]:
    """The scalars in scope that may decide, of each sighting; a key that a record lacks is null there."""
    found: list[dict[Expr, JSON]] = [dict(_scalars(sighting)) for sighting in seen]
    every = {expr for beside in found for expr in beside}
    lists = {
        Attr(Ref(source.id), key)
        for sighting in seen
        for source in sighting.scope
        if isinstance(source.value, dict)
        for key, value in source.value.items()
        if isinstance(value, dict | list)
    }
    bound = frozenset.intersection(*(frozenset(source.id for source in one.scope) for one in seen))
    usual = sorted((e for e in every - lists if _base(e) in bound), key=repr)
    return [{expr: beside.get(expr) for expr in usual} for beside in found]


def _scalars(sighting: Sighting) -> Iterator[tuple[Expr, JSON]]:
    for source in sighting.scope:
        if isinstance(source.value, dict):
            for key, value in source.value.items():
                if not isinstance(value, dict | list):
                    yield Attr(Ref(source.id), key), value
        elif not isinstance(source.value, list):
            yield Ref(source.id), source.value


def _base(expr: Expr) -> str:
    while isinstance(expr, Attr):
        expr = expr.base
    assert isinstance(expr, Ref)
    return expr.id


def _form(seen: Sequence[Sighting], keys: Sequence[dict[Expr, JSON]]) -> Form | None:
    """What names the form that a date is written in: of several such the one with the fewest values."""
    written = [_date_form(sighting.value) for sighting in seen]
    if len({form for form in written if form is not None}) <= 1:
        return None
    found: list[Form] = []
    for on in keys[0]:
        forms: dict[str, set[str | None]] = defaultdict(set)
        tasks: dict[str, set[str]] = defaultdict(set)
        values: dict[str, JSON] = {}
        for sighting, beside, form in zip(seen, keys, written, strict=True):
            text = canonical(beside[on])
            values[text] = beside[on]
            forms[text].add(form)
            tasks[text].add(sighting.run.task)
        if all(_is_one_form(forms[text], len(tasks[text])) for text in values):
            cases = tuple(
                (values[text], _written(forms[text]), tuple(sorted(tasks[text]))) for text in sorted(values)
            )
            found.append(Form(on=on, cases=cases))
    return min(found, key=lambda form: (len(form.cases), len(repr(form.on)), repr(form.on)), default=None)


def _date_form(value: JSON) -> str | None:
    """The form of a value that is a date and nothing more."""
    stamp = read_stamp(value) if isinstance(value, str) else None
    return stamp.day_format if stamp is not None and stamp.clock is None and not stamp.rest else None


def _is_one_form(forms: set[str | None], tasks: int) -> bool:
    """Whether values stand as they are, dates in ISO among them, or are all dates in one other form."""
    return forms <= {None, ISO} or (len(forms) == 1 and tasks >= MIN_CASE)


def _written(forms: set[str | None]) -> str | None:
    return None if forms <= {None, ISO} else next(iter(forms))


def _plain(sighting: Sighting, beside: dict[Expr, JSON], form: Form | None) -> Sighting:
    """The sighting with its value as it was before it was put into a form."""
    stamp = read_stamp(str(sighting.value))
    written = None if form is None else form.of(beside[form.on])
    return sighting if written is None or stamp is None else replace(sighting, value=stamp.day.isoformat())


def _sources(sighting: Sighting) -> frozenset[Expr]:
    """What gives a value, without places in the words of a request: those have no name here."""
    return frozenset(
        expr for expr, origin in sighting.explained.items() if not origin.spans and not origin.time_spans
    )


def _is_sure(entry: Entry, group: Sequence[Seen]) -> bool:
    """Whether a case is no chance: enough tasks, telling values, and no one task on which it depends."""
    if len(entry.tasks) < MIN_CASE or all(is_common(one.value) for one in group):
        return False
    for task in entry.tasks:
        left = [one.sources for one in group if one.task != task]
        cheaper = min(map(cost, frozenset.intersection(*left))) < cost(entry.value)
        if cheaper:
            return False
    return True


def _is_worth_it(cases: Sequence[Entry], groups: dict[str, list[Seen]]) -> bool:
    """Whether a table says more than it takes to say it, and about most of what was seen."""
    kinds = Counter(entry.value for entry in cases)
    if len(kinds) + (len(cases) < len(groups)) < MIN_WAYS:
        return False
    told: Counter[str] = Counter()
    for entry in cases:
        told[repr(entry.value)] += len({one.task for one in groups[canonical(entry.key)]})
    explained = sum(len(groups[canonical(entry.key)]) for entry in cases)
    every = [one for group in groups.values() for one in group]
    price = log2(len(every[0].keys)) + len(cases) * log2(len(kinds))
    return 2 * explained >= len(every) and bits_told(told) - price >= CHANCE_BITS


def _unsettled(
    on: Expr, texts: Sequence[str], seen: Sequence[Sighting], keys: Sequence[dict[Expr, JSON]]
) -> tuple[Unsettled, ...]:
    """The values that need a question: together those that have their options in one place."""
    groups: dict[Expr | None, list[tuple[JSON, tuple[str, ...]]]] = defaultdict(list)
    for text in texts:
        pairs = zip(seen, keys, strict=True)
        group = [(one, beside[on]) for one, beside in pairs if canonical(beside[on]) == text]
        tasks = tuple(sorted({one.run.task for one, _ in group}))
        groups[_options([one for one, _ in group])].append((group[0][1], tasks))
    return tuple(
        Unsettled(
            keys=tuple(key for key, _ in found),
            options=options,
            tasks=tuple(sorted({task for _, tasks in found for task in tasks})),
        )
        for options, found in sorted(groups.items(), key=lambda pair: (pair[0] is None, repr(pair[0])))
    )


def _options(group: Sequence[Sighting]) -> Expr | None:
    """The list beside every value of which it is one element; None where there is none, or a choice."""
    held = [
        {
            Attr(Ref(source.id), key)
            for source in one.scope
            if isinstance(source.value, dict)
            for key, value in source.value.items()
            if isinstance(value, list) and one.value in value and all(isinstance(v, str) for v in value)
        }
        for one in group
    ]
    common = set.intersection(*held)
    return next(iter(common)) if len(common) == 1 else None
