from __future__ import annotations

import pytest

from compiler.errors import Declined
from compiler.ir.expr import Attr, Const, Ref
from compiler.ir.program import Ask, Branch, Compare, Deviate, OnText, Stop
from compiler.ir.run import JSON, Run
from tests.mine.build import call, mined, question, run, shape, unsolved, walk


def checked(
    number: int, record: JSON, *, closes: bool, request: str = "Look at {} and do what is due"
) -> Run:
    """Read one ticket; close it, or let it be."""
    ticket = f"T-{number}"
    calls = [call("tickets.get", record, ticket_id=ticket)]
    calls += [call("tickets.close", ticket_id=ticket)] if closes else []
    return run(request.format(ticket), *calls)


def found(number: int, rows: JSON, *closed: str) -> Run:
    """Search, and close what is given."""
    return run(
        f"Close the ticket about case-{number}",
        call("tickets.find", rows, query=f"case-{number}"),
        *(call("tickets.close", ticket_id=ticket) for ticket in closed),
    )


# ------------------------------------------------------------------------------------------- runs that stop


def test_where_runs_part_for_no_known_reason_the_model_is_asked() -> None:
    runs = [checked(n, {"size": n * 7 % 5}, closes=n not in (2, 5)) for n in range(8)]
    program = mined(*runs)
    assert shape(program)[:3] == ["tickets.get", "Ask", "Branch"]
    asked = question(program, "GO_ON")
    assert (asked.kind, asked.labels) == ("classify", ("yes", "no", "neither"))
    assert asked.why == (
        "6 tasks go on and 2 tasks stop; equal values in scope were decided differently, "
        "so no rule can explain which"
    )


def test_the_question_sees_what_was_read() -> None:
    runs = [checked(n, {"size": n * 7 % 5}, closes=n not in (2, 5)) for n in range(8)]
    (ask,) = (node for node in walk(mined(*runs).body) if isinstance(node, Ask))
    assert ask.facts == ("s1",)


def test_no_stops_as_the_runs_did_and_neither_deviates() -> None:
    runs = [checked(n, {"size": n * 7 % 5}, closes=n not in (2, 5)) for n in range(8)]
    (branch,) = (node for node in walk(mined(*runs).body) if isinstance(node, Branch))
    ends = {arm.guard.label: [type(node) for node in arm.body] for arm in branch.arms}  # type: ignore[union-attr]
    assert ends == {"neither": [Deviate], "no": [Stop], "yes": []}
    assert {arm.guard.label: arm.support.tasks for arm in branch.arms} == {"neither": 0, "no": 2, "yes": 6}  # type: ignore[union-attr]


def test_a_rule_on_a_number_is_found_in_thirty_runs() -> None:
    (branch,) = (
        node
        for node in walk(mined(*(checked(n, {"size": n}, closes=n >= 12) for n in range(30))).body)
        if isinstance(node, Branch)
    )
    size = Attr(Ref("s1"), "size")
    assert [arm.guard for arm in branch.arms] == [
        Compare(size, "<=", Const(11)),
        Compare(size, ">=", Const(12)),
    ]
    assert branch.confidence == pytest.approx(30 / 33.84)


def test_a_rule_on_a_word_is_found_in_thirty_runs() -> None:
    states = ("open", "held", "closed")
    runs = [checked(n, {"state": states[n % 3]}, closes=n % 3 != 2) for n in range(30)]
    (branch,) = (node for node in walk(mined(*runs).body) if isinstance(node, Branch))
    state = Attr(Ref("s1"), "state")
    assert [arm.guard for arm in branch.arms] == [
        Compare(state, "==", Const("closed")),
        Compare(state, "in", Const(["held", "open"])),
    ]


def test_a_rule_does_not_settle_what_stops_elsewhere() -> None:
    """A stop for no known reason is asked about, also where another one has its rule."""

    def two(number: int, upto: int) -> Run:
        ticket = f"T-{number}"
        calls = (
            call("tickets.get", {"size": number, "order_id": f"O-{number}"}, ticket_id=ticket),
            call("orders.get", {"paid": number % 2 == 0}, order_id=f"O-{number}"),
            call("orders.cancel", order_id=f"O-{number}"),
        )
        return run(f"See to {ticket}", *calls[:upto])

    runs = [two(n, 1 if n < 12 else 2 if n in (15, 22) else 3) for n in range(30)]
    try:
        program = mined(*runs)
    except Declined:
        return
    assert "GO_ON" in [one.name for one in program.questions]


def test_a_rule_does_not_settle_what_was_solved_by_doing_nothing_at_all() -> None:
    runs = [checked(n, {"size": n}, closes=n >= 12) for n in range(30)]
    program = mined(*runs, run("Look at T-99 and do what is due"))
    assert "GO_ON" in [one.name for one in program.questions]


# ------------------------------------------------------------------------------------ reads that find nothing


def test_no_rows_end_the_run_where_a_run_shows_it() -> None:
    program = mined(
        found(1, [{"ticket_id": "T-1"}], "T-1"), found(2, [{"ticket_id": "T-2"}], "T-2"), found(3, [])
    )
    assert shape(program)[:3] == ["tickets.find", "OnEmpty", "Stop"]
    assert "GO_ON" not in [one.name for one in program.questions]


def test_a_known_text_in_place_of_rows_ends_the_run() -> None:
    program = mined(
        found(1, [{"ticket_id": "T-1"}], "T-1"),
        found(2, [{"ticket_id": "T-2"}], "T-2"),
        found(3, "No tickets."),
    )
    (check,) = (node for node in walk(program.body) if isinstance(node, OnText))
    assert [(case.text, [type(node) for node in case.body]) for case in check.cases] == [
        ("No tickets.", [Stop])
    ]


def test_a_text_that_only_a_failed_run_met_deviates() -> None:
    program = mined(
        found(1, [{"ticket_id": "T-1"}], "T-1"),
        found(2, [{"ticket_id": "T-2"}], "T-2"),
        unsolved(found(3, "No tickets.")),
    )
    (check,) = (node for node in walk(program.body) if isinstance(node, OnText))
    assert check.cases == ()


@pytest.mark.parametrize("nothing", [None, {}])
def test_nothing_in_place_of_a_record_ends_the_run_where_a_run_shows_it(nothing: JSON) -> None:
    program = mined(
        found(1, {"ticket_id": "T-1"}, "T-1"), found(2, {"ticket_id": "T-2"}, "T-2"), found(3, nothing)
    )
    assert any(isinstance(node, Stop) for node in walk(program.body))


# ---------------------------------------------------------------------------------------- hidden decisions


def why(*runs: Run) -> str:
    """Say why a program asks whether to go on."""
    return question(mined(*runs), "GO_ON").why


def test_a_read_that_nothing_uses_hides_a_decision() -> None:
    runs = [checked(n, {"state": "open"}, closes=True) for n in range(3)]
    assert why(*runs) == "most tasks read something here that only a decision can use"


def test_what_is_not_seen_to_stop_deviates() -> None:
    program = mined(*(checked(n, {"state": "open"}, closes=True) for n in range(3)))
    (branch,) = (node for node in walk(program.body) if isinstance(node, Branch))
    (no,) = (arm for arm in branch.arms if arm.guard.label == "no")  # type: ignore[union-attr]
    assert [type(node) for node in no.body] == [Deviate]


def test_a_task_solved_by_doing_nothing_hides_a_decision() -> None:
    runs = [found(n, [{"ticket_id": f"T-{n}"}], f"T-{n}") for n in range(3)]
    assert "solved by doing nothing" in why(*runs, run("Close the ticket about case-9"))


def test_a_task_solved_by_other_writes_hides_a_decision() -> None:
    runs = [found(n, [{"ticket_id": f"T-{n}"}], f"T-{n}") for n in range(3)]
    other = run(
        "Close the ticket about case-9",
        call("tickets.find", [{"ticket_id": "T-9"}], query="case-9"),
        call("tickets.assign", ticket_id="T-9", owner="case-9"),
    )
    assert why(*runs, other) == "1 task was solved by other changes"


@pytest.mark.parametrize("words", ["if it is old", "unless it is new", "only when it is late"])
def test_a_condition_in_the_request_hides_a_decision(words: str) -> None:
    def conditional(number: int) -> Run:
        one = found(number, [{"ticket_id": f"T-{number}"}], f"T-{number}")
        return run(f"{one.request} {words}", *one.calls)

    assert why(conditional(1), conditional(2)) == "2 of 2 requests state a condition"


def test_a_word_that_only_looks_like_a_condition_hides_nothing() -> None:
    def gift(number: int) -> Run:
        one = found(number, [{"ticket_id": f"T-{number}"}], f"T-{number}")
        return run(f"{one.request} for the gift shop", *one.calls)

    assert [one.name for one in mined(gift(1), gift(2)).questions if one.name == "GO_ON"] == []


def test_workloads_that_never_change_anything_are_checked() -> None:
    program = mined(*(checked(n, {"state": "closed"}, closes=False) for n in range(3)))
    assert question(program, "ANYTHING_TO_DO").kind == "classify"
    assert "tickets.close" not in shape(program)


# ------------------------------------------------------------------------------------ what no run has shown


def test_a_condition_that_no_run_met_otherwise_may_still_stop_the_run() -> None:
    runs = [checked(n, {"size": 3}, closes=True, request="If {} is old, close it") for n in range(3)]
    (branch,) = (node for node in walk(mined(*runs).body) if isinstance(node, Branch))
    ends = {arm.guard.label: [type(node) for node in arm.body] for arm in branch.arms}  # type: ignore[union-attr]
    assert ends == {"neither": [Deviate], "no": [Stop], "yes": []}


def test_where_nothing_was_ever_changed_the_program_checks_and_deviates_if_there_is_something_to_do() -> None:
    program = mined(*(checked(n, {"size": n}, closes=False) for n in range(3)))
    assert shape(program)[:3] == ["tickets.get", "Ask", "Branch"]
    (branch,) = (node for node in walk(program.body) if isinstance(node, Branch))
    ends = {arm.guard.label: [type(node) for node in arm.body] for arm in branch.arms}  # type: ignore[union-attr]
    assert ends == {"neither": [Deviate], "yes": [Deviate], "no": [Stop]}
    assert question(program, "ANYTHING_TO_DO").kind == "classify"


def test_a_program_that_only_checks_may_not_guess_what_it_reads() -> None:
    runs = [
        run(f"Look at number {n}", call("tickets.get", {"size": n}, ticket_id=f"{chr(65 + n)}-x-{n}"))
        for n in range(3)
    ]
    with pytest.raises(Declined, match="open decisions"):
        mined(*runs)


def looked_up(number: int, team: str = "late") -> Run:
    """Look up rows with a word of the run's own, and close them all."""
    rows: JSON = [{"ticket_id": f"T-{number}-{row}"} for row in range(2)]
    closing = (call("tickets.close", ticket_id=f"T-{number}-{row}") for row in range(2))
    return run(f"Close what is overdue, case-{number}", call("tickets.find", rows, query=team), *closing)


def test_words_of_the_runs_own_that_narrow_a_search_are_asked_about_until_enough_tasks_use_them() -> None:
    asked = question(mined(*(looked_up(n) for n in range(3))), "GO_ON")
    assert "query 'late'" in asked.text
    assert "Ask" not in shape(mined(*(looked_up(n) for n in range(8))))
