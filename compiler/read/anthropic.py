"""Anthropic messages: ``tool_use`` blocks in assistant turns, ``tool_result`` blocks in user turns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compiler.ir.run import JSON
from compiler.read.episode import Called, Event, Returned, Said, UnusableError
from compiler.read.jsontext import text_of


def is_use(block: JSON) -> bool:
    """Whether a content block is a call: ``tool_use``, ``server_tool_use``, ``mcp_tool_use``."""
    kind = block.get("type") if isinstance(block, dict) else None
    return isinstance(kind, str) and (kind == "tool_use" or kind.endswith("_tool_use"))


def is_result(block: JSON) -> bool:
    """Whether a content block is a result: ``tool_result``, ``web_search_tool_result``, ..."""
    kind = block.get("type") if isinstance(block, dict) else None
    return isinstance(kind, str) and (kind == "tool_result" or kind.endswith("_tool_result"))


def anthropic_events(items: Sequence[JSON]) -> Iterator[Event]:
    """Read the messages in order.

    Raises:
        UnusableError: An item is no message, or a call has no name.
    """
    for turn, item in enumerate(items):
        if not isinstance(item, dict):
            raise UnusableError("an item is no message")
        role, content = item.get("role"), item.get("content")
        blocks = content if isinstance(content, list) else []
        match role:
            case "assistant":
                with_calls = any(map(is_use, blocks))
                text = text_of(content) or ""
                yield Said(role="assistant", content=text, turn=turn, with_calls=with_calls)
                yield from _tool_blocks(blocks, turn)
            case "user":
                yield from _tool_blocks(blocks, turn)
                text_or_none = text_of(content)
                if text_or_none is not None:
                    yield Said(role="user", content=text_or_none)
            case "system":
                yield Said(role="system", content=text_of(content) or "")
            case _:
                raise UnusableError("an item is no Anthropic message: its role is neither user nor assistant")


def _tool_blocks(blocks: Sequence[JSON], turn: int) -> Iterator[Event]:
    """Calls and results in their order; a server's results stand in the assistant's turn."""
    for block in blocks:
        if not isinstance(block, dict):
            continue
        if is_use(block):
            name = block.get("name")
            if not isinstance(name, str) or not name:
                raise UnusableError("a tool call has no name")
            yield Called(tool=name, arguments=block.get("input"), id=_id(block.get("id")), turn=turn)
        elif is_result(block):
            failed = block.get("is_error") is True
            yield Returned(content=block.get("content"), id=_id(block.get("tool_use_id")), error=failed)


def _id(value: JSON) -> str | None:
    return None if value is None else str(value)
