"""The gate of an update: what was recorded of the old harness, beside what the new one does."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from typing import final

from compiler.commands.folder import SOURCES, Folder
from compiler.commands.trial import reachable, trials, try_on
from compiler.emit.folder import run_digest
from compiler.evolve import Merge
from compiler.evolve.gate import Loss, Sides, Trial, losses, untrue, widened
from compiler.ir.run import JSON, Run
from compiler.pipeline import Build
from compiler.runtime import Harness, load_source
from compiler.runtime.errors import LoadError


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """In what the new harness is worse, and what else is to be known."""

    losses: tuple[Loss, ...] = ()
    remarks: tuple[str, ...] = ()


def judge(there: Folder, build: Build, merges: Mapping[str, Merge]) -> Verdict:
    """Compare the new harness with the old one, and the merged one with what both sides claim.

    Runs that the old harness has not seen are held out for it; of those that it was learnt from, what it
    did when they were left out stands in its evidence.
    """
    # What an edit prints would be printed for every attempt, amid what the command says.
    with redirect_stdout(StringIO()):
        return _judge(there, build, merges)


def _judge(there: Folder, build: Build, merges: Mapping[str, Merge]) -> Verdict:
    try:
        old = load_source(there.name, there.package(there.base))
    except LoadError as error:
        return Verdict(losses=(Loss(aspect="edits", what=f"cannot be compared with the old one: {error}"),))
    before = {**_recorded(there, build), **_unseen(old, there, build)}
    after = trials(build.held_out) if build.held_out is not None else {}
    found = losses(before, after)
    if there.edited and not any(merge.conflicts for merge in merges.values()):
        return _edited(there, build, merges, found)
    new = load_source(there.name, there.package(build.files))
    return Verdict(losses=(*found, *widened(reachable(old), reachable(new))))


def _edited(there: Folder, build: Build, merges: Mapping[str, Merge], found: tuple[Loss, ...]) -> Verdict:
    """Judge a merge with what a person edited, by what it does on the runs that the program stands for."""
    texts = {name: merges[name].text for name in SOURCES}
    try:
        merged = load_source(there.name, there.package(texts))
        ours = load_source(there.name, there.package(there.files))
    except LoadError as error:
        return Verdict(losses=(*found, Loss(aspect="edits", what=f"does not load with your edits: {error}")))
    sides = _sides(there, build, (ours, merged))
    unlike = [task for task in sides.merged if sides.merged[task].deed != sides.theirs[task].deed]
    remarks = (f"your edits change what is done on {len(unlike)} of {len(sides.merged)} tasks",)
    return Verdict(
        losses=(*found, *widened(reachable(ours), reachable(merged)), *untrue(sides)),
        remarks=remarks if unlike else (),
    )


def _sides(there: Folder, build: Build, edited: tuple[Harness, Harness]) -> Sides:
    learnt = frozenset(build.program.runs)
    runs = tuple(run for run in build.workload.runs if run.run_id in learnt)
    ours, merged = edited
    generated = (load_source(there.name, there.package(one)) for one in (there.base, build.files))
    base, theirs, mine, both = (try_on(one, runs, build.workload.tools) for one in (*generated, ours, merged))
    return Sides(base=base, theirs=theirs, ours=mine, merged=both)


def _recorded(there: Folder, build: Build) -> dict[str, Trial]:
    """Return what the old harness did on each task when it was left out, where its runs are as they were."""
    held_out = there.evidence.get("held_out")
    listed = held_out.get("tasks") if isinstance(held_out, dict) else None
    known = {
        one["task"]: one for one in (listed if isinstance(listed, list) else []) if isinstance(one, dict)
    }
    seen = _by_task(build, there, seen=True)
    return {
        task: Trial(verdict=str(known[task].get("verdict")), asks=_number(known[task].get("asks")))
        for task in seen
        if task in known
    }


def _number(value: JSON) -> int:
    return value if isinstance(value, int) else 0


def _unseen(old: Harness, there: Folder, build: Build) -> dict[str, Trial]:
    """Replay the old harness on the tasks that it was not compiled from."""
    fresh = _by_task(build, there, seen=False)
    return try_on(old, (run for runs in fresh.values() for run in runs), build.workload.tools)


def _by_task(build: Build, there: Folder, *, seen: bool) -> dict[str, tuple[Run, ...]]:
    """Return the tasks of which the old harness knew all runs, or none; any other is neither."""
    digests = there.runs()
    groups: dict[str, list[Run]] = {}
    for run in build.workload.runs:
        groups.setdefault(run.task, []).append(run)
    return {
        task: tuple(runs)
        for task, runs in sorted(groups.items())
        if {digests.get(run.run_id) == run_digest(run)[1] for run in runs} == {seen}
    }
