"""Recompile a harness from new traces, and merge what changed into what a person made of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, final

from compiler.commands.approve import locked, said_of_pending
from compiler.commands.build import Built, build_one
from compiler.commands.exits import BUG, DECLINED, OK, UNLIKE
from compiler.commands.folder import EVIDENCE, LOCK, SOURCES, Folder, read_folder
from compiler.commands.gather import gather
from compiler.commands.options import Sources, UpdateOptions
from compiler.commands.promotion import Verdict, judge
from compiler.emit.folder import write_folder
from compiler.errors import InputError
from compiler.evolve import Merge, merge_package
from compiler.evolve.approvals import Pending
from compiler.evolve.hunks import LABELS, Hunk, hunks, patch
from compiler.ir.run import JSON
from compiler.pipeline import Build
from compiler.present.escape import count, plain
from compiler.runtime.approvals import APPROVED

Status: TypeAlias = Literal["unchanged", "changed", "written", "conflict", "worse", "declined", "failed"]
"""What became of the harness.

``changed``  it would be written, but was not, because only a check or a diff was asked for
``conflict`` a person and the traces changed the same logic; written with markers, unless it is only checked
``worse``    the new one is worse than the old one, and is not written
"""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Updated:
    """What an update did, or would do."""

    folder: str
    status: Status
    built: Built
    merges: Mapping[str, Merge]
    verdict: Verdict
    hunks: Mapping[str, tuple[Hunk, ...]]
    pending: tuple[Pending, ...] = ()
    """Writes that a person has yet to approve."""
    diff: str = ""
    forced: bool = False

    def to_json(self) -> dict[str, JSON]:
        """Give what ``--json`` prints of it."""
        build = self.built.build
        found: dict[str, JSON] = {
            "harness": self.built.workload.name,
            "folder": self.folder,
            "status": self.status,
            "runs": len(self.built.workload.runs),
            "reasons": list(self.built.reasons),
            "fault": self.built.fault or None,
            "conflicts": {name: len(merge.conflicts) for name, merge in self.merges.items()},
            "hunks": [_hunk_json(name, one) for name, found in self.hunks.items() for one in found],
            "losses": [loss.to_json() for loss in self.verdict.losses],
            "remarks": list(self.verdict.remarks),
            "not_approved": [one.tool for one in self.pending],
            "forced": self.forced,
            "held_out": None if build is None or build.held_out is None else build.held_out.to_json(),
        }
        return found | ({"diff": self.diff} if self.diff else {})


def _hunk_json(name: str, hunk: Hunk) -> JSON:
    return {
        "file": name,
        "label": hunk.label,
        "line": hunk.start + 1,
        "old": "".join(hunk.old),
        "new": "".join(hunk.new),
    }


def update_harness(folder: str, sources: Sources, options: UpdateOptions) -> Updated:
    """Recompile a harness from all of the traces given, and write it where that is for the better.

    Raises:
        InputError: The folder or a trace cannot be used, or the folder cannot be written.
    """
    there = read_folder(Path(folder))
    built = build_one(gather(sources, there.name), there.base)
    if built.build is None:
        status: Status = "failed" if built.fault else "declined"
        return Updated(folder=folder, status=status, built=built, merges={}, verdict=Verdict(), hunks={})
    merges = _merged(there, built.build)
    merged = {**built.build.files, **{name: merge.text for name, merge in merges.items()}}
    files, pending = locked(there.files, merged)
    found = _hunks(there, files)
    diff = _diff(there, found) if options.diff else ""
    if _same(there, files):
        status, verdict = "unchanged", Verdict()
    else:
        verdict = judge(there, built.build, merges)
        status = _status(merges, verdict, options)
    if status == "written" or (status == "conflict" and not options.dry):
        files[LOCK] = _lock(there, files[LOCK], verdict)
        write_folder(there.path, files)
    return Updated(
        folder=folder,
        status=status,
        built=built,
        merges=merges,
        verdict=verdict,
        hunks=found,
        pending=pending,
        diff=diff,
        forced=bool(verdict.losses) and options.force,
    )


def _merged(there: Folder, build: Build) -> dict[str, Merge]:
    try:
        return merge_package(there.base, there.files, build.files)
    except SyntaxError as error:
        place = str(there.path / (error.filename or SOURCES[0]))
        raise InputError(f"is no Python: {error.msg}", path=place, line=error.lineno) from error


def _status(merges: Mapping[str, Merge], verdict: Verdict, options: UpdateOptions) -> Status:
    if verdict.losses and not options.force:
        return "worse"
    if any(merge.conflicts for merge in merges.values()):
        return "conflict"
    return "changed" if options.dry else "written"


def _same(there: Folder, files: Mapping[str, str]) -> bool:
    """Return whether nothing changes; that another version of the compiler says so is no change."""
    if any(there.files[name] != files[name] for name in (*SOURCES, EVIDENCE)):
        return False
    new = json.loads(files[LOCK])
    # A lock from before approvals approves what it wrote, with or without saying so.
    told = (key for key in new if key != "compiler" and (key in there.lock or key != APPROVED))
    return all(there.lock.get(key) == new[key] for key in told)


def _lock(there: Folder, text: str, verdict: Verdict) -> str:
    """Return the new lock, with what else the old one holds, and what was lost and written all the same."""
    kept = {key: value for key, value in there.lock.items() if key != "forced"}
    forced = {"forced": [loss.to_json() for loss in verdict.losses]} if verdict.losses else {}
    return json.dumps({**kept, **json.loads(text), **forced}, indent=2, sort_keys=True) + "\n"


def _hunks(there: Folder, files: Mapping[str, str]) -> dict[str, tuple[Hunk, ...]]:
    found = {name: hunks(there.files[name], files[name]) for name in SOURCES}
    return found | {EVIDENCE: hunks(there.files[EVIDENCE], files[EVIDENCE], "evidence")}


def _diff(there: Folder, found: Mapping[str, tuple[Hunk, ...]]) -> str:
    """Show what changes in the sources; evidence.json would repeat each count in it."""
    place = {name: str(there.path / name) for name in SOURCES}
    return "".join(patch(found[name], there.files[name], (place[name], place[name])) for name in SOURCES)


def exit_code(result: Updated, options: UpdateOptions) -> int:
    """Say how it ended."""
    match result.status:
        case "failed":
            return BUG
        case "declined":
            return DECLINED
        case "conflict" | "worse":
            return UNLIKE
        case "changed":
            return UNLIKE if options.check else OK
        case "unchanged" | "written":
            return OK


def summarise(result: Updated) -> str:
    """Say in a few lines what became of a harness."""
    name = plain(result.built.workload.name)
    if result.built.build is None:
        why = "; ".join(result.built.reasons) or f"this is a bug in tracec: {result.built.fault}"
        return f"{name}: {result.status}, nothing is written: {plain(why)}"
    lines = [f"{name}: {result.status} {plain(result.folder)}{_changes(result)}"]
    for file, merge in result.merges.items():
        if merge.conflicts:
            lines.append(f"  {file}: {count(len(merge.conflicts), 'conflict')}: both sides changed the same")
    word = "lost, and written all the same" if result.forced else "lost"
    lines += [f"  {word}: {plain(_loss(loss.what, loss.tasks))}" for loss in result.verdict.losses]
    lines += [f"  {plain(remark)}" for remark in result.verdict.remarks]
    lines += [f"  {plain(line)}" for line in said_of_pending(result.folder, result.pending)]
    if result.status == "worse":
        lines.append("  nothing is written; with --force it is, and the lock says what was lost")
    return "\n".join(lines)


SHOWN = 3


def _loss(what: str, tasks: tuple[str, ...]) -> str:
    if not tasks:
        return what
    return f"{what} ({', '.join(tasks[:SHOWN])}{', ...' if len(tasks) > SHOWN else ''})"


def _changes(result: Updated) -> str:
    """Count the changes of the sources by their labels."""
    found = [hunk.label for name in SOURCES for hunk in result.hunks.get(name, ())]
    said = [f"{found.count(label)} {label}" for label in LABELS if label in found]
    if result.status == "unchanged":
        return ""
    return f": {count(len(found), 'change')} ({', '.join(said)})" if said else ": evidence.json only"
