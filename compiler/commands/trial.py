"""Try harnesses on runs, and note what they did, for the gate of an update."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import final

from compiler.evolve.gate import Trial
from compiler.evolve.writes import Write
from compiler.ir.run import JSON, Run, ToolSchema
from compiler.prove.canonical import canonical
from compiler.prove.judge import Result
from compiler.prove.replay import Replayable, replay
from compiler.prove.report import SOUND, ReplayReport
from compiler.runtime import Model, ToolSpec


def trials(report: ReplayReport) -> dict[str, Trial]:
    """Return the verdicts of a replay by task, without the writes."""
    return {one.task: Trial(verdict=one.verdict, asks=one.asks) for one in report.tasks}


def try_on(harness: Replayable, runs: Iterable[Run], tools: tuple[ToolSchema, ...]) -> dict[str, Trial]:
    """Replay a harness on runs, and note the writes of the attempt that each verdict is about."""
    found: dict[str, Trial] = {}
    given = tuple(runs)
    for task in sorted({run.task for run in given}):
        watched = _Watched(harness)
        report = replay(watched, tuple(run for run in given if run.task == task), tools=tools)
        for one in report.tasks:
            writes = watched.writes(last=one.verdict in SOUND)
            found[task] = Trial(verdict=one.verdict, asks=one.asks, writes=writes)
    return found


def reachable(harness: Replayable) -> frozenset[str]:
    """Return the tools that a harness may call and that write."""
    return frozenset(tool.name for tool in harness.tools if tool.effect == "write")


@final
class _Watched:
    """A harness that notes the writes of every run, by what the run started from."""

    def __init__(self, harness: Replayable) -> None:
        self._harness = harness
        self._made: dict[tuple[str, str], list[tuple[Write, ...]]] = {}

    @property
    def tools(self) -> tuple[ToolSpec, ...]:
        return self._harness.tools

    def run(
        self,
        request: str | Mapping[str, JSON],
        *,
        call: Callable[[str, dict[str, JSON]], JSON],
        model: Model | None = None,
        now: datetime | None = None,
    ) -> Result:
        writes: list[Write] = []
        reads = {tool.name for tool in self.tools if tool.effect == "read"}

        def noted(name: str, arguments: dict[str, JSON]) -> JSON:
            if name not in reads:
                given = sorted((key, canonical(value)) for key, value in arguments.items())
                writes.append(Write(name, tuple(given)))
            return call(name, arguments)

        result = self._harness.run(request, call=noted, model=model, now=now)
        self._made.setdefault((canonical(request), str(now)), []).append(tuple(writes))
        return result

    def writes(self, *, last: bool) -> tuple[Write, ...]:
        """Return the writes of the last attempt, or of the first, from each start."""
        chosen = [attempts[-1 if last else 0] for _, attempts in sorted(self._made.items())]
        return tuple(write for writes in chosen for write in writes)
