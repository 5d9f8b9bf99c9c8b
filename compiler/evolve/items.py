"""A module as its items: what stands at its top level, each under a name that finds it again."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

from compiler.evolve.pairing import pairs
from compiler.evolve.units import Unit, text_of

Units: TypeAlias = tuple[Unit, ...]

_NAMED: Final = re.compile(r"(?:async def|def|class)\s+(\w+)|(\w+)\s*(?::[^=]+)?=(?!=)")
_IMPORT: Final = re.compile(r"from\s+(\S+)\s+import\b|import\s+(.+)")


@final
@dataclass(frozen=True)
class Item:
    """One item with the comments and decorators above it; ``name`` is unique in its module."""

    name: str
    units: Units

    @property
    def is_import(self) -> bool:
        """Whether it imports something."""
        return self.name.startswith("import ")

    @property
    def key(self) -> tuple[tuple[int, tuple[str, ...]], ...]:
        """What it means: equal where two differ in layout and evidence alone."""
        return tuple((unit.depth, unit.key) for unit in self.units)

    @property
    def text(self) -> str:
        """Its source."""
        return text_of(self.units)

    @property
    def defines(self) -> str:
        """The name that other items know it by; empty for an import, a docstring and the like."""
        return self.name if self.name.isidentifier() else ""


def items_of(units: Sequence[Unit]) -> tuple[Item, ...]:
    """Cut a module into its items."""
    groups: list[list[Unit]] = []
    head: list[Unit] = []
    for unit in units:
        if unit.depth > 0 and groups and not head:
            groups[-1].append(unit)
            continue
        if head and unit.blank and head[-1].is_comment:
            # Comments with an empty line below belong to nothing but themselves.
            groups.append(head)
            head = []
        head.append(unit)
        if unit.depth == 0 and not unit.is_comment and not unit.text.startswith("@"):
            if _goes_on(unit) and groups and len(head) == 1:
                groups[-1] += head
            else:
                groups.append(head)
            head = []
    if head:
        groups.append(head)
    return _named([tuple(group) for group in groups])


def _goes_on(unit: Unit) -> bool:
    """Return whether it is a further clause of the statement before it."""
    return unit.text.startswith(("else:", "elif ", "except", "finally:"))


def _named(groups: Sequence[Units]) -> tuple[Item, ...]:
    seen: Counter[str] = Counter()
    found: list[Item] = []
    for group in groups:
        name = _name(group)
        seen[name] += 1
        found.append(Item(name if seen[name] == 1 else f"{name} ({seen[name]})", group))
    return tuple(found)


def _name(group: Units) -> str:
    main = next((unit for unit in group if not unit.is_comment and not unit.text.startswith("@")), None)
    if main is None:
        return "comment"
    if (found := _IMPORT.match(main.text)) is not None:
        return f"import {found[1] or found[2]}"
    if (match := _NAMED.match(main.text)) is not None:
        return match[1] or match[2]
    return "docstring" if _is_text(main.text) else f"statement {' '.join(main.tokens)}"


def _is_text(text: str) -> bool:
    try:
        return isinstance(ast.literal_eval(text), str)
    except (ValueError, SyntaxError):
        return False


def text_of_items(items: Sequence[Item]) -> str:
    """Put items together as a module."""
    return "".join(item.text for item in items).lstrip("\n")


def by_name(items: Sequence[Item]) -> dict[str, Item]:
    """Return items by their names."""
    return {item.name: item for item in items}


def order(base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """Return the order of all names of two sides: the person's, unless only the compiler changed it."""
    common = [name for name in base if name in set(ours) & set(theirs)]
    rank = {name: place for place, name in enumerate(common)}
    moved = [name for name in ours if name in rank] != common
    lead, other = (ours, theirs) if moved else (theirs, ours)
    return _inserted(list(lead), list(other))


def _inserted(lead: list[str], other: list[str]) -> list[str]:
    """Put the names that only the other side has after the name that stands before them there."""
    result = list(lead)
    for place, name in enumerate(other):
        if name in result:
            continue
        before = next((one for one in reversed(other[:place]) if one in result), None)
        result.insert(0 if before is None else result.index(before) + 1, name)
    return result


def renamed(base: Mapping[str, Item], side: Mapping[str, Item]) -> dict[str, str]:
    """Return the items that a side has under another name: old name -> new name.

    They are alike but for the name, and no other item is as like.
    """
    gone = [item for name, item in base.items() if name not in side and item.defines]
    new = [item for name, item in side.items() if name not in base and item.defines]
    found = pairs_alike(gone, new)
    return {old.name: fresh.name for old, fresh in found}


SAME: Final = 0.8
"""Share of its units that an item has in common with what it was before it was renamed."""


def pairs_alike(gone: Sequence[Item], new: Sequence[Item]) -> list[tuple[Item, Item]]:
    """Pair items that are alike, each with the only one that is its like."""
    likes = [(old, fresh) for old in gone for fresh in new if likeness(old, fresh) >= SAME]
    olds = Counter(old.name for old, _ in likes)
    news = Counter(fresh.name for _, fresh in likes)
    return [(old, fresh) for old, fresh in likes if olds[old.name] == news[fresh.name] == 1]


def likeness(one: Item, other: Item) -> float:
    """Return which share of two items is the same, but for their own names."""
    first, second = (
        [tuple("" if token == item.name else token for token in unit.key) for unit in item.units]
        for item in (one, other)
    )
    same = pairs(first, second, lambda a, b: 1.0 if a == b else 0.0)
    return 2 * len(same) / max(len(first) + len(second), 1)
