"""space: the version space of an argument: what gives its value in every task, its cost, the gate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from math import log2
from typing import final

from compiler.ir.expr import (
    Amount,
    AsText,
    Attr,
    Between,
    Case,
    Const,
    Expr,
    FormatTime,
    JoinRows,
    Lookup,
    Measure,
    Now,
    Nth,
    Pick,
    Piece,
    Ranked,
    Scaled,
    Shift,
    Template,
    Where,
    Without,
)
from compiler.ir.run import JSON
from compiler.mine.binding import RunSpans, Wired
from compiler.mine.clean import canonical
from compiler.mine.exprs import walk_expr
from compiler.mine.scope import is_number
from compiler.mine.sighting import Sighting
from compiler.mine.spans import Origin, common_kind, is_word, read_stamp

CHANCE_BITS = 6.64
"""Bits by which evidence must exceed chance: a false source in one of a hundred arguments."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Survivor:
    """An expression that explains every task, with the places in each run's request."""

    expr: Expr
    kind: str
    spans: RunSpans
    time_spans: RunSpans


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """What survived every task, of how many candidates that explained the first one."""

    survivors: tuple[Survivor, ...]
    proposed: int


def by_task(seen: tuple[Sighting, ...]) -> list[list[list[Sighting]]]:
    """Sightings by task and by run, in an order that the order of runs does not change."""
    tasks: dict[str, dict[str, list[Sighting]]] = {}
    for sighting in sorted(seen, key=lambda one: (one.run.task, one.run.run_id)):
        tasks.setdefault(sighting.run.task, {}).setdefault(sighting.run.run_id, []).append(sighting)
    return [list(runs.values()) for runs in tasks.values()]


def intersect(
    tasks: list[list[list[Sighting]]],
    propose: Callable[[Sighting], dict[Expr, Origin]],
    test: Callable[[Sighting, Collection[Expr]], dict[Expr, Origin]],
) -> Space:
    """Intersect over the calls of a run, unite over the runs of a task, intersect over the tasks.

    All expressions are listed for the first task only; of the others it is enough to test what is left.
    """
    left: dict[Expr, Origin] = {}
    known: list[tuple[str, dict[Expr, Origin]]] = []
    proposed = 0
    for number, runs in enumerate(tasks):
        here: dict[Expr, Origin] = {}
        for first, *others in runs:
            found = test(first, left) if number else propose(first)
            for call in others:
                again = test(call, found)
                found = {expr: origin for expr, origin in found.items() if expr in again}
            known.append((first.run.run_id, found))
            here.update(found)
        left = {expr: origin for expr, origin in left.items() if expr in here} if number else here
        proposed = proposed or len(left)
        if not left:
            return Space(survivors=(), proposed=proposed)
    kinds = {expr: common_kind(here[expr].kind for _, here in known if expr in here) for expr in left}
    survivors = tuple(
        Survivor(
            expr=expr,
            kind=kind,
            spans=tuple((run, here[expr].spans) for run, here in known if expr in here),
            time_spans=tuple((run, here[expr].time_spans) for run, here in known if expr in here),
        )
        for expr in sorted(left, key=repr)
        # A weekday that is the last one here and the next one there is read in no one way.
        if (kind := kinds[expr]) is not None
    )
    return Space(survivors=survivors, proposed=proposed)


def entropy(seen: tuple[Sighting, ...]) -> float:
    """How many bits the values of all tasks tell, if each is as likely as it was often."""
    values = {sighting.run.task: canonical(sighting.value) for sighting in seen}
    counts = Counter(values.values())
    return sum(-count * log2(count / len(values)) for count in counts.values())


MOST_BITS, LETTER_BITS = 24.0, 3.0
"""What one value may tell at most, and what one of its letters tells."""


def surprise(seen: tuple[Sighting, ...]) -> float:
    """How many bits the values of all tasks but the first tell, to what was made to fit the first one.

    The values of the other tasks tell as much as they differ in: in days, in steps of a number, in letters.
    """
    values = {sighting.run.task: sighting.value for sighting in seen}
    distinct = {canonical(value): value for value in values.values()}
    if len(distinct) == 1:
        return 0.0
    counted = entropy(seen) * (len(values) - 1) / len(values)
    if all(is_word(value) for value in distinct.values()):
        # Words of the trade come up again and again: that one is met says nothing, but which one does.
        return counted
    return max(counted, (len(distinct) - 1) * min(MOST_BITS, _width(list(distinct.values()))))


def _width(values: list[JSON]) -> float:
    """How many bits tell one of some different values from what else might stand there."""
    numbers = [float(value) for value in values if is_number(value)]  # type: ignore[arg-type]
    if len(numbers) == len(values):
        step = min((10.0 ** -len(repr(one).partition(".")[2].rstrip("0")) for one in numbers), default=1.0)
        return log2((max(numbers) - min(numbers)) / step + 1)
    stamps = [read_stamp(value) for value in values if isinstance(value, str)]
    days = [stamp.day.toordinal() for stamp in stamps if stamp is not None]
    if len(days) == len(values):
        return log2(max(days) - min(days) + 1)
    texts = [value if isinstance(value, str) else canonical(value) for value in values]
    head, tail = _shared(texts), _shared([text[::-1] for text in texts])
    return LETTER_BITS * max(min(len(text) for text in texts) - head - tail, 1)


def _shared(texts: list[str]) -> int:
    """With how many equal letters all texts begin."""
    first, last = min(texts), max(texts)
    pairs = zip(first, last, strict=False)
    return next((n for n, (one, other) in enumerate(pairs) if one != other), min(len(first), len(last)))


MIN_FITTED = 3
"""Tasks that must agree on a constant that was made to fit: an amount of days, a factor, a piece of text."""

_FITTED = (Piece, Between, Scaled, Template, JoinRows)


def is_fitted(expr: Expr) -> bool:
    """Whether an expression holds a constant that was chosen so that it fits."""
    for part in walk_expr(expr):
        if isinstance(part, _FITTED) or (isinstance(part, Shift) and isinstance(part.amount, Const)):
            return True
        if isinstance(part, Where) and isinstance(part.value, Const):
            return True
        if isinstance(part, Nth) and isinstance(part.place, Const):
            return True
    return False


def beyond_chance(space: Space, seen: tuple[Sighting, ...], tried: int = 0) -> tuple[Survivor, ...]:
    """The survivors, where the tasks after the first tell more than a choice among so many by chance.

    ``tried`` are candidates that were looked at before these.
    """
    tasks = len({sighting.run.task for sighting in seen})
    if surprise(seen) < log2(max(space.proposed + tried, 1)) + CHANCE_BITS:
        return ()
    return tuple(one for one in space.survivors if tasks >= MIN_FITTED or not is_fitted(one.expr))


_OWN_COST: dict[type, int] = {
    Const: 7,
    Now: 4,
    Shift: 5,
    Case: 3,
    AsText: 3,
    Pick: 2,
    Attr: 1,
    FormatTime: 1,
    Lookup: 3,
    Where: 4,
    Nth: 3,
    Ranked: 3,
    Amount: 3,
    Measure: 5,
    Scaled: 6,
    Piece: 6,
    Between: 9,
    Template: 4,
    Without: 6,
    JoinRows: 3,
}


def cost(expr: Expr) -> int:
    """How much an expression has to say, in tenths: what the request says outright comes first."""
    return sum(_OWN_COST.get(type(part), 0) + _is_ranked(part) for part in walk_expr(expr)) + 10


def _is_ranked(expr: Expr) -> bool:
    """Whether one of several rows that a value tells is taken; the only one is asked about if it is not."""
    return isinstance(expr, Pick) and isinstance(expr.rows, Where) and expr.how != "only"


def is_said(survivor: Survivor) -> bool:
    """Whether an expression takes its value from words of the request."""
    return any(spans for _, spans in survivor.spans)


def cheapest(survivors: tuple[Survivor, ...], examples: tuple[JSON, ...]) -> Wired:
    """Wire the cheapest survivors, as rivals."""
    least = min(cost(survivor.expr) for survivor in survivors)
    best = [survivor for survivor in survivors if cost(survivor.expr) == least]
    asked = [survivor for survivor in best if is_said(survivor)]
    # One place in the request cannot differ from itself: of the rivals that read it, one is enough, unless
    # they choose other rows by it.
    others = [one for one in asked[1:] if _chooses_rows(one.expr) and one.spans == asked[0].spans]
    unasked = (survivor for survivor in best if survivor not in asked)
    return wired((*asked[:1], *others, *unasked), examples)


def _chooses_rows(expr: Expr) -> bool:
    return any(isinstance(part, Where | Nth) for part in walk_expr(expr))


def wired(kept: tuple[Survivor, ...], examples: tuple[JSON, ...]) -> Wired:
    """Wire survivors, as rivals."""
    return Wired(
        rivals=tuple(survivor.expr for survivor in kept),
        kind=kept[0].kind,
        spans=kept[0].spans,
        time_spans=kept[0].time_spans,
        examples=examples,
    )
