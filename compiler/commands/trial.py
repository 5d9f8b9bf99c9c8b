"""Try harnesses on runs, and note what they did, for the gate of an update."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TypeAlias, final

from compiler.evolve.gate import Trial
from compiler.evolve.writes import Write
from compiler.ir.run import JSON, Run, ToolSchema
from compiler.prove.canonical import canonical
from compiler.prove.cassette import Miss
from compiler.prove.judge import Result
from compiler.prove.replay import Replayable, replay
from compiler.prove.report import SOUND, ReplayReport
from compiler.runtime import Model, ToolSpec

Deed: TypeAlias = tuple[tuple[Write, ...], bool]
"""What a run wrote, and whether it came to an end."""


def trials(report: ReplayReport) -> dict[str, Trial]:
    """Return the verdicts of a replay by task, without the writes."""
    return {one.task: Trial(verdict=one.verdict, asks=one.asks) for one in report.tasks}


def try_on(harness: Replayable, runs: Iterable[Run], tools: tuple[ToolSchema, ...]) -> dict[str, Trial]:
    """Replay a harness on runs, and note the writes of the attempt that each verdict is about."""
    found: dict[str, Trial] = {}
    given = tuple(runs)
    for task in sorted({run.task for run in given}):
        of_task = tuple(run for run in given if run.task == task)
        watched = _Watched(harness, of_task)
        report = replay(watched, of_task, tools=tools)
        for one in report.tasks:
            writes, ends = watched.deed(last=one.verdict in SOUND)
            found[task] = Trial(verdict=one.verdict, asks=one.asks, writes=writes, ends=ends)
    return found


def reachable(harness: Replayable) -> frozenset[str]:
    """Return the tools that a harness may call and that write."""
    return frozenset(tool.name for tool in harness.tools if tool.effect == "write")


@final
class _Watched:
    """A harness that notes what every run of it does, by what the run started from.

    A write that no run made gets an answer that another one got, so that it is seen how the harness goes on.
    """

    def __init__(self, harness: Replayable, runs: Iterable[Run]) -> None:
        self._harness = harness
        self._answers = {call.tool: call.result for run in runs for call in run.calls}
        self._made: dict[tuple[str, str], list[Deed]] = {}

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
            if name in reads:
                return call(name, arguments)
            given = sorted((key, canonical(value)) for key, value in arguments.items())
            writes.append(Write(name, tuple(given)))
            try:
                return call(name, arguments)
            except Miss:
                return self._answers.get(name)

        result = self._harness.run(request, call=noted, model=model, now=now)
        deed = tuple(writes), result.outcome != "deviated"
        self._made.setdefault((canonical(request), str(now)), []).append(deed)
        return result

    def deed(self, *, last: bool) -> Deed:
        """Return the writes of the last attempt, or of the first, from each start, and whether all ended."""
        chosen = [attempts[-1 if last else 0] for _, attempts in sorted(self._made.items())]
        return tuple(write for writes, _ in chosen for write in writes), all(ends for _, ends in chosen)
