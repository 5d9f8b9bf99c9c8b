"""What a record wraps its items in: a message list with things beside it, a request and its response, ..."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, final

from compiler.ir.run import JSON, ToolSchema, Usage
from compiler.read.detect import is_item
from compiler.read.episode import About, UnusableError
from compiler.read.jsontext import text_of
from compiler.read.outcomes import as_reward
from compiler.read.tools import schemas_in

_STARTED: Final = ("timestamp", "start_time", "started_at", "created_at", "created")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The items of a record, and the objects that say something beside them, nearest first."""

    items: tuple[JSON, ...]
    beside: tuple[dict[str, JSON], ...]
    single_call: bool = False
    """Whether this is one call of a model, request and response, perhaps one of many of the same run."""


def open_record(value: JSON) -> Opened | None:
    """Find the items of a record; None where it is no record of messages.

        [item, ...]                                   {"messages": [item, ...], "run_id", "tools", ...}
        {"traj": [item, ...], "task_id", "reward"}    {"input": ..., "output" | "response": ...}
        {"object": "response", "output": [...]}       {"request": {"messages"}, "response": {"choices"}}

    Raises:
        UnusableError: The record continues another one, whose items are not in it.
    """
    if isinstance(value, list):
        return Opened(items=tuple(value), beside=()) if any(map(is_item, value)) else None
    if not isinstance(value, dict):
        return None
    request, response = _request(value), _response(value)
    if request is None and response is None:
        return None
    beside = (value, *_objects(value, ("request", "input", "response", "output", "metadata", "info")))
    _refuse_continued(beside)
    items = [*(request or ()), *(response or ())]
    items = [*_instructions(items, beside), *items]
    single = bool(request) and bool(response) and "run_id" not in value
    return Opened(items=tuple(items), beside=beside, single_call=single)


def is_record(value: JSON) -> bool:
    """Whether a value is a record, not an item of one."""
    if not isinstance(value, dict):
        return isinstance(value, list)
    return _request(value) is not None or _response(value) is not None


def nested_records(value: JSON) -> Sequence[JSON] | None:
    """The records of a document that holds many, as tau2's ``simulations``; None for any other."""
    inner = value.get("simulations") if isinstance(value, dict) else None
    return inner if isinstance(inner, list) else None


def _request(record: dict[str, JSON]) -> list[JSON] | None:
    """The items that went in."""
    for key in ("messages", "traj"):
        items = record.get(key)
        if isinstance(items, list):
            return items
    answered = bool(record.keys() & {"output", "response", "choices"})
    for key in ("input", "request"):
        given = record.get(key)
        if isinstance(given, list) and given and all(isinstance(item, dict) for item in given):
            return given if any(map(is_item, given)) else None
        if isinstance(given, dict):
            return _request(given)
        if isinstance(given, str) and answered and not isinstance(record.get("output"), str):
            return [{"role": "user", "content": given}]
    return None


def _response(record: dict[str, JSON]) -> list[JSON] | None:
    """The items that the model gave at the end, where they stand apart from the messages."""
    if record.get("object") == "response" and isinstance(record.get("output"), list):
        return _answer(record)
    if _request(record) is None:
        return None
    if "choices" in record:
        return _answer(record)
    for key in ("output", "response"):
        answer = _answer(record.get(key))
        if answer is not None:
            messages = record.get("messages")
            repeated = isinstance(messages, list) and messages[-len(answer) :] == answer
            return [] if repeated else answer
    return None


def _answer(value: JSON) -> list[JSON] | None:
    if isinstance(value, list):
        return value if any(map(is_item, value)) else None
    if not isinstance(value, dict):
        return None
    choices, output = value.get("choices"), value.get("output")
    if isinstance(choices, list):
        first = choices[0] if choices else None
        message = first.get("message") if isinstance(first, dict) else None
        return [message] if isinstance(message, dict) else None
    if isinstance(output, list):
        return output
    return [value] if is_item(value) else None


def _instructions(items: Sequence[JSON], beside: Iterable[dict[str, JSON]]) -> list[JSON]:
    """The system text that stands beside the items, unless they have one of their own."""
    if any(isinstance(item, dict) and item.get("role") in ("system", "developer") for item in items):
        return []
    for record in beside:
        for key in ("system", "instructions"):
            text = text_of(record.get(key))
            if text:
                return [{"role": "system", "content": text}]
    return []


def _refuse_continued(beside: Iterable[dict[str, JSON]]) -> None:
    if any(record.get("previous_response_id") for record in beside):
        raise UnusableError(
            "the run continues an earlier response, whose items are not here; log the whole list"
        )


def _objects(record: dict[str, JSON], keys: Sequence[str]) -> Iterator[dict[str, JSON]]:
    for key in keys:
        value = record.get(key)
        if isinstance(value, dict):
            yield value


# ------------------------------------------------------------------------------- what stands beside the items


def about(opened: Opened) -> About:
    """What the record says of its run."""
    beside = opened.beside
    return About(
        run_id=_name(beside, ("run_id", "id")),
        task_id=_name(beside, ("task_id",)),
        agent=_name(beside, ("agent", "model")),
        success=_success(beside),
        reward=_reward(beside),
        started=_started(opened),
        usage=_usage(opened),
    )


def tools_of(opened: Opened) -> tuple[ToolSchema, ...]:
    """The tool schemas that the record lists, also those that MCP servers announced."""
    listed = [record.get("tools") for record in opened.beside]
    listed += [
        item.get("tools")
        for item in opened.items
        if isinstance(item, dict) and item.get("type") == "mcp_list_tools"
    ]
    return tuple(schema for entries in listed for schema in schemas_in(entries))


def _name(beside: Sequence[dict[str, JSON]], keys: Sequence[str]) -> str | None:
    """The first name under one of the keys: a text, or an integer as text."""
    for key in keys:
        for record in beside:
            value = record.get(key)
            if isinstance(value, dict):
                value = value.get("name")
            if isinstance(value, (str, int)) and not isinstance(value, bool) and value != "":
                return str(value)
    return None


def _success(beside: Sequence[dict[str, JSON]]) -> bool | None:
    found = (record.get("success") for record in beside)
    return next((value for value in found if isinstance(value, bool)), None)


def _reward(beside: Sequence[dict[str, JSON]]) -> float | None:
    nested = [inner for record in beside for inner in _objects(record, ("reward_info",))]
    found = (as_reward(record.get("reward")) for record in (*beside, *nested))
    return next((value for value in found if value is not None), None)


def _started(opened: Opened) -> JSON:
    messages = (item for item in opened.items if isinstance(item, dict))
    for record in (*opened.beside, *messages):
        for key in _STARTED:
            value = record.get(key)
            if isinstance(value, (str, int, float)) and not isinstance(value, bool):
                return value
    return None


def _usage(opened: Opened) -> Usage:
    """Tokens, where the record or its messages count them; what the whole record says comes first."""
    for record in opened.beside:
        counted = _tokens(record.get("usage"))
        if counted is not None:
            return Usage(prompt_tokens=counted[0], completion_tokens=counted[1])
    each = [_tokens(item.get("usage")) for item in opened.items if isinstance(item, dict)]
    known = [counted for counted in each if counted is not None]
    if not known:
        return Usage()
    return Usage(
        prompt_tokens=sum(tokens for tokens, _ in known),
        completion_tokens=sum(tokens for _, tokens in known),
    )


def _tokens(usage: JSON) -> tuple[int, int] | None:
    """Prompt and completion tokens, the prompt with what came from a cache.

    OpenAI's ``prompt_tokens`` and ``input_tokens`` include cached ones; Anthropic counts them beside.
    """
    if not isinstance(usage, dict):
        return None
    prompt = usage.get("prompt_tokens", usage.get("input_tokens"))
    completion = usage.get("completion_tokens", usage.get("output_tokens"))
    if not isinstance(prompt, int) or not isinstance(completion, int):
        return None
    beside = (usage.get("cache_read_input_tokens"), usage.get("cache_creation_input_tokens"))
    return prompt + sum(tokens for tokens in beside if isinstance(tokens, int)), completion
