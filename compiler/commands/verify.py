"""Replay a harness on recorded runs and say what it does."""

from __future__ import annotations

from compiler.commands.options import Sources
from compiler.commands.sources import read_sources
from compiler.errors import InputError
from compiler.ir.run import JSON, Run
from compiler.mine.clean import mark_refusals
from compiler.present.render import render
from compiler.present.verdicts import VerdictView, cost_rows, verdict_words
from compiler.prove.replay import replay
from compiler.prove.scoring import score
from compiler.runtime import Harness, load_harness


def verify_harness(folder: str, sources: Sources) -> tuple[str, dict[str, JSON], bool]:
    """Replay the harness in a folder on all runs of the sources.

    Returns:
        The text for a person, the value for a machine, and whether an action was wrong.

    Raises:
        InputError: The folder holds no harness, or no run is known to be successful.
    """
    harness = open_harness(folder)
    # As the compiler read them: a write that the tool refused in words is no write to be repeated.
    workloads = tuple(map(mark_refusals, read_sources(sources)))
    runs: tuple[Run, ...] = tuple(run for workload in workloads for run in workload.runs)
    report = replay(harness, runs, tools=(tool for workload in workloads for tool in workload.tools))
    if not report.tasks:
        raise InputError(
            "no run is known to have succeeded, so there is nothing to compare with: give --outcomes",
            path=", ".join(sources.traces),
        )
    found = score(report, runs)
    notes = [str(note) for workload in workloads for note in workload.notes]
    value: dict[str, JSON] = {"harness": harness.name, **report.to_json(), "score": found.to_json()}
    view = VerdictView(
        name=harness.name,
        verdicts=verdict_words(report.counts.items()),
        silent=len(report.silent),
        tasks=tuple(task for task in report.tasks if task.why),
        unjudged=report.unjudged,
        costs=cost_rows(found.to_json()),
        notes=tuple(notes),
    )
    return render("verify.txt", view), value | {"notes": list(notes)}, report.counts["wrong"] > 0


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
