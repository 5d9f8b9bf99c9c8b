"""The view of what traces hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from compiler.ir.run import JSON
from compiler.present.verdicts import CostRow


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ToolRow:
    """A tool that the runs call."""

    name: str
    effect: str
    calls: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadRow:
    """One workload: its runs, what repeats in them, and whether it compiles."""

    name: str
    files: tuple[str, ...]
    formats: tuple[tuple[str, int], ...]
    """The trace formats, each with how many runs were read from it."""
    runs: int
    succeeded: int
    unjudged: int
    tasks: int
    tools: tuple[ToolRow, ...]
    usual: str
    """The tools of the most frequent way through the job; below, how many runs went it, and of how many."""
    usual_runs: int
    ways: int
    good_runs: int
    status: str
    reasons: tuple[str, ...]
    questions: tuple[str, ...]
    hands_over: str
    """Where the agent takes over; empty where the whole job is compiled."""
    replayed: str
    held_out: str
    costs: tuple[CostRow, ...]
    costs_on: str
    """What the costs after were counted on."""
    measures: JSON
    """The three measures of whether this can be a program, for a machine; below, in words."""
    measured: str
    notes: tuple[str, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class InspectView:
    """What ``inspect`` prints."""

    workloads: tuple[WorkloadRow, ...]
