"""Decides the format of a record from all of its items.

The first item says nothing: a plain user turn looks the same in every dialect. So every item is asked for
marks that only one format has. No mark: chat. Two: an error, since a wrong guess would lose calls silently.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from compiler.errors import InputError
from compiler.ir.run import JSON
from compiler.read.anthropic import is_result, is_use
from compiler.read.responses import ITEM_TYPES

FORMATS: Final = ("chat", "responses", "anthropic", "atif")
"""The formats that can be read, and what ``format=`` accepts."""

_ROLES: Final = ("system", "developer", "user", "assistant", "tool", "function")

_FOREIGN: Final[tuple[tuple[frozenset[str], str], ...]] = (
    (frozenset({"resourceSpans"}), "OpenTelemetry (OTLP) spans"),
    (frozenset({"resource_spans"}), "OpenTelemetry (OTLP) spans"),
    (frozenset({"context", "attributes"}), "a list of spans (OpenInference, OpenTelemetry)"),
    (frozenset({"sessionId", "uuid"}), "a Claude Code session"),
    (frozenset({"timestamp", "type", "payload"}), "a Codex rollout"),
    (frozenset({"object", "span_data"}), "an OpenAI Agents SDK trace"),
    (frozenset({"workflow_name", "object"}), "an OpenAI Agents SDK trace"),
    (frozenset({"jsonrpc"}), "MCP messages"),
    (frozenset({"dotted_order"}), "LangSmith runs"),
    (frozenset({"run_type", "trace_id"}), "LangSmith runs"),
    (frozenset({"traceId", "parentObservationId"}), "Langfuse observations"),
    (frozenset({"litellm_call_id"}), "a litellm log"),
    (frozenset({"kind", "parts"}), "pydantic-ai messages"),
    (frozenset({"lc", "kwargs"}), "serialised LangChain objects"),
    (frozenset({"eval", "samples"}), "an Inspect log"),
    (frozenset({"eval", "plan"}), "an Inspect log"),
    (frozenset({"trajectory", "history"}), "an SWE-agent trajectory"),
    (frozenset({"parts", "role"}), "Gemini contents or OpenTelemetry messages"),
)
"""Keys that give away a format that is not read yet, to say its name in the error."""


def known_formats() -> str:
    """The formats, for messages."""
    return ", ".join(FORMATS)


def is_item(value: JSON) -> bool:
    """Whether a value is one item of a message list, and not a record of its own."""
    if not isinstance(value, dict):
        return False
    kind = value.get("type")
    if isinstance(kind, str) and kind in ITEM_TYPES:
        return True
    return value.get("role") in _ROLES and bool(
        value.keys() & {"content", "tool_calls", "function_call", "refusal"}
    )


def dialect_of(items: Sequence[JSON], *, path: str, line: int) -> str:
    """The message format of a list of items.

    Raises:
        InputError: Items have marks of more than one format.
    """
    marks = {mark for item in items if isinstance(item, dict) for mark in _marks(item)}
    found = [name for name in FORMATS if name in marks]
    if len(found) > 1:
        raise ambiguous(found, path=path, line=line)
    return found[0] if found else "chat"


def ambiguous(found: Sequence[str], *, path: str, line: int) -> InputError:
    """The error for a record that has marks of several formats."""
    names = " and ".join(found)
    return InputError(f"the items look like {names}; say which with --format", path=path, line=line)


def foreign(value: JSON) -> str | None:
    """The name of a format that is known by sight and not read; None for what was never seen."""
    if isinstance(value, list):
        value = value[0] if value else None
    if not isinstance(value, dict):
        return None
    keys = value.keys()
    return next((name for marks, name in _FOREIGN if marks <= keys), None)


def _marks(item: dict[str, JSON]) -> set[str]:
    marks: set[str] = set()
    kind = item.get("type")
    if (isinstance(kind, str) and kind in ITEM_TYPES) or "call_id" in item:
        marks.add("responses")
    if item.get("role") in ("tool", "function") or item.get("tool_calls") or item.get("function_call"):
        marks.add("chat")
    content = item.get("content")
    if isinstance(content, list) and any(is_use(block) or is_result(block) for block in content):
        marks.add("anthropic")
    return marks
