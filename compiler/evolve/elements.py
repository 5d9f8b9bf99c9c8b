"""Merge two changes of one statement, where they are about different ones of its elements.

An element is what stands between commas in brackets: an argument, a wording, a rival, a value. Where two
sides changed one element, its own elements are looked at in turn.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, final

from compiler.evolve.pairing import overlap, pairs
from compiler.evolve.units import COUNTS, Unit, tokens_of

LINE: Final = 88
_OPEN: Final = frozenset("([{")
_CLOSE: Final = frozenset(")]}")
_BRACKETS: Final = _OPEN | _CLOSE
_INSIDE: Final = 2
"""How deep the elements lie, with the bracket that is put around a text."""


@final
@dataclass(frozen=True, slots=True)
class _Parts:
    """A text cut at its first bracket: what is before, the elements in it, and what is after."""

    head: str
    elements: tuple[str, ...]
    tail: str


def merge_statement(base: Unit, ours: Unit, theirs: Unit) -> Unit | None:
    """Return the statement with the changes of both sides; None where both changed the same of it."""
    if base.is_comment:
        return None
    text = _merge(base.text, ours.text, theirs.text)
    if text is not None and _is_statement(text):
        return Unit(ours.depth, text, ours.blank)
    # Its counts stay old, where the person's change leaves no place for the new ones.
    return ours if theirs.key == base.key else None


def blend(base: str, ours: str, theirs: str) -> str:
    """Return one of three texts that mean the same: as the person laid it out, with the newest counts.

    A number that the person changed stays as it is.
    """
    if ours == base:
        return theirs
    if theirs == base:
        return ours
    numbers = [COUNTS.findall(text) for text in (base, ours, theirs)]
    if len({len(found) for found in numbers}) > 1:
        return ours
    chosen = iter([new if old == mine else mine for old, mine, new in zip(*numbers, strict=True)])
    return COUNTS.sub(lambda _: next(chosen), ours)


def in_order(base: str, text: str) -> str:
    """Return a statement with the elements that a base has too in the order that they have there."""
    old, new = _cut(base), _cut(text)
    if old is None or new is None:
        return text
    rank = {tokens_of(one): place for place, one in enumerate(old.elements)}
    places = [place for place, one in enumerate(new.elements) if tokens_of(one) in rank]
    ordered = sorted((new.elements[place] for place in places), key=lambda one: rank[tokens_of(one)])
    moved = dict(zip(places, ordered, strict=True))
    elements = tuple(moved.get(place, one) for place, one in enumerate(new.elements))
    if elements == new.elements:
        return text
    return _joined(_Parts(new.head, elements, new.tail), wide="\n" not in text)


def _key(text: str) -> tuple[str, ...]:
    return Unit(0, text).key


def unopposed(base: str, ours: str, theirs: str) -> str | None:
    """Return the text of the side that changed a base, or of both if they mean the same; None: of neither.

    A side that changed no more than counts or limits did change them: its elements are to be merged.
    """
    old, mine, new = (Unit(0, text) for text in (base, ours, theirs))
    if mine.key == new.key:
        return blend(base, ours, theirs) if mine.key == old.key else ours
    if mine.tokens == old.tokens:
        return theirs
    return ours if new.tokens == old.tokens else None


def _merge(base: str, ours: str, theirs: str) -> str | None:
    return unopposed(base, ours, theirs) or _merge_parts(base, ours, theirs)


def _merge_parts(base: str, ours: str, theirs: str) -> str | None:
    first, second, third = (_cut(text) for text in (base, ours, theirs))
    if first is None or second is None or third is None:
        return None
    head, tail = _three(first.head, second.head, third.head), _three(first.tail, second.tail, third.tail)
    elements = _merge_elements(first.elements, second.elements, third.elements)
    if head is None or tail is None or elements is None:
        return None
    return _joined(_Parts(head, elements, tail), wide="\n" not in ours and "\n" not in theirs)


def _three(base: str, ours: str, theirs: str) -> str | None:
    if tokens_of(ours) == tokens_of(base):
        return theirs
    return ours if tokens_of(theirs) in (tokens_of(base), tokens_of(ours)) else None


def _merge_elements(
    base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]
) -> tuple[str, ...] | None:
    mine, new = _images(base, ours), _images(base, theirs)
    merged: list[str] = []
    for place in range(len(base) + 1):
        added = [_added(place, images, side) for images, side in ((mine, ours), (new, theirs))]
        if added[0] and added[1] and added[0] != added[1]:
            return None
        merged += added[0] or added[1]
        if place == len(base):
            break
        old, here, there = base[place], mine.get(place), new.get(place)
        if here is None or there is None:
            left = ours[here] if here is not None else theirs[there] if there is not None else old
            if _key(left) != _key(old):
                return None
            continue
        one = _merge(old, ours[here], theirs[there])
        if one is None:
            return None
        merged.append(one)
    return tuple(merged)


def _images(base: Sequence[str], side: Sequence[str]) -> dict[int, int]:
    return dict(pairs(base, side, _worth))


def _worth(one: str, other: str) -> float:
    first, second = tokens_of(one), tokens_of(other)
    if first == second:
        return 4.0
    if first[1:2] == second[1:2] == ("=",):
        return 2.0 if first[0] == second[0] else 0.0
    return overlap(first, second) if _key(one) == _key(other) or overlap(first, second) > 0 else 0.0


def _added(place: int, images: dict[int, int], side: Sequence[str]) -> list[str]:
    """Return the elements that a side has new, right after what is left of the one before ``place``."""
    if place > 0 and place - 1 not in images:
        return []
    start = images[place - 1] + 1 if place > 0 else 0
    stop = next((images[one] for one in sorted(images) if one >= place), len(side))
    return list(side[start:stop])


def _cut(text: str) -> _Parts | None:
    """Cut a text at its first bracket; None where it has none, or cannot be read."""
    lines = f"({text}\n)".split("\n")
    elements: list[str] = []
    head, start = "", (1, 1)
    for mark, token in _marks(text):
        said = _slice(lines, start, token.start).strip()
        if mark == "open":
            head = _slice(lines, start, token.end)
        elif mark == "close":
            tail = _slice(lines, token.start, (len(lines), 0)).rstrip("\n")
            return _Parts(head, (*elements, *([said] if said else [])), tail)
        elif mark == "comma":
            elements.append(said)
        elif said:
            # A comment within an element is a part of it.
            continue
        else:
            elements.append(token.string)
        start = token.end
    return None


def _marks(text: str) -> Iterator[tuple[str, tokenize.TokenInfo]]:
    """Yield what opens, parts and closes the first bracket of a text, and the comments in it."""
    depth = 0
    # In a bracket of its own, the head of a statement can be read too.
    for token in _tokens(f"({text}\n)"):
        word = token.string if token.type == tokenize.OP else ""
        if word in _CLOSE:
            depth -= 1
        if depth == 1 and word in _BRACKETS:
            yield "open" if word in _OPEN else "close", token
        elif depth == _INSIDE and (word == "," or token.type == tokenize.COMMENT):
            yield "comma" if word else "comment", token
        if word in _OPEN:
            depth += 1


def _tokens(text: str) -> list[tokenize.TokenInfo]:
    try:
        return list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return []


def _slice(lines: list[str], start: tuple[int, int], stop: tuple[int, int]) -> str:
    first, last = start[0] - 1, stop[0] - 1
    if first == last:
        return lines[first][start[1] : stop[1]]
    return "\n".join([lines[first][start[1] :], *lines[first + 1 : last], lines[last][: stop[1]]])


def _joined(parts: _Parts, *, wide: bool) -> str:
    comments = any(one.startswith("#") for one in parts.elements)
    line = parts.head + ", ".join(parts.elements) + parts.tail
    if wide and not comments and "\n" not in line and len(line) <= LINE:
        return line
    inner = "\n".join(f"    {one}" if one.startswith("#") else f"    {one}," for one in parts.elements)
    return f"{parts.head}\n{inner}\n{parts.tail}"


def _is_statement(text: str) -> bool:
    """Return whether a text parses, as a statement, the head of one, or a decorator."""
    forms = (text, f"{text}\n    pass", f"{text}\ndef f(): pass", f"if x: pass\n{text} pass")
    return any(_parses(form) for form in forms)


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True
