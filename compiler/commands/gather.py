"""Put the runs of several files together, as those of one harness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from compiler.commands.options import Sources
from compiler.commands.sources import read_sources
from compiler.errors import InputError
from compiler.ir.run import Run, ToolSchema, Workload


def gather(sources: Sources, name: str) -> Workload:
    """Read all traces as one workload, called after the harness that it is for.

    Raises:
        InputError: A file cannot be used, or two files say different things of one run.
    """
    found = read_sources(sources)
    return Workload(
        name=name,
        runs=_runs(found),
        tools=_tools(found),
        notes=tuple(note for workload in found for note in workload.notes),
    )


def _runs(found: Sequence[Workload]) -> tuple[Run, ...]:
    kept: dict[str, Run] = {}
    for run in (run for workload in found for run in workload.runs):
        first = kept.setdefault(run.run_id, run)
        if replace(run, path=first.path, line=first.line) != first:
            raise InputError(
                f"run {run.run_id!r} is another one at {first.path}:{first.line}: give each an id of its own",
                path=run.path,
                line=run.line,
            )
    return tuple(kept.values())


def _tools(found: Sequence[Workload]) -> tuple[ToolSchema, ...]:
    kept: dict[str, ToolSchema] = {}
    for tool in (tool for workload in found for tool in workload.tools):
        kept.setdefault(tool.name, tool)
    return tuple(kept.values())
