"""sources: which earlier results a value may come from, as expressions.

A result is indexed once: scalar -> the paths that lead to it. A path through a list is turned into every
description of the row that fits (first, last, lowest or highest by a field): rivals, until runs tell them
apart.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import Any, final

from compiler.ir.expr import AsText, Attr, Expr, FormatTime, ParseTime, Pick, Ref, Shift
from compiler.ir.run import JSON
from compiler.mine.spans import HOLE, Origin, Span, cached_mentions, read_stamp

Path = tuple[str | int, ...]
ScalarKey = tuple[type, JSON]
"""A scalar with its type: 1, 1.0 and true are three."""

Leaves = dict[ScalarKey, tuple[Path, ...]]
"""Where a value holds a scalar, by the scalar's JSON text."""
MAX_LEAVES = 20_000
MAX_RIVALS = 8


def scalar_key(value: JSON) -> ScalarKey:
    """What makes two scalars the same: type and value."""
    # What is no scalar is in no index; its text can be looked for like any other.
    return type(value), value if not isinstance(value, dict | list) else repr(value)


@final
@dataclass(frozen=True, kw_only=True)
class Bound:
    """A value in scope: the node that binds it and what it was in this run.

    ``known`` is the index of its scalars, should it have been made before; that of a row seldom is, and
    seldom needed.
    """

    id: str
    value: JSON
    known: Leaves | None = None

    @cached_property
    def leaves(self) -> Leaves:
        """The scalars of the value, with the paths that lead to them."""
        return index(self.value) if self.known is None else self.known


def index(value: JSON) -> Leaves:
    """Index a result by its scalars."""
    leaves: dict[ScalarKey, list[Path]] = {}
    todo: list[tuple[Path, JSON]] = [((), value)]
    count = 0
    # By hand, for every result of every run is indexed: `walk` takes half as long again.
    while todo and count < MAX_LEAVES:
        path, here = todo.pop()
        if isinstance(here, dict):
            todo.extend([((*path, key), here[key]) for key in reversed(here)])
        elif isinstance(here, list):
            todo.extend([((*path, place), here[place]) for place in range(len(here) - 1, -1, -1)])
        else:
            leaves.setdefault((type(here), here), []).append(path)
            count += 1
    return {key: tuple(paths) for key, paths in leaves.items()}


def walk(value: JSON, path: Path = ()) -> Iterator[tuple[Path, JSON]]:
    """Every scalar of a JSON value with its path, in order."""
    if isinstance(value, dict):
        for key in value:
            yield from walk(value[key], (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from walk(item, (*path, index))
    else:
        yield path, value


def descriptions(rows: list[JSON], index: int) -> Iterator[tuple[str, str | None]]:
    """Ways to say which row of a list is meant, cheapest first."""
    if index == 0:
        yield "first", None
    if index == len(rows) - 1:
        yield "last", None
    for key in orderable_keys(rows):
        # Numbers, or texts that read as times: what orderable_keys found can be compared.
        values: list[Any] = [row[key] for row in rows if isinstance(row, dict)]
        # Of two rows that are equally low neither is the lowest.
        if values[index] == min(values) and values.count(values[index]) == 1:
            yield "lowest", key
        if values[index] == max(values) and values.count(values[index]) == 1:
            yield "highest", key


def orderable_keys(rows: list[JSON]) -> list[str]:
    """Fields by which rows can be ordered with a meaning: numbers and machine-written times."""
    if not rows or not all(isinstance(row, dict) for row in rows):
        return []
    first = rows[0]
    assert isinstance(first, dict)
    found = []
    for key in first:
        values = [row.get(key) for row in rows]  # type: ignore[union-attr]
        numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
        times = all(isinstance(value, str) and read_stamp(value) is not None for value in values)
        if numbers or times:
            found.append(key)
    return found


def expressions(source: Bound, path: Path) -> Iterator[Expr]:
    """Every expression that follows a path, with each list index described in every way that fits."""
    yield from _follow(Ref(source.id), source.value, path)


def _follow(base: Expr, value: JSON, path: Path) -> Iterator[Expr]:
    if not path:
        yield base
        return
    step, rest = path[0], path[1:]
    if isinstance(value, dict) and isinstance(step, str):
        yield from _follow(Attr(base, step), value[step], rest)
    elif isinstance(value, list) and isinstance(step, int):
        for how, by in list(descriptions(value, step))[:MAX_RIVALS]:
            yield from _follow(Pick(base, how, by), value[step], rest)  # type: ignore[arg-type]


def result_origins(value: JSON, scope: tuple[Bound, ...]) -> Iterator[Origin]:
    """Every way in which a scalar comes from a value in scope, the latest source last."""
    number = _as_number(value)
    for source in scope:
        for path in source.leaves.get(scalar_key(value), ()):
            for expr in expressions(source, path):
                yield Origin(expr=expr, kind="json", spans=frozenset())
        for path in () if number is None else source.leaves.get(scalar_key(number), ()):
            for expr in expressions(source, path):
                yield Origin(expr=AsText(expr), kind="json", spans=frozenset())


def is_given_by(expr: Expr, value: JSON, scope: tuple[Bound, ...]) -> bool:
    """Whether ``result_origins`` would yield an expression: it leads to the value, by a path in the index.

    To test one expression is much cheaper than to list all of them.
    """
    if isinstance(expr, AsText):
        number = _as_number(value)
        return number is not None and is_given_by(expr.base, number, scope)
    steps: list[Attr | Pick] = []
    while isinstance(expr, Attr | Pick):
        steps.append(expr)
        expr = expr.base if isinstance(expr, Attr) else expr.rows
    source = next((one for one in scope if isinstance(expr, Ref) and one.id == expr.id), None)
    wanted = scalar_key(value)
    if source is None or (source.known is not None and wanted not in source.known):
        return False
    here = source.value
    for step in reversed(steps):
        if isinstance(step, Attr):
            if not isinstance(here, dict) or step.key not in here:
                return False
            here = here[step.key]
        else:
            place = described(here, step)
            if place is None or not isinstance(here, list):
                return False
            here = here[place]
    return not isinstance(here, dict | list) and scalar_key(here) == wanted


def described(rows: JSON, pick: Pick) -> int | None:
    """The position of the row that a pick describes; None where its words do not tell one row."""
    if not isinstance(rows, list) or not rows:
        return None
    if pick.how == "only":
        return 0 if len(rows) == 1 else None
    if pick.how in ("first", "last"):
        return 0 if pick.how == "first" else len(rows) - 1
    if pick.by not in orderable_keys(rows):
        return None
    values: list[Any] = [row[pick.by] for row in rows if isinstance(row, dict)]
    place = values.index(min(values) if pick.how == "lowest" else max(values))
    told = list(descriptions(rows, place))[:MAX_RIVALS]
    return place if (pick.how, pick.by) in told else None


def _as_number(value: JSON) -> int | float | None:
    """The number that a text writes as Python would."""
    if not isinstance(value, str) or not value[-1:].isdigit():
        return None
    try:
        number = json.loads(value)
    except ValueError:
        return None
    plain = isinstance(number, int | float) and not isinstance(number, bool) and str(number) == value
    return number if plain else None


def shifted_origins(
    value: JSON, scope: tuple[Bound, ...], text: str, now: datetime | None
) -> Iterator[Origin]:
    """The value is a moment of an earlier result, moved by a duration that the request names."""
    stamp = read_stamp(value) if isinstance(value, str) else None
    durations = [m for m in cached_mentions(text, now) if m.kind == "minutes"]
    if stamp is None or stamp.clock is None or not durations:
        return
    form = stamp.day_format + stamp.clock_format
    for expr, start in _moments(scope):
        for mention in durations:
            moved = start + timedelta(minutes=int(str(mention.value)))
            if moved == datetime.combine(stamp.day, stamp.clock):
                span = frozenset({Span(mention.start, mention.end)})
                shifted = FormatTime(Shift(ParseTime(expr), "minutes", HOLE), form)
                yield Origin(expr=shifted, kind="minutes", spans=span)


def _moments(scope: tuple[Bound, ...]) -> Iterator[tuple[Expr, datetime]]:
    """Every machine-written moment in scope, with the expressions that give it."""
    for source in scope:
        for key, paths in source.leaves.items():
            leaf = key[1]
            stamp = read_stamp(leaf) if isinstance(leaf, str) else None
            if stamp is None:
                continue
            for path in paths:
                for expr in expressions(source, path):
                    yield expr, datetime.combine(stamp.day, stamp.clock or time())


def memberships(value: JSON, scope: tuple[Bound, ...]) -> Iterator[tuple[Expr, tuple[str, ...], int]]:
    """Lists in scope that hold the value: the list, the keys from a row to the value, the row's position."""
    for source in scope:
        for path in source.leaves.get(scalar_key(value), ()):
            indexes = [place for place, step in enumerate(path) if isinstance(step, int)]
            if len(indexes) != 1:
                continue
            (place,) = indexes
            rows: Expr = Ref(source.id)
            for step in path[:place]:
                rows = Attr(rows, str(step))
            position = path[place]
            assert isinstance(position, int)
            yield rows, tuple(str(step) for step in path[place + 1 :]), position


def lookup(base: JSON, expr: Expr) -> JSON:
    """The value of a chain of keys below a bound value (``expr`` is Attr over Ref)."""
    keys: list[str] = []
    while isinstance(expr, Attr):
        keys.append(expr.key)
        expr = expr.base
    for key in reversed(keys):
        assert isinstance(base, dict)
        base = base[key]
    return base
