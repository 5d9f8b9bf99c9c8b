"""What is kept of a run of a harness: a trace like any other, so that it can be compiled from again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import final

from compiler.ir.run import JSON, Asked, Call, Execution, Run, Usage
from compiler.operate.inputs import Request
from compiler.runtime import Answer, Ask, Called, RunResult


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """Which harness made a run: its name, and the digest of its code."""

    name: str
    digest: str


def own_run(code: Code, run_id: str, request: Request, now: datetime, result: RunResult) -> Run:
    """Put what a harness, and the agent after it, did into a trace.

    Whether it was a success others must say; that a run deviated, or was left to nobody, is none.
    """
    left = result.outcome == "deviated" or (result.outcome == "handed_over" and result.agent_from is None)
    usages = [answer.usage for _, answer in result.asks]
    known = [usage for usage in usages if usage is not None]
    # What an agent's model calls took is not told apart.
    told = len(known) == len(usages) and result.agent_from is None
    return Run(
        run_id=run_id,
        request=request,
        calls=tuple(map(_call, result.calls)),
        now=now,
        success=False if left else None,
        answer=result.value if isinstance(result.value, str) else None,
        agent=f"harness {code.name}",
        usage=Usage(
            prompt_tokens=sum(usage.prompt_tokens for usage in known) if told else None,
            completion_tokens=sum(usage.completion_tokens for usage in known) if told else None,
            model_calls=len(result.asks) if result.agent_from is None else None,
        ),
        execution=Execution(
            digest=code.digest,
            outcome=result.outcome,
            deviation=None if result.deviation is None else result.deviation.message,
            agent_from=result.agent_from,
            asks=tuple(_asked(ask, answer) for ask, answer in result.asks),
        ),
    )


def meaning(ask: Ask, answer: Answer) -> JSON:
    """Give the answer as a person reads it: options in place of their positions."""
    match answer.value, ask.options:
        case int(position), tuple(options) if 0 <= position < len(options):
            meant: JSON = options[position]
            return meant
        case list(positions), tuple(options):
            return [options[p] for p in positions if isinstance(p, int) and 0 <= p < len(options)]
        case _:
            return answer.value


def as_plain(value: object) -> JSON:
    """Give a value as JSON; what has no JSON form as the text that Python shows."""
    result: JSON = json.loads(json.dumps(value, default=str))
    return result


def _call(called: Called) -> Call:
    name, arguments, got = called
    if isinstance(got, BaseException):
        return Call(tool=name, arguments=arguments, result=str(got), status="error", decode="text")
    return Call(tool=name, arguments=arguments, result=as_plain(got), decode="json")


def _asked(ask: Ask, answer: Answer) -> Asked:
    usage = answer.usage
    return Asked(
        question=ask.question,
        kind=ask.kind,
        answer=as_plain(meaning(ask, answer)),
        prompt_tokens=None if usage is None else usage.prompt_tokens,
        completion_tokens=None if usage is None else usage.completion_tokens,
    )
