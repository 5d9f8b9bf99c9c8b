"""Three-way merge of sequences of units.

Two sides are at odds where both changed one unit and its elements cannot be told apart, where one changed
what the other took away, where both put something in at one place, and where one put something in the
midst of what the other took away. All else is merged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, final

from compiler.evolve.elements import merge_statement, unopposed
from compiler.evolve.pairing import align
from compiler.evolve.units import Unit

Units: TypeAlias = tuple[Unit, ...]


@final
@dataclass(frozen=True, slots=True)
class Conflict:
    """A place that both sides changed, as each of them has it."""

    ours: Units
    base: Units
    theirs: Units


Piece: TypeAlias = Unit | Conflict


@final
@dataclass(frozen=True, slots=True)
class _Side:
    """One side against the base: what became of each unit, and what was put in before it."""

    units: Units
    images: dict[int, int]
    gaps: tuple[tuple[int, ...], ...]

    def kept(self, place: int) -> Unit | None:
        return self.units[self.images[place]] if place in self.images else None

    def span(self, first: int, last: int) -> Units:
        """Give what it has from the gap ``first`` to the gap ``last``, with both."""
        found = [*self.gaps[first]]
        for place in range(first, last):
            found += [self.images[place]] if place in self.images else []
            found += self.gaps[place + 1]
        return tuple(self.units[one] for one in sorted(found))


def merge_units(base: Units, ours: Units, theirs: Units) -> tuple[Piece, ...]:
    """Merge two changes of a sequence; what is at odds becomes a conflict."""
    mine, new = _side(base, ours), _side(base, theirs)
    merged = [_merged(one, mine.kept(place), new.kept(place)) for place, one in enumerate(base)]
    at_odds = [isinstance(one, Conflict) or _replaced(place, mine, new) for place, one in enumerate(merged)]
    depths = [one.depth if isinstance(one, Unit) else None for one in merged]
    added = [_added(gap, mine, new, depths) for gap in range(len(base) + 1)]
    regions = _regions(at_odds, [one is None for one in added], _changed(base, mine, new))
    pieces: list[Piece] = []
    gap = 0
    while gap <= len(base):
        stop = regions.get(gap)
        if stop is not None:
            pieces.append(Conflict(mine.span(gap, stop), base[gap:stop], new.span(gap, stop)))
        else:
            pieces += added[gap] or ()
            stop = gap
        if stop < len(base):
            found = merged[stop]
            pieces += [found] if found is not None else []
        gap = stop + 1
    return tuple(pieces)


def _side(base: Units, units: Units) -> _Side:
    images = dict(align(base, units))
    gaps: list[list[int]] = [[] for _ in range(len(base) + 1)]
    owner = {there: here for here, there in images.items()}
    gap = 0
    for place in range(len(units)):
        if place in owner:
            gap = owner[place] + 1
        else:
            gaps[gap].append(place)
    return _Side(units, images, tuple(tuple(one) for one in gaps))


def _merged(base: Unit, ours: Unit | None, theirs: Unit | None) -> Piece | None:
    """Merge what became of one unit; None: it is gone."""
    if ours is None or theirs is None:
        left = ours or theirs
        if left is None or left.key == base.key:
            return None
        # Words are not at odds: the person's stay, or stay away.
        return ours if base.is_prose else Conflict(_only(ours), (base,), _only(theirs))
    depth = _three(base.depth, ours.depth, theirs.depth)
    found = _same_place(base, ours, theirs)
    if depth is None or found is None:
        return Conflict((ours,), (base,), (theirs,))
    blank = theirs.blank if ours.blank == base.blank else ours.blank
    return Unit(depth, found, blank)


def _replaced(place: int, mine: _Side, new: _Side) -> bool:
    """Return whether both sides took a unit out, and just one of them put something else in its place."""
    if place in mine.images or place in new.images:
        return False
    added = [[side.units[i].key for i in side.gaps[_start(place, side)]] for side in (mine, new)]
    return added[0] != added[1]


def _start(place: int, side: _Side) -> int:
    """Return the gap before all units that a side took out together with one."""
    while place > 0 and place - 1 not in side.images:
        place -= 1
    return place


def _same_place(base: Unit, ours: Unit, theirs: Unit) -> str | None:
    text = unopposed(base.text, ours.text, theirs.text)
    if text is not None:
        return text
    if base.is_prose and ours.is_prose:
        return ours.text
    found = merge_statement(base, ours, theirs)
    return None if found is None else found.text


def _three(base: int, ours: int, theirs: int) -> int | None:
    if ours == base:
        return theirs
    return ours if theirs in (base, ours) else None


def _only(unit: Unit | None) -> Units:
    return () if unit is None else (unit,)


def _added(gap: int, mine: _Side, new: _Side, depths: Sequence[int | None]) -> Units | None:
    """Return what the two sides put in at a gap; None where they are at odds."""
    one, other = mine.gaps[gap], new.gaps[gap]
    if one and other:
        first, second = (tuple(side.units[i] for i in side.gaps[gap]) for side in (mine, new))
        if [(unit.key, unit.depth) for unit in first] == [(unit.key, unit.depth) for unit in second]:
            return first
        # A comment belongs to what is below it, so it stays there.
        if all(unit.is_comment for unit in first) or all(unit.is_comment for unit in second):
            placed = [_placed(gap, side, depths) for side in (new, mine)]
            return None if None in placed else tuple(unit for units in placed for unit in units or ())
        return None
    if not one and not other:
        return ()
    side, counter = (mine, new) if one else (new, mine)
    inside = 0 < gap < len(depths) and gap - 1 not in counter.images and gap not in counter.images
    if inside and (gap - 1 in side.images or gap in side.images):
        return None
    return _placed(gap, side, depths)


def _placed(gap: int, side: _Side, depths: Sequence[int | None]) -> Units | None:
    """Return what a side put in, as deep as what is around it came to stand; None where that differs."""
    moved = {there: depths[here] for here, there in side.images.items()}
    found: list[Unit] = []
    for place in side.gaps[gap]:
        unit = side.units[place]
        shifts = {
            shift
            for way in (range(place - 1, -1, -1), range(place + 1, len(side.units)))
            if (shift := _shift(unit, way, side, moved)) is not None
        }
        if len(shifts) > 1:
            return None
        found.append(unit.at(unit.depth + (shifts.pop() if shifts else 0)))
    return tuple(found)


def _shift(unit: Unit, way: range, side: _Side, moved: dict[int, int | None]) -> int | None:
    """Return by how much the nearest neighbour in its block was moved, looking one way."""
    for place in way:
        there = side.units[place]
        depth = moved.get(place)
        if there.depth < unit.depth:
            return None if depth is None or way.step > 0 else depth - there.depth
        if there.depth == unit.depth and depth is not None:
            return depth - there.depth
    return None


def _changed(base: Units, mine: _Side, new: _Side) -> Iterator[tuple[bool, bool]]:
    """Say of each gap, and the unit after it, whether a side changed it."""
    for place in range(len(base) + 1):
        unit = place < len(base) and any(_differs(base[place], side.kept(place)) for side in (mine, new))
        yield bool(mine.gaps[place] or new.gaps[place]), unit


def _differs(base: Unit, kept: Unit | None) -> bool:
    return kept is None or (kept.key, kept.depth) != (base.key, base.depth)


def _regions(
    units: Sequence[bool], gaps: Sequence[bool], changed: Iterator[tuple[bool, bool]]
) -> dict[int, int]:
    """Return the conflicts, from gap to gap, each with all that was changed right beside it."""
    touched = list(changed)
    bad = [gaps[0]]
    near = [touched[0][0]]
    for place, unit in enumerate(units):
        bad += [unit, gaps[place + 1]]
        near += [touched[place][1], touched[place + 1][0]]
    regions: dict[int, int] = {}
    spot = 0
    while spot < len(bad):
        if not bad[spot]:
            spot += 1
            continue
        first = spot
        while first > 0 and (near[first - 1] or (first > 1 and first % 2 == 1 and near[first - 2])):
            first -= 1
        last = spot
        while last + 1 < len(bad) and (
            near[last + 1] or bad[last + 1] or (last % 2 == 1 and last + 2 < len(bad) and near[last + 2])
        ):
            last += 1
        # A region begins and ends with a gap.
        regions[first // 2] = (last + 1) // 2
        spot = last + 1
    return regions
