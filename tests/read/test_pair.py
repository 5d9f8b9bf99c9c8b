from __future__ import annotations

import time

import pytest

from compiler.read.episode import Called, Event, Returned, UnusableError
from compiler.read.pair import pair_calls


def called(tool: str, call_id: str | None, turn: int) -> Called:
    return Called(tool=tool, arguments={}, id=call_id, turn=turn)


def answered(content: str, call_id: str | None, tool: str | None = None) -> Returned:
    return Returned(content=content, id=call_id, tool=tool)


def results(*events: Called | Returned) -> list[tuple[str, object]]:
    return [(call.tool, call.result) for call in pair_calls(events).calls]


def test_a_repeated_id_goes_to_the_nearest_unanswered_call() -> None:
    seen = results(
        called("find", "c", 0),
        answered("1st", "c"),
        called("save", "c", 2),
        answered("2nd", "c"),
        called("end", "c", 4),
    )
    assert seen == [("find", "1st"), ("save", "2nd"), ("end", None)]


def test_an_old_call_that_nobody_answered_does_not_take_a_later_result() -> None:
    assert results(called("find", "c", 0), called("save", "c", 1), answered("x", "c")) == [
        ("find", None),
        ("save", "x"),
    ]


def test_parallel_calls_with_one_id_are_answered_in_order() -> None:
    seen = results(called("a", "c", 0), called("b", "c", 0), answered("1st", "c"), answered("2nd", "c"))
    assert seen == [("a", "1st"), ("b", "2nd")]


def test_a_name_beside_the_id_decides() -> None:
    seen = results(called("a", "c", 0), called("b", "c", 0), answered("x", "c", "b"), answered("y", "c", "a"))
    assert seen == [("a", "y"), ("b", "x")]


def test_parallel_results_come_in_any_order() -> None:
    seen = results(called("a", "1", 0), called("a", "2", 0), answered("second", "2"), answered("first", "1"))
    assert seen == [("a", "first"), ("a", "second")]


def test_without_an_id_the_latest_turn_is_answered() -> None:
    seen = results(called("a", None, 0), called("b", None, 1), called("c", None, 1), answered("x", None))
    assert seen == [("a", None), ("b", "x"), ("c", None)]


@pytest.mark.parametrize(
    "events",
    [
        (called("a", None, 0), answered("x", None, "other")),
        (called("a", "c", 0), answered("x", "c"), answered("y", "c")),
        (answered("x", "c"), called("a", "c", 0)),
    ],
    ids=["the name must fit", "a second result", "a result before its call"],
)
def test_a_result_without_its_call_makes_a_run_unusable(events: tuple[Event, ...]) -> None:
    with pytest.raises(UnusableError, match="no call before it that it answers"):
        pair_calls(events)


def test_pairing_takes_linear_time() -> None:
    many = 100_000
    events = [called("a", "c", 0) for _ in range(many)] + [answered("x", None, "a") for _ in range(many)]
    start = time.perf_counter()
    assert all(call.status == "ok" for call in pair_calls(events).calls)
    assert time.perf_counter() - start < 20


def test_an_id_counts_more_than_a_name_that_does_not_fit() -> None:
    assert results(called("a", "c", 0), answered("x", "c", "renamed")) == [("a", "x")]
