"""Look at a new run from a harness: does it still do what the harness does?

A run that the harness made itself says how it ended. Any other is replayed, on what it recorded.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import final

from compiler.ir.observed import Left, Observation
from compiler.ir.run import Execution, Run
from compiler.prove.cassette import accepted
from compiler.prove.fit import misfits
from compiler.prove.replay import replay_task
from compiler.prove.report import SOUND, TaskReplay
from compiler.runtime import Harness

_VALUES = re.compile(r"""'[^']*'|"[^"]*"|\d+(?:[.:-]\d+)*""")
MOST_WORDS = 160


@final
class Observer:
    """A harness, by the digest of its code, and the tools that change nothing."""

    def __init__(self, harness: Harness, digest: str, reads: frozenset[str]) -> None:
        self._harness, self._digest, self._reads = harness, digest, reads

    def observe(self, run: Run) -> Observation | None:
        """Say what a run shows. None where it failed: it is no example."""
        own = run.execution
        if own is not None and own.digest == self._digest:
            left, asked = _own(run, own), tuple(dict.fromkeys(ask.question for ask in own.asks))
        elif accepted(run):
            found = replay_task(self._harness, (run,), reads=self._reads)
            left, asked = left_of(found, run), tuple(name for name, _ in found.prompts)
        else:
            return None
        return replace(calls_of(run, self._harness), left=left, asked=asked)


def calls_of(run: Run, harness: Harness) -> Observation:
    """Say what the calls of a run show by themselves, without a replay."""
    methods = harness.methods
    tools = dict.fromkeys(call.tool for call in run.calls)
    found = (misfit for call in run.calls for misfit in misfits(call, methods))
    return Observation(
        run=run.run_id,
        tools=tuple(tools),
        misfits=tuple(dict.fromkeys(found)),
        unknown=tuple(tool for tool in tools if tool not in methods),
    )


def left_of(found: TaskReplay, run: Run) -> Left | None:
    """Say where a replay and the run part; None where it came out as the run did."""
    if found.verdict in SOUND:
        return None
    path = _path([call.tool for call in run.calls], found.made)
    why = "" if found.at else general(found.why)
    return Left(verdict=found.verdict, at=found.at, why=why, place=found.place, path=path)


def general(why: str) -> str:
    """Drop the values of one run from a message: ``order '#7' is 3 days old`` -> ``order ... is ... days``.

    So the same place says the same in every run.
    """
    return _VALUES.sub("...", why)[:MOST_WORDS]


def _own(run: Run, execution: Execution) -> Left | None:
    """Say where a run of the harness itself left its path, and what an agent did then."""
    if execution.deviation is None:
        return None
    tools = [call.tool for call in run.calls]
    made = len(tools) if execution.agent_from is None else execution.agent_from
    why = general(execution.deviation)
    return Left(verdict="deviated", at="", why=why, path=_path(tools[made:], ()))


def _path(tools: list[str], made: tuple[str, ...]) -> tuple[str, ...]:
    """Give the tools of a run that were not called yet, each once."""
    open_calls = Counter(made)
    path: dict[str, None] = {}
    for tool in tools:
        if open_calls[tool] > 0:
            open_calls[tool] -= 1
        else:
            path[tool] = None
    return tuple(path)
