"""Imports point down: a module of ``compiler`` imports its own package and those below, and nothing else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "compiler"
LAYERS = (
    {"__init__"},  # imported with any of the others, so it imports none of them
    {"errors", "runtime"},
    {"ir"},
    {"read", "mine", "emit", "prove", "evolve", "operate", "present"},
    {"pipeline"},
    {"commands"},
    {"cli"},
    {"__main__"},
)
LEVEL = {part: level for level, parts in enumerate(LAYERS) for part in parts}
MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))


def part_of(module: Path) -> str:
    """Name what a module belongs to: its sub-package, or itself."""
    return module.parts[0].removesuffix(".py")


def imported_parts(tree: ast.AST) -> Iterator[str]:
    """Name the parts of ``compiler`` that a module imports, wherever in it (ruff bans relative imports)."""
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module="compiler"):
                yield from (alias.name if alias.name in LEVEL else "__init__" for alias in node.names)
            case ast.ImportFrom(module=str(name)) if name.startswith("compiler."):
                yield name.split(".")[1]
            case ast.Import():
                for alias in node.names:
                    package, *parts = alias.name.split(".")
                    if package == "compiler":
                        yield parts[0] if parts else "__init__"
            case _:
                pass


def violations(part: str, source: str) -> list[str]:
    """Find the imports of a part that do not point down."""
    return [
        imported
        for imported in imported_parts(ast.parse(source))
        if imported != part and LEVEL[imported] >= LEVEL[part]
    ]


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_imports_point_down(module: Path) -> None:
    source = (PACKAGE / module).read_text(encoding="utf-8")
    assert violations(part_of(module), source) == []


@pytest.mark.parametrize(
    ("part", "source", "found"),
    [
        ("mine", "from compiler.ir.run import Run\nfrom compiler.errors import Declined", []),
        ("mine", "from compiler.emit import emit_harness", ["emit"]),
        ("mine", "def build():\n    from compiler import pipeline", ["pipeline"]),
        ("runtime", "import compiler.errors", ["errors"]),
        ("ir", "import compiler.pipeline as pipeline", ["pipeline"]),
        ("ir", "from compiler.ir.run import Run", []),
        ("cli", "import compiler.pipeline, compiler.read.detect", []),
        ("cli", "from compiler import __version__", []),
        ("__init__", "from compiler.runtime import Run", ["runtime"]),
    ],
)
def test_what_points_up_or_sideways_is_found(part: str, source: str, found: list[str]) -> None:
    assert violations(part, source) == found


def test_every_part_has_its_layer() -> None:
    assert {part_of(module) for module in MODULES} <= LEVEL.keys()
