"""Processes: the truth behind a workload, as a small tree that an interpreter can run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, final

from benchmarks.processes.tools import Field, Rows, Tool
from compiler.ir.run import JSON

# ----------------------------------------------------------------------------------- where a value comes from


@final
@dataclass(frozen=True, slots=True)
class Said:
    """A value of the request, by its name."""

    name: str


@final
@dataclass(frozen=True, slots=True)
class Held:
    """What a call gave, or the element of a loop, or a value below the keys of it."""

    var: str
    path: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True)
class Fixed:
    """A value that is the same in every run."""

    value: JSON


@final
@dataclass(frozen=True, slots=True)
class Joined:
    """Texts put together, in order."""

    parts: tuple[Term, ...]


@final
@dataclass(frozen=True, slots=True)
class Moved:
    """An ISO date, some days later and in another form."""

    base: Term
    days: int
    form: str


@final
@dataclass(frozen=True, slots=True)
class Picked:
    """A value of one row of a list."""

    rows: Term
    how: Literal["first", "last", "lowest", "highest"]
    by: str | None
    key: str


@final
@dataclass(frozen=True, slots=True)
class Made:
    """A value computed from others in a way that ``reckon`` knows; ``settings`` are its constants."""

    how: str
    parts: tuple[Term, ...]
    settings: tuple[JSON, ...] = ()


Term: TypeAlias = Said | Held | Fixed | Joined | Moved | Picked | Made

# ----------------------------------------------------------------------------------------------- what decides


@final
@dataclass(frozen=True, slots=True)
class Among:
    """A value is one of a few: equality where there is one, membership where there are several."""

    term: Term
    values: tuple[JSON, ...]


@final
@dataclass(frozen=True, slots=True)
class AtLeast:
    """A number is not below a bound."""

    term: Term
    bound: float


@final
@dataclass(frozen=True, slots=True)
class Empty:
    """A list holds nothing."""

    rows: Term


Guard: TypeAlias = Among | AtLeast | Empty

# ----------------------------------------------------------------------------------------------- what is done


@final
@dataclass(frozen=True, slots=True)
class Do:
    """Call a tool, and once more should it fail; ``var`` is what it gave."""

    var: str
    tool: str
    arguments: tuple[tuple[str, Term], ...]


@final
@dataclass(frozen=True, slots=True)
class Gather:
    """Call a tool for one page after the other; ``var`` are the rows of all of them."""

    var: str
    tool: str
    arguments: tuple[tuple[str, Term], ...]
    key: str


@final
@dataclass(frozen=True, slots=True)
class Each:
    """Walk a list, in its order; do ``rest`` where nothing left the loop."""

    var: str
    rows: Term
    body: Block
    rest: Block = ()


@final
@dataclass(frozen=True, slots=True)
class Fork:
    """Do the first block whose guard holds, else ``rest``; go on after it."""

    arms: tuple[tuple[Guard, Block], ...]
    rest: Block = ()


@final
@dataclass(frozen=True, slots=True)
class Halt:
    """End the run where the guard holds."""

    guard: Guard


@final
@dataclass(frozen=True, slots=True)
class Leave:
    """Leave the innermost loop."""


Step: TypeAlias = Do | Gather | Each | Fork | Halt | Leave
Block: TypeAlias = tuple[Step, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One way to put the request in words: texts, and the names of the values between them."""

    parts: tuple[str, ...]
    """Literal text at the even places, names of values at the odd ones."""
    date_form: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One workload as it truly is.

    ``fields`` and ``lists`` are what a request holds, ``unused`` those of them that nothing reads;
    ``groups`` says which fields of a structured request stand one level down. Without ``wordings`` the
    requests are structured. ``spare`` names tools that the truth never calls, for calls that feed nothing.
    """

    name: str
    level: int
    seed: int
    tools: tuple[Tool, ...]
    spare: tuple[str, ...]
    fields: tuple[Field, ...]
    lists: tuple[tuple[str, Rows], ...]
    unused: tuple[str, ...]
    groups: tuple[tuple[str, str], ...]
    wordings: tuple[Wording, ...]
    body: Block
