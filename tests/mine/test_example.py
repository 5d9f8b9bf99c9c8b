"""What is learnt of a change that one task alone shows: what it says and looked up, and no more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from compiler.errors import Declined
from compiler.ir.expr import Attr, Const, Ref, RequestField
from compiler.ir.program import Ask, CallTool, OnLength, Program
from compiler.ir.run import JSON, Call, Run
from compiler.pipeline import build
from tests.mine.build import argument, call, mined, patterns, question, run, shape, unsolved, walk, workload

PEOPLE = {"ada": "ada@x.org", "bo": "bo@x.org", "cy": "cy@x.org"}


def looked_up(name: str) -> Call:
    return call("people.find", [PEOPLE[name]], name=name)


def handed(name: str, *before: Call, owner: str | None = None, ticket: str = "T-1") -> Run:
    """Give a ticket to somebody, by name."""
    write = call("tickets.assign", ticket_id=ticket, owner=owner or PEOPLE[name])
    return run(f"Please give ticket {ticket} to {name}", *before, looked_up(name), write)


def reasons(*runs: Run) -> str:
    with pytest.raises(Declined) as declined:
        mined(*runs)
    return "; ".join(declined.value.reasons)


def asks(program: Program) -> list[str]:
    return [node.question for node in walk(program.body) if isinstance(node, Ask)]


def test_what_was_said_and_looked_up_is_learnt_and_the_model_reads_the_request() -> None:
    program = mined(handed("ada"))
    assert shape(program) == ["people.find", "Only", "tickets.assign"]
    assert argument(program, "people.find", "name") == RequestField("name")
    assert argument(program, "tickets.assign", "ticket_id") == RequestField("ticket_id")
    assert (patterns(program), program.tasks) == ([], 1)
    assert question(program, "REQUEST").kind == "extract"


def test_a_wording_that_another_task_has_too_is_read_and_the_change_is_asked_for() -> None:
    program = mined(handed("ada"), unsolved(handed("bo", owner="somebody", ticket="T-2")))
    assert patterns(program) == ["Please give ticket {ticket_id} to {name}"]
    assert asks(program) == ["GO_ON"]
    assert "one task alone" in question(program, "GO_ON").why


def test_it_is_proved_on_the_one_task() -> None:
    built = build(workload(handed("ada"), unsolved(handed("bo", owner="somebody", ticket="T-2"))))
    assert [task.verdict for task in built.train.tasks] == ["asked"]


def test_no_read_nothing_that_repeats() -> None:
    assert "cannot tell a rule" in reasons(run("Close T-1", call("tickets.close", ticket_id="T-1")))


def test_a_date_that_nobody_said_is_not_learnt() -> None:
    write = call("tickets.add", title="Chairs", text="broken", team="ada@x.org", day="2031-04-01")
    assert "tickets.add.day" in reasons(run("Ask ada to add Chairs: broken", looked_up("ada"), write))


def test_a_constant_that_only_this_task_looks_things_up_with_is_not_learnt() -> None:
    found: list[JSON] = [{"ticket_id": "T-177", "title": "lamp"}]
    one = run(
        "Close the ticket about the lamp, ada",
        looked_up("ada"),
        call("tickets.find", found, query="open"),
        call("tickets.close", ticket_id="T-177"),
    )
    assert "no other task shows how it calls tickets.find" in reasons(one)
    # Another task that looks things up with it will do, whatever became of it.
    other = run(
        "Close the ticket about the door, bo", looked_up("bo"), call("tickets.find", found, query="open")
    )
    assert "tickets.find" in shape(mined(one, unsolved(other)))


def test_what_an_unsuccessful_run_wrote_is_no_evidence() -> None:
    with_other = mined(handed("ada"), unsolved(handed("bo", owner="wrong@x.org", ticket="T-2")))
    alone = mined(handed("ada"))
    assert isinstance(argument(alone, "tickets.assign", "owner"), Ref)
    assert isinstance(argument(with_other, "tickets.assign", "owner"), Ref)


def rows(*numbers: int) -> list[JSON]:
    return [{"order_id": f"O-10{n}", "team": "blue", "day": f"2031-03-0{n}"} for n in numbers]


def cancelled(customer: str, which: int, *numbers: int) -> Run:
    return run(
        f"Cancel the latest order of {customer}",
        call("orders.find", rows(*numbers), customer=customer),
        call("orders.cancel", order_id=f"O-10{which}"),
    )


def test_which_of_several_rows_is_asked_though_it_was_the_first() -> None:
    program = mined(cancelled("ada", 1, 1, 2, 3))
    (ask,) = (node for node in walk(program.body) if isinstance(node, Ask))
    assert question(program, ask.question).kind == "select"
    assert argument(program, "orders.cancel", "order_id") == Attr(Ref("s2_row"), "order_id")
    # All of them may be meant: the run is not ended in the middle.
    assert program.limits.spare_calls == 2


def test_the_search_that_found_the_one_goes_before_the_one_that_found_many() -> None:
    narrow = run(
        "Cancel the latest order of ada",
        call("people.find", ["C-7712"], name="ada"),
        call("orders.find", rows(3), customer="C-7712"),
        call("orders.cancel", order_id="O-103"),
        name="narrow",
        task="one",
    )
    wide = replace(cancelled("ada", 3, 1, 2, 3), run_id="wide", task_id="one")
    assert "people.find" in shape(mined(narrow, wide))


def test_a_list_that_may_be_cut_off_is_not_chosen_from() -> None:
    others = [
        unsolved(run(f"Cancel it all, {name}", call("orders.find", rows(*numbers), customer=name)))
        for name, numbers in (("bo", (1, 2, 3, 4)), ("cy", (2, 3, 4, 5)), ("di", (3, 4, 5, 6)))
    ]
    program = mined(cancelled("ada", 1, 1, 2), *others)
    assert [node.cap for node in walk(program.body) if isinstance(node, OnLength)] == [4]


def test_what_several_rows_have_does_not_say_which_is_meant() -> None:
    write = call("tickets.assign", ticket_id="T-1", owner="blue-77")
    held: list[JSON] = [{"order_id": f"O-{n}", "team": f"{'red' if n else 'blue'}-77"} for n in (0, 1, 2)]
    one = run("Give T-1 to the team of ada", call("orders.find", held, customer="ada"), write)
    assert "tickets.assign.owner" in reasons(one)


def test_the_same_change_twice_says_nothing_of_how_often() -> None:
    again = handed("ada")
    more = call("tickets.assign", ticket_id="T-9", owner="ada@x.org")
    assert "more than once" in reasons(replace(again, calls=(*again.calls, more)))


def test_jobs_that_differ_are_not_one_that_was_seen_once() -> None:
    cancels = cancelled("bo", 1, 1)
    refund = call("orders.refund", order_id="O-101", amount="7")
    refunded = run("Pay 7 back to cy", call("orders.find", rows(1), customer="cy"), refund)
    assert "nothing repeats" in reasons(handed("ada"), cancels, refunded)


def test_a_run_that_stopped_at_once_does_not_move_the_question_before_the_other_reads() -> None:
    def checked(name: str, *more: Call) -> Run:
        return run(f"If there is a parcel for {name}, close its ticket T-1", *more)

    def found(name: str) -> Call:
        return call("orders.find", [{"order_id": f"O-{name}-1"}], customer=name)

    def parcel(name: str) -> Call:
        return call("parcels.find", [{"order_id": "late"}], order_id=f"O-{name}-1")

    acted = checked("ada", found("ada"), parcel("ada"), call("tickets.close", ticket_id="T-1"))
    program = mined(acted, checked("bo", found("bo"), parcel("bo")), checked("cy", found("cy")))
    calls = [node.tool for node in walk(program.body) if isinstance(node, CallTool)]
    assert calls == ["orders.find", "parcels.find", "tickets.close"]
    assert shape(program).index("Ask") > shape(program).index("parcels.find")


def test_a_constant_of_the_change_that_says_nothing_is_kept() -> None:
    write = call("tickets.add", title="Chairs", text="broken", team="ada@x.org", day="soon")
    program = mined(run("Ask ada to add 'Chairs': 'broken'", looked_up("ada"), write))
    assert argument(program, "tickets.add", "day") == Const("soon")


def checked(name: str, *orders: int, since: str = "2031-03-05") -> Run:
    read = call("stats.opened_tickets", {f"T-{n}": n for n in orders}, since=since, until=name)
    return run(f"If {name} has an open ticket, close it", read)


def test_one_task_that_found_nothing_to_change_shows_what_to_check() -> None:
    program = mined(checked("ada", 1), *(unsolved(checked(name, 1)) for name in ("bo", "cy")))
    assert asks(program) == ["ANYTHING_TO_DO"]
    assert not any(node.effect == "write" for node in walk(program.body) if isinstance(node, CallTool))
    # Whether it is always the same day, and which, two more tasks show.
    assert "2031-03-05" in question(program, "ANYTHING_TO_DO").text
    assert "with what it calls" in reasons(checked("ada", 1), unsolved(checked("bo", 1)))


def test_one_task_that_looked_in_vain_shows_nothing() -> None:
    assert "nothing repeats" in reasons(checked("ada"), *(unsolved(checked(name)) for name in ("bo", "cy")))


def test_what_an_unsuccessful_run_of_a_solved_task_read_is_left_out() -> None:
    other = replace(checked("ada", 1, since="2031-01-01"), run_id="worse")
    runs = (checked("ada", 1), *(checked(name, 1) for name in ("bo", "cy")), other)
    solved, *rest = runs
    program = mined(solved, *map(unsolved, rest))
    assert "2031-01-01" not in repr(program.body)
