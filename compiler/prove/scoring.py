"""What a harness costs beside the agent that it replaces, each figure with where it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import sqrt
from statistics import fmean
from typing import Literal, TypeAlias, TypeVar, final

from compiler.ir.run import JSON, Run
from compiler.prove.canonical import canonical
from compiler.prove.cassette import accepted
from compiler.prove.report import RIGHT, SOUND, ReplayReport, TaskReplay

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
    """How often a harness is right, and what it costs on the tasks on which it is, or which it hands over.

    ``low`` and ``high`` bound the share of right tasks at 95 % (Wilson); tasks that were missed or handed
    over count neither for nor against. Of a task that was handed over, what is left to the agent is part of
    the cost after: the calls of the recorded run that the harness did not make.
    """

    right: int
    handed_over: int
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
            "handed_over": self.handed_over,
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
    right = sum(task.verdict in RIGHT for task in report.tasks)
    sound = [task for task in report.tasks if task.verdict in SOUND]
    handed_over = len(sound) - right
    judged = sum(task.verdict not in ("missed", "handed_over") for task in report.tasks)
    names = {task.task for task in sound}
    before = [run for run in runs if run.task in names and accepted(run)]
    beside = {run.run_id: run for run in before}
    low, high = wilson(right, judged)
    return Score(
        right=right,
        handed_over=handed_over,
        judged=judged,
        low=low,
        high=high,
        tool_calls=Change(
            before=_mean(before, lambda run: len(run.calls), "recorded"),
            after=_mean(sound, lambda task: task.calls + _calls_left(task, beside), "replayed"),
        ),
        model_calls=Change(
            before=_before(before, _recorded_model_calls, lambda run: len(run.calls) + 1),
            after=_mean(
                sound,
                lambda task: task.asks + _model_calls_left(task, beside),
                "estimated" if handed_over else "replayed",
            ),
        ),
        tokens=Change(
            before=_before(before, _recorded_tokens, estimated_tokens),
            after=_mean(sound, lambda task: _asked_tokens(task) + _tokens_left(task, beside), "estimated"),
        ),
    )


def _calls_left(task: TaskReplay, runs: Mapping[str, Run]) -> int:
    """Count the calls that the agent still makes after a hand-over, as the run beside it did."""
    return len(runs[task.beside].calls) - task.spared if task.beside in runs else 0


def _model_calls_left(task: TaskReplay, runs: Mapping[str, Run]) -> float:
    """Reckon the model calls after a hand-over: one less for each tool call that the harness made."""
    if task.beside not in runs:
        return 0
    run = runs[task.beside]
    made = len(run.calls) + 1 if run.usage.model_calls is None else run.usage.model_calls
    return max(made - task.spared, 1)


def _tokens_left(task: TaskReplay, runs: Mapping[str, Run]) -> float:
    """Reckon the tokens after a hand-over: of a run whose first calls were not made by the model."""
    return estimated_tokens(runs[task.beside], after=task.spared) if task.beside in runs else 0


def estimated_tokens(run: Run, *, after: int = 0) -> float:
    """Reckon the tokens of a recorded run: every model call reads all that came before it once more.

    One call per step and one for the final answer; what tools and schemas add to each prompt is unknown and
    left out, so the estimate is low. The first calls, ``after`` of them, are read and not paid for.
    """
    context = len(run.system or "") + len(canonical(run.request))
    total = 0
    for place, call in enumerate(run.calls):
        issued = len(call.tool) + len(canonical(call.arguments))
        total += context + issued if place >= after else 0
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
