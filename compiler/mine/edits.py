"""edits: sequences of labels that are another, more frequent one with a call lost, made again or moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, final

from compiler.mine.blocks import Sequence

How = Literal["lost", "again", "moved"]
AGAIN: Final = " #"
"""What numbers the label of a call of which a strand has more than one."""

LOOP: Final = "for "
"""With what the label of a loop begins."""


@final
@dataclass(frozen=True, slots=True)
class Edit:
    """What was done to ``whole``: to which label of it, and where that stood, or would stand."""

    how: How
    label: str
    whole: Sequence
    place: int


def edits(weights: Mapping[Sequence, int]) -> dict[Sequence, tuple[Edit, ...]]:
    """The single edits that make each sequence of another; calls moved, or made again, only of a heavier."""
    short: dict[Sequence, list[Edit]] = defaultdict(list)
    alike: dict[frozenset[str], list[Sequence]] = defaultdict(list)
    for whole in sorted(weights):
        alike[frozenset(whole)].append(whole)
        for place, label in enumerate(whole):
            rest = _without(whole, place)
            for left in sorted({rest, _without_last_loops(rest)} & weights.keys()):
                short[left].append(Edit("lost", label, whole, place))
    return {
        sequence: found
        for sequence in sorted(weights)
        if (
            found := (
                *short.get(sequence, ()),
                *_again(sequence, weights),
                *_moves(sequence, alike[frozenset(sequence)], weights),
            )
        )
    }


def _again(sequence: Sequence, weights: Mapping[Sequence, int]) -> Iterator[Edit]:
    for place, label in enumerate(sequence):
        base, again, _ = label.rpartition(AGAIN)
        rest = (*sequence[:place], *sequence[place + 1 :])
        if again and base in rest and weights.get(rest, 0) > weights[sequence]:
            yield Edit("again", base, rest, rest.index(base))


def _moves(sequence: Sequence, alike: Iterable[Sequence], weights: Mapping[Sequence, int]) -> Iterator[Edit]:
    for other in alike:
        place = _moved(other, sequence) if weights[other] > weights[sequence] else None
        if place is not None:
            yield Edit("moved", other[place], other, place)


def _without(whole: Sequence, place: int) -> Sequence:
    """A sequence without one label; those that bear its name and a number move up."""
    base, again, _ = whole[place].rpartition(AGAIN)
    base = base if again else whole[place]
    left: list[str] = []
    seen = 0
    for label in (*whole[:place], *whole[place + 1 :]):
        if label == base or label.startswith(base + AGAIN):
            seen += 1
            left.append(base if seen == 1 else f"{base}{AGAIN}{seen}")
        else:
            left.append(label)
    return tuple(left)


def _without_last_loops(sequence: Sequence) -> Sequence:
    """A sequence without the loops at its end: they may have had no row to walk, and then do not show."""
    end = len(sequence)
    while end and sequence[end - 1].startswith(LOOP):
        end -= 1
    return sequence[:end]


def _moved(whole: Sequence, sequence: Sequence) -> int | None:
    """Where the one label stands that is elsewhere in the other sequence; None where it takes more."""
    if whole == sequence or len(whole) != len(sequence):
        return None
    differ = [place for place, pair in enumerate(zip(whole, sequence, strict=True)) if pair[0] != pair[1]]
    first, last = differ[0], differ[-1]
    a, b = whole[first : last + 1], sequence[first : last + 1]
    if a[1:] == b[:-1] and a[0] == b[-1]:
        return first
    if a[:-1] == b[1:] and a[-1] == b[0]:
        return last
    return None
