"""Program -> source: the files of a harness folder."""

from __future__ import annotations

from typing import TypeAlias

from compiler.emit.emit import emit_module
from compiler.emit.folder import harness_folder, write_folder
from compiler.emit.lower import lower_program
from compiler.emit.walk import behaviour
from compiler.ir import plan
from compiler.ir.program import Program

__all__ = [
    "Files",
    "behaviour",
    "emit_harness",
    "emit_plans",
    "harness_folder",
    "lower_program",
    "write_folder",
]

Files: TypeAlias = dict[str, str]
"""The files of a folder: name -> text."""


def emit_harness(program: Program, *, source_label: str, format: bool = True) -> Files:
    """Return harness.py and tools.py of a program that ``check_program`` accepts.

    ``source_label`` says in the header where the runs are. ``format=False`` leaves out Black, for harnesses
    that nobody reads.
    """
    return emit_plans(lower_program(program, source_label), format=format)


def emit_plans(plans: tuple[plan.Module, plan.Module], *, format: bool = True) -> Files:
    """Return harness.py and tools.py as they were planned; ``format=False`` leaves out Black."""
    harness, tools = plans
    return {
        "harness.py": emit_module(harness, format=format),
        "tools.py": emit_module(tools, format=format),
    }
