"""What one side calls by another name, so that the other side's changes may use that name too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from keyword import iskeyword

from compiler.evolve.items import Item, Units, by_name, renamed
from compiler.evolve.naming import rename
from compiler.evolve.pairing import align
from compiler.evolve.units import Unit, text_of, units_of


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
    text = text_of(units)
    found = rename(text, names)
    return units if found == text else units_of(found)
