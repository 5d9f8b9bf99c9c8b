"""Opens trace files: gz or plain, capped, with one clear error for each thing that a trace file is not."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, Protocol, cast, final

from compiler.errors import InputError

MAX_UNPACKED: Final = 8 * 1024 * 1024 * 1024
"""Bytes that one compressed file may unpack to."""

_CHUNK: Final = 1024 * 1024

_OTHER_KINDS: Final = (
    (b"PK\x03\x04", "a zip archive; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed; unpack it first"),
    (b"BZh", "bzip2-compressed; unpack it first"),
    (b"\xfd7zXZ", "xz-compressed; unpack it first"),
    (b"PAR1", "a Parquet file; export JSON Lines instead"),
    (b"SQLite format 3\x00", "an SQLite database; export JSON Lines instead"),
    (codecs.BOM_UTF16_LE, "UTF-16 text; convert it to UTF-8"),
    (codecs.BOM_UTF16_BE, "UTF-16 text; convert it to UTF-8"),
)


class DamagedError(Exception):
    """The file breaks off or is corrupt from here on."""


class _Stream(Protocol):
    def readline(self, size: int, /) -> bytes: ...

    def read(self, size: int, /) -> bytes: ...


@final
class Source:
    """Bytes of a file, by line or by chunk, with the line number and a cap on what gz unpacks to.

    ``line`` counts the lines that ``next_line`` has begun; ``at_line_end``: whether the last piece ended one.
    """

    def __init__(self, stream: _Stream, *, most: int | None) -> None:
        self._stream, self._left = stream, most
        self.line, self.at_line_end = 0, True

    def next_line(self, most: int) -> bytes | None:
        """The next line, or up to ``most`` bytes of it; None at the end.

        Raises:
            DamagedError: The file cannot be read on.
        """
        self.line += self.at_line_end
        piece = self._read(self._stream.readline, most)
        self.at_line_end = piece.endswith(b"\n")
        return piece or None

    def next_chunk(self) -> bytes:
        """Some more bytes, wherever lines end; empty at the end."""
        return self._read(self._stream.read, _CHUNK)

    def _read(self, read: object, size: int) -> bytes:
        try:
            piece = cast("_Reader", read)(size)
        except (EOFError, OSError, zlib.error) as error:
            raise DamagedError(f"the file cannot be read from here on ({error}); fetch it again") from None
        if self._left is not None:
            self._left -= len(piece)
            if self._left < 0:
                raise DamagedError(f"the file unpacks to more than {MAX_UNPACKED >> 30} GB; split it")
        return piece


class _Reader(Protocol):
    def __call__(self, size: int, /) -> bytes: ...


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """Open a trace file, unpacking gz whatever its name.

    Raises:
        InputError: It is not there, may not be read, or is plainly no JSON text.
    """
    name = str(path)
    try:
        if path.is_dir():
            raise InputError("is a folder, where a file is expected", path=name)
        if path.exists() and not (path.is_file() or path.is_fifo()):
            raise InputError("is no regular file", path=name)
        raw = path.open("rb")
    except (OSError, ValueError) as error:
        raise InputError(_why(error), path=name) from None
    with raw:
        head = raw.peek(16)[:16]
        for magic, what in _OTHER_KINDS:
            if head.startswith(magic):
                raise InputError(f"is {what}", path=name)
        if head.startswith(b"\x1f\x8b"):
            with gzip.open(cast("BinaryIO", raw)) as unpacked:
                yield Source(unpacked, most=MAX_UNPACKED)
        else:
            yield Source(raw, most=None)


def _why(error: Exception) -> str:
    match error:
        case FileNotFoundError():
            return "there is no such file"
        case PermissionError():
            return "may not be read: permission denied"
        case OSError():
            return f"cannot be read: {error.strerror or error}"
        case _:
            return "is no usable file name"
