"""Collects notes of one file, without letting a broken file say the same thing a million times."""

from __future__ import annotations

from typing import Final, final

from compiler.ir.run import Note

_MOST: Final = 20
"""Notes of a file that are kept; the rest are counted."""


@final
class NoteLog:
    """Notes in the order of the file. ``left_out`` counts the records that gave no run."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._notes: list[Note] = []
        self._more = 0
        self.left_out = 0

    def add(self, what: str, *, line: int = 0) -> None:
        """Note something, at a line of the file."""
        if len(self._notes) < _MOST:
            self._notes.append(Note(what=what, path=self._path, line=line))
        else:
            self._more += 1

    def leave_out(self, what: str, *, line: int) -> None:
        """Note why a record gives no run."""
        self.left_out += 1
        self.add(f"left out: {what}", line=line)

    def first(self) -> Note | None:
        """The first note, which is mostly the cause of the others."""
        return self._notes[0] if self._notes else None

    def finished(self, *, used: int) -> tuple[Note, ...]:
        """All notes, then how many there are more, and how much of the file gave no run."""
        notes = list(self._notes)
        if self._more:
            notes.append(Note(what=f"{self._more} more notes of this file are not shown", path=self._path))
        if self.left_out:
            total = used + self.left_out
            notes.append(Note(what=f"{self.left_out} of {total} records were left out", path=self._path))
        return tuple(notes)
