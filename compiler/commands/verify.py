"""Replay a harness on recorded runs and say what it does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from compiler.commands.options import Sources
from compiler.commands.sources import read_sources
from compiler.errors import InputError
from compiler.ir.run import JSON, Run
from compiler.mine.clean import mark_refusals
from compiler.present.render import render
from compiler.present.verdicts import VerdictView, cost_rows, verdict_words
from compiler.prove.replay import replay
from compiler.prove.report import SOUND, ReplayReport
from compiler.prove.scoring import score
from compiler.runtime import Harness, load_harness
from compiler.runtime.approvals import command


def verify_harness(
    folder: str, sources: Sources, *, check: bool = False
) -> tuple[str, dict[str, JSON], bool]:
    """Replay the harness in a folder on all runs of the sources, as if all its writes were approved.

    Returns:
        The text for a person, the value for a machine, and whether an action was wrong; with ``check`` also
        whether a task is lost that the evidence has, or a write is not approved.

    Raises:
        InputError: The folder holds no harness, or no run is known to be successful.
    """
    harness = open_harness(folder)
    # As the compiler read them: a write that the tool refused in words is no write to be repeated.
    workloads = tuple(map(mark_refusals, read_sources(sources)))
    runs: tuple[Run, ...] = tuple(run for workload in workloads for run in workload.runs)
    report = replay(
        harness.rehearsal(), runs, tools=(tool for workload in workloads for tool in workload.tools)
    )
    if not report.tasks:
        raise InputError(
            "no run is known to have succeeded, so there is nothing to compare with: give --outcomes",
            path=", ".join(sources.traces),
        )
    found = score(report, runs)
    withheld, lost = tuple(harness.withheld), _lost(folder, report)
    notes = [
        *_remarks(folder, withheld, lost),
        *(str(note) for workload in workloads for note in workload.notes),
    ]
    value: dict[str, JSON] = {
        "harness": harness.name,
        **report.to_json(),
        "score": found.to_json(),
        "not_approved": list(withheld),
        "lost": list(lost),
        "notes": [*notes],
    }
    bad = report.counts["wrong"] > 0 or (check and bool(withheld or lost))
    view = VerdictView(
        name=harness.name,
        verdicts=verdict_words(report.counts.items()),
        silent=len(report.silent),
        tasks=tuple(task for task in report.tasks if task.why),
        unjudged=report.unjudged,
        costs=cost_rows(found.to_json()),
        notes=tuple(notes),
    )
    return render("verify.txt", view), value, bad


def _remarks(folder: str, withheld: tuple[str, ...], lost: tuple[str, ...]) -> Iterator[str]:
    if withheld:
        yield (
            f"not approved: {', '.join(withheld)}: a run deviates before it; "
            f"`{command(folder, withheld)}` approves"
        )
    if lost:
        yield f"right when it was compiled, as evidence.json says, and no more: {', '.join(lost)}"


def _lost(folder: str, report: ReplayReport) -> tuple[str, ...]:
    """Give the tasks that came out right when the harness was compiled, and do not any more."""
    try:
        recorded = json.loads((Path(folder) / "evidence.json").read_bytes())["replay"]["tasks"]
        right = {one["task"] for one in recorded if one["verdict"] in SOUND}
    except (OSError, ValueError, RecursionError, LookupError, TypeError):
        # Nothing is recorded, so that nothing can be lost.
        return ()
    return tuple(task.task for task in report.tasks if task.task in right and task.verdict not in SOUND)


def open_harness(folder: str) -> Harness:
    """Load the harness in a folder.

    Raises:
        InputError: The folder holds no harness that can be loaded.
    """
    try:
        return load_harness(folder)
    except Exception as error:
        # Its source may have been edited into anything, so that loading it may raise anything.
        raise InputError(f"no harness can be loaded from here: {error}", path=folder) from error
