"""binding: how an argument is explained: wired, a row that is chosen, open, or the same as an earlier one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from compiler.ir.expr import Expr
from compiler.ir.run import JSON
from compiler.mine.spans import (
    Span,
)

RunSpans = tuple[tuple[str, frozenset[Span]], ...]
"""Places in the request, by run: the runs of one task may word it differently."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Wired:
    """An argument that these rivals of equal cost explain in every task.

    ``spans`` and ``time_spans`` say, run by run, where the request holds the field of the expression;
    ``wordings`` pairs words of the request with the value, where the field is a choice.
    """

    rivals: tuple[Expr, ...]
    kind: str = "json"
    spans: RunSpans = ()
    time_spans: RunSpans = ()
    wordings: tuple[tuple[str, str], ...] = ()
    examples: tuple[JSON, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """An argument that is a field of some row of a list, by no rule that all tasks share."""

    rows: Expr
    tail: tuple[str, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """An argument that nothing in scope explains; ``values`` are those that each run gave it, in order."""

    examples: tuple[JSON, ...]
    values: tuple[tuple[str, str], ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Same:
    """An argument that is always what an earlier argument was, which itself is an open decision."""

    role: str
    """The id of the earlier call."""
    name: str


Binding = Wired | Chosen | Open | Same

TOOL = "tool"
"""Stands for the tool's own name among the arguments of a role."""
