"""ATIF (Agent Trajectory Interchange Format) 1.0 to 1.8, and our own profile of it under ``extra``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from compiler.ir.run import JSON, Usage
from compiler.read.episode import (
    About,
    Called,
    Decoded,
    Episode,
    Event,
    Returned,
    Said,
    Unread,
    UnusableError,
)
from compiler.read.jsontext import shown, text_of
from compiler.read.profile import decoded_of, is_missing, profile_of
from compiler.read.tools import schemas_in

_VERSION: Final = re.compile(r"ATIF-v1\.([0-8])(\.\d+)?")


def is_atif(value: JSON) -> bool:
    """Whether a value says that it is an ATIF trajectory, of whatever version."""
    version = value.get("schema_version") if isinstance(value, dict) else None
    return isinstance(version, str) and version.startswith("ATIF")


def read_atif(document: dict[str, JSON]) -> Episode:
    """Read one trajectory.

    Raises:
        UnusableError: Its version is not known, it has no steps, or it is part of a longer one.
    """
    version = document.get("schema_version")
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        raise UnusableError(f"the schema_version {shown(version)} is not read; known: ATIF-v1.0 to ATIF-v1.8")
    if document.get("continued_trajectory_ref"):
        raise UnusableError("the trajectory goes on in another file, so the run is not whole here")
    steps = document.get("steps")
    if not isinstance(steps, list) or not steps:
        raise UnusableError("the trajectory has no steps")
    agent = document.get("agent")
    agent = agent if isinstance(agent, dict) else {}
    events = tuple(event for turn, step in enumerate(steps) for event in _step(step, turn))
    return Episode(
        events=events,
        about=_about(document, agent, steps),
        tools=schemas_in(agent.get("tool_definitions")),
        own=profile_of(document),
    )


def _step(step: JSON, turn: int) -> Iterator[Event]:
    if not isinstance(step, dict):
        raise UnusableError("a step is no object")
    source, text = step.get("source"), text_of(step.get("message"))
    calls = [call for call in _list(step, "tool_calls") if isinstance(call, dict)]
    match source:
        case "system" | "user" as role:
            if text is not None:
                yield Said(role=role, content=text)
        case "agent":
            yield Said(role="assistant", content=text or "", turn=turn, with_calls=bool(calls))
        case _:
            raise UnusableError(f"a step has the unknown source {shown(source)}")
    yield from (_call(call, turn) for call in calls)
    yield from _results(step, calls)


def _call(call: dict[str, JSON], turn: int) -> Called:
    name = call.get("function_name")
    if not isinstance(name, str) or not name:
        raise UnusableError("a tool call has no function_name")
    return Called(tool=name, arguments=call.get("arguments"), id=_id(call.get("tool_call_id")), turn=turn)


def _results(step: dict[str, JSON], calls: list[dict[str, JSON]]) -> Iterator[Event]:
    """The results of a step.

    Some agents leave out which call a result answers. As many results as calls answer them in order; one
    result for several calls is what the last of them left behind.
    """
    observation = step.get("observation")
    results = [result for result in _list(observation, "results") if isinstance(result, dict)]
    results = [result for result in results if "content" in result or "source_call_id" in result]
    unnamed = [result for result in results if result.get("source_call_id") is None]
    if unnamed and len(unnamed) != len(calls) and calls:
        yield Unread(what="results do not say which calls they answer; they count as the last calls' results")
    waiting = [call for call in calls if not is_missing(call)]
    ids = [_id(call.get("tool_call_id")) for call in waiting][-len(unnamed) :] if unnamed else []
    for result in results:
        source = _id(result.get("source_call_id"))
        if source is None:
            source = ids.pop(0) if ids else None
            if source is None and not calls:
                # What the environment showed unasked: no call of this step waits for it.
                continue
        call = next((call for call in calls if _id(call.get("tool_call_id")) == source), None)
        yield _result(result, call, source)


def _result(result: dict[str, JSON], call: dict[str, JSON] | None, source: str | None) -> Returned:
    typed = decoded_of(result)
    error = _failed(result) or (call is not None and _failed(call))
    decoded: Decoded | None = typed[0] if typed else None
    return Returned(
        content=result.get("content"),
        id=source,
        error=typed[1] if typed else error,
        decoded=decoded,
    )


def _failed(thing: dict[str, JSON]) -> bool:
    """Whether ``extra`` flags an error: the standard has no place for it."""
    extra = thing.get("extra")
    if not isinstance(extra, dict):
        return False
    return extra.get("is_error") is True or bool(extra.get("error")) or extra.get("status") == "error"


def _about(document: dict[str, JSON], agent: dict[str, JSON], steps: list[JSON]) -> About:
    started = (step.get("timestamp") for step in steps if isinstance(step, dict))
    return About(
        run_id=_id(document.get("trajectory_id")) or _id(document.get("session_id")),
        agent=_id(agent.get("name")),
        started=next((value for value in started if isinstance(value, str)), None),
        usage=_usage(document, steps),
    )


def _usage(document: dict[str, JSON], steps: list[JSON]) -> Usage:
    metrics = document.get("final_metrics")
    metrics = metrics if isinstance(metrics, dict) else {}
    prompt, completion = metrics.get("total_prompt_tokens"), metrics.get("total_completion_tokens")
    by_agent = [step for step in steps if isinstance(step, dict) and step.get("source") == "agent"]
    counts = [step.get("llm_call_count") for step in by_agent]
    return Usage(
        prompt_tokens=prompt if isinstance(prompt, int) else None,
        completion_tokens=completion if isinstance(completion, int) else None,
        model_calls=sum(count if isinstance(count, int) else 1 for count in counts),
    )


def _list(holder: JSON, key: str) -> list[JSON]:
    value = holder.get(key) if isinstance(holder, dict) else None
    return value if isinstance(value, list) else []


def _id(value: JSON) -> str | None:
    return str(value) if isinstance(value, (str, int)) and value != "" else None
