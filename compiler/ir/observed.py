"""What one new run says about a harness: whether it still fits, and where it does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

DEVIATION: Final = "deviation"
VANISHED: Final = "vanished step"
SCHEMA: Final = "schema"
NEW_TOOL: Final = "new tool"
NEW_WAY: Final = "new way"
"""A deviation as no run deviates that the harness was compiled from."""
QUESTION: Final = "question "
"""How the name of a sign begins that is a question; the question's name follows."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Where a run and the harness part.

    ``at`` is the tool that the harness called there, empty where it deviated of its own accord or was done;
    ``why`` is what was said about it, without the values of this run, and ``place`` the source line,
    where that is known. ``path`` are the tools that the run called and the harness had not yet, each once.
    """

    verdict: str
    at: str
    why: str
    path: tuple[str, ...]
    place: str = ""

    @property
    def way(self) -> str:
        """What tells this way of leaving the harness from others, in whatever text of it and whatever run."""
        return " > ".join((self.at or self.why, *self.path))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One run as seen from a harness. Everything in it is empty where the run is as those compiled from."""

    run: str
    tools: tuple[str, ...]
    """The tools that it called, each once."""
    left: Left | None = None
    asked: tuple[str, ...] = ()
    """The questions that it takes, by name."""
    misfits: tuple[str, ...] = ()
    """Arguments and results that do not fit what tools.py says."""
    unknown: tuple[str, ...] = ()
    """The tools that it called and tools.py does not have."""

    @property
    def vanished(self) -> bool:
        """Whether it never makes the call at which the harness parted from it."""
        return self.left is not None and self.left.at != "" and self.left.at not in self.tools

    def signs(self) -> frozenset[str]:
        """Name what the run shows of a harness that no longer fits; questions are signs like others."""
        shown = {
            DEVIATION: self.left is not None,
            VANISHED: self.vanished,
            SCHEMA: bool(self.misfits),
            NEW_TOOL: bool(self.unknown),
        }
        return frozenset(sign for sign, is_so in shown.items() if is_so) | {QUESTION + q for q in self.asked}
