"""Whether two syntax trees say the same: one that was built, and what its text parses to.

libcst's own ``deep_equals`` also compares spaces and commas, which a built tree leaves to the printer. Here
structure, names, literals and comments count: lost parentheses and text that broke out of its literal show.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final, final

import libcst as cst

_LAYOUT = (
    cst.BaseParenthesizableWhitespace,
    cst.AssignEqual,
    cst.Colon,
    cst.Comma,
    cst.Dot,
    cst.EmptyLine,
    cst.LeftCurlyBrace,
    cst.LeftParen,
    cst.LeftSquareBracket,
    cst.Newline,
    cst.ParenthesizedWhitespace,
    cst.RightCurlyBrace,
    cst.RightParen,
    cst.RightSquareBracket,
    cst.Semicolon,
    cst.TrailingWhitespace,
)
_WORDED = (cst.Name, cst.SimpleString, cst.Integer, cst.Float, cst.FormattedStringText, cst.Comment)


def same_syntax(one: cst.CSTNode, other: cst.CSTNode) -> bool:
    """Return whether two trees differ in layout at most."""
    said, read = _Said(structure=[], comments=[]), _Said(structure=[], comments=[])
    _say(one, said, counts=True)
    _say(other, read, counts=True)
    return said == read


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What counts of a tree: its nodes with their words, and all of its comments, in order."""

    structure: list[str]
    comments: list[str]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """What is to know of a type of nodes."""

    name: str
    layout: bool
    worded: bool
    comment: bool
    attributes: tuple[str, ...]
    """Where nodes may stand, in the order of the text."""


def _say(node: cst.CSTNode, said: _Said, *, counts: bool) -> None:
    """Add what a node says; ``counts`` is false inside layout, of which only comments count."""
    kind = _KINDS.get(type(node)) or _kind_of(node)
    if kind.comment:
        said.comments.append(node.value)  # type: ignore[attr-defined]
    counts = counts and not kind.layout
    if counts:
        said.structure.append(kind.name)
        if kind.worded:
            said.structure.append(node.value)  # type: ignore[attr-defined]
    for name in kind.attributes:
        held = getattr(node, name)
        for child in held if isinstance(held, list | tuple) else (held,):
            # The rest are words of the node itself, and marks for what is left to the printer.
            if isinstance(child, cst.CSTNode):
                _say(child, said, counts=counts)
    if counts:
        said.structure.append(".")


_KINDS: Final[dict[type[cst.CSTNode], _Kind]] = {}
"""Every type that was met. ``CSTNode.children`` copies every node that it visits: ten times as slow."""


def _kind_of(node: cst.CSTNode) -> _Kind:
    visited = _Attributes(node)
    node.visit(visited)
    # What a node visits only where it is there comes last: a format in a text with values.
    others = [field.name for field in fields(node) if field.name not in visited.found]
    made = _Kind(
        name=type(node).__name__,
        layout=isinstance(node, _LAYOUT),
        worded=isinstance(node, _WORDED),
        comment=isinstance(node, cst.Comment),
        attributes=(*visited.found, *others),
    )
    return _KINDS.setdefault(type(node), made)


@final
class _Attributes(cst.CSTVisitor):
    """The attributes of a node in which nodes may stand, in the order in which libcst visits them."""

    def __init__(self, node: cst.CSTNode) -> None:
        super().__init__()
        self.node = node
        self.found: list[str] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        return node is self.node

    def on_visit_attribute(self, node: cst.CSTNode, attribute: str) -> None:
        if node is self.node:
            self.found.append(attribute)
