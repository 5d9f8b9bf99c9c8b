"""The charts: what is computed of them is what they do."""

from __future__ import annotations

import random

import pytest

from compiler.evolve.cusum import Chart, at_most, design, runs_to_alarm


def simulated(rate: float, chart: Chart, times: int) -> float:
    """Count the runs to an alarm, in the mean."""
    draw, runs = random.Random(7), 0
    for _ in range(times):
        level = 0
        while level < chart.limit:
            runs += 1
            level = level + chart.up if draw.random() < rate else max(level - 1, 0)
    return runs / times


@pytest.mark.parametrize(
    ("rate", "chart"),
    [(0.05, Chart(up=3, limit=5)), (0.15, Chart(up=10, limit=61)), (0.3, Chart(up=1, limit=4))],
)
def test_runs_to_an_alarm_are_those_of_a_simulation(rate: float, chart: Chart) -> None:
    assert simulated(rate, chart, 3000) == pytest.approx(runs_to_alarm(rate, chart), rel=0.06)


@pytest.mark.parametrize("usual", [0.0, 0.01, 0.05, 0.3])
@pytest.mark.parametrize("quiet", [1000, 40_000])
def test_the_limit_is_the_lowest_that_is_quiet_enough(usual: float, quiet: int) -> None:
    chart = design(usual, 0.8, quiet)
    assert chart is not None
    rate = max(usual, 0.005)
    assert (
        runs_to_alarm(rate, chart) >= quiet > runs_to_alarm(rate, Chart(up=chart.up, limit=chart.limit - 1))
    )


def test_what_most_usual_runs_show_has_no_chart() -> None:
    assert design(0.6, 0.9, 1000) is None
    assert design(0.9, 0.8, 1000) is None


def test_a_bound_is_one_that_so_few_hits_are_rare_under() -> None:
    assert at_most(0, 10) == pytest.approx(1 - 0.2 ** (1 / 10))
    assert at_most(5, 5) == 1
    assert 0.05 < at_most(50, 1000) < 0.06
