"""What a harness costs beside the agent that it replaces, each figure with where it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import sqrt
from statistics import fmean
from typing import Literal, TypeAlias, TypeVar, final

from compiler.ir.run import JSON, Run
from compiler.prove.canonical import canonical
from compiler.prove.cassette import accepted
from compiler.prove.report import RIGHT, ReplayReport, TaskReplay

T = TypeVar("T")

Basis: TypeAlias = Literal["recorded", "replayed", "estimated"]
"""``recorded`` stands in the traces; ``replayed`` was counted in a replay; ``estimated`` is reckoned from
the length of texts."""

CHARS_PER_TOKEN = 4
Z_95 = 1.959964


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A mean per task, and its basis."""

    mean: float
    basis: Basis


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One cost before and after; None where no task tells."""

    before: Figure | None
    after: Figure | None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How often a harness is right, and what it costs on the tasks on which it is.

    ``low`` and ``high`` bound the share of right tasks at 95 % (Wilson); tasks that were missed count
    neither for nor against.
    """

    right: int
    judged: int
    low: float
    high: float
    tool_calls: Change
    model_calls: Change
    tokens: Change

    def to_json(self) -> dict[str, JSON]:
        """Give the score as JSON."""
        return {
            "right": self.right,
            "judged": self.judged,
            "low": round(self.low, 4),
            "high": round(self.high, 4),
            "tool_calls": _change_json(self.tool_calls),
            "model_calls": _change_json(self.model_calls),
            "tokens": _change_json(self.tokens),
        }


def wilson(hits: int, total: int, z: float = Z_95) -> tuple[float, float]:
    """Give the Wilson score interval of a share; without any observation it is everything."""
    if total == 0:
        return 0.0, 1.0
    share, spread = hits / total, z * z / total
    centre = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / total + spread / (4 * total)) / (1 + spread)
    return max(0.0, centre - half), min(1.0, centre + half)


def score(report: ReplayReport, runs: tuple[Run, ...]) -> Score:
    """Set a replay beside the successful runs of the tasks that it got right."""
    right = [task for task in report.tasks if task.verdict in RIGHT]
    judged = sum(task.verdict != "missed" for task in report.tasks)
    names = {task.task for task in right}
    before = [run for run in runs if run.task in names and accepted(run)]
    low, high = wilson(len(right), judged)
    return Score(
        right=len(right),
        judged=judged,
        low=low,
        high=high,
        tool_calls=Change(
            before=_mean(before, lambda run: len(run.calls), "recorded"),
            after=_mean(right, lambda task: task.calls, "replayed"),
        ),
        model_calls=Change(
            before=_before(before, _recorded_model_calls, lambda run: len(run.calls) + 1),
            after=_mean(right, lambda task: task.asks, "replayed"),
        ),
        tokens=Change(
            before=_before(before, _recorded_tokens, estimated_tokens),
            after=_mean(right, _asked_tokens, "estimated"),
        ),
    )


def estimated_tokens(run: Run) -> float:
    """Reckon the tokens of a recorded run: every model call reads all that came before it once more.

    One call per step and one for the final answer; what tools and schemas add to each prompt is unknown and
    left out, so the estimate is low.
    """
    context = len(run.system or "") + len(canonical(run.request))
    total = 0
    for call in run.calls:
        issued = len(call.tool) + len(canonical(call.arguments))
        total += context + issued
        context += issued + len(canonical(call.result))
    return (total + context + len(run.answer or "")) / CHARS_PER_TOKEN


def _asked_tokens(task: TaskReplay) -> float:
    return task.prompt_chars / CHARS_PER_TOKEN


def _recorded_model_calls(run: Run) -> float | None:
    return run.usage.model_calls


def _recorded_tokens(run: Run) -> float | None:
    prompt, completion = run.usage.prompt_tokens, run.usage.completion_tokens
    return None if prompt is None else prompt + (completion or 0)


def _before(
    runs: list[Run], recorded: Callable[[Run], float | None], estimate: Callable[[Run], float]
) -> Figure | None:
    """Take what the traces say where all of them say it; a mix of both would be neither."""
    known = [value for value in map(recorded, runs) if value is not None]
    if runs and len(known) == len(runs):
        return Figure(mean=fmean(known), basis="recorded")
    return _mean(runs, estimate, "estimated")


def _mean(items: Iterable[T], measure: Callable[[T], float], basis: Basis) -> Figure | None:
    values = [measure(item) for item in items]
    return Figure(mean=fmean(values), basis=basis) if values else None


def _change_json(change: Change) -> JSON:
    return {"before": _figure_json(change.before), "after": _figure_json(change.after)}


def _figure_json(figure: Figure | None) -> JSON:
    return None if figure is None else {"mean": round(figure.mean, 2), "basis": figure.basis}
