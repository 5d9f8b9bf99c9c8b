"""Which steps of two programs are the same step."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import final

from compiler.ir.steps import Step

TOLD_BY_CONDITION = ("way", "leave", "stop", "deviate")
"""Steps that are nothing but what happens on a condition: they are the same only in the same place."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """Pairs of old and new steps, in the new order; and the steps that have none, each in its own."""

    pairs: tuple[tuple[Step, Step], ...]
    gone: tuple[Step, ...]
    come: tuple[Step, ...]
    moved: tuple[Step, Step] | None = None
    """The first two steps, as they stand now, that stood the other way round."""


def align(old: tuple[Step, ...], new: tuple[Step, ...]) -> Alignment:
    """Pair the steps that do the same, the most alike first; what is left over is gone, or has come."""
    partner: dict[int, int] = {}
    for likeness in (_exactly, _on_condition, _in_place, _with_same, _at_all):
        _pair(partner, old, new, likeness)
    taken = set(partner.values())
    order = [(partner[place], place) for place in sorted(partner)]
    return Alignment(
        pairs=tuple((old[was], new[now]) for was, now in order),
        gone=tuple(step for place, step in enumerate(old) if place not in taken),
        come=tuple(step for place, step in enumerate(new) if place not in partner),
        moved=_moved(order, new),
    )


_Likeness = Callable[[Step], Hashable]


def _exactly(step: Step) -> Hashable:
    return step.kind, step.what, step.under, step.with_


def _on_condition(step: Step) -> Hashable:
    return step.kind, step.what, step.under


def _in_place(step: Step) -> Hashable:
    return (step.kind, step.what, step.under[:-1]) if step.kind in TOLD_BY_CONDITION else None


def _with_same(step: Step) -> Hashable:
    return None if step.kind in TOLD_BY_CONDITION else (step.kind, step.what, step.with_)


def _at_all(step: Step) -> Hashable:
    return None if step.kind in TOLD_BY_CONDITION else (step.kind, step.what)


def _pair(partner: dict[int, int], old: tuple[Step, ...], new: tuple[Step, ...], likeness: _Likeness) -> None:
    """Add pairs of steps that are alike and have no partner, in order."""
    taken = set(partner.values())
    left: dict[Hashable, list[int]] = {}
    for place, step in enumerate(old):
        if place not in taken and (key := likeness(step)) is not None:
            left.setdefault(key, []).append(place)
    for place, step in enumerate(new):
        if place not in partner and (waiting := left.get(likeness(step))):
            partner[place] = waiting.pop(0)


def _moved(order: list[tuple[int, int]], new: tuple[Step, ...]) -> tuple[Step, Step] | None:
    """Find two steps that stood the other way round; what is on conditions of its own has no order."""
    placed = [(was, new[now]) for was, now in order if new[now].kind not in TOLD_BY_CONDITION]
    for place, (was, step) in enumerate(placed):
        for before, first in placed[:place]:
            shared = min(len(first.under), len(step.under))
            if before > was and first.under[:shared] == step.under[:shared]:
                return first, step
    return None
