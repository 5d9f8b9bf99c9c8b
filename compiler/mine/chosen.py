"""chosen: arguments for which rows have to be chosen first: by a comparison, by their place, or in an order.

    first(where(events, "start", after=run.now)).event_id        nth_lowest(offers, 2, by="price").offer_id
    len(where(tasks, "due", before=request.day))                 each of ranked(items, by="price"), "item_id"

Looked for only where nothing simpler explains an argument, because there is much to choose among.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice

from compiler.ir.expr import Attr, Const, Each, Expr, JoinRows, Measure, Nth, Pick, Ranked, Where
from compiler.ir.run import JSON
from compiler.mine import amounts
from compiler.mine.atoms import lists
from compiler.mine.clean import canonical
from compiler.mine.evaluate import NoValue, World, evaluate, ranking
from compiler.mine.exprs import walk_expr
from compiler.mine.filters import Kept, filters, groups, members
from compiler.mine.flows import around, flows, plain
from compiler.mine.joins import MAX_ROWS, rows_of
from compiler.mine.rosters import JOINTS
from compiler.mine.scope import is_number
from compiler.mine.sighting import Sighting
from compiler.mine.sources import descriptions, memberships, orderable_keys
from compiler.mine.spans import HOLE, Origin, days_said, numbers_said, text_origins
from compiler.runtime import average, greatest, least, median, total

MOST_PLACE = 9
"""The last place that a row is known by; further on, it is at some place and no more."""

MOST = 2_000
"""Ways to choose rows for one value; with more of them, none could be believed."""


def proposals(value: JSON, sighting: Sighting) -> Iterator[Origin]:
    """Every way to give a value by choosing rows, and every amount that a text in scope writes."""
    if isinstance(value, dict | bool) or value is None:
        return
    if isinstance(value, list):
        found = _columns(value, sighting)
    else:
        found = chain(_of_rows(value, sighting), amounts.proposals(value, sighting))
        if is_number(value):
            found = chain(_measures(value, sighting), found)
        elif isinstance(value, str):
            found = chain(found, _joined(value, sighting))
    listed = list(islice(found, MOST + 1))
    yield from listed if len(listed) <= MOST else ()


def readings(expr: Expr, sighting: Sighting, world: World) -> Iterator[tuple[JSON, Origin]]:
    """What the words of the request may put in the open place of a choice of rows, with their places."""
    text, now = sighting.run.request, sighting.run.now
    if not isinstance(text, str):
        return
    for part in walk_expr(expr):
        if isinstance(part, Where) and part.value == HOLE and part.op == "equals" and part.key is not None:
            for value in _column(part.rows, part.key, world):
                said = (origin for origin in text_origins(text, value) if origin.expr == HOLE)
                yield from ((value, origin) for origin in said)
    for number, spans in numbers_said(text, now).items():
        yield int(number) if number.is_integer() else number, Origin(expr=HOLE, kind="number", spans=spans)
    for kind, day, spans in days_said(text, now):
        yield day.isoformat(), Origin(expr=HOLE, kind=kind, spans=spans)


def _column(rows: Expr, key: str, world: World) -> list[str]:
    """The different texts that rows have under a key."""
    try:
        held = evaluate(Each(rows, key), world)
    except NoValue:
        return []
    return sorted({value for value in held if isinstance(value, str)}) if isinstance(held, list) else []


# -------------------------------------------------------------------------------------- one row


def _of_rows(value: JSON, sighting: Sighting) -> Iterator[Origin]:
    """A field of a row: of those that pass a comparison, or at some place."""
    compared: dict[Expr, list[Kept]] = {}
    alike: dict[Expr, list[Kept]] = {}
    for rows, tail, place in memberships(value, sighting.scope):
        held = rows_of(rows, sighting.scope)
        if len(held) > MAX_ROWS:
            continue
        if rows not in compared:
            compared[rows] = [*filters(rows, held, sighting), *members(rows, held, sighting)]
            alike[rows] = list(groups(rows, held, sighting))
        placed = _placed(alike[rows], rows, held, place, sighting)
        for origin in chain(placed, _picked(compared[rows], held, place)):
            yield around(origin, _below(origin.expr, tail))


def _below(expr: Expr, tail: tuple[str, ...]) -> Expr:
    for key in tail:
        expr = Attr(expr, key)
    return expr


def _picked(compared: list[Kept], held: list[JSON], place: int) -> Iterator[Origin]:
    """The row as the only one, the first, the lowest, ..., of those that pass a comparison."""
    for kept in compared:
        if place not in kept.places:
            continue
        if len(kept.places) == 1:
            yield around(kept.origin, Pick(kept.origin.expr, "only"))
        for how, by in descriptions([held[n] for n in kept.places], kept.places.index(place)):
            yield around(kept.origin, Pick(kept.origin.expr, how, by))  # type: ignore[arg-type]


def _placed(
    alike: list[Kept], rows: Expr, held: list[JSON], place: int, sighting: Sighting
) -> Iterator[Origin]:
    """The row by its place among all, or among those that have one value under a key."""
    yield from _nths(plain(rows), held, place, sighting)
    for kept in alike:
        if place in kept.places:
            some = [held[n] for n in kept.places]
            yield from _nths(kept.origin, some, kept.places.index(place), sighting)


def _nths(rows: Origin, held: list[JSON], place: int, sighting: Sighting) -> Iterator[Origin]:
    """A row by its place from either end, and in the order of every field that orders the rows."""
    places = {("first", None): place + 1, ("last", None): len(held) - place}
    for key in orderable_keys(held):
        for how in ("lowest", "highest"):
            order = ranking(held, key, descending=how == "highest")
            if order is not None:
                places[how, key] = order.index(place) + 1  # type: ignore[index]
    for (how, by), number in places.items():
        for origin in _numbers(number, sighting):
            spans = rows.spans | origin.spans
            if not (rows.spans and origin.spans):
                expr = Nth(rows.expr, origin.expr, how, by)  # type: ignore[arg-type]
                kind = rows.kind if rows.spans else origin.kind
                yield Origin(expr=expr, kind=kind, spans=spans)


def _numbers(number: int, sighting: Sighting) -> Iterator[Origin]:
    """What tells a place: a constant, or a number in scope."""
    if 1 < number <= MOST_PLACE:
        yield plain(Const(number))
    yield from flows(number, sighting)
    text, now = sighting.run.request, sighting.run.now
    said = numbers_said(text, now).get(float(number)) if isinstance(text, str) else None
    if said:
        yield Origin(expr=HOLE, kind="number", spans=said)


# -------------------------------------------------------------------------------------- many rows


def _every_filter(rows: Expr, held: Sequence[JSON], sighting: Sighting) -> Iterator[Kept]:
    yield from filters(rows, held, sighting)
    yield from groups(rows, held, sighting)
    yield from members(rows, held, sighting)


_MEASURES = {"total": total, "average": average, "median": median, "least": least, "greatest": greatest}


def _measures(value: JSON, sighting: Sighting) -> Iterator[Origin]:
    """The number of the rows that pass a test, or what a field of theirs comes to."""
    for rows, held in lists(sighting.scope, sighting.run.request):
        records = [row for row in held if isinstance(row, dict)]
        if not records or len(records) < len(held) or len(held) > MAX_ROWS:
            continue
        numeric = [key for key in records[0] if all(is_number(row.get(key)) for row in records)]
        yield from (plain(Measure(Each(rows, key), "median")) for key in numeric)
        known: dict[tuple[int, ...], list[tuple[str, str]]] = {}
        for kept in _every_filter(rows, held, sighting):
            if len(kept.places) == value:
                yield around(kept.origin, Measure(kept.origin.expr, "count"))
            if kept.places not in known:
                some = [records[n] for n in kept.places]
                known[kept.places] = list(_summed_up(some, numeric, value)) if some else []
            for key, how in known[kept.places]:
                yield around(kept.origin, Measure(Each(kept.origin.expr, key), how))  # type: ignore[arg-type]


def _summed_up(rows: list[dict[str, JSON]], numeric: list[str], value: JSON) -> Iterator[tuple[str, str]]:
    """The fields, and the measures of them, that give a number."""
    for key in numeric:
        column = [row[key] for row in rows]
        yield from ((key, how) for how, measure in _MEASURES.items() if measure(column) == value)


def _columns(value: list[JSON], sighting: Sighting) -> Iterator[Origin]:
    """A field of the rows that pass a test, as they stand or in an order."""
    wanted = [canonical(one) for one in value]
    for rows, held in lists(sighting.scope, sighting.run.request) if value else ():
        records = [row for row in held if isinstance(row, dict)]
        if not records or len(records) < len(held) or len(held) > MAX_ROWS:
            continue
        for key in records[0]:
            places = {canonical(row.get(key)): place for place, row in enumerate(records)}
            if len(places) == len(records) and all(one in places for one in wanted):
                order = [places[one] for one in wanted]
                for origin in _in_order(rows, held, order, sighting):
                    yield around(origin, Each(origin.expr, key))


def _in_order(rows: Expr, held: list[JSON], order: list[int], sighting: Sighting) -> Iterator[Origin]:
    """The rows at some places, in that order."""
    at = tuple(sorted(order))
    some = [plain(rows)] if len(at) == len(held) else []
    some += [kept.origin for kept in _every_filter(rows, held, sighting) if kept.places == at]
    if not some:
        return
    if tuple(order) == at:
        yield from some
    chosen = [held[place] for place in at]
    for by in orderable_keys(chosen):
        for descending in (False, True):
            ranks = ranking(chosen, by, descending=descending)
            if ranks is not None and [at[place] for place in ranks] == order:
                yield from (around(one, Ranked(one.expr, by, descending)) for one in some)


def _joined(value: str, sighting: Sighting) -> Iterator[Origin]:
    """A list in one text, with a separator between the texts."""
    for separator in sorted(set(JOINTS.findall(value))):
        for origin in _columns(list(value.split(separator)), sighting):
            yield around(origin, JoinRows(origin.expr, separator))
