"""Files that a batch appends whole lines to, one for each run, and goes on with after a crash."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, final

from compiler.errors import UsageError


@final
class Lines:
    """A JSONL file that is appended to; each line is in the file before the next one is begun.

    With ``batch``, the file may hold runs of it from before: what a process that was killed left of its last
    line is taken off, and ``written`` says how many runs there are, which are its first ones. The ids of a
    batch's runs are its name, a colon and the run's index; they stand under ``key``.
    """

    def __init__(self, path: str, *, key: str, batch: str | None = None, fresh: bool = False) -> None:
        self.written = 0
        file = Path(path)
        if batch is not None and file.exists():
            self.written = _go_on(file, key, f"{batch}:")
        self._stream = file.open("w" if fresh else "a", encoding="utf-8", newline="\n")

    def append(self, line: str) -> None:
        """Append one line."""
        self._stream.write(line.rstrip("\n") + "\n")
        self._stream.flush()

    def close(self) -> None:
        """Close the file."""
        self._stream.close()


def only_of(path: str, batch: str) -> None:
    """Check that a file of results holds no others than those of a batch.

    Raises:
        UsageError: It does.
    """
    file = Path(path)
    if not file.exists():
        return
    with file.open("rb") as lines:
        first = _object(lines.readline())
    if first is not None and not str(first.get("run", "")).startswith(f"{batch}:"):
        raise UsageError(f"--output {path} holds other results than those of this batch")


def _go_on(file: Path, key: str, prefix: str) -> int:
    """Take off a torn last line, and count the runs of a batch."""
    written = 0
    with file.open("r+b") as stream:
        whole = 0
        for line in stream:
            value = _object(line)
            if value is None and not line.endswith(b"\n"):
                break
            whole += len(line)
            run = str((value or {}).get(key, ""))
            if run.startswith(prefix):
                written = max(written, int(run.removeprefix(prefix)) + 1)
        stream.truncate(whole)
        if whole:
            stream.seek(whole - 1)
            if stream.read(1) != b"\n":
                stream.seek(0, os.SEEK_END)
                stream.write(b"\n")
    return written


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
