"""Imports are merged by what the merged module needs, so that they are never at odds."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from compiler.evolve.items import Item, by_name
from compiler.evolve.units import Unit

LINE: Final = 88


def merge_import(
    base: Item | None, ours: Item | None, theirs: Item | None, used: frozenset[str]
) -> Item | None:
    """Return one import: what both sides have, what the module uses, and what the person added.

    None where nothing is left of it.
    """
    old, mine, new = (_imported(item) for item in (base, ours, theirs))
    if None in (old, mine, new):
        # A whole module: kept where the person has it, or something needs it.
        needed = theirs is not None and not used.isdisjoint(theirs.units[-1].tokens)
        return ours or (theirs if needed or base is None else None)
    kept = set(mine or ()) & set(new or ())
    kept |= {name for name in (*(mine or ()), *(new or ())) if _local(name) in used}
    kept |= set(mine or ()) - set(old or ())
    lead = ours if ours is not None and kept == set(mine or ()) else theirs
    if lead is not None and kept == set(_imported(lead) or ()):
        return lead
    source = theirs or ours
    if not kept or source is None:
        return None
    main = source.units[-1]
    return Item(source.name, (*source.units[:-1], replace(main, text=_written(_module(main.text), kept))))


def _local(name: str) -> str:
    return name.rpartition(" as ")[2]


def _imported(item: Item | None) -> tuple[str, ...] | None:
    """Return what an item imports from a module, as written; None where it is no such import."""
    if item is None:
        return ()
    statement = _parsed(item.units[-1])
    if not isinstance(statement, ast.ImportFrom) or "#" in item.units[-1].text:
        return None
    return tuple(f"{one.name} as {one.asname}" if one.asname else one.name for one in statement.names)


def _parsed(unit: Unit) -> ast.stmt | None:
    try:
        return ast.parse(unit.text).body[0]
    except (SyntaxError, IndexError):
        return None


def _module(text: str) -> str:
    return text.split()[1]


def _written(module: str, names: set[str]) -> str:
    ordered = sorted(names, key=lambda name: (not name.isupper(), not name[:1].isupper(), name))
    line = f"from {module} import {', '.join(ordered)}"
    if len(line) <= LINE:
        return line
    inner = "".join(f"    {name},\n" for name in ordered)
    return f"from {module} import (\n{inner})"


def used_names(items: Sequence[Item]) -> frozenset[str]:
    """Return all words of the items that import nothing."""
    return frozenset(
        word
        for item in items
        if not item.is_import
        for unit in item.units
        if not unit.is_comment
        for token in unit.tokens
        for word in _words(token)
    )


def _words(token: str) -> tuple[str, ...]:
    if token.isidentifier():
        return (token,)
    # Names in f-strings and in annotations that are texts.
    word, found = "", []
    for character in f"{token} ":
        if character.isidentifier() or (word and character.isalnum()):
            word += character
        else:
            found.append(word)
            word = ""
    return tuple(filter(None, found))


def imports_of(sides: Sequence[Sequence[Item]], body: Sequence[Item]) -> dict[str, Item]:
    """Merge all imports of base, ours and theirs, by the names of their items."""
    used = used_names(body)
    base, ours, theirs = (by_name(items) for items in sides)
    names = dict.fromkeys(name for items in (ours, theirs) for name in items if items[name].is_import)
    found = {name: merge_import(base.get(name), ours.get(name), theirs.get(name), used) for name in names}
    return {name: item for name, item in found.items() if item is not None}
