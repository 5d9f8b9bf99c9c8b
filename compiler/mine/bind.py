"""bind: where every argument comes from, as a version space.

For each argument of a role: every expression that gives the value in some run of a task (union), kept if it
does so in every task (intersection). What survives is cheapest first; rivals of equal cost are kept.
"""

from __future__ import annotations

import re
from math import log2

from compiler.ir.expr import Const, Each, Expr, FormatTime, Now, RequestField
from compiler.ir.run import JSON
from compiler.mine.binding import Binding, Chosen, Open, Wired
from compiler.mine.clean import canonical
from compiler.mine.derive import derive
from compiler.mine.exprs import walk_expr
from compiler.mine.sighting import Sighting
from compiler.mine.sources import lookup, memberships, scalar_key
from compiler.mine.space import (
    CHANCE_BITS,
    Space,
    Survivor,
    by_task,
    cheapest,
    cost,
    entropy,
    intersect,
    is_said,
)
from compiler.mine.spans import (
    HOLE,
    Span,
    is_common,
    is_telling,
    is_word,
    occurrences,
    wording,
)
from compiler.mine.telltale import Choice, place_of, telling_words
from compiler.mine.trail import Occurrence, row_value
from compiler.mine.twins import with_twins
from compiler.mine.words import phrase


def bind(seen: tuple[Sighting, ...]) -> Binding:
    """Explain an argument: the cheapest expressions that give its value in every task."""
    if not seen:
        return Open(examples=())
    values = {canonical(sighting.value): sighting.value for sighting in seen}
    examples = tuple(values[key] for key in sorted(values))[:5]
    if any(isinstance(value, dict | list) for value in examples):
        return _bind_structure(seen, examples)
    survivors = _survivors(seen).survivors
    if len(values) == 1:
        return _bind_constant(seen, survivors, examples)
    telling = _beyond_chance(seen, survivors)
    explained = cheapest(telling, examples) if telling else derive(seen, examples)
    if explained is not None:
        return with_twins(explained, seen)
    return (
        _bind_loosely(seen, examples)
        or _bind_choice(seen, examples)
        or _bind_row(seen)
        or Open(examples=examples, values=tuple((s.run.run_id, canonical(s.value)) for s in seen))
    )


def _beyond_chance(seen: tuple[Sighting, ...], survivors: tuple[Survivor, ...]) -> tuple[Survivor, ...]:
    """Leave out sources that agree with values of few kinds (true, 0, "no") no better than chance would.

    Every scalar in scope, or every word of the request, is a chance to agree; every task tells as many bits
    as its value surprises. A duration or a date in words that means the value is never met by chance. Of
    words of the trade, the scalars in scope that are one of them are chances to agree.
    """
    told = entropy(seen)
    if all(is_word(sighting.value) for sighting in seen):
        words_seen = {scalar_key(sighting.value) for sighting in seen}
        alike = max(sum(len(b.leaves.get(key, ())) for b in s.scope for key in words_seen) for s in seen)
        enough = told >= log2(max(alike, 1)) + CHANCE_BITS
        return tuple(survivor for survivor in survivors if enough or is_said(survivor) or _is_asked(survivor))
    if not all(is_common(sighting.value) for sighting in seen):
        return survivors
    leaves = max(sum(len(paths) for source in s.scope for paths in source.leaves.values()) for s in seen)
    words = max(len(str(s.run.request).split()) for s in seen)
    return tuple(
        survivor
        for survivor in survivors
        if survivor.kind in ("date", "past_date", "coming_date", "time", "minutes")
        or told >= log2(max(words if is_said(survivor) else leaves, 1)) + CHANCE_BITS
    )


def _is_asked(survivor: Survivor) -> bool:
    """Whether an expression takes a value from a field of a structured request, which says what is meant."""
    return any(isinstance(part, RequestField) for part in walk_expr(survivor.expr))


def _bind_loosely(seen: tuple[Sighting, ...], examples: tuple[JSON, ...]) -> Wired | None:
    """A read's argument as the request says it, where runs differ only in how they capitalise it.

    Never for a write: what is written is written as some run wrote it.
    """
    spans: dict[str, frozenset[Span]] = {}
    for sighting in seen:
        text, value = sighting.run.request, sighting.value
        if sighting.effect != "read" or not isinstance(text, str) or not isinstance(value, str):
            return None
        spans[sighting.run.run_id] = spans.get(sighting.run.run_id, frozenset()) | frozenset(
            occurrences(text, value)
        )
        if not spans[sighting.run.run_id]:
            return None
    return Wired(rivals=(HOLE,), kind="text", spans=tuple(sorted(spans.items())), examples=examples)


def _bind_structure(seen: tuple[Sighting, ...], examples: tuple[JSON, ...]) -> Binding:
    """A list or an object: one constant, or one field of every row of a list in scope."""
    if len({canonical(sighting.value) for sighting in seen}) == 1:
        return Wired(rivals=(Const(seen[0].value),), examples=examples)
    common: set[Expr] | None = None
    for sighting in seen:
        here: set[Expr] = set()
        items = sighting.value if isinstance(sighting.value, list) else []
        lists = (
            (rows, tail, lookup(source.value, rows))
            for source in (sighting.scope if items else ())
            for rows, tail, _ in memberships(items[0], (source,))
        )
        for rows, tail, held in lists:
            assert isinstance(held, list)
            if len(tail) == 1 and [row_value(row, tail) for row in held] == items:
                here.add(Each(rows, tail[0]))
        common = here if common is None else common & here
    if common:
        return Wired(rivals=(min(common, key=repr),), examples=examples)
    return derive(seen, examples) or Open(examples=examples)


def _survivors(seen: tuple[Sighting, ...]) -> Space:
    return intersect(by_task(seen), lambda one: one.explained, lambda one, left: one.explained_by(left))


def is_absence(result: JSON, others: list[JSON]) -> bool:
    """Whether a result shows nothing to go on with: no rows, or a text, where no other does."""
    if result == []:
        return [] not in others
    return isinstance(result, str) and not any(isinstance(other, str) for other in others)


def best_supported(seen: tuple[Sighting, ...]) -> frozenset[str]:
    """The tasks that the expression with the most support explains; the cheaper one of two as good."""
    support: dict[Expr, set[str]] = {}
    for sighting in seen:
        for expr in sighting.explained:
            support.setdefault(expr, set()).add(sighting.run.task)
    if not support:
        return frozenset()
    best = min(support, key=lambda expr: (-len(support[expr]), cost(expr), repr(expr)))
    return frozenset(support[best])


MIN_FOR_TELLING = 3
"""Tasks that must agree on an address or an id that nothing in scope explains, before it is a constant."""


def _bind_constant(
    seen: tuple[Sighting, ...], survivors: tuple[Survivor, ...], examples: tuple[JSON, ...]
) -> Binding:
    """A value that never varied: weak evidence for a constant, so a flow that explains it goes first.

    Where every request says it in words, the words become a field: a request that says something else is
    then asked about, not overruled.
    """
    value = seen[0].value
    timed = tuple(s for s in survivors if s.kind in ("date", "past_date", "coming_date", "minutes"))
    if timed:
        return cheapest(timed, examples)
    constant = Wired(rivals=(Const(value),), examples=examples)
    if not isinstance(value, str):
        return constant
    stamped = [s for s in survivors if isinstance(s.expr, FormatTime)]
    if stamped:
        # A date that is today's whenever it was seen is meant as today; one some days off may be either.
        today = tuple(s for s in stamped if isinstance(s.expr, FormatTime) and isinstance(s.expr.base, Now))
        rivals = (Const(value), stamped[0].expr)
        return cheapest(today, examples) if today else Wired(rivals=rivals, examples=examples)
    return _bind_choice(seen, examples) or (_bind_telling(seen, survivors) if is_telling(value) else constant)


def _bind_telling(seen: tuple[Sighting, ...], survivors: tuple[Survivor, ...]) -> Binding:
    """An address or an id that never varied, and that no request names.

    It was looked up, by an expression or by a rule that we do not know; only where no row in scope holds it,
    and enough tasks agree, is it a constant.
    """
    examples = (seen[0].value,)
    flows = tuple(s for s in survivors if not any(spans for _, spans in s.spans))
    if flows:
        return cheapest(flows, examples)
    row = _bind_row(seen)
    if row is not None:
        return row
    enough = len({sighting.run.task for sighting in seen}) >= MIN_FOR_TELLING
    return Wired(rivals=(Const(seen[0].value),), examples=examples) if enough else Open(examples=examples)


def _bind_choice(seen: tuple[Sighting, ...], examples: tuple[JSON, ...]) -> Wired | None:
    """The value as another wording of the request's words, the same words never meaning two values."""
    meaning: dict[str, str] = {}
    spans: dict[str, frozenset[Span]] = {}
    for sighting in seen:
        text, value = sighting.run.request, sighting.value
        if not isinstance(text, str) or not isinstance(value, str):
            return None
        exact = frozenset(occurrences(text, value))
        near = exact or frozenset(filter(None, [None if is_telling(value) else wording(text, value)]))
        if not near:
            return None
        for span in near:
            said = text[span.start : span.end].lower()
            if meaning.setdefault(said, value) != value:
                return None
        spans[sighting.run.run_id] = spans.get(sighting.run.run_id, frozenset()) | near
    texts = {sighting.run.run_id: str(sighting.run.request) for sighting in seen}
    spans, meaning = _with_qualifiers(spans, meaning, texts)
    return Wired(
        rivals=(HOLE,),
        kind="choice",
        spans=tuple(sorted(spans.items())),
        wordings=tuple(sorted(meaning.items())),
        examples=examples,
    )


QUALIFIER = re.compile(r"(?P<word>[A-Za-z]{4,}) $")
"""A word right before another. Shorter ones are articles and prepositions, by and large."""

NO_QUALIFIERS = frozenset(("both", "from", "with", "into", "than", "that", "this", "these", "those", "about"))


def _with_qualifiers(
    spans: dict[str, frozenset[Span]], meaning: dict[str, str], texts: dict[str, str]
) -> tuple[dict[str, frozenset[Span]], dict[str, str]]:
    """Take a word that always stands before one wording, and never before another, as a part of it.

    average {session duration}, {total visits}  ->  {average session duration}, {total visits}
    """
    before: dict[str, set[str]] = {}
    for run, places in spans.items():
        for span in places:
            found = QUALIFIER.search(texts[run], 0, span.start)
            word = found["word"].lower() if found else ""
            before.setdefault(texts[run][span.start : span.end].lower(), set()).add(word)
    lone = {said: next(iter(words)) for said, words in before.items() if len(words) == 1}
    others = {said: set().union(*(words for one, words in before.items() if one != said)) for said in lone}
    own = {
        said: word
        for said, word in lone.items()
        if others[said] and word and word not in NO_QUALIFIERS and word not in others[said]
    }
    wider = {
        run: frozenset(
            Span(span.start - len(own.get(said, "")) - (said in own), span.end)
            for span in places
            for said in (texts[run][span.start : span.end].lower(),)
        )
        for run, places in spans.items()
    }
    return wider, {f"{own[said]} {said}" if said in own else said: value for said, value in meaning.items()}


def bind_tool(seen: tuple[Occurrence, ...]) -> Binding | None:
    """Which tool of its family a role calls: None for the same one always, by words of the request, or open.

    Where every request names the one tool that was ever called, its words are a field too: a request that
    names another is then no longer taken for this one.
    """
    tools = {found.step.tool for found in seen}
    meaning: dict[str, str] = {}
    spans: dict[str, frozenset[Span]] = {}
    for found in seen:
        run, tool = found.trail.episode.run, found.step.tool
        span = wording(run.request, phrase(tool)) if isinstance(run.request, str) else None
        said = str(run.request)[span.start : span.end].lower() if span else ""
        if span is None or meaning.setdefault(said, tool) != tool:
            # The names do not say it; the words that always went with a tool may.
            return None if len(tools) == 1 else _by_telling_words(seen)
        spans[run.run_id] = frozenset({span})
    return Wired(
        rivals=(HOLE,),
        kind="choice",
        spans=tuple(sorted(spans.items())),
        wordings=tuple(sorted(meaning.items())),
        examples=tuple(sorted(tools)),
    )


def _by_telling_words(seen: tuple[Occurrence, ...]) -> Binding:
    """Which tool a role calls, by words that nothing but the runs connects with it; else an open decision."""
    called = [(found.trail.episode.run, found.step.tool) for found in seen]
    open_ = Open(examples=tuple(sorted({tool for _, tool in called})))
    if not all(isinstance(run.request, str) for run, _ in called):
        return open_
    told = telling_words([Choice(task=run.task, text=str(run.request), chosen=tool) for run, tool in called])
    found = {run.run_id: place_of(str(run.request), told or {}) for run, _ in called}
    spans = {run: frozenset({span}) for run, span in found.items() if span is not None}
    if told is None or len(spans) < len(found):
        return open_
    return Wired(
        rivals=(HOLE,),
        kind="choice",
        spans=tuple(sorted(spans.items())),
        wordings=tuple(sorted(told.items())),
        examples=open_.examples,
    )


def _bind_row(seen: tuple[Sighting, ...]) -> Chosen | None:
    """The value as a field of some row of one list, in every task."""
    tasks: dict[str, set[tuple[Expr, tuple[str, ...]]]] = {}
    for sighting in seen:
        here = {(rows, tail) for rows, tail, _ in memberships(sighting.value, sighting.scope)}
        tasks.setdefault(sighting.run.task, set()).update(here)
    common = set.intersection(*tasks.values())
    if not common:
        return None
    rows, tail = min(common, key=repr)
    return Chosen(rows=rows, tail=tail)
