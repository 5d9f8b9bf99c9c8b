"""How much of what an unseen run meets the recorded runs have shown, to one who knows the process.

A careful program decides by what was seen: a word that no run had, or a number between the highest on one
side of a threshold and the lowest on the other, it leaves to somebody else. So no learner that deviates on
the unseen can do all unseen runs, however well it learns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import final

from benchmarks.processes.perform import Decided, decisions
from benchmarks.processes.tree import AtLeast, Guard, Process
from compiler.ir.run import JSON


@final
@dataclass(slots=True)
class _Shown:
    """What one guard was seen to decide: the values on either side."""

    held: dict[str, float] = field(default_factory=dict)
    failed: dict[str, float] = field(default_factory=dict)

    def add(self, one: Decided) -> None:
        (self.held if one.holds else self.failed)[repr(one.value)] = _number(one.value)

    def settles(self, one: Decided) -> bool:
        if not isinstance(one.guard, AtLeast):
            return repr(one.value) in (self.held if one.holds else self.failed)
        number = _number(one.value)
        if one.holds:
            return bool(self.held) and number >= min(self.held.values())
        return bool(self.failed) and number <= max(self.failed.values())


def ceiling(
    process: Process, recorded: Iterable[Mapping[str, JSON]], unseen: Iterable[Mapping[str, JSON]]
) -> float:
    """Give the share of the unseen requests' runs that meet nothing but what the recorded runs have shown."""
    shown: dict[Guard, _Shown] = {}
    for values in recorded:
        for one in decisions(process, values):
            shown.setdefault(one.guard, _Shown()).add(one)
    settled = [
        all(one.guard in shown and shown[one.guard].settles(one) for one in decisions(process, values))
        for values in unseen
    ]
    return sum(settled) / len(settled)


def _number(value: JSON) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
