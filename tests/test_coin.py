"""A coin is never explained, end to end; and the benchmark would notice if one was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import product

import pytest

from benchmarks.coin import FORMS, SHARES, Trial, attempt, choosing, worst
from benchmarks.processes.perform import perform
from compiler.ir.run import JSON, Workload
from compiler.runtime import RunResult
from compiler.runtime.tools import Called


@pytest.mark.parametrize(("form", "share"), list(product(FORMS, SHARES)))
def test_a_coin_is_never_explained(form: str, share: int) -> None:
    trials = [Trial(form=form, seed=seed, runs=runs, share=share) for seed, runs in enumerate((6, 15, 40))]
    assert {worst(attempt(trial)) for trial in trials} <= {"asked", "deviated", "declined"}


class Deciding:
    """A harness that takes the coin to show one side always."""

    def __init__(self, trial: Trial) -> None:
        self._process = choosing(trial)

    def run(
        self,
        request: str | Mapping[str, JSON],
        *,
        call: Callable[[str, dict[str, JSON]], object],
        now: datetime | None,
    ) -> RunResult:
        calls: list[Called] = []

        def issue(name: str, arguments: dict[str, JSON]) -> JSON:
            result = call(name, arguments)
            calls.append(Called(name, arguments, result))
            if isinstance(result, list):
                return [{**row, "coin": 9} for row in result]
            return result  # type: ignore[return-value]

        assert now is not None and isinstance(request, Mapping)
        perform(self._process, {**request, "coin": 9}, issue)
        return RunResult(outcome="done", calls=tuple(calls))


@pytest.mark.parametrize("form", FORMS)
def test_a_coin_that_was_explained_would_be_noticed(form: str) -> None:
    trial = Trial(form=form, seed=1, runs=5, share=50)

    def compile_(_: Workload) -> Deciding:
        return Deciding(trial)

    assert worst(attempt(trial, compile_)) == "explained"


def test_a_threshold_that_stops_a_run_is_found() -> None:
    outcomes = [attempt(Trial(form="stop", seed=seed, runs=30, share=None)) for seed in range(4)]
    assert all("wrong" not in dict(one.verdicts) for one in outcomes)
    assert sum(dict(one.verdicts).get("fits", 0) for one in outcomes) > 4 * 20 * 0.7
