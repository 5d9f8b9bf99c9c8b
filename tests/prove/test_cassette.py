"""A cassette answers what was recorded, and nothing else."""

from __future__ import annotations

import pytest

from compiler.ir.run import Call
from compiler.prove.cassette import Cassette, Miss, RecordedFailure
from tests.prove.fakes import READS, failed, ok, run

READ_NAMES = frozenset(READS)


def test_a_recorded_read_is_answered_whatever_the_order_of_its_arguments() -> None:
    play = Cassette((run(ok("find", [1], a=1, b="x")),), READ_NAMES).play()
    assert play.call("find", {"b": "x", "a": 1.0}) == [1]
    assert play.missed == []


@pytest.mark.parametrize("arguments", [{}, {"a": None}, {"a": "1"}, {"a": True}, {"a": 1, "b": None}])
def test_other_arguments_are_a_miss_that_is_remembered(arguments: dict[str, str | int | None]) -> None:
    play = Cassette((run(ok("find", [1], a=1)),), READ_NAMES).play()
    with pytest.raises(Miss, match="find"):
        play.call("find", arguments)
    assert [key[0] for key in play.missed] == ["find"]


def test_repeated_reads_come_in_order_and_the_last_repeats() -> None:
    play = Cassette((run(ok("get", "queued", id=1), ok("get", "ready", id=1)),), READ_NAMES).play()
    assert [play.call("get", {"id": 1}) for _ in range(4)] == ["queued", "ready", "ready", "ready"]


def test_a_read_is_answered_as_it_was_after_the_same_writes() -> None:
    recorded = run(ok("find", ["a"]), ok("remove", "gone", id="a"), ok("find", []))
    play = Cassette((recorded,), READ_NAMES).play()
    assert play.call("find", {}) == ["a"]
    assert play.call("find", {}) == ["a"]
    play.call("remove", {"id": "a"})
    assert play.call("find", {}) == []


def test_a_read_before_some_of_the_writes_answers_where_nothing_later_does() -> None:
    recorded = run(ok("get", 1, id="a"), ok("get", 2, id="b"), ok("remove", "gone", id="a"))
    play = Cassette((recorded,), READ_NAMES).play()
    play.call("remove", {"id": "a"})
    assert play.call("get", {"id": "b"}) == 2


def test_what_was_read_after_a_write_is_no_answer_before_it() -> None:
    play = Cassette((run(ok("remove", "gone", id="a"), ok("find", [])),), READ_NAMES).play()
    with pytest.raises(Miss):
        play.call("find", {})


def test_a_failed_run_is_believed_until_its_first_write() -> None:
    wrong = run(
        ok("get", "before", id=1), ok("remove", "gone", id=9), ok("get", "after", id=2),
        run_id="r2", success=False,
    )  # fmt: skip
    play = Cassette((run(), wrong), READ_NAMES).play()
    assert play.call("get", {"id": 1}) == "before"
    with pytest.raises(Miss):
        play.call("get", {"id": 2})
    with pytest.raises(Miss):
        play.call("remove", {"id": 9})
    assert [key[0] for key in play.foreign] == ["remove"]


def test_a_failed_run_is_not_believed_after_a_write_even_if_a_good_run_made_it_too() -> None:
    good = run(ok("send", "ok", to="x"), run_id="r1")
    wrong = run(ok("send", "ok", to="x"), ok("get", "after", id=2), run_id="r2", success=False)
    play = Cassette((good, wrong), READ_NAMES).play()
    play.call("send", {"to": "x"})
    with pytest.raises(Miss):
        play.call("get", {"id": 2})


def test_a_recorded_failure_fails_again_then_the_retry_succeeds() -> None:
    play = Cassette((run(failed("get", "busy", id=1), ok("get", 5, id=1)),), READ_NAMES).play()
    with pytest.raises(RecordedFailure, match="busy"):
        play.call("get", {"id": 1})
    assert play.call("get", {"id": 1}) == 5
    assert play.missed == []


def test_a_failure_of_one_run_yields_to_the_result_of_another() -> None:
    unlucky = run(failed("get", "busy", id=1), ok("send", "ok", to="x"), run_id="r1")
    lucky = run(ok("find", []), ok("find", []), failed("find", "e", q=1), failed("find", "e", q=2),
                ok("get", 5, id=1), run_id="r2")  # fmt: skip
    play = Cassette((unlucky, lucky), READ_NAMES).play()
    assert play.call("get", {"id": 1}) == 5


def test_a_write_made_more_often_than_by_any_run_is_foreign() -> None:
    play = Cassette((run(ok("send", "ok", to="x")),), READ_NAMES).play()
    play.call("send", {"to": "x"})
    with pytest.raises(Miss):
        play.call("send", {"to": "x"})
    assert len(play.foreign) == 1
    assert len(play.writes) == 1


def test_writes_of_two_runs_are_not_mixed() -> None:
    runs = (run(ok("send", "ok", to="x"), run_id="a"), run(ok("send", "ok", to="y"), run_id="b"))
    play = Cassette(runs, READ_NAMES).play()
    play.call("send", {"to": "x"})
    with pytest.raises(Miss):
        play.call("send", {"to": "y"})
    assert len(play.foreign) == 1


def test_a_tool_of_unknown_effect_counts_as_a_write() -> None:
    play = Cassette((run(ok("mystery", 1, x=1)),), READ_NAMES).play()
    assert play.call("mystery", {"x": 1}) == 1
    assert [key[0] for key in play.writes] == ["mystery"]


def test_a_write_that_failed_fails_again_and_is_not_counted() -> None:
    play = Cassette((run(failed("send", "refused", to="x")),), READ_NAMES).play()
    with pytest.raises(RecordedFailure, match="refused"):
        play.call("send", {"to": "x"})
    assert (play.writes, play.foreign) == ([], [])


def test_a_write_without_a_recorded_result_was_still_made_but_such_a_read_tells_nothing() -> None:
    recorded = run(
        Call(tool="find", arguments={}, status="missing"),
        Call(tool="send", arguments={"to": "x"}, status="missing"),
    )
    play = Cassette((recorded,), READ_NAMES).play()
    with pytest.raises(Miss):
        play.call("find", {})
    assert play.call("send", {"to": "x"}) is None
    assert len(play.writes) == 1


def test_every_play_starts_afresh() -> None:
    cassette = Cassette((run(ok("get", "queued", id=1), ok("get", "ready", id=1)),), READ_NAMES)
    first, second = cassette.play(), cassette.play()
    assert first.call("get", {"id": 1}) == "queued"
    assert second.call("get", {"id": 1}) == "queued"


def test_the_nearest_recorded_call_is_named() -> None:
    cassette = Cassette((run(ok("find", 1, day="2024-03-14"), ok("find", 2, name="Ann")),), READ_NAMES)
    nearest = cassette.nearest(("find", '{"day": "2024-03-15"}'))
    assert nearest == 'find({"day": "2024-03-14"})'


def test_nothing_recorded_has_no_nearest() -> None:
    assert Cassette((run(),), READ_NAMES).nearest(("find", "{}")) is None
