"""The program: what was inferred from a workload, before any Python exists.

A program is a request (in ``request``), a block of nodes, and the questions that the block may ask.
Expressions (in ``expr``) say where a value comes from; nodes (in ``nodes``) say what happens. Both are closed
unions: a consumer matches every member and ends in ``assert_never``. Values that a node binds are referred to
by its ``id``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, final

from compiler.ir.nodes import (
    Answered,
    Arm,
    Ask,
    Block,
    Both,
    Branch,
    CallEither,
    CallTool,
    Compare,
    Deviate,
    Either,
    ForEach,
    Guard,
    HandOver,
    Holds,
    Leave,
    Let,
    Node,
    OnEmpty,
    OnLength,
    Only,
    OnText,
    Option,
    Pages,
    Stop,
    Switch,
    SwitchCase,
    TextCase,
    Unfound,
    Until,
)
from compiler.ir.request import Field, FieldKind, Pattern, Request, Slot, Support
from compiler.ir.run import JSON, ToolSchema

__all__ = [
    "Answered",
    "Arm",
    "Ask",
    "Block",
    "Both",
    "Branch",
    "CallEither",
    "CallTool",
    "Compare",
    "Deviate",
    "Either",
    "Field",
    "FieldKind",
    "ForEach",
    "Guard",
    "HandOver",
    "Holds",
    "Leave",
    "Let",
    "Limits",
    "Node",
    "OnEmpty",
    "OnLength",
    "OnText",
    "Only",
    "Option",
    "Pages",
    "Pattern",
    "Program",
    "Question",
    "QuestionKind",
    "Request",
    "Slot",
    "Stop",
    "Support",
    "Switch",
    "SwitchCase",
    "TextCase",
    "Unfound",
    "Until",
]

# ----------------------------------------------------------------------------------------------- questions

QuestionKind = Literal["select", "choose", "classify", "extract", "compose"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A place where the harness asks the model. ``name`` is the constant in harness.py."""

    name: str
    kind: QuestionKind
    text: str
    labels: tuple[str, ...] = ()
    """Of ``classify``: the answers, in order; the last may be ``neither``, which deviates."""
    fields: tuple[Field, ...] = ()
    """Of ``extract``: what to read."""
    why: str = ""
    """Why it is a question and not a rule, in one line of plain words."""
    support: Support


# ------------------------------------------------------------------------------------------------- programs


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that any run did: tool calls, questions on any path, and attempts at one read."""

    tool_calls: int
    questions: int
    attempts: int = 1
    retried: int = 0
    """Tasks in which a read that failed was made again, and answered."""
    spare_calls: int = 0
    """How many more it takes if all rows of a list are meant, of which one was."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What one workload does.

    Invariants, which check_program enforces: ids and question names are unique; a reference is bound before
    it is used, in the same block or one around it; every question that is asked exists, with the right kind,
    and the other way round; a tool that is called has a schema; nothing follows Stop, Deviate, HandOver or
    Leave in a block; a Leave stands in a loop, and only a loop that holds one has an otherwise; request
    fields that are used exist, and an optional one is used only by a call that needs it; every slot names a
    field.
    """

    name: str
    request: Request
    tools: tuple[ToolSchema, ...]
    body: Block
    questions: tuple[Question, ...]
    limits: Limits
    tasks: int
    runs: tuple[str, ...]
    """The runs that the program was learnt from."""
    samples: tuple[tuple[str, tuple[JSON, ...]], ...] = ()
    """Observed results by tool, for the types of records (deduplicated, at most 40 a tool)."""
    notes: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()
    """Runs that lost, repeated or moved a call by accident: they taught nothing, and show nothing."""
