"""Score a harness against the truth: what it does on unseen requests, and what it takes for a true run."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import mean
from typing import Protocol, final

from benchmarks.processes.runs import NOW, perturbed
from benchmarks.processes.tools import ToolError, World
from benchmarks.processes.tree import Process
from compiler.ir.run import JSON, Call, Run
from compiler.runtime import RunResult
from compiler.runtime.errors import Unanswered
from compiler.runtime.harness import Outcome

ENDED: tuple[Outcome, ...] = ("done", "stopped")
TRIES = 50
Key = tuple[str, str]


class Runnable(Protocol):
    """What is scored: a harness."""

    def run(self, request: str | Mapping[str, JSON], *, call: Issue, now: datetime | None) -> RunResult:
        """Run on one request, without a model."""
        ...


Issue = Callable[[str, dict[str, JSON]], object]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Shares of the unseen runs, and counts.

    ``fits``: the true calls and an end; ``asked``: a question was due; ``deviated``: so said the harness;
    ``wrong``: a write that the truth does not make, or an end without one that it makes; ``other``: the
    right writes after other reads. ``rejected`` is the share of the runs that are not true and that the
    harness would not have made; ``exact`` the share of the calls issued that are true ones.
    """

    fits: float
    asked: float
    deviated: float
    wrong: float
    other: float
    rejected: float
    exact: float
    examples: tuple[str, ...] = ()

    @property
    def f(self) -> float:
        """The harmonic mean of what was accepted rightly and what was rejected rightly."""
        total = self.fits + self.rejected
        return 2 * self.fits * self.rejected / total if total else 0.0


def score(process: Process, harness: Runnable, runs: Sequence[Run]) -> Score:
    """Score a harness on true runs of unseen requests."""
    effects = {tool.name: tool.effect for tool in process.tools}
    reads = frozenset(name for name, effect in effects.items() if effect == "read")
    verdicts: Counter[str] = Counter()
    issued = right = 0
    rejected: list[bool] = []
    examples: dict[str, str] = {}
    for run in runs:
        result = harness.run(run.request, call=World(process.seed, process.tools).call, now=NOW)
        found = verdict(run, result, reads)
        verdicts[found] += 1
        examples.setdefault(found, f"{found}: {run.run_id}: {_why(run, result)}")
        made, true = Counter(_keys(_answered(result))), Counter(_keys(run.calls))
        issued, right = issued + made.total(), right + (made & true).total()
        rejects = _rejects(harness, run, reads)
        rejected += [] if rejects is None else [rejects]
    shares = {name: verdicts[name] / len(runs) for name in ("fits", "asked", "deviated", "wrong", "other")}
    shown = tuple(text for name, text in sorted(examples.items()) if name != "fits")
    return Score(
        **shares,
        rejected=mean(rejected) if rejected else 0.0,
        exact=right / issued if issued else 0.0,
        examples=shown,
    )


def verdict(run: Run, result: RunResult, reads: frozenset[str]) -> str:
    """Say which of the shares of ``Score`` a run of a harness counts for, beside the true run."""
    made, true = _answered(result), [call for call in run.calls if call.status == "ok"]
    wrote, due = ([key for key in _keys(calls) if key[0] not in reads] for calls in (made, true))
    ended = result.outcome in ENDED
    # What is written before a deviation must be the beginning of what is due.
    if wrote != (due if ended else due[: len(wrote)]):
        return "wrong"
    if not ended:
        return "asked" if isinstance(result.deviation, Unanswered) else "deviated"
    return "fits" if normal(made, reads) == normal(true, reads) else "other"


def _rejects(harness: Runnable, run: Run, reads: frozenset[str]) -> bool | None:
    """Whether the harness, given the answers of a run that is not true, would not have made that run.

    None where no run that is not true was found, as for one without a call.
    """
    chance = random.Random(f"perturbed {run.run_id}")
    true = normal(run.calls, reads)
    for _ in range(TRIES):
        calls = perturbed(run, chance)
        if normal(calls, reads) != true:
            result = harness.run(run.request, call=_Recording(calls).call, now=NOW)
            made = normal(_answered(result), reads)
            return result.outcome not in ENDED or made != normal(calls, reads)
    return None


@final
class _Recording:
    """The answers of one run, each to be had once for a call of the same arguments."""

    def __init__(self, calls: Iterable[Call]) -> None:
        self._answers: dict[Key, list[JSON]] = {}
        for call in calls:
            self._answers.setdefault(_key(call.tool, call.arguments), []).append(call.result)

    def call(self, name: str, arguments: dict[str, JSON]) -> JSON:
        answers = self._answers.get(_key(name, arguments))
        if not answers:
            raise ToolError(name)
        # A read may be made again; of several answers the last stays.
        return answers.pop(0) if len(answers) > 1 else answers[0]


def normal(calls: Iterable[Call], reads: frozenset[str]) -> tuple[tuple[Key, ...], ...]:
    """A form that is equal for runs that do the same.

    Failed calls are out, and so are reads made again with no write between; the order of the reads between
    two writes does not count, for what each of them is given says what it depends on.
    """
    stretches: list[tuple[Key, ...]] = []
    here: set[Key] = set()
    for call in calls:
        if call.status != "ok":
            continue
        key = _key(call.tool, call.arguments)
        if call.tool in reads:
            here.add(key)
        else:
            stretches += [tuple(sorted(here)), (key,)]
            here = set()
    return (*stretches, tuple(sorted(here)))


def _answered(result: RunResult) -> list[Call]:
    """The calls of a harness that did not fail."""
    return [
        Call(tool=name, arguments=dict(arguments), result=None)
        for name, arguments, answer in result.calls
        if not isinstance(answer, Exception)
    ]


def _keys(calls: Iterable[Call]) -> list[Key]:
    return [_key(call.tool, call.arguments) for call in calls if call.status == "ok"]


def _key(tool: str, arguments: Mapping[str, JSON]) -> Key:
    return tool, json.dumps(arguments, sort_keys=True)


def _why(run: Run, result: RunResult) -> str:
    """The first call that differs, or why the harness gave up."""
    if result.deviation is not None:
        return result.deviation.message
    made, true = _keys(_answered(result)), _keys(run.calls)
    place = next((n for n, pair in enumerate(zip(made, true, strict=False)) if pair[0] != pair[1]), None)
    at = min(len(made), len(true)) if place is None else place
    given, due = ("end" if at >= len(keys) else f"{keys[at][0]}{keys[at][1]}" for keys in (made, true))
    return f"call {at + 1} is {given}, should be {due}"
