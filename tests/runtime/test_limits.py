"""What one run may spend, and how long its tools may take."""

from __future__ import annotations

import gc
import sys
import threading
import time

import pytest

from compiler.runtime import Answer, Ask, Harness, LimitReached, ToolFailed, Usage, load_harness
from compiler.runtime.jsons import JSON
from compiler.runtime.limits import Limits, Meter
from compiler.runtime.timeouts import within
from tests.runtime.fakes import NOW, SAMPLE, Office, event

TEXT = "Cancel my first meeting on December 13"


class Priced:
    """Answers that some of the meetings are meant, and none of them is due; says what that took."""

    def __init__(self, usage: Usage | None) -> None:
        self.usage, self.asked = usage, 0

    def answer(self, ask: Ask) -> Answer:
        self.asked += 1
        return Answer([0, 1] if ask.kind == "select" else 1, self.usage)


@pytest.fixture
def busy() -> Office:
    return Office([event(i, f"2023-12-13 0{i}:00", "ann@example.com") for i in range(1, 4)])


def test_a_run_says_what_it_spent(sample: Harness, busy: Office) -> None:
    result = busy.run(sample, Priced(Usage(prompt_tokens=90, completion_tokens=10, dollars=0.25)))
    assert (result.outcome, result.tokens, result.dollars) == ("done", 300, 0.75)
    unpriced = busy.run(sample, Priced(Usage(prompt_tokens=90, completion_tokens=10)))
    assert (unpriced.tokens, unpriced.dollars) == (300, None)
    silent = busy.run(sample, Priced(None))
    assert (silent.outcome, silent.tokens, silent.dollars) == ("done", None, None)


@pytest.mark.parametrize(
    ("bounds", "asked", "said"),
    [
        ({"tokens": 301}, 3, None),
        ({"tokens": 300}, 3, None),
        ({"tokens": 101}, 2, "200 tokens are spent"),
        ({"dollars": 0.25}, 1, "0.25 dollars are spent"),
        ({"seconds": 1000.0}, 3, None),
        ({"seconds": 0.0}, 0, "seconds are spent"),
    ],
)
def test_a_bound_holds_between_questions(
    sample: Harness, busy: Office, bounds: dict[str, float], asked: int, said: str | None
) -> None:
    model = Priced(Usage(prompt_tokens=90, completion_tokens=10, dollars=0.25))
    bounded = sample.within(**bounds)  # type: ignore[arg-type]
    result = busy.run(bounded, model)
    assert model.asked == asked
    if said is None:
        assert result.outcome == "done"
    else:
        assert isinstance(result.deviation, LimitReached)
        assert said in str(result.deviation)
    assert busy.run(sample, model).outcome == "done", "the harness itself keeps its limits"


def test_a_bounded_harness_keeps_its_modules() -> None:
    bounded = load_harness(SAMPLE).within(seconds=1000)
    gc.collect()
    load_harness(SAMPLE)
    assert bounded.function.__module__ in sys.modules


def test_a_bound_that_nobody_can_check_is_not_passed(sample: Harness, busy: Office) -> None:
    model = Priced(None)
    result = busy.run(sample.within(dollars=1.0), model)
    assert (str(result.deviation), model.asked) == ("nobody tells the dollars spent", 1)
    meter = Meter(Limits(tool_calls=1, questions=1, tokens=5))
    meter.spend(Usage(prompt_tokens=1))
    meter.check()


def test_a_tool_that_hangs_is_given_up(sample: Harness) -> None:
    release = threading.Event()

    def call(name: str, arguments: dict[str, JSON]) -> object:
        del name, arguments
        release.wait(10)
        return []

    started = time.monotonic()
    result = sample.within(call_seconds=0.05).run(TEXT, call=call, now=NOW)
    release.set()
    assert isinstance(result.deviation, ToolFailed)
    assert "no answer within 0.05 seconds" in str(result.deviation)
    # The declaration has this read tried three times after a TimeoutError.
    assert [called.name for called in result.calls] == ["calendar.search_events"] * 3
    assert time.monotonic() - started < 5


def test_waiting_changes_neither_result_nor_error() -> None:
    assert within(None, lambda: 1) == within(5, lambda: 1) == 1
    with pytest.raises(ValueError, match="no date"):
        within(5, lambda: int("no date"))
    caller = threading.current_thread()
    assert within(None, threading.current_thread) is caller
