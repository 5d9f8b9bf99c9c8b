"""What a harness costs, and where each figure comes from."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from compiler.ir.run import Usage
from compiler.prove.report import ReplayReport, TaskReplay
from compiler.prove.scoring import Figure, estimated_tokens, score, wilson
from tests.prove.fakes import ok, run


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    # From the closed form, as other statistics packages give it.
    [(0, 0, 0.0, 1.0), (5, 5, 0.5655, 1.0), (0, 5, 0.0, 0.4345), (8, 10, 0.4902, 0.9433)],
)
def test_wilson_bounds(hits: int, total: int, low: float, high: float) -> None:
    assert wilson(hits, total) == pytest.approx((low, high), abs=1e-4)


REPORT = ReplayReport(
    tasks=(
        TaskReplay(task="t1", verdict="asked", asks=1, calls=2, prompt_chars=400),
        TaskReplay(task="t2", verdict="exact", asks=0, calls=4),
        TaskReplay(task="t3", verdict="wrong", asks=9, calls=9, prompt_chars=9999),
        TaskReplay(task="t4", verdict="missed", asks=9, calls=9),
    )
)


def test_only_right_tasks_are_compared_and_misses_count_neither_way() -> None:
    runs = (
        run(ok("find", 1), ok("find", 2), ok("send", 1), task="t1", run_id="a"),
        run(ok("find", 1), ok("find", 2), ok("send", 1), ok("get", 3), ok("get", 4), task="t2", run_id="b"),
        run(*[ok("find", 1)] * 50, task="t3", run_id="c"),
        run(*[ok("find", 1)] * 50, task="t1", run_id="d", success=False),
    )
    found = score(REPORT, runs)
    assert (found.right, found.judged) == (2, 3)
    assert found.tool_calls.before == Figure(mean=4.0, basis="recorded")
    assert found.tool_calls.after == Figure(mean=3.0, basis="replayed")
    assert found.model_calls.before == Figure(mean=5.0, basis="estimated")
    assert found.model_calls.after == Figure(mean=0.5, basis="replayed")
    assert found.tokens.after == Figure(mean=50.0, basis="estimated")


def test_recorded_usage_is_taken_where_every_run_has_it() -> None:
    usage = Usage(prompt_tokens=1000, completion_tokens=100, model_calls=7)
    one = replace(run(task="t1", run_id="a"), usage=usage)
    other = replace(run(task="t2", run_id="b"), usage=usage)
    bare = run(task="t2", run_id="c")
    full = score(REPORT, (one, other))
    assert full.tokens.before == Figure(mean=1100.0, basis="recorded")
    assert full.model_calls.before == Figure(mean=7.0, basis="recorded")
    mixed = score(REPORT, (one, other, bare))
    assert mixed.tokens.before is not None
    assert mixed.tokens.before.basis == "estimated"


def test_an_agent_reads_its_history_again_at_every_step() -> None:
    one = run(ok("find", "x" * 1000))
    two = run(ok("find", "x" * 1000), ok("find", "y"))
    assert estimated_tokens(two) - estimated_tokens(one) > 250


def test_nothing_right_has_no_figures() -> None:
    report = ReplayReport(tasks=(TaskReplay(task="t3", verdict="wrong"),))
    found = score(report, (run(task="t3"),))
    assert (found.right, found.judged) == (0, 1)
    assert found.tool_calls.before is None
    assert found.tokens.after is None
    data = json.loads(json.dumps(found.to_json()))
    assert data["tool_calls"] == {"before": None, "after": None}


def test_what_a_hand_over_leaves_to_the_agent_is_part_of_the_cost() -> None:
    calls = (ok("find", "x" * 400), ok("get", 1), ok("get", 2), ok("send", 3))
    done = run(*calls, task="t1", run_id="a")
    task = TaskReplay(
        task="t1", verdict="handed_over", asks=1, calls=4, prompt_chars=40, spared=3, beside="a"
    )
    found = score(ReplayReport(tasks=(task,)), (done,))
    assert (found.right, found.handed_over, found.judged) == (0, 1, 0)
    # Three calls of the run and one more are made by the harness, and one is left.
    assert found.tool_calls.after == Figure(mean=5.0, basis="replayed")
    # Five calls of a model were needed: three of them for the calls that the harness made.
    assert found.model_calls.before == Figure(mean=5.0, basis="estimated")
    assert found.model_calls.after == Figure(mean=3.0, basis="estimated")
    assert found.tokens.before is not None
    assert found.tokens.after is not None
    assert 10 + estimated_tokens(run()) < found.tokens.after.mean < found.tokens.before.mean


def test_the_first_prompt_of_each_question_is_kept() -> None:
    first = TaskReplay(task="a", verdict="asked", prompts=(("B", "b of a"),))
    second = TaskReplay(task="b", verdict="asked", prompts=(("B", "b of b"), ("A", "a of b")))
    assert list(ReplayReport(tasks=(first, second)).prompts().items()) == [("A", "a of b"), ("B", "b of a")]
