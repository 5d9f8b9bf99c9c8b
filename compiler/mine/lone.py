"""lone: an element of a list that is taken alone, of which a search may be the reason, or its rank."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import final

from compiler.ir.run import JSON

MIN_SIDE = 3
"""Tasks that must take an element after others, and tasks that must leave some after it, for a search."""

Rank = tuple[str, str]


@final
@dataclass(slots=True)
class Lone:
    """Which elements the tasks took: those with others before, and after; and what rank all of them have."""

    late: set[str] = field(default_factory=set)
    early: set[str] = field(default_factory=set)
    ranks: frozenset[Rank] | None = None

    def take(self, task: str, rows: list[JSON], at: int) -> None:
        """Note that a task took one element, and none after it."""
        if at:
            self.late.add(task)
        if at + 1 < len(rows):
            self.early.add(task)
        ranks = frozenset(_ranks(rows, at))
        self.ranks = ranks if self.ranks is None else self.ranks & ranks

    @property
    def is_search(self) -> bool:
        """Whether the element may be what a walk looked for: it is not always the lowest, or the highest."""
        return not self.ranks and min(len(self.late), len(self.early)) >= MIN_SIDE


def _ranks(rows: list[JSON], at: int) -> list[Rank]:
    """The fields by which an element is the lowest or the highest of its list."""
    chosen = rows[at]
    found: list[Rank] = []
    for key, value in chosen.items() if isinstance(chosen, dict) else ():
        column = [row.get(key) for row in rows if isinstance(row, dict)]
        numbers = [one for one in column if isinstance(one, int | float) and not isinstance(one, bool)]
        texts = [one for one in column if isinstance(one, str)]
        for values in (numbers, texts):
            if len(values) == len(rows) and len(set(values)) > 1:
                found += [(key, "lowest")] if value == min(values) else []
                found += [(key, "highest")] if value == max(values) else []
    # Of a lone element, and of equal ones, nothing can be said.
    return found if len(rows) > 1 else [(key, how) for key in _keys(chosen) for how in ("lowest", "highest")]


def _keys(row: JSON) -> list[str]:
    return list(row) if isinstance(row, dict) else []
