"""The imports of a module: what its plan uses, sorted as isort sorts."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

import libcst as cst

from compiler.emit.walk import parts
from compiler.ir import plan


def imports(module: plan.Module) -> list[cst.SimpleStatementLine]:
    """Return the import statements of a module; sections are kept apart by an empty line."""
    used = {
        part for part in parts(module.items) if isinstance(part, plan.Imported) and part.module != module.name
    }
    members: dict[str, set[str]] = {}
    for one in used:
        if one.module is not None:
            members.setdefault(one.module, set()).add(one.name)
    plain = sorted((one.name, one.alias or one.name) for one in used if one.module is None)
    rows = [(0, 0, name, _module_import(name, alias)) for name, alias in plain]
    rows.extend((_section(name), 1, name, _from_import(name, members[name])) for name in members)
    rows.sort(key=lambda row: row[:3])
    statements: list[cst.SimpleStatementLine] = []
    for place, (section, _, _, statement) in enumerate(rows):
        apart = place > 0 and section != rows[place - 1][0]
        statements.append(
            statement.with_changes(leading_lines=[cst.EmptyLine(indent=False)]) if apart else statement
        )
    return statements


def _section(module: str) -> int:
    if module.startswith("."):
        return 2
    return 0 if module.partition(".")[0] in sys.stdlib_module_names else 1


def _module_import(name: str, alias: str) -> cst.SimpleStatementLine:
    as_name = None if alias == name else cst.AsName(cst.Name(alias))
    return cst.SimpleStatementLine([cst.Import([cst.ImportAlias(cst.Name(name), asname=as_name)])])


def _from_import(module: str, names: Iterable[str]) -> cst.SimpleStatementLine:
    aliases = [cst.ImportAlias(cst.Name(name)) for name in sorted(names, key=_member_key)]
    absolute = module.lstrip(".")
    dotted: cst.Name | cst.Attribute | None = None
    for part in absolute.split("."):
        dotted = cst.Name(part) if dotted is None else cst.Attribute(dotted, cst.Name(part))
    dots = [cst.Dot() for _ in range(len(module) - len(absolute))]
    return cst.SimpleStatementLine([cst.ImportFrom(dotted, aliases, relative=dots)])


def _member_key(name: str) -> tuple[int, list[tuple[int, str]], str]:
    """Order constants before classes before the rest, each by name, with numbers as numbers."""
    kind = 0 if len(name) > 1 and name.isupper() else 1 if name[:1].isupper() else 2
    chunks = re.findall(r"\d+|\D+", name.lower())
    return kind, [(int(chunk), "") if chunk.isdigit() else (10**9, chunk) for chunk in chunks], name
