"""OpenAI Responses items: typed, mostly without a role, joined by ``call_id``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from compiler.ir.run import JSON
from compiler.read.chat import chat_events
from compiler.read.episode import Called, Event, Returned, Said, UnusableError
from compiler.read.jsontext import shown, text_of

_PASSED_OVER: Final = frozenset(
    {"reasoning", "mcp_list_tools", "mcp_approval_request", "mcp_approval_response"}
)
_CALLS: Final = frozenset({"function_call", "custom_tool_call", "mcp_call"})
_OUTPUTS: Final = frozenset({"function_call_output", "custom_tool_call_output"})
_BUILT_IN: Final = frozenset(
    {
        "apply_patch_call",
        "code_interpreter_call",
        "computer_call",
        "file_search_call",
        "image_generation_call",
        "local_shell_call",
        "shell_call",
        "tool_search_call",
        "web_search_call",
    }
)
_ELSEWHERE: Final = frozenset({"compaction", "item_reference"})

ITEM_TYPES: Final = (
    _PASSED_OVER
    | _CALLS
    | _OUTPUTS
    | _BUILT_IN
    | _ELSEWHERE
    | frozenset(f"{name}_output" for name in _BUILT_IN)
)
"""The types that only Responses items have (a ``message`` looks like a chat message)."""


def responses_events(items: Sequence[JSON]) -> Iterator[Event]:
    """Read the items in order. A turn is an unbroken row of what the model gave.

    Raises:
        UnusableError: The run used a tool that the provider runs (web search, shell), refers to content that
            is not here, or has an item of an unknown type. Passing over such an item would change the run.
    """
    turn, after_model = 0, False
    for item in items:
        if not isinstance(item, dict):
            raise UnusableError("an item is no object")
        kind = _kind(item)
        by_model = item.get("role") == "assistant" or kind in _PASSED_OVER | _CALLS
        turn += by_model and not after_model
        after_model = by_model
        yield from _item(item, turn)


def _item(item: dict[str, JSON], turn: int) -> Iterator[Event]:
    kind = _kind(item)
    if kind == "message" and item.get("role") == "assistant":
        yield Said(role="assistant", content=text_of(item.get("content")) or "", turn=turn)
    elif kind == "message":
        yield from chat_events([item])
    elif kind == "mcp_call":
        yield from _mcp(item, turn)
    elif kind in _CALLS:
        custom = kind == "custom_tool_call"
        arguments = item.get("input" if custom else "arguments")
        call_id = _text(item.get("call_id")) or _text(item.get("id"))
        yield Called(tool=_name(item), arguments=arguments, id=call_id, turn=turn, free=custom)
    elif kind in _OUTPUTS:
        yield Returned(content=item.get("output"), id=_text(item.get("call_id")), error=_failed(item))
    elif kind not in _PASSED_OVER:
        raise UnusableError(_refusal(kind))


def _mcp(item: dict[str, JSON], turn: int) -> Iterator[Event]:
    """A call of a remote MCP server: call and result in one item."""
    call_id, error = _text(item.get("id")), item.get("error")
    yield Called(tool=_name(item), arguments=item.get("arguments"), id=call_id, turn=turn)
    if error:
        yield Returned(content=error, id=call_id, error=True)
    elif item.get("output") is not None:
        yield Returned(content=item["output"], id=call_id)


def _kind(item: dict[str, JSON]) -> str:
    kind = item.get("type", "message")
    if not isinstance(kind, str):
        raise UnusableError("the type of an item is no text")
    return kind


def _refusal(kind: str) -> str:
    if kind in _ELSEWHERE:
        return f"an item of type {shown(kind)} stands for content that is not in the file"
    if kind in ITEM_TYPES:
        return f"the run uses a tool that the provider runs itself ({shown(kind)})"
    return f"an item has the unknown type {shown(kind)}"


def _failed(item: dict[str, JSON]) -> bool:
    return bool(item.get("error")) or item.get("is_error") is True


def _name(item: dict[str, JSON]) -> str:
    name = item.get("name")
    if not isinstance(name, str) or not name:
        raise UnusableError("a tool call has no name")
    return name


def _text(value: JSON) -> str | None:
    return None if value is None else str(value)
