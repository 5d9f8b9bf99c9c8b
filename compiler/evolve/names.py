"""Which names a source assigns, and which it uses without any place that gives them a value."""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Iterator

_BUILT_IN = frozenset(dir(builtins)) | {"__file__", "__name__", "__doc__"}


def assigned(text: str) -> dict[str, tuple[str, ...]]:
    """Return the names that a source assigns, each with the statements that do; none if it is no Python."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return {}
    found: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.For | ast.AugAssign | ast.withitem):
            for name in _stored(node):
                value = getattr(node, "value", None) or getattr(node, "iter", None) or node
                found.setdefault(name, []).append(ast.dump(value))
    return {name: tuple(sorted(values)) for name, values in found.items()}


def _stored(node: ast.AST) -> Iterator[str]:
    parts = [getattr(node, field, None) for field in ("target", "optional_vars")]
    for part in (*parts, *getattr(node, "targets", ())):
        if isinstance(part, ast.AST):
            yield from (
                one.id
                for one in ast.walk(part)
                if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
            )


def undefined(text: str) -> frozenset[str]:
    """Return the names that a module uses and nothing in it defines; none if it is no Python."""
    try:
        table = symtable.symtable(text, "merged", "exec")
    except (SyntaxError, ValueError):
        return frozenset()
    defined = {one.get_name() for one in table.get_symbols() if one.is_assigned() or one.is_imported()}
    defined |= {one.get_name() for one in table.get_symbols() if one.is_namespace()}
    return frozenset(_globals(table) - defined - _BUILT_IN)


def _globals(table: symtable.SymbolTable) -> set[str]:
    module = table.get_type() == "module"
    found = {
        one.get_name() for one in table.get_symbols() if one.is_referenced() and (module or one.is_global())
    }
    for child in table.get_children():
        found |= _globals(child)
    return found
