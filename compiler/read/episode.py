"""What a trace format is read into first: events in source order, and what the record says beside them.

Every format module turns its own items into these events; pairing, decoding and the making of a
``Run`` are then the same for all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias, final

from compiler.ir.run import JSON, Decode, ToolSchema, Usage


class UnusableError(Exception):
    """A record that cannot become a run. It is left out, with this text as the note."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A result as a value, and how it was read."""

    value: JSON
    how: Decode


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message. ``turn`` counts model outputs; ``with_calls`` marks a text that stands beside calls."""

    role: Literal["system", "user", "assistant"]
    content: str | dict[str, JSON]
    turn: int = 0
    with_calls: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A tool call as recorded. ``arguments`` may still be JSON text; with ``free`` they are plain text."""

    tool: str
    arguments: JSON
    id: str | None
    turn: int
    free: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A result as recorded. ``decoded`` is set only where the format keeps typed values (our own)."""

    content: JSON
    id: str | None
    tool: str | None = None
    error: bool = False
    decoded: Decoded | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Something that was seen and is not part of the run, worth a note."""

    what: str


Event: TypeAlias = Said | Called | Returned | Unread


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a record says beside its items. ``started`` is its first time stamp, as written."""

    run_id: str | None = None
    task_id: str | None = None
    agent: str | None = None
    success: bool | None = None
    reward: float | None = None
    started: JSON = None
    usage: Usage = field(default_factory=Usage)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One record, read but not yet paired. ``own`` is our own profile of ATIF, where there is one."""

    events: tuple[Event, ...]
    about: About
    tools: tuple[ToolSchema, ...] = ()
    own: dict[str, JSON] | None = None
    format: str = ""
    """Which of the formats the record is in."""
    chained: tuple[JSON, ...] | None = None
    """The items, if this is one call of a model that a later record may repeat and continue."""
