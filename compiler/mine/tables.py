"""tables: arguments that one value in scope decides the source of, as the label of a field does.

No one expression gives such an argument in every task, but for each label one does: "City" takes the city of
the request, "Postcode" its postcode. Labels for which none does are left open: they are asked about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, final

from compiler.ir.expr import Expr
from compiler.ir.run import JSON
from compiler.mine.clean import canonical

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
    found = [tried for on, texts in _shared_keys(seen) if (tried := _try(on, texts, seen, cost)) is not None]
    worth = [tried for tried in found if not any(_suffices(other, tried) for other in found)]
    best = min(worth, key=_rank, default=None)
    return None if best is None else best.table


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    """A table, the text of its key at every sighting, and how many of them it explains."""

    table: Table
    texts: tuple[str, ...]
    explained: int


def _try(
    on: Expr, texts: tuple[str, ...], seen: Sequence[Seen], cost: Callable[[Expr], int]
) -> _Tried | None:
    table = _table(on, texts, seen, cost)
    if table is None:
        return None
    known = {canonical(entry.key) for entry in table.entries}
    return _Tried(table=table, texts=texts, explained=sum(text in known for text in texts))


def _rank(tried: _Tried) -> tuple[int, int, int, str]:
    """Lower is better: most sightings explained, then few keys; of equals the one with the shorter name."""
    table, said = tried.table, repr(tried.table.on)
    return -tried.explained, len(table.entries) + len(table.open), len(said), said


def _suffices(coarse: _Tried, fine: _Tried) -> bool:
    """Return whether a table whose key follows from that of another explains nearly as much."""
    if _WORTH * coarse.explained < fine.explained:
        return False
    follows = len(set(zip(fine.texts, coarse.texts, strict=True)))
    return len(set(coarse.texts)) < follows == len(set(fine.texts))


def _shared_keys(seen: Sequence[Seen]) -> Iterator[tuple[Expr, tuple[str, ...]]]:
    """Yield what every sighting has in scope with few enough values: what tells kinds apart comes back."""
    if not seen:
        return
    for on in seen[0].keys:
        if all(on in one.keys for one in seen):
            texts = tuple(canonical(one.keys[on]) for one in seen)
            if MIN_ENTRIES <= len(set(texts)) <= len(seen) // _SHARED:
                yield on, texts


def _table(on: Expr, texts: Sequence[str], seen: Sequence[Seen], cost: Callable[[Expr], int]) -> Table | None:
    groups: dict[str, list[Seen]] = {}
    for text, one in zip(texts, seen, strict=True):
        groups.setdefault(text, []).append(one)
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
    by_task = {one.task: canonical(one.value) for one in group}
    if len(set(by_task.values())) < MIN_TASKS:
        return None
    common = frozenset.intersection(*(one.sources for one in group))
    least = min(map(cost, common), default=0)
    cheapest = [expr for expr in common if cost(expr) == least]
    return cheapest[0] if len(cheapest) == 1 else None
