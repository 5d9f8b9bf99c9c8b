"""A harness folder as it is: what the compiler wrote last, what a person made of it, and what they added."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from compiler.errors import InputError
from compiler.ir.run import JSON
from compiler.runtime.load import CONFLICT

SOURCES: Final = ("harness.py", "tools.py")
EVIDENCE: Final = "evidence.json"
LOCK: Final = "harness.lock"
FORMAT: Final = 1


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """What is in a harness folder; ``files`` are the compiler's, ``beside`` is the Python around them."""

    path: Path
    files: Mapping[str, str]
    lock: Mapping[str, JSON]
    evidence: Mapping[str, JSON]
    beside: Mapping[str, str]

    @property
    def base(self) -> dict[str, str]:
        """The sources as they were last generated."""
        files = self.lock["files"]
        return {name: str(files[name]) for name in SOURCES} if isinstance(files, dict) else {}

    @property
    def edited(self) -> bool:
        """Whether a person changed the sources."""
        return any(self.files[name] != self.base[name] for name in SOURCES)

    def package(self, sources: Mapping[str, str]) -> dict[str, str]:
        """Return all Python of the folder, with other sources in place of its own."""
        return {**self.beside, **{name: sources[name] for name in SOURCES}}

    @property
    def name(self) -> str:
        """What the workload was called."""
        name = self.evidence.get("program")
        return name if isinstance(name, str) else self.path.resolve().name

    def runs(self) -> dict[str, str]:
        """Return the digests of the runs that it was compiled from, by run id."""
        listed = self.lock.get("runs")
        return {
            str(one["run"]): str(one["sha256"])
            for one in (listed if isinstance(listed, list) else [])
            if isinstance(one, dict) and {"run", "sha256"} <= one.keys()
        }


def read_folder(path: Path) -> Folder:
    """Read a harness folder.

    Raises:
        InputError: It is none, its lock does not hold what was generated, or a merge conflict stands in it.
    """
    files = {name: _text(path / name) for name in (*SOURCES, LOCK)}
    for name in SOURCES:
        if (found := CONFLICT.search(files[name])) is not None:
            line = files[name].count("\n", 0, found.start()) + 1
            raise InputError(
                "a merge conflict stands here; settle it first", path=str(path / name), line=line
            )
    lock = _json(files[LOCK])
    known = lock.get("files")
    if lock.get("format") != FORMAT or not isinstance(known, dict) or not known.keys() >= set(SOURCES):
        raise InputError(
            "does not hold what was generated, so nothing can be merged; compile to another folder",
            path=str(path / LOCK),
        )
    text = _text(path / EVIDENCE) if (path / EVIDENCE).exists() else ""
    return Folder(
        path=path,
        files=files | {EVIDENCE: text},
        lock=lock,
        evidence=_json(text),
        beside=_beside(path),
    )


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise InputError(
            "there is no such file: give the folder that `tracec compile` wrote", path=str(path)
        ) from None
    except UnicodeDecodeError:
        raise InputError("is no UTF-8 text", path=str(path)) from None


def _json(text: str) -> dict[str, JSON]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _beside(path: Path) -> dict[str, str]:
    """Return the Python that a person added: the merged harness may import it."""
    found: dict[str, str] = {}
    for file in sorted(path.rglob("*.py")):
        name = file.relative_to(path).as_posix()
        if name not in SOURCES:
            found[name] = file.read_bytes().decode("utf-8", "replace")
    return found
