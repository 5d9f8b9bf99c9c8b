"""drawn: the elements of lists that a value was made from, where it is none of their values as it stands.

"Follow-up Ada Rossi / PO-2"  <-  {"agent": "Ada Rossi"}
"2031-04-03"                  <-  {"due": "2031-03-04"}, 30 days later
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, final

from compiler.ir.run import JSON
from compiler.mine.sources import ScalarKey
from compiler.mine.spans import YEAR, occurrences, read_stamp

SHORTEST = 4
"""A shorter text stands in others by accident."""

PART: Final = "part"
How = str | int | None
"""How a value takes an element: as it stands (None), as a PART of a text, or as a day so many days later."""

Element = tuple[tuple[str, ...], int, tuple[str, ...]]
"""A scalar in a list: the keys to the list, the position of the element, the keys inside it."""


@final
@dataclass(frozen=True, slots=True)
class Drawable:
    """The scalars of lists that other values can be made from: texts by their first word, and days."""

    texts: Mapping[str, tuple[tuple[str, Element], ...]]
    days: tuple[tuple[date, Element], ...]


def drawable(elements: Mapping[ScalarKey, Iterable[Element]]) -> Drawable:
    """Index what can be drawn from the elements of lists."""
    texts: dict[str, list[tuple[str, Element]]] = defaultdict(list)
    days: list[tuple[date, Element]] = []
    for (_, value), places in elements.items():
        if not isinstance(value, str) or len(value) < SHORTEST:
            continue
        stamp = read_stamp(value) if value[0].isdigit() else None
        for place in places:
            if stamp is not None:
                days.append((stamp.day, place))
            elif value.split():
                texts[value.split()[0].lower()].append((value, place))
    return Drawable({word: tuple(held) for word, held in texts.items()}, tuple(days))


def drawn(value: JSON, known: Drawable) -> Iterator[tuple[Element, How]]:
    """The elements that a text or a day may have been made from, and how."""
    if not isinstance(value, str) or not value:
        return
    stamp = read_stamp(value) if value[0].isdigit() else None
    if stamp is not None:
        for day, place in known.days:
            moved = (stamp.day - day).days
            if abs(moved) <= YEAR:
                yield place, moved
        return
    words = value.lower().split()
    for word in dict.fromkeys(words if len(words) > 1 else ()):
        for text, place in known.texts.get(word, ()):
            if len(text) < len(value) and any(True for _ in occurrences(value, text)):
                yield place, PART
