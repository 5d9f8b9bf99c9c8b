"""Run a harness on recorded runs and judge it by what it writes."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import datetime
from multiprocessing import get_context
from typing import Protocol

from compiler.errors import Declined
from compiler.ir.run import JSON, Run, ToolSchema, Workload
from compiler.prove.canonical import canonical
from compiler.prove.cassette import Cassette, accepted
from compiler.prove.judge import Attempt, Result, explain, judge, parted
from compiler.prove.oracle import Hints
from compiler.prove.report import SOUND, Answered, ReplayReport, TaskReplay, Verdict
from compiler.prove.search import Scripted, Tried, attempts
from compiler.runtime import Ask, Model, ToolSpec
from compiler.runtime.prompt import SYSTEM, render

BUDGET = 60
MIN_FOLDS = 2
MOST_LEARNT = 100_000
"""Calls that the builds of ``leave_one_out`` may learn from, all together: seconds, not hours."""
WORTH_SHARING = 50_000
"""Calls that builds learn from, all together, before another process pays: it takes a second to start."""
UNDATED = datetime(1970, 1, 1)
"""What ``now`` is where a run does not say: fixed, so that the clock never changes what is compiled."""

_WORST_FIRST: tuple[Verdict, ...] = (
    "wrong", "deviated", "missed", "declined", "handed_over", "asked", "equivalent", "exact",
)  # fmt: skip


class Replayable(Protocol):
    """What replay needs of a harness: ``compiler.runtime.Harness`` has it."""

    @property
    def tools(self) -> tuple[ToolSpec, ...]:
        """The tools that it may call, with their effects."""
        ...

    def run(
        self,
        request: str | Mapping[str, JSON],
        *,
        call: Callable[[str, dict[str, JSON]], JSON],
        model: Model | None = None,
        now: datetime | None = None,
    ) -> Result:
        """Run it on one request."""
        ...


def replay(
    harness: Replayable,
    runs: tuple[Run, ...],
    *,
    tools: Iterable[ToolSchema] = (),
    every_run: bool = False,
) -> ReplayReport:
    """Replay a harness on every task of some runs; ``every_run`` looks for the answers of each run.

    ``tools`` says which of the tools that only the runs call change nothing; a harness knows its own.
    """
    reads = reads_of(harness, tools)
    judged: list[TaskReplay] = []
    unjudged: list[str] = []
    for task, group in _by_task(runs).items():
        if any(accepted(run) for run in group):
            judged.append(replay_task(harness, group, reads=reads, every_run=every_run))
        else:
            unjudged.append(task)
    return ReplayReport(tasks=tuple(judged), unjudged=tuple(unjudged))


def replay_task(
    harness: Replayable,
    runs: tuple[Run, ...],
    *,
    reads: frozenset[str] | None = None,
    budget: int = BUDGET,
    every_run: bool = False,
) -> TaskReplay:
    """Replay a harness on the runs of one task, of which at least one was successful.

    Runs that differ in request or date did not start from the same state: each such group is replayed by
    itself, and the worst verdict is the task's. With ``every_run`` the search goes on until it has the
    answers of every successful run, not only of the first that the harness reproduces. ``reads`` are the
    tools that change nothing; where left out, those that the harness knows.
    """
    groups = _by_situation(runs)
    if not groups:
        raise ValueError("a task without a successful run cannot be judged")
    reads = reads_of(harness, ()) if reads is None else reads
    found = [
        _replay_situation(harness, Cassette(group, reads), budget, every_run=every_run) for group in groups
    ]
    worst = min(found, key=lambda one: (not one.silent, _WORST_FIRST.index(one.verdict)))
    answers = sorted((pair for one in found for pair in one.answers), key=lambda pair: pair[0])
    return replace(worst, answers=tuple(answers))


def leave_one_out(
    workload: Workload,
    build: Callable[[Workload], Replayable | None],
    *,
    damaged: frozenset[str] = frozenset(),
    jobs: int = 1,
) -> ReplayReport:
    """Replay each task on a harness that was built without any of its runs.

    ``build`` gives None, or raises ``Declined``, where what is left does not suffice for a harness. In a
    large workload several tasks are left out together, so that the builds stay few. What ``damaged`` runs did
    shows nothing to be judged by, but the builds have to cope with them. With several ``jobs`` the builds are
    shared out among as many processes, where that pays; ``build`` then has to be picklable.
    """
    folds = _folds(_by_task(workload.runs))
    learnt = sum(len(run.calls) for run in workload.runs) * len(folds)
    shares = [folds[first::jobs] for first in range(min(jobs, len(folds)) if learnt >= WORTH_SHARING else 1)]
    if len(shares) == 1:
        return _joined([_leave_out(workload, build, folds, damaged)])
    # Spawned, not forked: the same on every system, and nothing of this process is copied half-way.
    with ProcessPoolExecutor(
        len(shares) - 1,
        mp_context=get_context("spawn"),
        initializer=gc.set_threshold,
        initargs=gc.get_threshold(),
    ) as pool:
        others = [pool.submit(_leave_out, workload, build, share, damaged) for share in shares[1:]]
        own = _leave_out(workload, build, shares[0], damaged)
        return _joined([own, *(other.result() for other in others)])


def _leave_out(
    workload: Workload,
    build: Callable[[Workload], Replayable | None],
    folds: list[tuple[str, ...]],
    damaged: frozenset[str],
) -> ReplayReport:
    """Leave some groups of tasks out, one after the other."""
    tasks = _by_task(workload.runs)
    judged: list[TaskReplay] = []
    unjudged: list[str] = []
    for fold in folds:
        whole = {task: tuple(run for run in tasks[task] if run.run_id not in damaged) for task in fold}
        groups = {task: runs for task, runs in whole.items() if any(map(accepted, runs))}
        unjudged.extend(task for task in fold if task not in groups)
        if not groups:
            continue
        rest = replace(workload, runs=tuple(run for run in workload.runs if run.task not in groups))
        why = "the other tasks do not suffice for a harness"
        try:
            harness = build(rest)
        except Declined as declined:
            harness, why = None, str(declined)
        if harness is None:
            judged.extend(TaskReplay(task=task, verdict="declined", why=why) for task in groups)
            continue
        reads = reads_of(harness, workload.tools)
        judged.extend(replay_task(harness, group, reads=reads) for group in groups.values())
    return ReplayReport(tasks=tuple(judged), unjudged=tuple(unjudged))


def _joined(reports: list[ReplayReport]) -> ReplayReport:
    """Put reports together, in the order of their tasks."""
    judged = sorted((task for report in reports for task in report.tasks), key=lambda one: one.task)
    return ReplayReport(
        tasks=tuple(judged), unjudged=tuple(sorted(task for report in reports for task in report.unjudged))
    )


def _folds(tasks: Mapping[str, tuple[Run, ...]]) -> list[tuple[str, ...]]:
    """Share the tasks out among as many builds as the calls to learn from allow: one each if they can.

    Source: k-fold cross-validation (Stone 1974). Fewer runs to learn from make it look worse, not better.
    """
    calls = sum(len(run.calls) for runs in tasks.values() for run in runs)
    builds = min(len(tasks), max(MIN_FOLDS, MOST_LEARNT // max(calls, 1)))
    names = sorted(tasks)
    return [tuple(names[first::builds]) for first in range(builds)]


def reads_of(harness: Replayable, tools: Iterable[ToolSchema]) -> frozenset[str]:
    """The tools that change nothing: as the harness says, else, for what only the runs call, ``tools``."""
    own = {spec.name: spec.effect for spec in harness.tools}
    effects = {tool.name: tool.effect for tool in tools} | own
    return frozenset(name for name, effect in effects.items() if effect == "read")


def _replay_situation(harness: Replayable, cassette: Cassette, budget: int, *, every_run: bool) -> TaskReplay:
    """Replay a harness on runs that started alike, with the answers that make it come out right, if any."""
    good = tuple(sorted(cassette.good, key=lambda run: run.run_id))
    now = good[0].now or UNDATED

    def attempt(model: Scripted) -> Attempt:
        playback = cassette.play()
        result = harness.run(good[0].request, call=playback.call, model=model, now=now)
        return parted(judge(result, playback, asked=bool(model.asked)), result, playback)

    answers: dict[str, tuple[Answered, ...]] = {}
    reported: Tried[Attempt] | None = None
    tried = 0
    for one in attempts(attempt, Hints(good, cassette.reads, now), budget):
        tried += 1
        right = one.result.verdict in SOUND
        if reported is None or (right and reported.result.verdict not in SOUND):
            reported = one
        for run_id in one.result.like:
            answers.setdefault(run_id, tuple(_answered(ask, value) for ask, value in one.asked))
        if right and (not every_run or len(answers) == len(good)):
            break
    if reported is None:
        raise ValueError("a budget below one attempt")
    found = _task_replay(good[0].task, reported, cassette)
    return replace(found, tried=tried, answers=tuple(sorted(answers.items(), key=lambda pair: pair[0])))


def _task_replay(task: str, reported: Tried[Attempt], cassette: Cassette) -> TaskReplay:
    result = reported.result
    prompts = [(ask.question, render(ask)) for ask, _ in reported.asked]
    return TaskReplay(
        task=task,
        verdict=result.verdict,
        silent=result.verdict == "wrong" and not reported.asked,
        asks=len(reported.asked),
        calls=result.calls,
        spared=result.spared,
        beside=result.beside,
        prompt_chars=sum(len(SYSTEM) + len(prompt) for _, prompt in prompts),
        prompts=tuple(dict(reversed(prompts)).items()),
        why=explain(result, cassette),
        made=result.made,
        at=result.at,
        place=result.place,
    )


def _answered(ask: Ask, value: JSON) -> Answered:
    return Answered(question=ask.question, value=value, meaning=_meaning(ask, value))


def _meaning(ask: Ask, value: JSON) -> JSON:
    """Give the options that positions stand for; any other answer means itself."""
    options = ask.options or ()
    match ask.kind, value:
        case ("choose" | "classify"), int() if 0 <= value < len(options):
            return options[value]
        case "select", list():
            return [options[i] for i in value if isinstance(i, int) and 0 <= i < len(options)]
        case _:
            return value


def _by_task(runs: tuple[Run, ...]) -> dict[str, tuple[Run, ...]]:
    groups: dict[str, list[Run]] = {}
    for run in runs:
        groups.setdefault(run.task, []).append(run)
    return {task: tuple(groups[task]) for task in sorted(groups)}


def _by_situation(runs: tuple[Run, ...]) -> list[tuple[Run, ...]]:
    """Group runs that started alike; a group without a successful run is left out."""
    groups: dict[tuple[str, str], list[Run]] = {}
    for run in sorted(runs, key=lambda r: r.run_id):
        groups.setdefault((canonical(run.request), str(run.now)), []).append(run)
    return [tuple(group) for _, group in sorted(groups.items()) if any(accepted(r) for r in group)]
