"""The view of the GitHub workflow that looks after harnesses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Tended:
    """A harness that the workflow looks after, and where its runs are, from the root of the repository."""

    name: str
    harness: str
    traces: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """An option of the commands: its value reaches them as a variable of the environment."""

    flag: str
    variable: str
    path: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowView:
    """What the workflow depends on; ``file`` is its own name."""

    file: str
    requirement: str
    harnesses: tuple[Tended, ...]
    options: tuple[Option, ...] = ()

    @property
    def given(self) -> str:
        """The options as the shell reads them."""
        return "".join(f' {option.flag} "${option.variable}"' for option in self.options)
