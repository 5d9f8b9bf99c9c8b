"""What the commands are given, as values. Imported with the command line, so it imports nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where the runs come from, and what is known about them beside the traces."""

    traces: tuple[str, ...]
    outcomes: str | None = None
    tools: str | None = None
    format: str | None = None
    allow_no_tools: bool = False
    workload: tuple[str, ...] = ()
    """Names of the workloads that are wanted; empty: all."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class CompileOptions:
    """Where ``compile`` writes; with ``check`` or ``diff`` it writes nothing."""

    output: str
    check: bool = False
    diff: bool = False

    @property
    def dry(self) -> bool:
        """Whether nothing is to be written."""
        return self.check or self.diff


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowOptions:
    """What ``init-ci`` writes a workflow for, and where; paths are relative to where it is called."""

    harnesses: tuple[str, ...]
    """HARNESS=TRACES, each."""
    outcomes: str | None = None
    tools: str | None = None
    requirement: str | None = None
    """What pip installs; None: this version of the compiler."""
    output: str | None = None
    force: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateOptions:
    """How ``update`` writes; with ``check`` or ``diff`` it writes nothing."""

    check: bool = False
    diff: bool = False
    force: bool = False
    """Write what is worse than what is there, too."""

    @property
    def dry(self) -> bool:
        """Whether nothing is to be written."""
        return self.check or self.diff


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What ``run`` runs on. Exactly one of ``request`` and ``inputs`` is given, but for a ``worker``."""

    tools: str
    request: str | None = None
    inputs: str | None = None
    model: str | None = None
    agent: str | None = None
    model_option: tuple[str, ...] = ()
    """KEY=VALUE, for every call of a model."""
    limit: tuple[str, ...] = ()
    """NAME=NUMBER, in place of what the harness declares."""
    now: str | None = None
    trace: str | None = None
    output: str | None = None
    concurrency: int = 1
    durable: str | None = None
    """The URL or the path of the database; None: a crash loses what runs."""
    batch: str | None = None
    worker: bool = False
    idempotency_key: tuple[str, ...] = ()
    """TOOL=ARGUMENT, or an argument of all writes."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """What ``serve`` runs harnesses on; ``http`` is HOST:PORT or PORT, None is stdio."""

    tools: str
    model: str | None = None
    agent: str | None = None
    model_option: tuple[str, ...] = ()
    limit: tuple[str, ...] = ()
    now: str | None = None
    http: str | None = None
