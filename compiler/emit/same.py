"""Whether two syntax trees say the same: one that was built, and what its text parses to.

libcst's own ``deep_equals`` also compares spaces and commas, which a built tree leaves to the printer. Here
structure, names, literals and comments count: lost parentheses and text that broke out of its literal show.
"""

from __future__ import annotations

from collections.abc import Iterator

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
    return list(_structure(one)) == list(_structure(other)) and list(_comments(one)) == list(_comments(other))


def _structure(node: cst.CSTNode) -> Iterator[str]:
    if isinstance(node, _LAYOUT):
        return
    yield type(node).__name__
    if isinstance(node, _WORDED):
        yield node.value
    for child in node.children:
        yield from _structure(child)
    yield "."


def _comments(node: cst.CSTNode) -> Iterator[str]:
    if isinstance(node, cst.Comment):
        yield node.value
    for child in node.children:
        yield from _comments(child)
