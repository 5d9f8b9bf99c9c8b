"""OpenAI chat messages: ``tool_calls`` and role ``tool``; older, ``function_call`` and role ``function``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from compiler.ir.run import JSON
from compiler.read.episode import Called, Event, Returned, Said, Unread, UnusableError
from compiler.read.jsontext import shown, text_of

_SYSTEM: Final = frozenset({"system", "developer"})


def chat_events(items: Sequence[JSON]) -> Iterator[Event]:
    """Read the messages in order.

    Calls that a simulated user makes (``requestor`` is ``user``) are no part of what the agent does: they
    and their results are passed over.

    Raises:
        UnusableError: An item is no message, or a call has no name.
    """
    for turn, item in enumerate(items):
        if not isinstance(item, dict) or not isinstance(item.get("role"), str):
            raise UnusableError("an item is no chat message: it has no role")
        match item["role"]:
            case role if role in _SYSTEM:
                yield from _said("system", item.get("content"))
            case "user":
                yield from _said("user", item.get("content"))
            case "assistant":
                yield from _assistant(item, turn)
            case "tool" | "function":
                if item.get("requestor") != "user":
                    yield _returned(item)
            case other:
                yield Unread(what=f"a message of the unknown role {shown(other)} is not read")


def _said(role: str, content: JSON) -> Iterator[Said]:
    if role == "user" and isinstance(content, dict):
        yield Said(role="user", content=content)
    elif (text := text_of(content)) is not None:
        yield Said(role="system" if role == "system" else "user", content=text)


def _assistant(item: dict[str, JSON], turn: int) -> Iterator[Event]:
    calls = list(_calls(item, turn))
    text = text_of(item.get("content"))
    yield Said(role="assistant", content=text or "", turn=turn, with_calls=bool(calls))
    yield from calls


def _calls(item: dict[str, JSON], turn: int) -> Iterator[Called]:
    legacy = item.get("function_call")
    if isinstance(legacy, dict):
        yield Called(tool=_name(legacy), arguments=legacy.get("arguments"), id=None, turn=turn)
    entries = item.get("tool_calls")
    if entries is not None and not isinstance(entries, list):
        raise UnusableError("tool_calls is no list")
    for entry in entries or ():
        if not isinstance(entry, dict):
            raise UnusableError("an entry of tool_calls is no object")
        if entry.get("requestor") != "user":
            yield _call(entry, turn)


def _call(entry: dict[str, JSON], turn: int) -> Called:
    """One entry of tool_calls, in any of its spellings.

    Standard: ``{"id", "function": {"name", "arguments"}}`` and ``{"id", "custom": {"name", "input"}}``; also
    flat ``{"id", "name", "arguments" | "args"}``, and ``function`` as the bare name.
    """
    custom, function = entry.get("custom"), entry.get("function")
    call_id = _id(entry.get("id"))
    if isinstance(custom, dict):
        return Called(tool=_name(custom), arguments=custom.get("input"), id=call_id, turn=turn, free=True)
    if isinstance(function, dict):
        return Called(tool=_name(function), arguments=_arguments(function), id=call_id, turn=turn)
    if isinstance(function, str):
        return Called(tool=function, arguments=_arguments(entry), id=call_id, turn=turn)
    return Called(tool=_name(entry), arguments=_arguments(entry), id=call_id, turn=turn)


def _arguments(entry: dict[str, JSON]) -> JSON:
    return entry["arguments"] if "arguments" in entry else entry.get("args")


def _returned(item: dict[str, JSON]) -> Returned:
    """A result. ``error`` is a flag or a message; without content the message is the result."""
    error, name = item.get("error"), item.get("name")
    content = item.get("content")
    if content is None and error and not isinstance(error, bool):
        content = error
    return Returned(
        content=content,
        id=_id(item.get("tool_call_id")),
        tool=name if isinstance(name, str) else None,
        error=bool(error) or item.get("status") == "error" or item.get("is_error") is True,
    )


def _name(entry: dict[str, JSON]) -> str:
    name = entry.get("name")
    if not isinstance(name, str) or not name:
        raise UnusableError("a tool call has no name")
    return name


def _id(value: JSON) -> str | None:
    return None if value is None else str(value)
