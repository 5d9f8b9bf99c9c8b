"""What a replay found: one verdict a task, and the answers that led to it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal, TypeAlias, final

from compiler.ir.run import JSON

Verdict: TypeAlias = Literal[
    "exact", "equivalent", "asked", "handed_over", "deviated", "missed", "wrong", "declined"
]  # fmt: skip
"""What a harness did on one task.

``exact``       the calls of a successful run, in order, without a question
``equivalent``  the writes of a successful run, without a question
``asked``       the writes of a successful run, after at least one question
``handed_over`` only looked things up that were recorded, then left the rest to the agent where the program
                says so
``deviated``    left the known paths and said so
``missed``      needed a result that nobody recorded: neither for nor against the harness
``wrong``       a write that no successful run of the task made, or done with writes left out
``declined``    there was no harness: the runs left over were not enough to compile one
"""

VERDICTS: tuple[Verdict, ...] = (
    "exact", "equivalent", "asked", "handed_over", "deviated", "missed", "wrong", "declined",
)  # fmt: skip
RIGHT: frozenset[Verdict] = frozenset({"exact", "equivalent", "asked"})
"""The whole task, done as a successful run did it."""
SOUND: frozenset[Verdict] = RIGHT | {"handed_over"}
"""Everything that the harness did, a successful run would stand by; what it hands over is yet to be done."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One question as it was answered: ``value`` as a model gives it, ``meaning`` as a person reads it."""

    question: str
    value: JSON
    meaning: JSON


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskReplay:
    """What a harness did on one task.

    ``asks``, ``calls`` and ``prompt_chars`` are those of the attempt that the verdict is about: the first
    that came out right, else the one with the likeliest answers. ``prompts`` are what the model read in it,
    the first of each question. ``answers`` holds, by run id, what had to be answered to do as that run did.
    ``why`` is empty where the task came out right.
    """

    task: str
    verdict: Verdict
    silent: bool = False
    """Wrong without having asked anything: what must never happen."""
    asks: int = 0
    calls: int = 0
    prompt_chars: int = 0
    tried: int = 0
    spared: int = 0
    """Where it was handed over: how many calls of the successful run ``beside`` it the harness made."""
    beside: str = ""
    prompts: tuple[tuple[str, str], ...] = ()
    answers: tuple[tuple[str, tuple[Answered, ...]], ...] = ()
    why: str = ""
    made: tuple[str, ...] = ()
    """Where it did not come out right: the tools that answered, in order."""
    at: str = ""
    """The tool at whose call it left what the task's runs show, if it did by a call."""
    place: str = ""
    """Where it deviated of its own accord: the source line."""

    def to_json(self) -> dict[str, JSON]:
        """Give the verdict as JSON, without the answers: evidence.json holds those."""
        return {
            "task": self.task,
            "verdict": self.verdict,
            "silent": self.silent,
            "asks": self.asks,
            "calls": self.calls,
            "spared": self.spared,
            "why": self.why,
        }


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayReport:
    """The verdicts on all tasks; ``unjudged`` are those of which no run is known to be right."""

    tasks: tuple[TaskReplay, ...]
    unjudged: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many tasks came to each verdict; verdicts that did not occur count zero."""
        seen = Counter(t.verdict for t in self.tasks)
        return {verdict: seen[verdict] for verdict in VERDICTS}

    @property
    def right(self) -> int:
        """How many tasks came out right, asked or not."""
        return sum(t.verdict in RIGHT for t in self.tasks)

    @property
    def silent(self) -> tuple[TaskReplay, ...]:
        """The tasks that came out wrong without a question."""
        return tuple(t for t in self.tasks if t.silent)

    def answers(self) -> dict[str, dict[str, list[JSON]]]:
        """Give question -> run id -> its answers, in the order asked (one that stands in a loop has many).

        The values are those that a model gives: positions for ``select``, a position for ``choose`` and
        ``classify``.
        """
        found: dict[str, dict[str, list[JSON]]] = {}
        for task in self.tasks:
            for run_id, answered in task.answers:
                for one in answered:
                    found.setdefault(one.question, {}).setdefault(run_id, []).append(one.value)
        return {q: dict(sorted(runs.items())) for q, runs in sorted(found.items())}

    def prompts(self) -> dict[str, str]:
        """Give question -> what the model read when it was first asked; tasks count in their order."""
        found: dict[str, str] = {}
        for task in reversed(self.tasks):
            found |= task.prompts
        return dict(sorted(found.items()))

    def to_json(self) -> dict[str, JSON]:
        """Give the report as JSON."""
        return {
            "counts": {str(verdict): count for verdict, count in self.counts.items()},
            "silent": len(self.silent),
            "unjudged": list(self.unjudged),
            "tasks": [t.to_json() for t in self.tasks],
        }
