"""unite: wordings that differ in a few words -> one wording, with a gap for each of them.

Source: least general generalisation (Plotkin 1970), of texts word by word.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count, takewhile
from typing import final

from compiler.ir.program import Slot
from compiler.mine.stated import Parts

MOST_GAPS = 3
"""Words in which two wordings may differ, and still be taken for one."""

WORDS = re.compile(r"\w+|\W+")

Pieces = tuple[str | Slot, ...]


@final
@dataclass(slots=True, kw_only=True)
class _Wording:
    """A wording, cut into words and what is between them."""

    parts: Parts
    said: str
    """By which two wordings are put in order."""
    pieces: Pieces
    tasks: set[str]
    tested: int = -1
    """The last number with which this was found not to go together."""


def unite(found: dict[Parts, set[str]]) -> dict[Parts, set[str]]:
    """Unite wordings that differ in a few words, until none do; ``found`` has the tasks of each.

    Only those are compared that have all but their words in common, and no two of them twice.
    """
    frames: dict[Pieces, list[_Wording]] = defaultdict(list)
    for said, parts in sorted((repr(parts), parts) for parts in found):
        pieces = _pieces(parts)
        wording = _Wording(parts=parts, said=said, pieces=pieces, tasks=found[parts])
        frames[tuple("" if _is_word(piece) else piece for piece in pieces)].append(wording)
    return {one.parts: one.tasks for alike in frames.values() for one in _united(alike)}


def _united(wordings: list[_Wording]) -> Iterable[_Wording]:
    known, numbers = dict(enumerate(wordings)), count(len(wordings))
    while (pair := _next_pair(known)) is not None:
        one, other, both = pair
        tasks = known.pop(one).tasks | known.pop(other).tasks
        same = next((wording for wording in known.values() if wording.parts == both), None)
        if same is not None:
            same.tasks = same.tasks | tasks
        else:
            known[next(numbers)] = _Wording(parts=both, said=repr(both), pieces=_pieces(both), tasks=tasks)
    return known.values()


def _next_pair(known: dict[int, _Wording]) -> tuple[int, int, Parts] | None:
    """The first two wordings that go together, and what fits both; ``known`` is in order of its numbers."""
    for number, one in known.items():
        untested = takewhile(one.tested.__lt__, reversed(known))
        for other in reversed([*untested]):
            one.tested = other
            both = _both(one, known[other]) if one.said < known[other].said else None
            if both is not None:
                return number, other, both
    return None


def _both(one: _Wording, other: _Wording) -> Parts | None:
    """The wording that fits both, with a gap for each word in which they differ; None if too many do."""
    pairs = zip(one.pieces, other.pieces, strict=True)
    made = [left if left == right else Slot("", gap="word") for left, right in pairs]
    gaps = sum(left != right for left, right in zip(one.pieces, other.pieces, strict=True))
    words = sum(isinstance(piece, str) and piece.isalpha() for piece in made)
    return _joined(made) if gaps <= min(MOST_GAPS, words // 2) else None


def _is_word(piece: str | Slot) -> bool:
    return piece.gap == "word" if isinstance(piece, Slot) else piece.isalnum()


def _pieces(parts: Parts) -> Pieces:
    """Cut literals into words and what is between them."""
    return tuple(
        piece for part in parts for piece in ([part] if isinstance(part, Slot) else WORDS.findall(part))
    )


def _joined(pieces: Iterable[str | Slot]) -> Parts:
    """Put literals together again."""
    parts: list[str | Slot] = []
    for piece in pieces:
        last = parts[-1] if parts else None
        if isinstance(piece, str) and isinstance(last, str):
            parts[-1] = last + piece
        else:
            parts.append(piece)
    return tuple(parts)
