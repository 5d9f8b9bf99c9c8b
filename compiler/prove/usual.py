"""What the runs show that a harness was compiled from: what is usual, when later runs are watched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from compiler.ir.observed import DEVIATION, NEW_TOOL, NEW_WAY, QUESTION, SCHEMA, VANISHED, Observation
from compiler.ir.run import JSON, Run
from compiler.prove.cassette import accepted
from compiler.prove.observe import calls_of, left_of
from compiler.prove.replay import reads_of, replay_task
from compiler.prove.report import ReplayReport
from compiler.runtime import Harness

MOST_REPLAYED = 500
"""Runs that are replayed one by one; where there are more, as many are drawn evenly by their names."""


def usual(
    harness: Harness,
    runs: Iterable[Run],
    train: ReplayReport,
    held_out: ReplayReport | None,
    questions: Iterable[str],
) -> dict[str, JSON]:
    """Count, by sign, the runs that show it, and all of them; and list the ways in which runs deviate.

    A run deviates where the harness does, given that run alone, or where one that was compiled without its
    task did. The questions are those of the harness itself. How many later runs will deviate in a way that
    is new is as many as do so here in a way of their own (Good & Turing, 1953).
    """
    good = tuple(sorted((run for run in runs if accepted(run)), key=lambda run: run.run_id))
    drawn = tuple(_parted(harness, good, train, held_out))
    parted = Counter(sign for run in drawn for sign in run.signs())
    calls = Counter(sign for run in good for sign in calls_of(run, harness).signs())
    asked = Counter(name for task in train.tasks for name, _ in task.prompts)
    ways = Counter(run.left.way for run in drawn if run.left is not None)
    counts: dict[str, JSON] = {
        **{sign: [parted[sign], len(drawn)] for sign in (DEVIATION, VANISHED)},
        NEW_WAY: [sum(times == 1 for times in ways.values()), len(drawn)],
        **{sign: [calls[sign], len(good)] for sign in (SCHEMA, NEW_TOOL)},
        **{QUESTION + name: [asked[name], len(train.tasks)] for name in sorted(questions)},
    }
    return {"usual": counts, "usual_ways": [*sorted(ways)]}


def _parted(
    harness: Harness, runs: tuple[Run, ...], train: ReplayReport, held_out: ReplayReport | None
) -> Iterator[Observation]:
    """Say of each run where the harness and it part, if they do."""
    reads = reads_of(harness, ())
    trials = Counter(run.task for run in runs)
    # What was replayed on one run alone need not be replayed again.
    known = {task.task: task for task in train.tasks if trials[task.task] == 1}
    left_out = {
        task.task: task for task in (held_out.tasks if held_out else ()) if task.verdict != "declined"
    }
    for run in runs[:: max(1, -(-len(runs) // MOST_REPLAYED))]:
        alone = known.get(run.task) or replay_task(harness, (run,), reads=reads)
        left = left_of(alone, run) or (left_of(left_out[run.task], run) if run.task in left_out else None)
        tools = dict.fromkeys(call.tool for call in run.calls)
        yield Observation(run=run.run_id, tools=tuple(tools), left=left)
