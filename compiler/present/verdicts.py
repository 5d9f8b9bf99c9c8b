"""The view of a replay, and the words for what a harness costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, final

from compiler.ir.run import JSON


class JudgedTask(Protocol):
    """What is shown of one task."""

    @property
    def task(self) -> str:
        """Its id."""
        ...

    @property
    def verdict(self) -> str:
        """What the harness did on it."""
        ...

    @property
    def why(self) -> str:
        """Why it did not come out right."""
        ...


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class CostRow:
    """One cost, before and after, each with where the figure comes from."""

    what: str
    before: str
    after: str
    less: str = ""
    """How much less that is, in percent; empty where one of them is not known."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictView:
    """What ``verify`` prints."""

    name: str
    verdicts: str
    silent: int
    tasks: Sequence[JudgedTask]
    unjudged: tuple[str, ...]
    costs: tuple[CostRow, ...]
    notes: tuple[str, ...]


def verdict_words(counts: Iterable[tuple[str, int]]) -> str:
    """Put the verdicts that occurred into words: ``4 exact, 2 asked``."""
    said = (f"{count} {verdict.replace('_', ' ')}" for verdict, count in counts if count)
    return ", ".join(said) or "no tasks"


MEANINGS = {
    "exact": "the calls of a successful run, without a question",
    "equivalent": "other reads, but the writes of a successful run, without a question",
    "asked": "the writes of a successful run, once its questions were answered as that run implies",
    "handed_over": "looked up what its runs look up, and left the rest to the agent, as the program says",
    "deviated": "stopped, saying so, because the task left the known paths",
    "missed": "needed a result that nobody recorded, so that nothing is shown either way",
    "wrong": "a write that no successful run made, or one left out",
    "declined": "the other tasks alone were not enough to compile a harness",
}
"""What the verdicts say, for a person who reads them for the first time."""


COSTS = (("tool_calls", "tool calls"), ("model_calls", "model calls"), ("tokens", "tokens"))


def cost_rows(score: JSON) -> tuple[CostRow, ...]:
    """Put a score, as ``Score.to_json`` gives it, into rows; a cost that it does not have is left out."""
    rows: list[CostRow] = []
    for key, what in COSTS:
        change = score.get(key) if isinstance(score, dict) else None
        if isinstance(change, dict):
            before, after = _figure(change.get("before")), _figure(change.get("after"))
            less = _less(change.get("before"), change.get("after"))
            rows.append(CostRow(what=what, before=before, after=after, less=less))
    return tuple(rows)


def _less(before: JSON, after: JSON) -> str:
    """``7.25`` and ``5.8`` -> ``20% less``; a harness may also cost more."""
    match before, after:
        case {"mean": int(was) | float(was)}, {"mean": int(now) | float(now)} if was > 0:
            change = 1 - now / was
            return f"{change:.0%} less" if change >= 0 else f"{-change:.0%} more"
        case _:
            return ""


def _figure(figure: JSON) -> str:
    """``{"mean": 7.25, "basis": "recorded"}`` -> ``7.2 (recorded)``."""
    match figure:
        case {"mean": int(mean) | float(mean), "basis": str(basis)}:
            return f"{mean:,.1f} ({basis})" if mean < 100 else f"{mean:,.0f} ({basis})"  # noqa: PLR2004
        case _:
            return "not known"
