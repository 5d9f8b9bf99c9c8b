"""Give names of a source other ones, wherever they stand for a value."""

from __future__ import annotations

from collections.abc import Mapping

import libcst as cst


def rename(text: str, names: Mapping[str, str]) -> str:
    """Return a source with names exchanged, all at once; attributes and keywords of arguments stay.

    What is no Python stays as it is.
    """
    if not any(name in text for name in names):
        return text
    try:
        return cst.parse_module(text).visit(_Renaming(names)).code
    except cst.ParserSyntaxError:
        return text


class _Renaming(cst.CSTTransformer):
    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:
        del original_node
        return updated_node.with_changes(value=self._names.get(updated_node.value, updated_node.value))

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.Attribute:
        return updated_node.with_changes(attr=original_node.attr)

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
        return updated_node.with_changes(keyword=original_node.keyword)
