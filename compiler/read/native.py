"""Writes runs in the project's own form: ATIF v1.7, one trajectory a line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TextIO

from compiler.ir.run import JSON, Call, Run, Usage
from compiler.read.jsontext import dumps
from compiler.read.profile import KEY, write_profile

_VERSION: Final = "ATIF-v1.7"


def write_native(runs: Iterable[Run], stream: TextIO) -> None:
    """Write each run as one line of ASCII JSON.

    Reading the lines back gives equal runs, but for ``path`` and ``line``, which are places in the new file.
    """
    for run in runs:
        stream.write(dumps(_trajectory(run)) + "\n")


def _trajectory(run: Run) -> JSON:
    steps: list[JSON] = []
    if run.system is not None:
        steps.append({"source": "system", "message": run.system})
    request = run.request if isinstance(run.request, str) else dumps(run.request)
    steps.append({"source": "user", "message": request})
    steps += [_step(call, number) for number, call in enumerate(run.calls, 1)]
    if run.answer is not None:
        steps.append({"source": "agent", "message": run.answer})
    agent = run.agent or "unknown"
    return {
        "schema_version": _VERSION,
        "session_id": run.run_id,
        "agent": {"name": agent, "version": "unknown"},
        "steps": [{"step_id": number, **_object(step)} for number, step in enumerate(steps, 1)],
        **_metrics(run.usage),
        "extra": {KEY: write_profile(run)},
    }


def _step(call: Call, number: int) -> JSON:
    """One call, with its result. The ids are made here: recorded ones are not unique."""
    call_id = f"call_{number}"
    made: dict[str, JSON] = {
        "tool_call_id": call_id,
        "function_name": call.tool,
        "arguments": call.arguments,
    }
    step: dict[str, JSON] = {"source": "agent", "message": "", "tool_calls": [made]}
    if call.status == "missing":
        made["extra"] = {KEY: {"status": "missing"}}
        return step
    typed: JSON = {"value": call.result, "status": call.status, "decode": call.decode}
    step["observation"] = {
        "results": [
            {
                "source_call_id": call_id,
                "content": call.result if isinstance(call.result, str) else dumps(call.result),
                "extra": {KEY: typed},
            }
        ]
    }
    return step


def _metrics(usage: Usage) -> dict[str, JSON]:
    counted: dict[str, JSON] = {}
    if usage.prompt_tokens is not None:
        counted["total_prompt_tokens"] = usage.prompt_tokens
    if usage.completion_tokens is not None:
        counted["total_completion_tokens"] = usage.completion_tokens
    return {"final_metrics": counted} if counted else {}


def _object(step: JSON) -> dict[str, JSON]:
    assert isinstance(step, dict)
    return step
