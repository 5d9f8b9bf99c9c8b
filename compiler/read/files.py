"""Reads one trace file into runs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, final

from compiler.errors import InputError
from compiler.ir.run import JSON, Note, Run, ToolSchema
from compiler.read.anthropic import anthropic_events
from compiler.read.assemble import assemble
from compiler.read.atif import is_atif, read_atif
from compiler.read.chain import Chain
from compiler.read.chat import chat_events
from compiler.read.containers import about, open_record, tools_of
from compiler.read.detect import FORMATS, ambiguous, dialect_of, foreign, known_formats
from compiler.read.episode import Episode, Event, UnusableError
from compiler.read.jsontext import shown
from compiler.read.notes import NoteLog
from compiler.read.profile import restore
from compiler.read.records import Record, cut_records
from compiler.read.responses import responses_events
from compiler.read.stream import Broken, read_elements
from compiler.read.tools import merge_tools

_EVENTS: Final[dict[str, Callable[[Sequence[JSON]], Iterator[Event]]]] = {
    "chat": chat_events,
    "responses": responses_events,
    "anthropic": anthropic_events,
}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ReadResult:
    """What a file held: its runs, the tool schemas in it, and notes of what was left out or repaired."""

    runs: tuple[Run, ...]
    tools: tuple[ToolSchema, ...] = ()
    notes: tuple[Note, ...] = ()


def read_runs(path: str, format: str | None = None) -> ReadResult:
    """Read the runs of one file.

    Args:
        path: The file.
        format: One of FORMATS; found out for each record if left out.

    Raises:
        InputError: The file cannot be read, its format is unknown or ambiguous, or no run in it is usable.
    """
    return read_file(Path(path), stem=stem_of(path), format=format)


def stem_of(path: str) -> str:
    """The file's name without ``.gz`` and its suffix: what its runs and its workload are called after."""
    name = Path(path).name
    name = name.removesuffix(".gz")
    return Path(name).stem or name


def read_file(path: Path, *, stem: str, format: str | None) -> ReadResult:
    """Read the runs of one file; ``stem`` begins the ids of runs that record none.

    Raises:
        InputError: As ``read_runs``.
    """
    if format is not None and format not in FORMATS:
        raise InputError(f"unknown format {format!r}; known: {known_formats()}")
    reading = _Reading(path=str(path), stem=stem, format=format)
    for record in cut_records(read_elements(path)):
        if isinstance(record, Broken):
            reading.log.leave_out(record.what, line=record.line)
        else:
            reading.take(record)
    return reading.result()


def _digest(value: JSON) -> str:
    """Tell a record from the others by what it says, wherever in the file it stands."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:8]


class _Reading:
    """The state of reading one file."""

    def __init__(self, *, path: str, stem: str, format: str | None) -> None:
        self._path, self._stem, self._format = path, stem, format
        self.log = NoteLog(path)
        self._runs: list[Run] = []
        self._chain, self._repeated = Chain(), set[int]()
        self._groups: list[tuple[ToolSchema, ...]] = []

    def take(self, record: Record) -> None:
        """Make a run of a record, or note why not."""
        line = record.line
        try:
            episode = self._episode(record)
            if episode is None:
                self.log.leave_out(_unknown(record.value), line=line)
                return
            made = assemble(episode, run_id=f"{self._stem}:{_digest(record.value)}")
            run = made.run if episode.own is None else restore(made.run, episode.own)
        except UnusableError as reason:
            self.log.leave_out(str(reason), line=line)
            return
        except RecursionError:
            self.log.leave_out("the record is nested too deep", line=line)
            return
        for problem in made.problems:
            self.log.add(problem, line=line)
        self._supersede(episode)
        self._runs.append(replace(run, path=self._path, line=line, format=episode.format))
        self._groups.append(episode.tools)

    def _supersede(self, episode: Episode) -> None:
        """Drop the earlier state of the same run that this one repeats and continues."""
        if episode.chained is None:
            return
        earlier = self._chain.continues(episode.chained, len(self._runs))
        if earlier is not None:
            self._repeated.add(earlier)

    def _episode(self, record: Record) -> Episode | None:
        """The record's events, in the format that it has or that the user named; None if it is no record."""
        value, where = record.value, record.line
        atif = is_atif(value)
        opened = open_record(value)
        if self._format is None and atif and opened is not None:
            dialect = dialect_of(opened.items, path=self._path, line=where)
            raise ambiguous(("atif", dialect), path=self._path, line=where)
        if isinstance(value, dict) and (self._format == "atif" or (self._format is None and atif)):
            return replace(read_atif(value), format="atif")
        if opened is None or self._format == "atif":
            return None
        dialect = self._format or dialect_of(opened.items, path=self._path, line=where)
        events = tuple(_EVENTS[dialect](opened.items))
        chained = opened.items if opened.single_call else None
        return Episode(
            events=events,
            about=about(opened),
            tools=tools_of(opened),
            chained=chained,
            format=dialect,
        )

    def result(self) -> ReadResult:
        """What was read.

        Raises:
            InputError: Nothing of the file can be used.
        """
        if not self._runs:
            raise self._failure()
        tools, differing = merge_tools(self._groups)
        if differing:
            self.log.add(f"runs differ in the schema of {', '.join(map(shown, differing))}; the first counts")
        if self._repeated:
            self.log.add(
                f"{len(self._repeated)} records are earlier states of runs that later records continue"
            )
        notes = self.log.finished(used=len(self._runs))
        runs = tuple(run for index, run in enumerate(self._runs) if index not in self._repeated)
        return ReadResult(runs=runs, tools=tools, notes=notes)

    def _failure(self) -> InputError:
        first = self.log.first()
        if first is None:
            return InputError("the file is empty: no runs; give JSON or JSON Lines", path=self._path)
        count = self.log.left_out
        more = f" (and {count - 1} more records are not usable)" if count > 1 else ""
        what = first.what.removeprefix("left out: ")
        return InputError(f"no usable run: {what}{more}", path=self._path, line=first.line or None)


def _unknown(value: JSON) -> str:
    if not isinstance(value, (dict, list)):
        return f"not a record of a run: neither a JSON object nor a list; known formats: {known_formats()}"
    name = foreign(value)
    hint = f"; it looks like {name}, which is not read yet" if name else ""
    return f"unknown format; known: {known_formats()}{hint}"
