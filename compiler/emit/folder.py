"""A harness folder: evidence.json and harness.lock beside the sources, and how a folder is written.

A folder is written whole or not at all. Files in it that are not the compiler's are kept.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from compiler.emit.places import places
from compiler.errors import InputError
from compiler.ir.program import Field, Program
from compiler.ir.run import JSON, Asked, Call, Execution, Run, Usage
from compiler.ir.steps import steps_of
from compiler.ir.words import repeated_questions

FORMAT: Final = 1
OWNED: Final = ("harness.py", "tools.py", "evidence.json", "harness.lock")
"""The files of a folder that the compiler writes; every other file is the user's."""

_STALE: Final = ".tracec-"

Answers = Mapping[str, Mapping[str, JSON]]
"""Question name -> run id -> recorded answer; the list of all answers where the question is in a loop."""


def harness_folder(
    program: Program,
    files: Mapping[str, str],
    *,
    answers: Answers,
    sources: Iterable[Run],
    measured: Mapping[str, JSON] | None = None,
) -> dict[str, str]:
    """Return all files of a harness folder; ``sources`` are the runs that the program was learnt from.

    ``measured`` goes into evidence.json as it is: what proving the harness showed.

    The same program, answers and runs give the same bytes, in whatever order the runs come.
    """
    known = tuple(sources)
    return {
        **files,
        "evidence.json": _json({**_evidence(program, answers, known), **(measured or {})}),
        "harness.lock": _json(_lock(program, files, known)),
    }


def _json(value: JSON) -> str:
    # ASCII, so that lone surrogates and bidi marks of a trace stay visible and the file is UTF-8 in any case.
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=True) + "\n"


def _evidence(program: Program, answers: Answers, sources: tuple[Run, ...]) -> dict[str, JSON]:
    learnt = frozenset(program.runs)
    repeated = repeated_questions(program.body)
    return {
        "program": program.name,
        "tasks": program.tasks,
        "runs": [*sorted(program.runs)],
        # The others count as successful only because nobody recorded whether they were.
        "judged_runs": sum(run.run_id in learnt and run.success is not None for run in sources),
        "questions": {
            question.name: {
                "kind": question.kind,
                "text": question.text,
                "labels": list(question.labels),
                "why": question.why,
                "tasks": question.support.tasks,
                "reached": question.support.reached,
                "runs": [*sorted(set(question.support.runs))],
                # In a loop a run has a list of answers, in the order asked.
                "repeated": question.name in repeated,
                "answers": dict(answers.get(question.name, {})),
            }
            for question in program.questions
        },
        "places": places(program),
        "request": [_field(one) for one in program.request.fields],
        "limits": {"tool_calls": program.limits.tool_calls, "questions": program.limits.questions},
        "notes": list(program.notes),
        **({"damaged": list(program.damaged)} if program.damaged else {}),
    }


def _field(one: Field) -> JSON:
    return {
        "name": one.name,
        "kind": one.kind,
        "fills": list(one.fills),
        "examples": list(one.examples),
        "choices": [list(choice) for choice in one.choices],
        "path": list(one.path),
    }


def _lock(program: Program, files: Mapping[str, str], sources: Iterable[Run]) -> JSON:
    digests: list[JSON] = [
        {"run": run_id, "sha256": digest} for run_id, digest in sorted(map(run_digest, sources))
    ]
    return {
        "format": FORMAT,
        "compiler": _compiler_version(),
        "runs": digests,
        "files": dict(files),
        # What a later program is compared with, as no program is kept.
        "steps": [step.to_json() for step in steps_of(program)],
    }


def run_digest(run: Run) -> tuple[str, str]:
    """Return a run's id and the SHA-256 of what it says; where it was read from does not count."""
    said = {part.name: getattr(run, part.name) for part in fields(run) if part.name not in ("path", "line")}
    text = json.dumps(said, sort_keys=True, ensure_ascii=True, default=_plain)
    return run.run_id, hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Asked | Call | Execution | Usage | datetime) -> JSON:
    """What a run holds beside JSON, as JSON."""
    if isinstance(value, datetime):
        return value.isoformat()
    return {part.name: getattr(value, part.name) for part in fields(value)}


def _compiler_version() -> str:
    try:
        return version("tracec")
    except PackageNotFoundError:
        return "0"


def write_folder(path: Path, files: Mapping[str, str]) -> None:
    """Write a folder whole or not at all; files in it that the compiler does not own are kept.

    The new folder is made beside the old one, and takes its place by a rename.

    Raises:
        InputError: The folder cannot be written; it is then as it was.
    """
    target = path.absolute()
    unknown = sorted(name for name in files if name != Path(name).name or name in ("", ".", ".."))
    if unknown:
        raise InputError(f"{unknown[0]!r} is no file name", path=str(path))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _recover(target)
        if target.exists() and not target.is_dir():
            raise InputError("is a file, where a folder is to be written", path=str(path))
        fresh = Path(tempfile.mkdtemp(prefix=_prefix(target, "new"), dir=target.parent))
        try:
            _fill(fresh, target, files)
            _swap(fresh, target)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror or error}", path=str(path)) from error


def _prefix(target: Path, kind: str) -> str:
    return f"{_STALE}{kind}-{target.name}-"


def _recover(target: Path) -> None:
    """Put right what a killed run has left: bring back a folder moved aside, drop half-written ones."""
    aside, half = (_left(target, kind) for kind in ("old", "new"))
    if aside and not target.exists():
        aside.pop().rename(target)
    for stale in (*aside, *half):
        shutil.rmtree(stale, ignore_errors=True)


def _left(target: Path, kind: str) -> list[Path]:
    """Return the folders that a killed run has left beside a target; never those of another target."""
    ours = re.compile(re.escape(_prefix(target, kind)) + r"[A-Za-z0-9_]{8}")
    return sorted(path for path in target.parent.iterdir() if ours.fullmatch(path.name))


def _fill(fresh: Path, target: Path, files: Mapping[str, str]) -> None:
    """Make the new folder: what the user keeps in the old one, then the given files."""
    if target.is_dir():
        shutil.copytree(target, fresh, symlinks=True, dirs_exist_ok=True, ignore=_leave_owned(target))
    else:
        fresh.chmod(0o777 & ~_umask())
    for name, text in files.items():
        place = fresh / name
        if place.is_symlink() or place.is_dir():
            raise InputError("is in the way of a file that is to be written", path=str(target / name))
        with place.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())


def _leave_owned(target: Path) -> Callable[[str, list[str]], list[str]]:
    """Return what copytree leaves out: the compiler's own files, and caches."""

    def ignore(folder: str, names: list[str]) -> list[str]:
        at_top = Path(folder) == target
        return [name for name in names if name == "__pycache__" or (at_top and name in OWNED)]

    return ignore


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _swap(fresh: Path, target: Path) -> None:
    """Put the new folder in the place of the old one; a failure brings the old one back."""
    if not target.exists():
        fresh.rename(target)
        return
    aside = Path(tempfile.mkdtemp(prefix=_prefix(target, "old"), dir=target.parent))
    target.rename(aside)
    try:
        fresh.rename(target)
    except OSError:
        aside.rename(target)
        raise
    shutil.rmtree(aside, ignore_errors=True)
