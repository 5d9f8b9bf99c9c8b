from __future__ import annotations

from dataclasses import replace

from compiler.errors import Declined
from compiler.ir.expr import Attr, Ref, RequestField, Where
from compiler.ir.program import Ask, ForEach, Let, OnEmpty, OnLength, Only
from compiler.ir.run import JSON, Run
from compiler.mine.loops import length_cap
from tests.mine.build import argument, call, mined, question, run, shape, walk


def closing(number: int, count: int, *, closed: tuple[int, ...] | None = None, owner: str = "Ann") -> Run:
    """Close all, or some, of the tickets that a search finds."""
    rows: list[JSON] = [{"ticket_id": f"T-{number}{place}", "owner": owner} for place in range(count)]
    places = tuple(range(count)) if closed is None else closed
    return run(
        f"Close the tickets of {owner}, case-{number}",
        call("tickets.find", rows, query=f"case-{number}"),
        *(call("tickets.close", ticket_id=f"T-{number}{place}") for place in places),
    )


def test_all_rows_are_walked() -> None:
    program = mined(closing(1, 2), closing(2, 3))
    assert shape(program) == ["tickets.find", "OnEmpty", "ForEach", "tickets.close"]
    (loop,) = (node for node in walk(program.body) if isinstance(node, ForEach))
    assert (loop.rows, loop.least, loop.most) == (Ref("s1"), 2, 3)
    assert argument(program, "tickets.close", "ticket_id") == Attr(Ref(loop.id), "ticket_id")


def test_a_lone_call_in_one_task_and_several_in_another_are_one_loop() -> None:
    (loop,) = (n for n in walk(mined(closing(1, 1), closing(2, 3)).body) if isinstance(n, ForEach))
    assert (loop.least, loop.most) == (1, 3)


def test_a_lone_row_that_is_written_to_says_nothing_about_several() -> None:
    program = mined(closing(1, 1), closing(2, 1))
    (ask,) = (node for node in walk(program.body) if isinstance(node, Ask))
    assert (question(program, ask.question).kind, ask.options) == ("select", Ref("s1"))


def test_a_lone_row_that_is_only_read_is_the_only_one() -> None:
    def looked(number: int) -> Run:
        return run(
            f"Note what case-{number} says",
            call("tickets.find", [{"ticket_id": f"T-{number}"}], query=f"case-{number}"),
            call("tickets.get", {"text": f"It is broken, {number}"}, ticket_id=f"T-{number}"),
            call("tickets.add", title=f"It is broken, {number}"),
        )

    program = mined(looked(1), looked(2))
    assert shape(program) == ["tickets.find", "Only", "tickets.get", "tickets.add"]
    (only,) = (node for node in walk(program.body) if isinstance(node, Only))
    assert (only.rows, question(program, only.question).kind) == (Ref("s1"), "choose")


def test_rows_that_vary_are_selected() -> None:
    program = mined(closing(1, 3, closed=(0, 2)), closing(2, 3, closed=(1,)), closing(3, 2))
    (ask,) = (node for node in walk(program.body) if isinstance(node, Ask))
    assert (question(program, ask.question).kind, ask.options) == ("select", Ref("s1"))
    (loop,) = (node for node in walk(program.body) if isinstance(node, ForEach))
    assert loop.rows == Ref(ask.id)


def test_an_empty_list_deviates_where_no_run_shows_it() -> None:
    (empty,) = (n for n in walk(mined(closing(1, 2), closing(2, 3)).body) if isinstance(n, OnEmpty))
    assert (empty.body, empty.support.tasks) == ((), 0)


def test_an_empty_list_ends_the_run_where_a_run_shows_it() -> None:
    program = mined(closing(1, 2), closing(2, 3), closing(3, 0))
    (empty,) = (n for n in walk(program.body) if isinstance(n, OnEmpty))
    assert [type(node).__name__ for node in empty.body] == ["Stop"]
    assert (empty.support.tasks, empty.support.reached) == (1, 3)


def test_a_list_as_long_as_the_longest_may_be_cut_off() -> None:
    program = mined(*(closing(n, 5) for n in range(3)), closing(9, 2))
    (cap,) = (node for node in walk(program.body) if isinstance(node, OnLength))
    assert (cap.rows, cap.cap) == (Ref("s1"), 5)


def test_lists_of_one_length_are_not_cut_off() -> None:
    def caps(*runs: Run) -> list[int]:
        return [node.cap for node in walk(mined(*runs).body) if isinstance(node, OnLength)]

    pairs = [closing(n, 2) for n in range(20)]
    assert caps(*pairs) == []
    assert caps(*pairs, *(closing(n, 0) for n in range(20, 30))) == []
    # Nobody has judged whether it was right to act on all of them.
    assert caps(*(replace(one, success=None) for one in pairs)) == [2]
    assert caps(*pairs, *(closing(n, 1) for n in range(20, 23))) == [2]


def test_many_lists_that_do_not_pile_up_at_the_longest_are_not_cut_off() -> None:
    even = [closing(n, 2 + n % 4) for n in range(44)]
    assert not any(isinstance(node, OnLength) for node in walk(mined(*even).body))
    piled = [closing(n, min(2 + n % 8, 5)) for n in range(80)]
    assert [node.cap for node in walk(mined(*piled).body) if isinstance(node, OnLength)] == [5]


def test_a_long_list_that_nobody_judged_may_be_cut_off() -> None:
    even = [replace(closing(n, 2 + n % 4), success=None) for n in range(44)]
    assert [node.cap for node in walk(mined(*even).body) if isinstance(node, OnLength)] == [5]


def test_a_longest_length_seen_twice_is_no_cap() -> None:
    assert length_cap([[1, 2], [3, 4], [5]], ()) is None
    assert length_cap([[1, 2], [3, 4], [5, 6]], ()) == 2
    assert length_cap([{"rows": [1, 2]}, {"rows": [3, 4]}, {"rows": [5, 6]}, "none"], ("rows",)) == 2


def test_lists_of_one_row_are_never_cut_off() -> None:
    assert length_cap([[1], [2], [3]], ()) is None


def test_rows_that_all_fit_the_search_are_checked_to_fit_it() -> None:
    def of(owner: str, number: int, count: int) -> Run:
        rows: list[JSON] = [{"ticket_id": f"T-{number}{n}", "owner": owner} for n in range(count)]
        return run(
            f"Close the tickets of {owner}",
            call("tickets.find", rows, query=owner),
            *(call("tickets.close", ticket_id=f"T-{number}{n}") for n in range(count)),
        )

    program = mined(of("Ann", 1, 2), of("Bob", 2, 3))
    (let,) = (node for node in walk(program.body) if isinstance(node, Let))
    assert let.rivals == (Ref("s1"), Where(Ref("s1"), "owner", "equals", RequestField("query")))
    assert let.question is not None
    assert question(program, let.question).kind == "choose"


def test_loops_over_two_lists_are_no_single_call() -> None:
    """Where tasks walk different lists no list is common: nothing may take the first call for all of them."""

    def two(number: int, first: bool) -> Run:  # noqa: FBT001
        ones, others = ([f"{kind}-{number}{n}" for n in range(2)] for kind in "TU")
        return run(
            f"Close the tickets of case-{number}",
            call("tickets.find", list(ones), query=f"case-{number}"),
            call("orders.find", list(others), customer=f"case-{number}"),
            *(call("tickets.close", ticket_id=ticket) for ticket in (ones if first else others)),
        )

    runs = [two(number, number % 2 == 0) for number in range(4)]
    try:
        program = mined(*runs)
    except Declined:
        return
    assert "ForEach" in shape(program)


def test_a_loop_over_reads_may_come_before_one_over_writes() -> None:
    def looked(number: int, count: int) -> Run:
        tickets = [f"T-{number}{place}" for place in range(count)]
        return run(
            f"Look into case-{number} and close its tickets",
            call("tickets.find", list(tickets), query=f"case-{number}"),
            *(call("tickets.get", {"text": "free text"}, ticket_id=ticket) for ticket in tickets),
            *(call("tickets.close", ticket_id=ticket) for ticket in tickets),
        )

    kinds = shape(mined(looked(1, 2), looked(2, 3)))
    assert kinds.index("tickets.get") < kinds.index("tickets.close")
    assert kinds.count("ForEach") == 2


def test_what_depends_on_the_row_is_settled_in_the_loop() -> None:
    def assign(number: int, *owners: str) -> Run:
        rows: list[JSON] = [
            {"ticket_id": f"T-{number}{place}", "owner": owner, "finder": owner}
            for place, owner in enumerate(owners)
        ]
        return run(
            f"Give back the tickets of case-{number}",
            call("tickets.find", rows, query=f"case-{number}"),
            *(
                call("tickets.assign", ticket_id=f"T-{number}{place}", owner=owner)
                for place, owner in enumerate(owners)
            ),
        )

    program = mined(assign(1, "Ann", "Bob"), assign(2, "Eve", "Ann"), assign(3, "Bob"))
    (loop,) = (node for node in walk(program.body) if isinstance(node, ForEach))
    assert [type(node).__name__ for node in loop.body] == ["Let", "CallTool"]
    (let,) = (node for node in loop.body if isinstance(node, Let))
    assert set(let.rivals) == {Attr(Ref(loop.id), "owner"), Attr(Ref(loop.id), "finder")}


def test_a_write_to_the_only_row_ever_found_asks_which_are_meant_of_more() -> None:
    def close_one(number: int) -> Run:
        rows: JSON = [{"ticket_id": f"T-{number}"}]
        return run(
            f"Close the tickets of case-{number}",
            call("tickets.find", rows, query=f"case-{number}"),
            call("tickets.close", ticket_id=f"T-{number}"),
        )

    program = mined(*(close_one(n) for n in range(3)))
    assert shape(program) == ["tickets.find", "Ask", "ForEach", "tickets.close"]
    (ask,) = (node for node in walk(program.body) if isinstance(node, Ask))
    assert ask.if_many
    assert question(program, ask.question).kind == "select"
