"""bind: where every argument comes from, as a version space.

For each argument of a role: every expression that gives the value in some run of a task (union), kept if it
does so in every task (intersection). What survives is cheapest first; rivals of equal cost are kept.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import log2
from typing import final

from compiler.ir.expr import AsText, Attr, Case, Const, Each, Expr, FormatTime, Now, Pick, Shift
from compiler.ir.run import JSON
from compiler.mine.binding import Binding, Chosen, Open, RunSpans, Wired
from compiler.mine.clean import canonical
from compiler.mine.exprs import walk_expr
from compiler.mine.sighting import Sighting
from compiler.mine.sources import lookup, memberships
from compiler.mine.spans import (
    HOLE,
    Origin,
    Span,
    is_common,
    occurrences,
    wording,
)
from compiler.mine.trail import Occurrence, row_value
from compiler.mine.words import phrase


def bind(seen: tuple[Sighting, ...]) -> Binding:
    """Explain an argument: the cheapest expressions that give its value in every task."""
    if not seen:
        return Open(examples=())
    values = {canonical(sighting.value): sighting.value for sighting in seen}
    examples = tuple(values[key] for key in sorted(values))[:5]
    if any(isinstance(value, dict | list) for value in examples):
        return _bind_structure(seen, examples)
    survivors = _survivors(seen)
    if len(values) == 1:
        return _bind_constant(seen, survivors, examples)
    telling = _beyond_chance(seen, survivors)
    if telling:
        return _cheapest(telling, examples)
    return (
        _bind_loosely(seen, examples)
        or _bind_choice(seen, examples)
        or _bind_row(seen)
        or Open(examples=examples, values=tuple((s.run.run_id, canonical(s.value)) for s in seen))
    )


CHANCE_BITS = 6.64
"""Bits by which evidence must exceed chance: a false source in one of a hundred arguments."""


def _beyond_chance(seen: tuple[Sighting, ...], survivors: tuple[Survivor, ...]) -> tuple[Survivor, ...]:
    """Leave out sources that agree with values of few kinds (true, 0, "no") no better than chance would.

    Every scalar in scope, or every word of the request, is a chance to agree; every task tells as many bits
    as its value surprises. A duration or a date in words that means the value is never met by chance.
    """
    if not all(is_common(sighting.value) for sighting in seen):
        return survivors
    values = {sighting.run.task: canonical(sighting.value) for sighting in seen}
    counts = Counter(values.values())
    told = sum(-count * log2(count / len(values)) for count in counts.values())
    leaves = max(sum(len(paths) for source in s.scope for paths in source.leaves.values()) for s in seen)
    words = max(len(str(s.run.request).split()) for s in seen)
    return tuple(
        survivor
        for survivor in survivors
        if survivor.kind in ("date", "time", "minutes")
        or told >= log2(max(words if _is_said(survivor) else leaves, 1)) + CHANCE_BITS
    )


def _is_said(survivor: Survivor) -> bool:
    """Whether an expression takes its value from words of the request."""
    return any(spans for _, spans in survivor.spans)


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
    return Open(examples=examples)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Survivor:
    """An expression that explains every task, with the places in each run's request."""

    expr: Expr
    kind: str
    spans: RunSpans
    time_spans: RunSpans


def _survivors(seen: tuple[Sighting, ...]) -> tuple[Survivor, ...]:
    """Intersect over the calls of a run, unite over the runs of a task, intersect over the tasks.

    All expressions are listed for the first task only; of the others it is enough to test what is left.
    """
    tasks: dict[str, dict[str, list[Sighting]]] = {}
    for sighting in sorted(seen, key=lambda one: (one.run.task, one.run.run_id)):
        tasks.setdefault(sighting.run.task, {}).setdefault(sighting.run.run_id, []).append(sighting)
    left: dict[Expr, Origin] = {}
    known: list[tuple[str, dict[Expr, Origin]]] = []
    for number, runs in enumerate(tasks.values()):
        here: dict[Expr, Origin] = {}
        for run, calls in runs.items():
            first, *others = calls
            found = first.explained_by(left) if number else first.explained
            for call in others:
                again = call.explained_by(found)
                found = {expr: origin for expr, origin in found.items() if expr in again}
            known.append((run, found))
            here.update(found)
        left = {expr: origin for expr, origin in left.items() if expr in here} if number else here
        if not left:
            return ()
    return tuple(
        Survivor(
            expr=expr,
            kind=left[expr].kind,
            spans=tuple((run, here[expr].spans) for run, here in known if expr in here),
            time_spans=tuple((run, here[expr].time_spans) for run, here in known if expr in here),
        )
        for expr in sorted(left, key=repr)
    )


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


_OWN_COST: dict[type, int] = {Const: 7, Now: 4, Shift: 5, Case: 3, AsText: 3, Pick: 2, Attr: 1, FormatTime: 1}


def cost(expr: Expr) -> int:
    """How much an expression has to say, in tenths: what the request says outright comes first."""
    return sum(_OWN_COST.get(type(part), 0) for part in walk_expr(expr)) + 10


def _cheapest(survivors: tuple[Survivor, ...], examples: tuple[JSON, ...]) -> Wired:
    least = min(cost(survivor.expr) for survivor in survivors)
    best = [survivor for survivor in survivors if cost(survivor.expr) == least]
    asked = [survivor for survivor in best if _is_said(survivor)]
    # One place in the request cannot differ from itself: of the rivals that read it, one is enough.
    kept = asked[:1] + [survivor for survivor in best if survivor not in asked]
    return Wired(
        rivals=tuple(survivor.expr for survivor in kept),
        kind=kept[0].kind,
        spans=kept[0].spans,
        time_spans=kept[0].time_spans,
        examples=examples,
    )


CODED, PROSE = 5, 24
"""From how many characters a text with a digit in it, and any text, is told from a word of the trade."""

MIN_FOR_TELLING = 3
"""Tasks that must agree on an address or an id that nothing in scope explains, before it is a constant."""


def is_telling(value: JSON) -> bool:
    """Whether a value is unlikely to be met by chance: an address, an id, a long text."""
    if not isinstance(value, str):
        return False
    coded = len(value) >= CODED and any(letter.isdigit() for letter in value)
    return "@" in value or coded or len(value) > PROSE


def _bind_constant(
    seen: tuple[Sighting, ...], survivors: tuple[Survivor, ...], examples: tuple[JSON, ...]
) -> Binding:
    """A value that never varied: weak evidence for a constant, so a flow that explains it goes first.

    Where every request says it in words, the words become a field: a request that says something else is
    then asked about, not overruled.
    """
    value = seen[0].value
    timed = tuple(s for s in survivors if s.kind in ("date", "minutes"))
    if timed:
        return _cheapest(timed, examples)
    constant = Wired(rivals=(Const(value),), examples=examples)
    if not isinstance(value, str):
        return constant
    stamped = [s for s in survivors if isinstance(s.expr, FormatTime)]
    if stamped:
        # A date that is today's whenever it was seen is meant as today; one some days off may be either.
        today = tuple(s for s in stamped if isinstance(s.expr, FormatTime) and isinstance(s.expr.base, Now))
        rivals = (Const(value), stamped[0].expr)
        return _cheapest(today, examples) if today else Wired(rivals=rivals, examples=examples)
    return _bind_choice(seen, examples) or (_bind_telling(seen, survivors) if is_telling(value) else constant)


def _bind_telling(seen: tuple[Sighting, ...], survivors: tuple[Survivor, ...]) -> Binding:
    """An address or an id that never varied, and that no request names.

    It was looked up, by an expression or by a rule that we do not know; only where no row in scope holds it,
    and enough tasks agree, is it a constant.
    """
    examples = (seen[0].value,)
    flows = tuple(s for s in survivors if not any(spans for _, spans in s.spans))
    if flows:
        return _cheapest(flows, examples)
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
    return Wired(
        rivals=(HOLE,),
        kind="choice",
        spans=tuple(sorted(spans.items())),
        wordings=tuple(sorted(meaning.items())),
        examples=examples,
    )


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
            return None if len(tools) == 1 else Open(examples=tuple(sorted(tools)))
        spans[run.run_id] = frozenset({span})
    return Wired(
        rivals=(HOLE,),
        kind="choice",
        spans=tuple(sorted(spans.items())),
        wordings=tuple(sorted(meaning.items())),
        examples=tuple(sorted(tools)),
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
