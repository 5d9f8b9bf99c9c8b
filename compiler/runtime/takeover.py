"""Handing over: what an agent gets when a harness leaves the work to it, and the calls it makes then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, final

from compiler.runtime.errors import AlreadyIssued, Deviation
from compiler.runtime.jsons import JSON, canonical
from compiler.runtime.limits import Meter
from compiler.runtime.tools import Call, Called, Toolbox, ToolSpec


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """What an agent gets that takes over.

    ``calls`` are those already made. ``call(name, arguments)`` makes further ones, by their original names:
    they go on the same record, and a write that was issued is not issued again (``AlreadyIssued``). An agent
    that asks a model counts it by ``meter.spend(usage)``, and before it asks, ``meter.check()`` raises
    LimitReached where the run may spend no more. ``deviation`` is None where the harness hands over itself.
    """

    request: str | Mapping[str, JSON]
    now: datetime
    calls: tuple[Called, ...]
    tools: tuple[ToolSpec, ...]
    call: Call
    meter: Meter
    reason: str
    deviation: Deviation | None = None

    async def acall(self, name: str, arguments: dict[str, JSON]) -> object:
        """Make a call from an agent that is a coroutine function: its tools may be on the loop it runs on."""
        import asyncio

        return await asyncio.to_thread(self.call, name, arguments)

    def may_have_changed(self, called: Called) -> bool:
        """Whether a call may have changed something: all but those of tools that only read."""
        return not any(tool.name == called.name and tool.effect == "read" for tool in self.tools)


Agent: TypeAlias = Callable[[Handover], object]
"""What finishes the work that a harness does not; what it returns is the value of the run."""

Policy: TypeAlias = Callable[[Handover, Agent], object]
"""What a run with an agent does about a deviation: raise it, or give the value that the run ends with."""


def reraise(handover: Handover, agent: Agent) -> object:
    """Leave the deviation as the outcome of the run, whether or not there is an agent."""
    if handover.deviation is None:
        return agent(handover)
    raise handover.deviation


def resume_with_agent(handover: Handover, agent: Agent) -> object:
    """Let the agent go on from where the harness left."""
    return agent(handover)


@final
class Continuation:
    """The calls that an agent makes after a harness: on the record of the run, and no write twice.

    A write that failed is not issued again either: it may have been done before it failed.
    """

    def __init__(self, toolbox: Toolbox, reads: frozenset[str]) -> None:
        self._toolbox, self._reads = toolbox, reads

    def __call__(self, name: str, arguments: dict[str, JSON]) -> object:
        """Call a tool by its original name; one that nobody knows counts as a write.

        Raises:
            AlreadyIssued: It is a write that this run has issued, with the same arguments.
            NotApproved: It is a write that the harness declares, and that no reviewer has approved.
            Exception: The tool failed.
        """
        sent = canonical(arguments)
        if name not in self._reads:
            for called in self._toolbox.calls:
                if called.name == name and canonical(called.arguments) == sent:
                    raise AlreadyIssued(_refusal(called))
        return self._toolbox.issue(name, sent)


def _refusal(called: Called) -> str:
    if isinstance(called.result, BaseException):
        return (
            f"{called.name} was issued with these arguments and failed, so that it is not known whether it "
            "was done; it is not issued again"
        )
    return f"{called.name} is done with these arguments already; it is not issued again"
