"""Pair the units of two sequences: equal ones, and those of which one is likely made from the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from compiler.evolve.units import Unit

T = TypeVar("T")

ALIKE: Final = 0.5
"""Share of the tokens that two units must have in common for one to be a change of the other."""

_MOVED: Final = 0.25
"""What it costs that a unit stands at another depth."""

_WORDS: Final = 0.4
"""What it is worth to pair two comments, or two docstrings, that say different things."""

Pairs = list[tuple[int, int]]


def align(one: Sequence[Unit], other: Sequence[Unit]) -> Pairs:
    """Return which units belong together, as positions in ``one`` and ``other``, both rising.

    Source: global alignment (Needleman and Wunsch 1970), on what two units share.
    """
    return pairs(one, other, likeness)


def likeness(one: Unit, other: Unit) -> float:
    """Return what it is worth to pair two units; 0 is nothing."""
    moved = _MOVED if one.depth != other.depth else 0.0
    if one.key == other.key:
        return one.weight - moved
    if one.is_prose or other.is_prose:
        return (
            _WORDS - moved if one.is_prose and other.is_prose and one.is_comment == other.is_comment else 0.0
        )
    if one.tokens[:1] != other.tokens[:1] and not (_names(one) and _names(other)):
        return 0.0
    share = overlap(one.tokens, other.tokens)
    return share * min(one.weight, other.weight) / 2 - moved if share >= ALIKE else 0.0


def _names(unit: Unit) -> bool:
    return unit.tokens[1:2] in (("=",), (":",), (".",))


def overlap(one: Sequence[str], other: Sequence[str]) -> float:
    """Return which share of the tokens of two units is common."""
    common = sum((Counter(one) & Counter(other)).values())
    return 2 * common / max(len(one) + len(other), 1)


def pairs(one: Sequence[T], other: Sequence[T], worth: Callable[[T, T], float]) -> Pairs:
    """Return the pairing in order that is worth most."""
    first = 0
    while first < min(len(one), len(other)) and one[first] == other[first]:
        first += 1
    last = 0
    while last < min(len(one), len(other)) - first and one[-1 - last] == other[-1 - last]:
        last += 1
    inner = _best(one[first : len(one) - last], other[first : len(other) - last], worth)
    tail = [(len(one) - place, len(other) - place) for place in range(last, 0, -1)]
    return [*((i, i) for i in range(first)), *((i + first, j + first) for i, j in inner), *tail]


def _best(one: Sequence[T], other: Sequence[T], worth: Callable[[T, T], float]) -> Pairs:
    rows, columns = len(one), len(other)
    values = [[worth(a, b) for b in other] for a in one]
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            paired = best[i + 1][j + 1] + values[i][j] if values[i][j] > 0 else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], paired)
    found: Pairs = []
    i = j = 0
    while i < rows and j < columns:
        if values[i][j] > 0 and best[i][j] == best[i + 1][j + 1] + values[i][j]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found
