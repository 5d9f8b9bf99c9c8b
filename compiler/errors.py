"""The exceptions that the compiler raises on purpose.

TracecError
├── InputError        bad input: a file, a line, what is wrong, what to do
├── UsageError        a wrong command line
├── Declined          the workload is not compiled, with reasons
└── InternalError     an invariant of the compiler does not hold: a bug

Every one prints as one clear line. Anything else that escapes is a bug too.
"""

from __future__ import annotations


class TracecError(Exception):
    """Base of all errors that a user may see."""

    exit_code = 1


class InputError(TracecError):
    """Something that the user gave cannot be used.

    Args:
        what: What is wrong, and what to do about it.
        path: The file, if one is to blame.
        line: Its line, counted from one.
    """

    exit_code = 2

    def __init__(self, what: str, *, path: str | None = None, line: int | None = None) -> None:
        self.what, self.path, self.line = what, path, line
        place = "" if path is None else path if line is None else f"{path}:{line}"
        super().__init__(f"{place}: {what}" if place else what)


class UsageError(TracecError):
    """The command was called in a way that makes no sense."""

    exit_code = 2


class Declined(TracecError):  # noqa: N818 - declining is an answer, not a failure
    """The workload cannot be compiled without guessing; ``reasons`` say why."""

    exit_code = 3

    def __init__(self, reasons: tuple[str, ...]) -> None:
        self.reasons = reasons
        super().__init__("; ".join(reasons))


class InternalError(TracecError):
    """An invariant of the compiler itself does not hold."""

    exit_code = 123
