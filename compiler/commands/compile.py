"""Compile workloads into harness folders."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, final

from compiler.commands.approve import locked, said_of_pending
from compiler.commands.build import Built, build_all, said_of_damage
from compiler.commands.exits import BUG, DECLINED, OK, UNLIKE
from compiler.commands.options import CompileOptions, Sources
from compiler.commands.sources import read_sources
from compiler.emit.folder import write_folder
from compiler.emit.names import identifier
from compiler.errors import UsageError
from compiler.evolve.approvals import Pending
from compiler.ir.program import Program
from compiler.ir.run import JSON, Workload
from compiler.ir.words import hand_over_of
from compiler.present.escape import count, plain
from compiler.present.verdicts import verdict_words

Status = Literal["written", "unchanged", "changed", "edited", "declined", "failed"]
"""What became of the folder.

``changed``  it would be written, but was not, because only a check or a diff was asked for
``edited``   somebody changed the sources, and the traces did too: writing them would drop the edits
"""

SOURCES = ("harness.py", "tools.py")
EVIDENCE, LOCK = "evidence.json", "harness.lock"
MOST_NOTES = 3
UNJUDGED = "no outcome is known: every run counts as a success; say with --outcomes which did succeed"
SHOWN = (*SOURCES, EVIDENCE)
"""What a diff shows. The lock is left out: it repeats the harness."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """What became of one workload, and of its folder."""

    folder: str
    status: Status
    built: Built
    diff: str = ""
    pending: tuple[Pending, ...] = ()
    """What the new harness writes, and nobody has approved."""

    def to_json(self) -> dict[str, JSON]:
        """Give what ``--json`` prints of it."""
        workload, build = self.built.workload, self.built.build
        found: dict[str, JSON] = {
            "workload": workload.name,
            "status": self.status,
            "folder": self.folder if build is not None else None,
            "runs": len(workload.runs),
            "tasks": len({run.task for run in workload.runs}),
            "reasons": list(self.built.reasons),
            "measures": self.built.measures.to_json() if self.built.measures is not None else None,
            "fault": self.built.fault or None,
            "notes": list(_notes(self.built)),
        }
        if build is not None:
            found["compiled_tasks"] = build.program.tasks
            found["questions"] = [question.name for question in build.program.questions]
            found["hands_over"] = hands_over_json(build.program)
            found["not_approved"] = [one.tool for one in self.pending]
            found["replay"] = build.train.to_json()
            found["held_out"] = build.held_out.to_json() if build.held_out is not None else None
        return found | ({"diff": self.diff} if self.diff else {})


def compile_workloads(sources: Sources, options: CompileOptions) -> Iterator[Compiled]:
    """Compile every workload and write its folder, one after the other in the order of the command line.

    Raises:
        UsageError: Two workloads would be written to one folder.
        InputError: A file cannot be used, or a folder cannot be written.
    """
    workloads = read_sources(sources)
    folders = _folders(workloads, Path(options.output))
    priors = {name: prior for name, folder in folders.items() if (prior := _prior(folder)) is not None}
    for built in build_all(workloads, verb="compiling", priors=priors):
        yield _finish(built, folders[built.workload.name], options)


def exit_code(results: Iterable[Compiled], options: CompileOptions) -> int:
    """Say how it ended: a bug before a change that was checked for, and that before a workload declined."""
    found = {result.status for result in results}
    if "failed" in found:
        return BUG
    if "edited" in found or (options.check and "changed" in found):
        return UNLIKE
    return DECLINED if "declined" in found else OK


def summarise(result: Compiled) -> str:
    """Say in one line what became of a workload, with the first of the notes about its traces below."""
    built = result.built
    name = plain(built.workload.name)
    if built.build is None:
        why = "; ".join(built.reasons) or f"this is a bug in tracec: {built.fault}"
        head = f"{name}: {result.status}: {plain(why)}"
        if built.measures is not None:
            head += f"\n  {built.measures.words()}"
    else:
        asks = len(built.build.program.questions)
        held_out = built.build.held_out
        proof = f"; held out: {verdict_words(held_out.counts.items())}" if held_out is not None else ""
        head = (
            f"{name}: {result.status} {plain(result.folder)}: {count(built.build.program.tasks, 'task')}, "
            f"{count(asks, 'question')}{_ending(built.build.program)}{proof}"
        )
        if result.status == "edited":
            head += (
                "\n  not written: the sources were edited, and the new ones differ from what the edits stand "
                f"on; `tracec update {plain(result.folder)} TRACES...` merges both"
            )
    notes = _notes(built)
    lines = [f"  {plain(line)}" for line in said_of_pending(result.folder, result.pending)]
    lines += [f"  {plain(note)}" for note in notes[:MOST_NOTES]]
    if rest := notes[MOST_NOTES:]:
        lines.append(f"  and {count(len(rest), 'more note')}: see `tracec inspect`")
    return "\n".join([head, *lines])


def _ending(program: Program) -> str:
    """Say where the agent takes over, if the program is an opening only."""
    end = hand_over_of(program)
    return "" if end is None else f"; hands over after {end.made} of {end.calls} calls"


def hands_over_json(program: Program) -> JSON:
    """Give the calls before a hand-over, of all that the runs made; None where the whole job is compiled."""
    end = hand_over_of(program)
    return None if end is None else {"made": end.made, "calls": end.calls, "runs": end.runs}


def _notes(built: Built) -> tuple[str, ...]:
    """What is to be known about the runs, the gravest first."""
    workload = built.workload
    unjudged = (UNJUDGED,) if all(run.success is None for run in workload.runs) else ()
    return (*unjudged, *map(str, workload.notes), *said_of_damage(built))


def _folders(workloads: Iterable[Workload], output: Path) -> dict[str, Path]:
    """Give every workload its folder, by its name."""
    folders: dict[str, Path] = {}
    owners: dict[Path, str] = {}
    for workload in workloads:
        folder = output / identifier(workload.name, fallback="workload")
        if folder in owners:
            raise UsageError(
                f"{owners[folder]!r} and {workload.name!r} would both be written to {folder}: rename one"
            )
        owners[folder] = workload.name
        folders[workload.name] = folder
    return folders


def _finish(built: Built, folder: Path, options: CompileOptions) -> Compiled:
    """Compare what was built with what is there, and write it."""
    if built.build is None:
        status: Status = "failed" if built.fault else "declined"
        return Compiled(folder=str(folder), status=status, built=built)
    there = {name: _read(folder / name) for name in built.build.files}
    files, pending = locked(there, built.build.files)
    status = _status(there, files, dry=options.dry)
    if status == "written":
        write_folder(folder, files)
    return Compiled(
        folder=str(folder),
        status=status,
        built=built,
        diff=_diff(folder, there, files) if options.diff and status != "unchanged" else "",
        pending=() if status == "edited" else pending,
    )


def _status(there: Mapping[str, str | None], files: Mapping[str, str], *, dry: bool) -> Status:
    """Compare what is there with what was built; an edit is never written over."""
    if there == files:
        return "unchanged"
    base = _generated(there[LOCK])
    edited = [name for name in SOURCES if there[name] not in (None, base.get(name), files[name])]
    if not edited:
        return "changed" if dry else "written"
    # The edits stand on what would be generated today: there is nothing to bring in.
    same = all(base.get(name) == files[name] for name in SOURCES) and there[EVIDENCE] == files[EVIDENCE]
    return "unchanged" if same else "edited"


def _generated(lock: str | None) -> Mapping[str, JSON]:
    """The sources as they were last generated; none where the lock does not tell."""
    try:
        value = json.loads(lock or "")
    except (ValueError, RecursionError):
        return {}
    files = value.get("files") if isinstance(value, dict) else None
    return files if isinstance(files, dict) else {}


def _prior(folder: Path) -> dict[str, str] | None:
    """The sources as they were last generated, whose names and order stay; None where there are none."""
    files = _generated(_read(folder / LOCK))
    found = {name: text for name in SOURCES if isinstance(text := files.get(name), str)}
    return found if found.keys() == set(SOURCES) else None


def _read(path: Path) -> str | None:
    """Read a file as it is, line ends and all; None where there is none, or what is there is no text."""
    try:
        return path.read_bytes().decode("utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return None


def _diff(folder: Path, there: Mapping[str, str | None], files: Mapping[str, str]) -> str:
    """Show what would change, as a patch."""
    lines: list[str] = []
    for name in SHOWN:
        old, new = there[name], files[name]
        lines += difflib.unified_diff(
            (old or "").splitlines(keepends=True),
            new.splitlines(keepends=True),
            fromfile=str(folder / name) if old is not None else "/dev/null",
            tofile=str(folder / name),
        )
    return "".join(lines)
