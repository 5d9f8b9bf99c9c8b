"""tables: arguments that one value in scope decides the source of, as the label of a field does.

No one expression gives such an argument in every task, but for each label one does: "City" takes the city of
the request, "Postcode" its postcode. Labels for which none does are left open: they are asked about.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, final

from compiler.ir.expr import Expr
from compiler.ir.run import JSON

MIN_TASKS: Final = 2
"""Tasks that must show an entry before it is one."""

MIN_ENTRIES: Final = 2
"""A table of one entry is no table, but a condition."""

_SHARED: Final = 2
"""Sightings that a key must have on average, or else it names things instead of telling kinds apart."""


_WORTH: Final = 4 / 3
"""A finer key must explain so many times what a coarser one does."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One value of an argument: the scalars in scope that may decide, and the expressions that give it."""

    task: str
    value: JSON
    keys: Mapping[Expr, JSON]
    sources: frozenset[Expr]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one key takes: the only expression of least cost that gives its value in every sighting."""

    key: JSON
    value: Expr
    tasks: tuple[str, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Which expression gives an argument, by the value of ``on``. ``open`` keys have none: (key, tasks)."""

    on: Expr
    entries: tuple[Entry, ...]
    open: tuple[tuple[JSON, tuple[str, ...]], ...]


def find_table(seen: Sequence[Seen], cost: Callable[[Expr], int]) -> Table | None:
    """Return the table that explains the most sightings by the fewest keys; None where none has two entries.

    A finer key, such as the id of a field where its label decides, explains more of what was seen and less of
    what is to come: it has to explain a third more. An entry needs two tasks and values that vary: what never
    varied is no evidence for its source. Where several expressions of least cost are left for a key, they may
    differ tomorrow, so that the key stays open. ``cost`` says how much an expression has to say.
    """
    found = [table for on in _shared_keys(seen) if (table := _table(on, seen, cost)) is not None]
    worth = [table for table in found if not any(_suffices(other, table, seen) for other in found)]
    return min(worth, key=lambda table: _rank(table, seen), default=None)


def _rank(table: Table, seen: Sequence[Seen]) -> tuple[int, int, int, str]:
    """Lower is better: most sightings explained, then few keys; of equals the one with the shorter name."""
    said = repr(table.on)
    return -_explained(table, seen), len(table.entries) + len(table.open), len(said), said


def _explained(table: Table, seen: Sequence[Seen]) -> int:
    known = {_text(entry.key) for entry in table.entries}
    return sum(_text(one.keys[table.on]) in known for one in seen)


def _suffices(coarse: Table, fine: Table, seen: Sequence[Seen]) -> bool:
    """Return whether a table whose key follows from that of another explains nearly as much."""
    follows = len({(_text(one.keys[fine.on]), _text(one.keys[coarse.on])) for one in seen})
    kinds, coarser = (len({_text(one.keys[table.on]) for one in seen}) for table in (fine, coarse))
    return coarser < follows == kinds and _WORTH * _explained(coarse, seen) >= _explained(fine, seen)


def _shared_keys(seen: Sequence[Seen]) -> Iterator[Expr]:
    """Yield what every sighting has in scope with few enough values: what tells kinds apart comes back."""
    if not seen:
        return
    for on in seen[0].keys:
        if all(on in one.keys for one in seen):
            values = {_text(one.keys[on]) for one in seen}
            if MIN_ENTRIES <= len(values) <= len(seen) // _SHARED:
                yield on


def _table(on: Expr, seen: Sequence[Seen], cost: Callable[[Expr], int]) -> Table | None:
    groups: dict[str, list[Seen]] = {}
    for one in seen:
        groups.setdefault(_text(one.keys[on]), []).append(one)
    entries: list[Entry] = []
    left: list[tuple[JSON, tuple[str, ...]]] = []
    for text in sorted(groups):
        key, group = groups[text][0].keys[on], groups[text]
        tasks = tuple(sorted({one.task for one in group}))
        value = _only_source(group, cost)
        if value is None or len(tasks) < MIN_TASKS:
            left.append((key, tasks))
        else:
            entries.append(Entry(key=key, value=value, tasks=tasks))
    if len(entries) < MIN_ENTRIES or len({repr(entry.value) for entry in entries}) < MIN_ENTRIES:
        return None
    return Table(on=on, entries=tuple(entries), open=tuple(left))


def _only_source(group: Sequence[Seen], cost: Callable[[Expr], int]) -> Expr | None:
    """Return the one expression that the sightings of a key leave; None if there is none, or a choice."""
    by_task = {one.task: _text(one.value) for one in group}
    if len(set(by_task.values())) < MIN_TASKS:
        return None
    common = frozenset.intersection(*(one.sources for one in group))
    least = min(map(cost, common), default=0)
    cheapest = [expr for expr in common if cost(expr) == least]
    return cheapest[0] if len(cheapest) == 1 else None


def _text(value: JSON) -> str:
    return json.dumps(value, sort_keys=True)
