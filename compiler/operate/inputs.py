"""The requests of a batch: a JSON text or object on each line of a file."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeAlias, final

from compiler.errors import InputError
from compiler.ir.run import JSON

Request: TypeAlias = str | dict[str, JSON]


@final
class Inputs:
    """The requests in a file, or in stdin ("-"), which are read anew each time they are gone through.

    All are checked before the first one runs, and no more than one is held.

    Raises:
        InputError: A line is no request, or there is none.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._spool: IO[str] | None = None
        if path == "-":
            self._spool = _spooled(sys.stdin)
        elif not Path(path).is_file() and Path(path).exists():
            # A pipe can be read but once.
            with Path(path).open(encoding="utf-8") as pipe:
                self._spool = _spooled(pipe)
        try:
            self._count = self._checked()
        except InputError:
            self.close()
            raise

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Request]:
        with self._lines() as lines:
            try:
                for number, line in enumerate(lines, 1):
                    if line.strip():
                        yield _request(line, self._path, number)
            except UnicodeDecodeError as error:
                raise InputError(f"not UTF-8: {error.reason}", path=self._path) from None

    def close(self) -> None:
        """Forget what was kept of requests that can be read but once."""
        if self._spool is not None:
            self._spool.close()

    def _checked(self) -> int:
        count = sum(1 for _ in self)
        if not count:
            raise InputError("no requests here: each line must be a JSON text or object", path=self._path)
        return count

    def _lines(self) -> AbstractContextManager[Iterable[str]]:
        if self._spool is None:
            return Path(self._path).open(encoding="utf-8")
        self._spool.seek(0)
        return nullcontext(self._spool)


@final
@dataclass(frozen=True, slots=True)
class Given:
    """Requests that are held."""

    requests: tuple[Request, ...]

    def __len__(self) -> int:
        return len(self.requests)

    def __iter__(self) -> Iterator[Request]:
        return iter(self.requests)

    def close(self) -> None:
        """Nothing is kept elsewhere."""


Requests: TypeAlias = Inputs | Given
"""Requests whose number is known before the first one runs."""


def _spooled(lines: Iterable[str]) -> IO[str]:
    spool = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed with the inputs
    spool.writelines(lines)
    return spool


def _request(line: str, path: str, number: int) -> Request:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, str | dict):
        raise InputError('no request: a line must be a JSON text ("...") or object', path=path, line=number)
    return value
