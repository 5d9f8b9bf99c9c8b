"""What one run may spend, and how long its tools may take."""

from __future__ import annotations

import gc
import sys
import threading
import time

import pytest

from compiler.runtime import Answer, Ask, Harness, LimitReached, ToolFailed, Usage, load_harness, load_source
from compiler.runtime.errors import Replayed
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


RETRIED = """
from typing import Protocol

from compiler.runtime import Limits, Record, Retry, Run, harness, tool


class Request(Record):
    name: str


class Tools(Protocol):
    @tool("get", effect="read")
    def get(self, *, name: str) -> str: ...

    @tool("put", effect="write", idempotent=True)
    def put(self, *, name: str) -> str: ...

    @tool("add", effect="write")
    def add(self, *, name: str) -> str: ...


@harness(limits=Limits(tool_calls=3, questions=0), retry=Retry(attempts=3, wait=0.5))
def store(run: Run[Tools], request: Request) -> None:
    run.tools.get(name=request.name)
    run.tools.put(name=request.name)
    run.tools.add(name=request.name)
"""


@pytest.mark.parametrize("kind", [TimeoutError, Replayed])
def test_what_does_no_harm_is_tried_again_after_a_wait(
    monkeypatch: pytest.MonkeyPatch, kind: type[Exception]
) -> None:
    waits: list[float] = []
    monkeypatch.setattr("compiler.runtime.tools.sleep", waits.append)
    made: list[str] = []

    def call(name: str, _arguments: dict[str, JSON]) -> object:
        made.append(name)
        if made.count(name) < 3:
            raise kind(name)
        return "ok"

    result = load_source("store", {"harness.py": RETRIED}).run({"name": "a"}, call=call)
    assert made == ["get"] * 3 + ["put"] * 3 + ["add"]
    assert isinstance(result.deviation, ToolFailed)
    # What fails as it was recorded to does not get better by waiting.
    assert waits == ([] if kind is Replayed else [0.5, 1.0, 0.5, 1.0])
