"""Our profile of ATIF: what the standard has no field for, under ``extra["tracec"]``.

    trajectory  the fields of a Run, under their own names, but for calls, path and line
    tool call   {"status": "missing"}: no result answers it
    result      {"value", "status": "ok" | "error", "decode"}: the typed result

Read back with the types checked: such a file may have been edited, or made, by anyone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from types import NoneType
from typing import Final, TypeVar, cast

from compiler.ir.run import JSON, Asked, Decode, Execution, Run, Usage
from compiler.read.episode import Decoded, UnusableError
from compiler.read.jsontext import shown

KEY: Final = "tracec"
_DECODES: Final = ("json", "literal", "text", "none")
_TEXT: Final = (str, NoneType)
_T = TypeVar("_T")


def profile_of(thing: JSON) -> dict[str, JSON] | None:
    """What we keep under a document's, call's or result's ``extra``; None where there is nothing."""
    extra = thing.get("extra") if isinstance(thing, dict) else None
    own = extra.get(KEY) if isinstance(extra, dict) else None
    return own if isinstance(own, dict) else None


def is_missing(call: JSON) -> bool:
    """Whether a call says that no result answers it."""
    own = profile_of(call)
    return own is not None and own.get("status") == "missing"


def decoded_of(result: JSON) -> tuple[Decoded, bool] | None:
    """The typed value of a result, and whether it is an error; None where we did not write it.

    Raises:
        UnusableError: The profile is damaged.
    """
    own = profile_of(result)
    if own is None:
        return None
    status, decode = own.get("status"), own.get("decode")
    if "value" not in own or status not in ("ok", "error") or decode not in _DECODES:
        raise UnusableError(f"the extra.{KEY} of a result needs value, status and decode")
    return Decoded(value=own["value"], how=cast("Decode", decode)), status == "error"


def write_profile(run: Run) -> dict[str, JSON]:
    """Everything of a run that a trajectory's own fields cannot say, or not exactly."""
    usage = run.usage
    return {
        "run_id": run.run_id,
        "request": run.request,
        "task_id": run.task_id,
        "now": None if run.now is None else run.now.isoformat(),
        "success": run.success,
        "reward": run.reward,
        "system": run.system,
        "answer": run.answer,
        "agent": run.agent,
        "usage": {
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "model_calls": usage.model_calls,
        },
        **({} if run.execution is None else {"execution": _written(run.execution)}),
    }


def _written(execution: Execution) -> JSON:
    return {
        "digest": execution.digest,
        "outcome": execution.outcome,
        "deviation": execution.deviation,
        "agent_from": execution.agent_from,
        "asks": [
            {
                "question": asked.question,
                "kind": asked.kind,
                "answer": asked.answer,
                "prompt_tokens": asked.prompt_tokens,
                "completion_tokens": asked.completion_tokens,
            }
            for asked in execution.asks
        ],
    }


def restore(run: Run, own: dict[str, JSON]) -> Run:
    """Take from the profile what the trajectory's own fields could not say; what it leaves out stays.

    Raises:
        UnusableError: A field has the wrong type.
    """

    def kept(key: str, recorded: _T, types: tuple[type, ...]) -> _T:
        return cast("_T", _checked(own, key, types)) if key in own else recorded

    return replace(
        run,
        run_id=kept("run_id", run.run_id, (str,)),
        request=kept("request", run.request, (str, dict)),
        task_id=kept("task_id", run.task_id, _TEXT),
        now=_moment(own) if "now" in own else run.now,
        success=kept("success", run.success, (bool, NoneType)),
        reward=_reward(own) if "reward" in own else run.reward,
        system=kept("system", run.system, _TEXT),
        answer=kept("answer", run.answer, _TEXT),
        agent=kept("agent", run.agent, _TEXT),
        usage=_usage(own) if "usage" in own else run.usage,
        execution=_execution(own) if "execution" in own else run.execution,
    )


def _checked(own: dict[str, JSON], key: str, types: tuple[type, ...]) -> JSON:
    value = own.get(key)
    if not isinstance(value, types):
        raise UnusableError(f"extra.{KEY}: {key} has the wrong type: {shown(value)}")
    return value


def _reward(own: dict[str, JSON]) -> float | None:
    value = _checked(own, "reward", (int, float, NoneType))
    if isinstance(value, bool):
        raise UnusableError(f"extra.{KEY}: reward is no number")
    try:
        return None if value is None else float(cast("float", value))
    except OverflowError:
        raise UnusableError(f"extra.{KEY}: reward is too large") from None


def _moment(own: dict[str, JSON]) -> datetime | None:
    text = _checked(own, "now", (str, NoneType))
    try:
        return None if text is None else datetime.fromisoformat(cast("str", text))
    except ValueError:
        raise UnusableError(f"extra.{KEY}: now is no ISO date: {shown(text)}") from None


def _usage(own: dict[str, JSON]) -> Usage:
    value = cast("dict[str, JSON]", _checked(own, "usage", (dict,)))
    return Usage(
        prompt_tokens=_count(value, "prompt_tokens"),
        completion_tokens=_count(value, "completion_tokens"),
        model_calls=_count(value, "model_calls"),
    )


def _execution(own: dict[str, JSON]) -> Execution | None:
    if own.get("execution") is None:
        return None
    value = cast("dict[str, JSON]", _checked(own, "execution", (dict,)))
    return Execution(
        digest=cast("str", _checked(value, "digest", (str,))),
        outcome=cast("str", _checked(value, "outcome", (str,))),
        deviation=cast("str | None", _checked(value, "deviation", _TEXT)),
        agent_from=_count(value, "agent_from"),
        asks=tuple(map(_asked, cast("list[JSON]", _checked(value, "asks", (list,))))),
    )


def _asked(value: JSON) -> Asked:
    if not isinstance(value, dict):
        raise UnusableError(f"extra.{KEY}: one of asks is no object")
    return Asked(
        question=cast("str", _checked(value, "question", (str,))),
        kind=cast("str", _checked(value, "kind", (str,))),
        answer=value.get("answer"),
        prompt_tokens=_count(value, "prompt_tokens"),
        completion_tokens=_count(value, "completion_tokens"),
    )


def _count(value: dict[str, JSON], key: str) -> int | None:
    number = value.get(key)
    if number is not None and (not isinstance(number, int) or isinstance(number, bool)):
        raise UnusableError(f"extra.{KEY}: {key} is no integer")
    return number
