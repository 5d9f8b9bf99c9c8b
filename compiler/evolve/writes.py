"""Three-way merge of what harnesses write on one task, to check what a merged harness writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias, final

from compiler.evolve.pairing import pairs


@final
@dataclass(frozen=True, slots=True)
class Write:
    """One write: the tool, and its arguments as canonical text, by name."""

    tool: str
    arguments: tuple[tuple[str, str], ...] = ()


Writes: TypeAlias = tuple[Write, ...]


def merge_writes(base: Writes, ours: Writes, theirs: Writes) -> Writes | None:
    """Merge two changes of the writes of one task; None where both changed the same."""
    mine, new = (dict(pairs(base, side, _worth)) for side in (ours, theirs))
    merged: list[Write] = []
    for gap in range(len(base) + 1):
        added = [_added(gap, images, side) for images, side in ((mine, ours), (new, theirs))]
        if added[0] and added[1] and added[0] != added[1]:
            return None
        merged += added[0] or added[1]
        if gap == len(base):
            break
        kept = [side[images[gap]] for images, side in ((mine, ours), (new, theirs)) if gap in images]
        if len(kept) < len((mine, new)):
            if any(one != base[gap] for one in kept):
                return None
            continue
        one = _write(base[gap], *kept)
        if one is None:
            return None
        merged.append(one)
    return tuple(merged)


def _worth(one: Write, other: Write) -> float:
    if one.tool != other.tool:
        return 0.0
    return 1.0 + sum(argument in other.arguments for argument in one.arguments)


def _added(gap: int, images: Mapping[int, int], side: Writes) -> Writes:
    """Return what a side writes between what is left of the write before a gap and the next one left."""
    if gap > 0 and gap - 1 not in images:
        return ()
    start = images[gap - 1] + 1 if gap > 0 else 0
    stop = next((images[one] for one in sorted(images) if one >= gap), len(side))
    return side[start:stop]


def _write(base: Write, ours: Write, theirs: Write) -> Write | None:
    """Merge one write, argument by argument."""
    old, mine, new = (dict(one.arguments) for one in (base, ours, theirs))
    found: dict[str, str] = {}
    for name in sorted(old.keys() | mine.keys() | new.keys()):
        values = (old.get(name), mine.get(name), new.get(name))
        value = values[2] if values[1] == values[0] else values[1]
        if values[0] not in values[1:] and values[1] != values[2]:
            return None
        if value is not None:
            found[name] = value
    return Write(base.tool, tuple(found.items()))
