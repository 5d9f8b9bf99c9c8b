"""The view of what a new program does differently."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PartRow:
    """A part of a sentence; ``code`` is text of the program, or of a trace."""

    text: str
    code: bool


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """The changes of one kind, each a sentence in parts."""

    title: str
    changes: tuple[tuple[PartRow, ...], ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesView:
    """What ``diff`` prints: ``same`` programs differ in nothing but what supports them."""

    name: str
    same: bool
    approve: int
    groups: tuple[GroupRow, ...]
