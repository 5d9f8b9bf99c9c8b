"""Reads what the command line names into workloads: one for each path, with outcomes and tools."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, final

from compiler.errors import InputError
from compiler.ir.run import Note, Run, ToolSchema, Workload
from compiler.read.files import ReadResult, read_file, stem_of
from compiler.read.folder import known_suffixes, sort_folder
from compiler.read.jsontext import shown
from compiler.read.outcomes import Outcome, read_outcomes
from compiler.read.tools import merge_tools, read_tools

_MOST_DOUBTFUL: Final = 20
"""Notes of runs with one id; the rest are counted."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """What belongs to one path: its files read, and the side files that count for them."""

    name: str
    read: tuple[ReadResult, ...]
    notes: tuple[Note, ...] = ()
    outcomes: Path | None = None
    tools: Path | None = None


def read_workloads(
    paths: tuple[str, ...],
    *,
    outcomes: str | None = None,
    tools: str | None = None,
    format: str | None = None,
    allow_no_tools: bool = False,
) -> tuple[Workload, ...]:
    """Read one workload from each file or folder, called after its stem.

    A folder is all trace files in it. If it also holds outcomes or tool schemas, they count for its runs,
    unless ``outcomes`` or ``tools`` name others.

    Args:
        paths: Files and folders.
        outcomes: A JSONL file of ``{"run_id", "success", "reward"}``; it overrules what the traces say.
        tools: A JSON file of tool schemas; where left out, the tools are those that the traces show.
        format: One of FORMATS; found out if left out.
        allow_no_tools: Accept runs that call no tool at all.

    Raises:
        InputError: A path cannot be read, has no usable run, or its runs call no tools.
    """
    given_outcomes = None if outcomes is None else read_outcomes(outcomes)
    given_tools = None if tools is None else read_tools(tools)
    workloads: list[Workload] = []
    for path in paths:
        source = _source(path, format)
        workload = _workload(source, given_tools if given_tools is not None else _side_tools(source))
        if not allow_no_tools:
            _require_calls(workload, path)
        if given_outcomes is None and source.outcomes is not None:
            (workload,) = _judge([workload], read_outcomes(str(source.outcomes)), str(source.outcomes))
        workloads.append(workload)
    if outcomes is not None and given_outcomes is not None:
        workloads = _judge(workloads, given_outcomes, outcomes)
    return tuple(workloads)


def _source(path: str, format: str | None) -> _Source:
    where = Path(path)
    if not where.is_dir():
        return _Source(name=stem_of(path), read=(read_file(where, stem=stem_of(path), format=format),))
    folder = sort_folder(where)
    stems = Counter(stem_of(file.name) for file in folder.traces)
    read: list[ReadResult] = []
    notes = list(folder.notes)
    failures: list[InputError] = []
    for file in folder.traces:
        # Two files of one stem would give their runs the same ids.
        stem = stem_of(file.name)
        try:
            read.append(read_file(file, stem=stem if stems[stem] == 1 else file.name, format=format))
        except InputError as error:
            failures.append(error)
            notes.append(Note(what=f"left out: {error.what}", path=error.path or "", line=error.line or 0))
    if not read:
        why = f"; the first problem is {failures[0]}" if failures else f": none ends in {known_suffixes()}"
        raise InputError(f"no trace file in this folder can be used{why}", path=path)
    return _Source(
        name=where.resolve().name,
        read=tuple(read),
        notes=tuple(notes),
        outcomes=folder.outcomes,
        tools=folder.tools,
    )


def _side_tools(source: _Source) -> tuple[ToolSchema, ...] | None:
    return None if source.tools is None else read_tools(str(source.tools))


def _workload(source: _Source, given: tuple[ToolSchema, ...] | None) -> Workload:
    notes = [*source.notes, *(note for result in source.read for note in result.notes)]
    runs, doubtful = _one_of_each(run for result in source.read for run in result.runs)
    if not runs:
        raise InputError(doubtful[0].what, path=doubtful[0].path, line=doubtful[0].line)
    notes += doubtful
    tools, differing = merge_tools(result.tools for result in source.read)
    if differing and given is None:
        names = ", ".join(map(shown, differing))
        notes.append(Note(what=f"files differ in the schema of {names}; the first counts"))
    known = _with_called(tools if given is None else given, runs)
    if given is not None and len(known) > len(given):
        names = ", ".join(shown(tool.name) for tool in known[len(given) :])
        notes.append(Note(what=f"called, but not among the given tool schemas: {names}; taken for writes"))
    return Workload(name=source.name, runs=runs, tools=known, notes=tuple(notes))


def _one_of_each(runs: Iterable[Run]) -> tuple[tuple[Run, ...], list[Note]]:
    """Drop copies of a run, and all runs that share an id and differ: which one is meant nobody can tell.

    To keep the first would let the order of the files decide what is learnt.
    """
    kept: dict[str, Run] = {}
    differing: set[str] = set()
    notes: list[Note] = []
    more = 0
    for run in runs:
        first = kept.setdefault(run.run_id, run)
        if first is run:
            continue
        seen = f"run {shown(run.run_id)}, first seen at {first.path}:{first.line}"
        what = f"left out: a copy of {seen}"
        if replace(run, path=first.path, line=first.line) != first:
            differing.add(run.run_id)
            what = f"left out: another {seen}; neither counts, give each an id of its own"
        if len(notes) < _MOST_DOUBTFUL:
            notes.append(Note(what=what, path=run.path, line=run.line))
        else:
            more += 1
    if more:
        notes.append(Note(what=f"{more} more runs have an id that another one has"))
    return tuple(run for run_id, run in kept.items() if run_id not in differing), notes


def _with_called(tools: tuple[ToolSchema, ...], runs: Iterable[Run]) -> tuple[ToolSchema, ...]:
    """Add the tools that are called and have no schema; of unknown effect, so they count as writes."""
    named = {tool.name for tool in tools}
    called = {call.tool for run in runs for call in run.calls}
    return (*tools, *(ToolSchema(name=name) for name in sorted(called - named)))


def _require_calls(workload: Workload, path: str) -> None:
    if any(run.calls for run in workload.runs):
        return
    count = len(workload.runs)
    what = (
        f"none of the {count} runs calls a tool; if the format was found out wrongly, name it with --format, "
        "or pass --allow-no-tools"
    )
    raise InputError(what, path=path)


def _judge(workloads: Sequence[Workload], outcomes: Mapping[str, Outcome], path: str) -> list[Workload]:
    """Set the outcome of each run, and note, once, outcomes whose runs are not here."""
    present = {run.run_id for workload in workloads for run in workload.runs}
    unknown = [run_id for run_id in outcomes if run_id not in present]
    judged = [
        replace(workload, runs=tuple(_with_outcome(run, outcomes.get(run.run_id)) for run in workload.runs))
        for workload in workloads
    ]
    for workload in judged:
        _require_outcome(workload, outcomes, path)
    if unknown and judged:
        what = f"{len(unknown)} of {len(outcomes)} outcomes are of other runs"
        if any(run.success is None for workload in judged for run in workload.runs):
            # Ids may be meant to match that do not.
            what += f", as {shown(unknown[0])}"
        judged[0] = replace(judged[0], notes=(*judged[0].notes, Note(what=what, path=path)))
    return judged


def _require_outcome(workload: Workload, outcomes: Mapping[str, Outcome], path: str) -> None:
    """Refuse outcomes that say nothing of a workload: without any, all its runs would count as successful.

    Raises:
        InputError: No run of the workload is judged, here or in the traces.
    """
    if any(run.run_id in outcomes or run.success is not None for run in workload.runs):
        return
    what = (
        f"none of the {len(outcomes)} outcomes is of a run in {shown(workload.name)}: the ids must be those "
        f"of the runs, as {shown(workload.runs[0].run_id)}"
    )
    raise InputError(what, path=path)


def _with_outcome(run: Run, outcome: Outcome | None) -> Run:
    if outcome is None:
        return run
    reward = run.reward if outcome.reward is None else outcome.reward
    return replace(run, success=outcome.success, reward=reward)
