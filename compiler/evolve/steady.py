"""Keep in a new source the names and the order of the one that it replaces, where nothing else changed.

What is new takes the names that are left: the order in which a compilation gives out names must not make a
step look changed that is as it was.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from keyword import iskeyword

from compiler.evolve.elements import in_order
from compiler.evolve.items import Item, by_name, items_of, renamed, text_of_items
from compiler.evolve.naming import rename
from compiler.evolve.pairing import align
from compiler.evolve.units import Unit, units_of


def steady(base: str, new: str) -> str:
    """Return a new source with the names and the order of an old one; it does the same as before.

    Source: names are those of the old source where the statements around them are, as in GumTree's mappings
    (Falleri et al. 2014), here from an alignment of statements.
    """
    try:
        old, fresh = (items_of(units_of(text)) for text in (base, new))
    except SyntaxError:
        return new
    text = text_of_items(_ordered(old, _with_functions(old, fresh)))
    fresh = items_of(units_of(text))
    known = by_name(old)
    settled = tuple(_settled(known[one.name], one) if one.name in known else one for one in fresh)
    return text_of_items(settled)


def _with_functions(old: Sequence[Item], fresh: Sequence[Item]) -> tuple[Item, ...]:
    """Call helpers as they were called."""
    text = text_of_items(fresh)
    taken = _all(text)
    known = by_name(fresh)
    names = {
        new: was
        for was, new in renamed(by_name(old), known).items()
        if _is_function(known[new]) and was not in taken
    }
    return items_of(units_of(rename(text, names))) if names else tuple(fresh)


def _is_function(item: Item) -> bool:
    return any(unit.depth == 0 and unit.text.startswith("def ") for unit in item.units)


def _ordered(old: Sequence[Item], fresh: Sequence[Item]) -> tuple[Item, ...]:
    """Put the functions that were there in their order, in the places that they have now.

    Constants stay where they are: one may need another.
    """
    rank = {item.name: place for place, item in enumerate(old) if _is_function(item)}
    places = [place for place, item in enumerate(fresh) if item.name in rank and _is_function(item)]
    ordered = sorted((fresh[place] for place in places), key=lambda item: rank[item.name])
    moved = dict(zip(places, ordered, strict=True))
    return tuple(moved.get(place, item) for place, item in enumerate(fresh))


def _settled(old: Item, new: Item) -> Item:
    if _is_wordings(old) and _is_wordings(new):
        units = tuple(
            replace(unit, text=in_order(old.units[-1].text, unit.text)) if unit is new.units[-1] else unit
            for unit in new.units
        )
        return Item(new.name, units)
    names = _names(old, new)
    if not names:
        return new
    text = rename(new.text, names)
    return Item(new.name, units_of(text)) if _alike(new.text, text, names) else new


def _is_wordings(item: Item) -> bool:
    """Return whether an item is a constant of wordings; in which order they stand does not matter."""
    return item.units[-1].tokens[1:4] == ("=", "Patterns", "(")


def _names(old: Item, new: Item) -> dict[str, str]:
    """Return new local -> the name that it had, and what else has to make way: an exchange of names."""
    before, after = _locals(old.text), _locals(new.text)
    votes: Counter[tuple[str, str]] = Counter()
    for here, there in align(old.units, new.units):
        votes.update(_pairs(old.units[here], new.units[there], before, after))
    chosen: dict[str, str] = {}
    for (name, was), _ in sorted(votes.items(), key=lambda vote: (-vote[1], vote[0])):
        if name not in chosen and was not in chosen.values():
            chosen[name] = was
    names = {name: was for name, was in chosen.items() if name != was}
    for name in sorted(after - chosen.keys()):
        if name in names.values():
            # What is new makes way.
            names[name] = _other(name, names, _all(new.text))
    return names


def _other(name: str, names: Mapping[str, str], taken: set[str]) -> str:
    """Return a numbered variant of a name that nothing has, or what has it gives up."""
    stem = name.rstrip("0123456789").rstrip("_") or name
    variants = (f"{stem}_{number}" for number in count(2))
    return next(one for one in variants if one not in names.values() and (one not in taken or one in names))


def _pairs(one: Unit, other: Unit, before: frozenset[str], after: frozenset[str]) -> list[tuple[str, str]]:
    """Pair the locals of two statements that are the same but for their names: (new, old)."""
    if len(one.tokens) != len(other.tokens) or one.is_comment:
        return []
    found = [(new, old) for old, new in zip(one.tokens, other.tokens, strict=True)]
    same = all(new == old or (old in before and new in after) for new, old in found)
    return [(new, old) for new, old in found if old in before and new in after] if same else []


def _locals(text: str) -> frozenset[str]:
    """Return the names that an item assigns."""
    return frozenset(
        node.id
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and not iskeyword(node.id)
    )


def _alike(text: str, other: str, names: Mapping[str, str]) -> bool:
    """Return whether a source is another one with names exchanged, and no two names became one."""
    one, two = (ast.parse(source) for source in (text, other))
    for node in ast.walk(one):
        if isinstance(node, ast.Name):
            node.id = names.get(node.id, node.id)
    apart = len({names.get(name, name) for name in _all(text)}) == len(_all(text))
    return apart and ast.dump(one) == ast.dump(two)


def _all(text: str) -> set[str]:
    found = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    return found | {node.arg for node in ast.walk(ast.parse(text)) if isinstance(node, ast.arg)}
