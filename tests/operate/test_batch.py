"""Batches: order, bounds, and a stop that loses no run."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from compiler.errors import UsageError
from compiler.operate.batch import AHEAD, Stop, contained, in_order, stopping
from compiler.operate.lines import Lines, only_of
from compiler.runtime import RunResult

DONE = RunResult(outcome="done")


@pytest.mark.parametrize("concurrency", [1, 2, 7])
def test_results_come_in_order_and_no_more_run_than_allowed(concurrency: int) -> None:
    running, most = 0, 0
    lock = threading.Lock()

    def execute(number: int) -> int:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.001 * (number % 5))
        with lock:
            running -= 1
        return number

    assert list(in_order(execute, range(100), concurrency)) == list(range(100))
    assert most <= concurrency


def test_neither_items_nor_results_pile_up_behind_a_slow_run() -> None:
    taken = 0
    go_on = threading.Event()

    def items() -> Iterator[int]:
        nonlocal taken
        for number in range(1000):
            taken += 1
            if taken == 2 * AHEAD:
                go_on.set()
            yield number

    def execute(number: int) -> int:
        if number == 0:
            assert go_on.wait(10)
            time.sleep(0.05)
            # What waits for this one has been bounded meanwhile.
            assert taken <= 2 * AHEAD
        return number

    assert sum(in_order(execute, items(), 2)) == sum(range(1000))


def test_one_at_a_time_runs_in_the_thread_of_the_caller() -> None:
    found = list(in_order(lambda _: threading.current_thread(), range(2), 1))
    assert found == [threading.current_thread()] * 2


def test_a_tool_that_exits_ends_its_run_and_not_the_batch() -> None:
    result = contained(lambda: sys.exit(3))
    assert result.outcome == "deviated"
    assert str(result.deviation) == "unexpected: SystemExit: 3"
    assert contained(lambda: DONE) is DONE


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_what_runs_end(number: int) -> None:
    said: list[str] = []
    before = signal.getsignal(number)
    with stopping(lambda: said.append("ending")) as stop:

        def execute(item: int) -> int:
            if item == 2:
                os.kill(os.getpid(), number)
            return item

        assert list(in_order(execute, stop.until(range(10)), 1)) == [0, 1, 2]
        assert stop
        # The next one ends the process.
        assert signal.getsignal(number) is signal.SIG_DFL
    assert said == ["ending"]
    assert signal.getsignal(number) is before


def test_what_was_begun_is_finished_where_several_run() -> None:
    stop = Stop()

    def execute(item: int) -> int:
        if item == 5:
            stop.ask()
        return item

    found = list(in_order(execute, stop.until(range(1000)), 3))
    assert found == list(range(len(found)))
    assert 6 <= len(found) < 1000


def test_a_torn_line_is_taken_off_and_written_again(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text('{"run": "other:7"}\n{"run": "b:0"}\n{"run": "b:1"}\n{"run": "b:')
    lines = Lines(str(path), key="run", batch="b")
    assert lines.written == 2
    lines.append('{"run": "b:2"}\n')
    lines.close()
    assert path.read_text() == '{"run": "other:7"}\n{"run": "b:0"}\n{"run": "b:1"}\n{"run": "b:2"}\n'


def test_a_last_line_that_is_whole_but_for_its_end_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text('{"run": "b:0"}')
    lines = Lines(str(path), key="run", batch="b")
    assert lines.written == 1
    lines.append('{"run": "b:1"}')
    lines.close()
    assert path.read_text() == '{"run": "b:0"}\n{"run": "b:1"}\n'


def test_results_of_another_batch_are_not_mixed_in(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    only_of(str(path), "b")
    path.write_text('{"run": "b:0"}\n')
    only_of(str(path), "b")
    with pytest.raises(UsageError, match="holds other results"):
        only_of(str(path), "a")
