"""What harnesses import, and what runs them.

Imports nothing else of ``compiler``, and nothing heavy: records come with pydantic, and ``LiteLLMModel`` with
litellm's wrapper, when they are first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from compiler.runtime.ask import (
    Answer,
    Answer3,
    Ask,
    Asked,
    Fact,
    Model,
    Question,
    ScriptedModel,
    Usage,
)
from compiler.runtime.checked import expect, item, present, rows
from compiler.runtime.errors import (
    AlreadyIssued,
    Deviation,
    LimitReached,
    LoadError,
    NotApproved,
    Stopped,
    ToolFailed,
    Unanswered,
    WriteInDoubt,
)
from compiler.runtime.filters import nth, nth_highest, nth_last, nth_lowest, ranked, where
from compiler.runtime.harness import (
    UNEXPECTED,
    Harness,
    RunResult,
    harness,
)
from compiler.runtime.limits import Limits
from compiler.runtime.load import load_harness, load_source
from compiler.runtime.patterns import Patterns
from compiler.runtime.run import Run
from compiler.runtime.takeover import Handover, reraise, resume_with_agent
from compiler.runtime.texts import between, joined, number, piece, scaled, whole, without
from compiler.runtime.tools import Called, Retry, ToolSpec, tool
from compiler.runtime.units import amount
from compiler.runtime.values import (
    average,
    combine,
    each,
    first,
    first_number,
    greatest,
    highest,
    last,
    last_number,
    least,
    lowest,
    median,
    moment,
    only,
    slug,
    total,
)

if TYPE_CHECKING:
    from compiler.runtime.agent import LiteLLMAgent
    from compiler.runtime.llm import LiteLLMModel
    from compiler.runtime.records import ClosedRecord, Record

__all__ = [
    "UNEXPECTED",
    "AlreadyIssued",
    "Answer",
    "Answer3",
    "Ask",
    "Asked",
    "Called",
    "ClosedRecord",
    "Deviation",
    "Fact",
    "Handover",
    "Harness",
    "LimitReached",
    "Limits",
    "LiteLLMAgent",
    "LiteLLMModel",
    "LoadError",
    "Model",
    "NotApproved",
    "Patterns",
    "Question",
    "Record",
    "Retry",
    "Run",
    "RunResult",
    "ScriptedModel",
    "Stopped",
    "ToolFailed",
    "ToolSpec",
    "Unanswered",
    "Usage",
    "WriteInDoubt",
    "amount",
    "average",
    "between",
    "combine",
    "each",
    "expect",
    "first",
    "first_number",
    "greatest",
    "harness",
    "highest",
    "item",
    "joined",
    "last",
    "last_number",
    "least",
    "load_harness",
    "load_source",
    "lowest",
    "median",
    "moment",
    "nth",
    "nth_highest",
    "nth_last",
    "nth_lowest",
    "number",
    "only",
    "piece",
    "present",
    "ranked",
    "reraise",
    "resume_with_agent",
    "rows",
    "scaled",
    "slug",
    "tool",
    "total",
    "where",
    "whole",
    "without",
]

_LAZY = {
    "ClosedRecord": "compiler.runtime.records",
    "LiteLLMAgent": "compiler.runtime.agent",
    "LiteLLMModel": "compiler.runtime.llm",
    "Record": "compiler.runtime.records",
}


if not TYPE_CHECKING:
    # Hidden from type checkers, which would take any misspelt name for one that this gives.

    def __getattr__(name: str) -> object:
        if name not in _LAZY:
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message)
        return getattr(import_module(_LAZY[name]), name)
