"""Sorts the files of a folder into traces, outcomes, tool schemas and the rest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, final

from compiler.errors import InputError
from compiler.ir.run import JSON, Note
from compiler.read.containers import is_record
from compiler.read.jsontext import shown
from compiler.read.outcomes import parse_outcome
from compiler.read.stream import Broken, read_elements
from compiler.read.tools import looks_like_tools

_SUFFIXES: Final = (".json", ".jsonl", ".ndjson", ".traj")
_NAMED: Final = 3
"""How many of the files that are passed over a note names."""

Kind = Literal["trace", "outcomes", "tools"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """What lies in a folder. ``traces`` are in the order of their names."""

    traces: tuple[Path, ...]
    outcomes: Path | None = None
    tools: Path | None = None
    notes: tuple[Note, ...] = ()


def sort_folder(path: Path) -> Folder:
    """Look at every file; folders inside are not entered.

    Raises:
        InputError: The folder cannot be listed, or two files in it are outcomes, or tool schemas.
    """
    found: dict[Kind, list[Path]] = {"trace": [], "outcomes": [], "tools": []}
    passed_over: list[str] = []
    try:
        entries = sorted(path.iterdir())
    except OSError as error:
        raise InputError(f"cannot be listed: {error.strerror or error}", path=str(path)) from None
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_file() and entry.name.lower().removesuffix(".gz").endswith(_SUFFIXES):
            found[_kind(entry)].append(entry)
        else:
            passed_over.append(entry.name)
    return Folder(
        traces=tuple(found["trace"]),
        outcomes=_only(found["outcomes"], "outcomes", path),
        tools=_only(found["tools"], "tools", path),
        notes=_passed_over(passed_over, path),
    )


def known_suffixes() -> str:
    """Name the endings of trace files."""
    return f"{', '.join(_SUFFIXES[:-1])} or {_SUFFIXES[-1]}, with or without .gz"


def _kind(path: Path) -> Kind:
    """What a file is, by its first value; what cannot be read counts as a trace, to be told about later."""
    try:
        first = next(read_elements(path), None)
    except InputError:
        return "trace"
    if first is None or isinstance(first, Broken):
        return "trace"
    value: JSON = first.value if first.array is None else [first.value]
    if looks_like_tools(value):
        return "tools"
    outcome = parse_outcome(first.value) is not None and not is_record(first.value)
    return "outcomes" if outcome and "schema_version" not in _keys(first.value) else "trace"


def _keys(value: JSON) -> frozenset[str]:
    return frozenset(value) if isinstance(value, dict) else frozenset()


def _only(paths: list[Path], kind: str, folder: Path) -> Path | None:
    if len(paths) > 1:
        names = " and ".join(path.name for path in paths[:2])
        raise InputError(f"{names} both hold {kind}; say which with --{kind}", path=str(folder))
    return paths[0] if paths else None


def _passed_over(names: list[str], folder: Path) -> tuple[Note, ...]:
    if not names:
        return ()
    some = ", ".join(shown(name) for name in names[:_NAMED])
    more = ", ..." if len(names) > _NAMED else ""
    return (Note(what=f"passed over {len(names)} other files and folders: {some}{more}", path=str(folder)),)
