"""Merge what the compiler generates now into a source that a person edited.

Evidence never is at odds: a unit is known again whatever its counts are, and gets the newest. Logic is merged
three ways, item by item and unit by unit; base is what was generated when the person began to edit.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias, final

from compiler.evolve.hunks import Hunk, hunks
from compiler.evolve.imports import imports_of
from compiler.evolve.items import Item, by_name, items_of, order, renamed
from compiler.evolve.names import assigned, undefined
from compiler.evolve.naming import rename
from compiler.evolve.renames import follow
from compiler.evolve.sequence import Conflict, Piece, merge_units
from compiler.evolve.units import Unit, text_of, units_of

OURS: Final = "yours"
BASE: Final = "last generated"
THEIRS: Final = "regenerated"

Pieces: TypeAlias = tuple[Piece, ...]
Items: TypeAlias = tuple[Item, ...]


@final
@dataclass(frozen=True, slots=True)
class Merge:
    """A merged source; with conflicts, the text has their markers in it and is no Python.

    ``hunks`` say what it changes in what the person had.
    """

    text: str
    conflicts: tuple[Conflict, ...]
    hunks: tuple[Hunk, ...]


def merge_source(base: str, ours: str, theirs: str) -> Merge:
    """Merge the changes from ``base`` to ``ours`` and to ``theirs``; ``ours`` is the person's.

    Source: three-way merge (diff3, Khanna, Kunal and Pierce 2007), here over statements.

    Raises:
        SyntaxError: One of the three cannot be read as Python.
    """
    if theirs in (base, ours):
        return Merge(ours, (), ())
    if ours == base:
        return Merge(theirs, (), hunks(ours, theirs))
    ends = "\r\n" if "\r\n" in ours else "\n"
    merged = _merge(*(_items(text) for text in (base, ours, theirs)))
    text = "".join(map(_written, merged)).lstrip("\n").replace("\n", ends)
    conflicts = tuple(piece for piece in merged if isinstance(piece, Conflict))
    return Merge(text, conflicts, hunks(ours, text))


def merge_package(
    base: Mapping[str, str], ours: Mapping[str, str], theirs: Mapping[str, str]
) -> dict[str, Merge]:
    """Merge harness.py and tools.py; a record that has another name now has it in the harness too.

    Raises:
        SyntaxError: A source cannot be read as Python; ``filename`` says which.
    """
    tools = _merge_file("tools.py", base, ours, theirs)
    old, new = (by_name(_items(side["tools.py"])) for side in (base, theirs))
    names = renamed(old, new)
    was, mine = ({"harness.py": rename(side["harness.py"], names)} for side in (base, ours))
    harness = _merge_file("harness.py", was, mine, theirs)
    if names:
        harness = replace(harness, hunks=hunks(ours["harness.py"], harness.text))
    return {"harness.py": harness, "tools.py": tools}


def _merge_file(
    name: str, base: Mapping[str, str], ours: Mapping[str, str], theirs: Mapping[str, str]
) -> Merge:
    try:
        return merge_source(base[name], ours[name], theirs[name])
    except SyntaxError as error:
        error.filename = name
        raise


def _items(text: str) -> Items:
    plain = text.replace("\r\n", "\n")
    ast.parse(plain)
    return items_of(units_of(plain))


def _merge(base: Items, ours: Items, theirs: Items) -> Pieces:
    base, ours = follow(base, theirs, ours)
    base, theirs = follow(base, ours, theirs)
    sides = [by_name(items) for items in (base, ours, theirs)]
    names = order(*([item.name for item in items] for items in (base, ours, theirs)))
    found: dict[str, Pieces] = {}
    for name in names:
        old, mine, new = (side.get(name) for side in sides)
        if not name.startswith("import "):
            found[name] = _item(old, mine, new)
    found = _kept(found, sides)
    body = tuple(Item(name, _units(pieces)) for name, pieces in found.items())
    imports = imports_of((base, ours, theirs), body)
    found |= {name: item.units for name, item in imports.items()}
    found = _defined(found, sides)
    return tuple(piece for name in names for piece in found.get(name, ()))


def _item(base: Item | None, ours: Item | None, theirs: Item | None) -> Pieces:
    """Merge one item; None: a side has it not."""
    if ours is None or theirs is None:
        left = ours or theirs
        if left is None or (base is not None and left.key == base.key):
            return ()
        return left.units if base is None else (_whole(base, ours, theirs),)
    if base is None:
        return ours.units if ours.key == theirs.key else (_whole(base, ours, theirs),)
    pieces = merge_units(base.units, ours.units, theirs.units)
    if any(isinstance(piece, Conflict) for piece in pieces):
        return pieces
    return pieces if _holds(pieces, base, ours, theirs) else (_whole(base, ours, theirs),)


def _whole(base: Item | None, ours: Item | None, theirs: Item | None) -> Conflict:
    found = [() if item is None else item.units for item in (ours, base, theirs)]
    return Conflict(*found)


def _holds(pieces: Pieces, base: Item, ours: Item, theirs: Item) -> bool:
    """Return whether a merged item parses, and the two sides gave no two values one new name."""
    text = text_of(_units(pieces))
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return not _parses(theirs.text)
    old, mine, new = (assigned(item.text) for item in (base, ours, theirs))
    return not {name for name in mine.keys() & new.keys() - old.keys() if mine[name] != new[name]}


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


def _kept(found: dict[str, Pieces], sides: list[dict[str, Item]]) -> dict[str, Pieces]:
    """Keep what the compiler would drop, but the person's code still uses."""
    base, ours, theirs = sides
    while True:
        used = {token for pieces in found.values() for unit in _units(pieces) for token in unit.tokens}
        back = [
            name
            for name, pieces in found.items()
            if not pieces and name in base and name in ours and name not in theirs and name in used
        ]
        if not back:
            return found
        found |= {name: ours[name].units for name in back}


def _defined(found: dict[str, Pieces], sides: list[dict[str, Item]]) -> dict[str, Pieces]:
    """Put at odds what uses a name that only one side still has."""
    if any(isinstance(piece, Conflict) for pieces in found.values() for piece in pieces):
        return found
    known = [undefined("".join(item.text for item in side.values())) for side in sides[1:]]
    lost = undefined(text_of(tuple(_flat(found.values())))) - known[0] - known[1]
    if not lost:
        return found
    base, ours, theirs = sides
    gone = {name for name in lost if name in base and name in theirs}
    users = {
        name for name, pieces in found.items() for unit in _units(pieces) if lost - gone & set(unit.tokens)
    }
    users = {name for name in users if set(_tokens(found[name])) & (lost - gone)}
    return found | {
        name: (_whole(base.get(name), ours.get(name), theirs.get(name)),) for name in gone | users
    }


def _tokens(pieces: Pieces) -> Iterable[str]:
    return (token for unit in _units(pieces) for token in unit.tokens)


def _flat(groups: Iterable[Pieces]) -> Iterable[Unit]:
    return (unit for pieces in groups for unit in _units(pieces))


def _units(pieces: Pieces) -> tuple[Unit, ...]:
    """Return the units of pieces, of a conflict all that either side has."""
    found: list[Unit] = []
    for piece in pieces:
        found += (piece,) if isinstance(piece, Unit) else (*piece.ours, *piece.theirs)
    return tuple(found)


def _written(piece: Piece) -> str:
    if isinstance(piece, Unit):
        return text_of((piece,))
    blank = "\n" * max((units[0].blank for units in (piece.ours, piece.theirs) if units), default=0)
    ours, base, theirs = (_block(units) for units in (piece.ours, piece.base, piece.theirs))
    return f"{blank}<<<<<<< {OURS}\n{ours}||||||| {BASE}\n{base}=======\n{theirs}>>>>>>> {THEIRS}\n"


def _block(units: tuple[Unit, ...]) -> str:
    return text_of(units).lstrip("\n")
