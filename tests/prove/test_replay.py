"""Replaying a harness on recorded runs: what each verdict means."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import datetime

import pytest

from compiler.errors import Declined
from compiler.ir.run import JSON, Run, ToolSchema, Workload
from compiler.prove.replay import UNDATED, leave_one_out, replay, replay_task
from tests.prove.fakes import FakeHandOver, FakeHarness, FakeRun, failed, ok, run

ROWS: list[JSON] = [{"id": "a", "name": "Ann"}, {"id": "b", "name": "Bob"}, {"id": "c", "name": "Cy"}]


def recorded(chosen: str = "b", run_id: str = "r1", task: str = "t1") -> Run:
    return run(ok("find", ROWS), ok("remove", "gone", id=chosen), run_id=run_id, task=task)


def first_row(session: FakeRun) -> None:
    rows = session.call("find")
    assert isinstance(rows, list)
    assert isinstance(rows[0], dict)
    session.call("remove", id=rows[0]["id"])


def chosen_row(session: FakeRun) -> None:
    rows = session.call("find")
    assert isinstance(rows, list)
    row = session.choose("ROW", rows)
    assert isinstance(row, dict)
    session.call("remove", id=row["id"])


def nothing(session: FakeRun) -> None:
    pass


def test_the_same_calls_in_order_are_exact() -> None:
    found = replay_task(FakeHarness(first_row), (recorded("a"),))
    assert (found.verdict, found.asks, found.calls, found.why) == ("exact", 0, 2, "")


def test_the_same_writes_after_other_reads_are_equivalent() -> None:
    extra = run(ok("get", 1, id="a"), ok("find", ROWS), ok("remove", "gone", id="a"))
    assert replay_task(FakeHarness(first_row), (extra,)).verdict == "equivalent"


def test_a_question_answered_as_the_run_implies_is_asked() -> None:
    found = replay_task(FakeHarness(chosen_row), (recorded("b"),))
    assert (found.verdict, found.asks, found.tried) == ("asked", 1, 1)
    [(run_id, [answered])] = found.answers
    assert run_id == "r1"
    assert (answered.question, answered.value, answered.meaning) == ("ROW", 1, ROWS[1])
    assert found.prompt_chars > 0


def test_a_write_that_no_run_made_is_wrong_and_silent_without_a_question() -> None:
    found = replay_task(FakeHarness(first_row), (recorded("b"),))
    assert (found.verdict, found.silent) == ("wrong", True)
    assert 'remove({"id": "a"})' in found.why


def test_a_wrong_write_after_a_question_is_not_silent() -> None:
    def asks_then_errs(session: FakeRun) -> None:
        session.choose("ROW", ["x", "y"])
        first_row(session)

    found = replay_task(FakeHarness(asks_then_errs), (recorded("b"),))
    assert (found.verdict, found.silent, found.tried) == ("wrong", False, 2)


def test_done_with_a_write_left_out_is_wrong() -> None:
    found = replay_task(FakeHarness(nothing), (recorded(),))
    assert (found.verdict, found.silent) == ("wrong", True)


def test_doing_nothing_is_right_where_a_successful_run_did_nothing() -> None:
    found = replay_task(FakeHarness(nothing), (recorded(), run(ok("find", ROWS), run_id="r2")))
    assert found.verdict == "equivalent"
    assert [run_id for run_id, _ in found.answers] == ["r2"]


def test_a_deviation_says_why_and_what_was_written_before() -> None:
    def gives_up(session: FakeRun) -> None:
        session.call("remove", id="b")
        raise LookupError("no rule for this")

    found = replay_task(FakeHarness(gives_up), (recorded("b"),))
    assert found.verdict == "deviated"
    assert "no rule for this" in found.why
    assert 'remove({"id": "b"})' in found.why
    assert found.answers == ()


def test_an_unknown_read_is_missed_although_the_harness_took_it_for_a_failed_tool() -> None:
    def looks_elsewhere(session: FakeRun) -> None:
        session.call("find", name="Ann")

    found = replay_task(FakeHarness(looks_elsewhere), (recorded(),))
    assert found.verdict == "missed"
    assert "find({})" in found.why


def test_a_harness_that_swallows_a_miss_is_still_missed() -> None:
    def swallows(session: FakeRun) -> None:
        try:
            session.call("get", id="zzz")
        except Exception:
            session.call("find")
        session.call("remove", id="b")

    assert replay_task(FakeHarness(swallows), (recorded("b"),)).verdict == "missed"


def test_a_wrong_write_outweighs_a_miss() -> None:
    def misses_then_errs(session: FakeRun) -> None:
        try:
            session.call("get", id="zzz")
        except Exception:
            session.call("remove", id="c")

    assert replay_task(FakeHarness(misses_then_errs), (recorded("b"),)).verdict == "wrong"


def test_a_recorded_failure_is_a_deviation_and_no_miss() -> None:
    def gets(session: FakeRun) -> None:
        session.call("get", id="a")

    found = replay_task(FakeHarness(gets), (run(failed("get", "busy", id="a")),))
    assert found.verdict == "deviated"
    assert "busy" in found.why


def test_now_is_that_of_the_run_and_never_the_clock() -> None:
    seen: list[datetime | None] = []
    harness = FakeHarness(lambda session: seen.append(session.now))
    stated = datetime(2020, 2, 29)
    replay(harness, (run(task="a", now=stated), run(task="b", now=None)))
    assert seen == [stated, UNDATED]


def test_runs_of_one_task_on_other_days_are_replayed_apart_and_the_worst_counts() -> None:
    monday, tuesday = datetime(2024, 3, 11), datetime(2024, 3, 12)
    runs = (
        run(ok("send", "ok", to="11"), run_id="r1", now=monday),
        run(ok("send", "ok", to="11"), run_id="r2", now=tuesday),
    )

    def sends_the_day(session: FakeRun) -> None:
        assert session.now is not None
        session.call("send", to=str(session.now.day))

    found = replay_task(FakeHarness(sends_the_day), runs)
    assert (found.verdict, found.silent) == ("wrong", True)
    assert [run_id for run_id, _ in found.answers] == ["r1"]


def test_answers_are_found_for_every_run_that_wrote_otherwise() -> None:
    runs = (recorded("a", "r1"), recorded("c", "r2"), recorded("c", "r3"))
    found = replay(FakeHarness(chosen_row), runs, every_run=True)
    assert found.answers() == {"ROW": {"r1": [0], "r2": [2], "r3": [2]}}


def test_without_every_run_the_first_that_fits_is_enough() -> None:
    harness = FakeHarness(chosen_row)
    found = replay_task(harness, (recorded("a", "r1"), recorded("c", "r2")))
    assert (found.verdict, harness.runs, len(found.answers)) == ("asked", 1, 1)


def test_an_answer_that_was_refused_is_followed_by_the_next_and_not_kept() -> None:
    def wants_short(session: FakeRun) -> None:
        text = session.ask("BODY", "compose")
        if text != "Hi Ann":
            text = session.ask("BODY", "compose", problem="too long")
        session.call("send", to="ann", body=text, note="a much longer text than the body is")

    sent = run(ok("send", "ok", to="ann", body="Hi Ann", note="a much longer text than the body is"))
    found = replay_task(FakeHarness(wants_short), (sent,))
    assert (found.verdict, found.asks, found.tried) == ("asked", 1, 1)
    [(_, [answered])] = found.answers
    assert answered.value == "Hi Ann"


def test_several_questions_are_searched_within_the_budget() -> None:
    def three_codes(session: FakeRun) -> None:
        codes = [session.choose(f"Q{n}", ["p", "q", "r"]) for n in range(3)]
        session.call("send", to="".join(str(code) for code in codes))

    # Nothing hints at single letters, so that only the search can find them.
    found = replay_task(FakeHarness(three_codes), (run(ok("send", "ok", to="qpr")),))
    assert found.verdict == "asked"
    [(_, answered)] = found.answers
    assert [one.meaning for one in answered] == ["q", "p", "r"]
    assert found.tried <= 27


def test_a_question_in_a_loop_is_answered_by_what_was_done_to_each_element() -> None:
    rows: list[JSON] = [{"id": f"x{n}", "name": "n"} for n in range(12)]

    def some_rows(session: FakeRun) -> None:
        found = session.call("find")
        assert isinstance(found, list)
        for row in found:
            assert isinstance(row, dict)
            if session.ask("DUE", "classify", options=("yes", "no", "neither"), subject=row) == 0:
                session.call("remove", id=row["id"])

    removed = [ok("remove", "gone", id=f"x{n}") for n in (1, 4, 5, 11)]
    found = replay_task(FakeHarness(some_rows), (run(ok("find", rows), *removed),))
    assert (found.verdict, found.tried, found.asks) == ("asked", 1, 12)


def test_the_budget_holds() -> None:
    def endless(session: FakeRun) -> None:
        for n in range(9):
            session.choose(f"Q{n}", ["p", "q", "r"])
        session.call("send", to="nobody")

    harness = FakeHarness(endless)
    found = replay_task(harness, (recorded(),), budget=17)
    assert (found.verdict, found.tried, harness.runs) == ("wrong", 17, 17)


def test_an_attempt_is_cheap() -> None:
    def endless(session: FakeRun) -> None:
        rows = session.call("find")
        assert isinstance(rows, list)
        for n in range(5):
            session.choose(f"Q{n}", rows)
        raise LookupError("never right")

    started = time.perf_counter()
    found = replay_task(FakeHarness(endless), (recorded(),), budget=200)
    assert found.tried == 200
    assert (time.perf_counter() - started) / 200 < 0.005


def test_a_task_of_which_no_run_is_known_to_be_right_is_not_judged() -> None:
    bad = run(ok("remove", "gone", id="c"), task="t2", success=False)
    report = replay(FakeHarness(first_row), (recorded("a"), bad))
    assert [task.task for task in report.tasks] == ["t1"]
    assert report.unjudged == ("t2",)


def test_runs_without_an_outcome_count_as_right() -> None:
    undecided = run(ok("find", ROWS), ok("remove", "gone", id="a"), success=None)
    assert replay(FakeHarness(first_row), (undecided,)).right == 1


def test_the_report_does_not_depend_on_the_order_of_the_runs() -> None:
    runs = (recorded("a", "r1", "t1"), recorded("c", "r2", "t1"), recorded("b", "r3", "t2"))
    forth = replay(FakeHarness(chosen_row), runs, every_run=True)
    back = replay(FakeHarness(chosen_row), runs[::-1], every_run=True)
    assert forth == back


def test_the_report_counts_and_is_json() -> None:
    report = replay(FakeHarness(first_row), (recorded("a", task="t1"), recorded("b", "r2", "t2")))
    data = json.loads(json.dumps(report.to_json()))
    assert data["counts"]["exact"] == 1
    assert data["counts"]["wrong"] == 1
    assert data["counts"]["missed"] == 0
    assert data["silent"] == 1
    assert [task["task"] for task in data["tasks"]] == ["t1", "t2"]


def test_leave_one_out_builds_without_any_run_of_the_task() -> None:
    runs = (
        recorded("a", "r1", "t1"),
        run(run_id="r2", task="t1", success=False),
        recorded("a", "r3", "t2"),
        run(run_id="r4", task="t3", success=False),
    )
    trained: list[list[str]] = []

    def build(workload: Workload) -> FakeHarness:
        trained.append([one.run_id for one in workload.runs])
        return FakeHarness(first_row)

    report = leave_one_out(Workload(name="w", runs=runs), build)
    assert trained == [["r3", "r4"], ["r1", "r2", "r4"]]
    assert [(task.task, task.verdict) for task in report.tasks] == [("t1", "exact"), ("t2", "exact")]
    assert report.unjudged == ("t3",)


def test_of_many_calls_several_tasks_are_left_out_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compiler.prove.replay.MOST_LEARNT", 0)
    runs = tuple(recorded("a", f"r{n}", f"t{n}") for n in range(7))
    trained: list[list[str]] = []

    def build(workload: Workload) -> FakeHarness:
        trained.append([one.run_id for one in workload.runs])
        return FakeHarness(first_row)

    report = leave_one_out(Workload(name="w", runs=runs), build)
    assert trained == [["r1", "r3", "r5"], ["r0", "r2", "r4", "r6"]]
    assert [task.task for task in report.tasks] == [f"t{n}" for n in range(7)]


def test_a_fold_without_a_harness_is_declined() -> None:
    def build(workload: Workload) -> FakeHarness | None:
        if any(one.task == "t1" for one in workload.runs):
            raise Declined(("too few tasks",))
        return None

    report = leave_one_out(Workload(name="w", runs=(recorded(), recorded(run_id="r2", task="t2"))), build)
    assert report.counts["declined"] == 2
    assert report.tasks[1].why == "too few tasks"


def test_a_task_without_a_successful_run_is_refused() -> None:
    with pytest.raises(ValueError, match="successful"):
        replay_task(FakeHarness(nothing), (run(success=False),))


def test_a_read_that_only_the_runs_make_is_no_write_left_out() -> None:
    """The harness does not call ``peek``, so it cannot say that it changes nothing; the schemas do."""
    looked = run(ok("find", ROWS), ok("peek", "nothing to see"))
    peek = ToolSchema(name="peek", effect="read")
    assert replay(FakeHarness(nothing), (looked,)).counts["wrong"] == 1
    assert replay(FakeHarness(nothing), (looked,), tools=(peek,)).counts["wrong"] == 0

    fold = Workload(name="w", runs=(looked,), tools=(peek,))
    assert leave_one_out(fold, lambda _: FakeHarness(nothing)).counts["wrong"] == 0


def hands_over(*ids: str) -> FakeHarness:
    """Look all rows up, then some of them, and leave the rest to the agent."""

    def body(session: FakeRun) -> None:
        session.call("find")
        for one in ids:
            session.call("get", id=one)
        raise FakeHandOver

    return FakeHarness(body)


LOOKED = run(ok("find", ROWS), ok("get", 1, id="a"), ok("get", 2, id="b"), ok("remove", 1, id="b"))


def test_a_hand_over_is_judged_by_what_was_looked_up() -> None:
    found = replay_task(hands_over("b", "a"), (LOOKED,))
    assert (found.verdict, found.silent, found.why) == ("handed_over", False, "")
    assert (found.spared, found.beside, found.calls) == (3, "r1", 3)
    assert [run_id for run_id, _ in found.answers] == ["r1"]


def test_a_read_that_only_another_run_made_is_not_spared() -> None:
    other = run(ok("find", ROWS), ok("remove", 1, id="b"), run_id="r0")
    found = replay_task(hands_over("a"), (replace(LOOKED, calls=LOOKED.calls[1:]), other))
    assert (found.verdict, found.spared, found.beside) == ("handed_over", 1, "r0")
    assert found.answers == ()


def test_a_hand_over_after_an_unknown_read_is_missed() -> None:
    assert replay_task(hands_over("zzz"), (LOOKED,)).verdict == "missed"


def test_a_hand_over_after_a_write_is_not_taken_for_reading_ahead() -> None:
    def writes_first(session: FakeRun) -> None:
        session.call("remove", id="b")
        raise FakeHandOver

    found = replay_task(FakeHarness(writes_first), (LOOKED,))
    assert found.verdict == "deviated"
    assert 'remove({"id": "b"})' in found.why
