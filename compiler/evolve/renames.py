"""What one side calls by another name, so that the other side's changes may use that name too."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Mapping, Sequence
from dataclasses import replace
from keyword import iskeyword

from compiler.evolve.align import align
from compiler.evolve.items import Item, Units, by_name, renamed
from compiler.evolve.units import Unit


def follow(
    base: tuple[Item, ...], side: tuple[Item, ...], other: tuple[Item, ...]
) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    """Give the base and the other side the names that a side has changed."""
    top = renamed(by_name(base), by_name(side))
    taken = {item.name for item in (*base, *other)}
    top = {old: new for old, new in top.items() if new not in taken}
    base, other = (tuple(_item(one, top) for one in items) for items in (base, other))
    beside, opposite = by_name(side), by_name(other)
    for item in base:
        if item.name in beside and item.name in opposite:
            names = _locals(item.units, beside[item.name].units, opposite[item.name].units)
            base, other = (_within(items, item.name, names) for items in (base, other))
    return base, other


def _item(item: Item, names: Mapping[str, str]) -> Item:
    if not names:
        return item
    return Item(names.get(item.name, item.name), _renamed(item.units, names))


def _within(items: tuple[Item, ...], name: str, names: Mapping[str, str]) -> tuple[Item, ...]:
    if not names:
        return items
    return tuple(
        replace(item, units=_renamed(item.units, names)) if item.name == name else item for item in items
    )


def _locals(base: Units, side: Units, other: Units) -> dict[str, str]:
    """Return the names that a side has changed all through an item."""
    votes: dict[str, set[str]] = {}
    for here, there in align(base, side):
        old, new = base[here].tokens, side[there].tokens
        if len(old) == len(new) and not base[here].is_comment:
            for one, two in zip(old, new, strict=True):
                if one.isidentifier() and two.isidentifier():
                    votes.setdefault(one, set()).add(two)
    before, after, beside = _names(base), _names(side), _names(other)
    found = {old: next(iter(new)) for old, new in votes.items() if len(new) == 1}
    found = {
        old: new
        for old, new in found.items()
        if old != new
        and not iskeyword(old)
        and not iskeyword(new)
        and old not in after
        and new not in before | beside
    }
    return {old: new for old, new in found.items() if list(found.values()).count(new) == 1}


def _names(units: Sequence[Unit]) -> set[str]:
    return {token for unit in units if not unit.is_comment for token in unit.tokens if token.isidentifier()}


def _renamed(units: Units, names: Mapping[str, str]) -> Units:
    return tuple(unit if unit.is_comment else replace(unit, text=_text(unit.text, names)) for unit in units)


def _text(text: str, names: Mapping[str, str]) -> str:
    """Rename names in a text; what follows a dot, and the keyword of an argument, is no such name."""
    if not any(name in text for name in names):
        return text
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(f"({text}\n)").readline))
    except (tokenize.TokenError, SyntaxError):
        return text
    lines = f"({text}\n)".split("\n")
    for place in reversed(range(len(tokens))):
        token = tokens[place]
        if token.type != tokenize.NAME or token.string not in names or not _is_name(tokens, place):
            continue
        row, (start, stop) = token.start[0] - 1, (token.start[1], token.end[1])
        lines[row] = f"{lines[row][:start]}{names[token.string]}{lines[row][stop:]}"
    return "\n".join(lines)[1:-2]


def _is_name(tokens: Sequence[tokenize.TokenInfo], place: int) -> bool:
    before, after = tokens[place - 1].string, tokens[place + 1].string
    if before == ".":
        return False
    depth = sum((one.string in "([{") - (one.string in ")]}") for one in tokens[:place] if one.string)
    # One bracket is the one that was put around the text.
    return not (after == "=" and depth > 1)
