"""Values that reading makes: runs, their calls, and the tools they call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, final

JSON = None | bool | int | float | str | list["JSON"] | dict[str, "JSON"]
"""Any JSON value. Never changed after reading, although Python would allow it."""

Decode = Literal["json", "literal", "text", "none"]
"""How a result was read: as JSON, as a bounded Python literal, kept as text, or there was none."""

Effect = Literal["read", "write"]
"""What a tool does to the world. A tool of unknown effect counts as a write."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One tool call: its arguments, and what came back.

    ``status`` keeps apart what JSON cannot: a result that is null (``ok`` with ``result`` None), a
    call that failed (``error``, with ``result`` the message), and one that no result answers (``missing``).
    """

    tool: str
    arguments: dict[str, JSON]
    result: JSON = None
    status: Literal["ok", "error", "missing"] = "ok"
    decode: Decode = "none"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens that a recorded run spent on its model; None where the trace does not say."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    model_calls: int | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question that a harness put in a run, and what was answered; tokens are None where nobody told."""

    question: str
    kind: str
    answer: JSON
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """What a harness says of a run of its own: what it was, how it ended, and what it asked.

    ``digest`` is that of its code. ``agent_from`` is how many of the calls it had made when an agent took
    over, whose calls the others are; None where none did.
    """

    digest: str
    outcome: str
    deviation: str | None = None
    agent_from: int | None = None
    asks: tuple[Asked, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One normalised episode.

    ``request`` is the task text, or a mapping where the traces give structured input. ``task_id`` groups
    runs of one task: they are left out together. ``now`` is the date that the run's own system message
    or time stamps state. ``success`` is None where nobody recorded an outcome.
    """

    run_id: str
    request: str | dict[str, JSON]
    calls: tuple[Call, ...]
    task_id: str | None = None
    now: datetime | None = None
    success: bool | None = None
    reward: float | None = None
    system: str | None = None
    answer: str | None = None
    agent: str | None = None
    usage: Usage = field(default_factory=Usage)
    execution: Execution | None = None
    """Where a harness made the run: what it says of it."""
    path: str = ""
    line: int = 0
    format: str = field(default="", compare=False)
    """The trace format that it was read from; the same run in another format is the same run."""

    @property
    def task(self) -> str:
        """What identifies the task: its recorded id, else the request itself."""
        return self.task_id if self.task_id is not None else f"request:{self.request!r}"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ToolSchema:
    """A tool as its schema describes it. ``parameters`` is a JSON Schema of the arguments.

    ``idempotent`` says of a write that the same one made twice does no more than made once.
    """

    name: str
    description: str = ""
    parameters: Mapping[str, JSON] = field(default_factory=dict)
    result: Mapping[str, JSON] | None = None
    effect: Effect = "write"
    idempotent: bool = False
    """Of a write: whether it is said that making it twice does no more than making it once."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something that reading left out or had to repair, with its place."""

    what: str
    path: str = ""
    line: int = 0

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}: " if self.line else f"{self.path}: " if self.path else ""
        return place + self.what


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """The runs that do one job on different inputs, with the tools that they may call."""

    name: str
    runs: tuple[Run, ...]
    tools: tuple[ToolSchema, ...] = ()
    notes: tuple[Note, ...] = ()
