from __future__ import annotations

from compiler.ir.expr import Attr, Ref
from compiler.ir.program import Ask, ForEach, Let, Program
from compiler.ir.run import JSON, Run
from tests.mine.build import argument, call, mined, question, run, walk


def chain(number: int, *, guess_at: int) -> Run:
    """Follow a chain of eleven orders; at one place look at a ticket that nothing names."""
    calls = [call("orders.get", {"next": f"n{number}-{n + 1}"}, order_id=f"n{number}-{n}") for n in range(11)]
    guess = call("tickets.get", {"title": f"title {number}"}, ticket_id=f"guess {number * 7919 % 13}")
    calls.insert(guess_at, guess)
    return run(f"Go from n{number}-0", *calls, call("tickets.add", title=f"title {number}"))


def values_ask(program: Program) -> Ask:
    """Give the node that asks for the value that nothing explains."""
    asks = (node for node in walk(program.body) if isinstance(node, Ask))
    (ask,) = (node for node in asks if node.question == "VALUES_FOR_GET")
    return ask


def test_what_nothing_explains_is_asked_for_in_one_question() -> None:
    program = mined(*(chain(number, guess_at=1) for number in range(4)))
    asked = question(program, "VALUES_FOR_GET")
    assert (asked.kind, [one.name for one in asked.fields]) == ("extract", ["ticket_id"])
    ask = values_ask(program)
    assert argument(program, "tickets.get", "ticket_id") == Attr(Ref(ask.id), "ticket_id")


def test_a_question_sees_every_read_before_it_and_none_after() -> None:
    for place in (1, 10):
        program = mined(*(chain(number, guess_at=place) for number in range(4)))
        ask = values_ask(program)
        assert ask.facts == tuple(f"s{n + 1}" for n in range(place))


def test_an_open_argument_that_repeats_an_earlier_one_is_asked_for_once() -> None:
    def count(number: int, since: str) -> Run:
        return run(
            f"Report on team {number}",
            call("stats.opened_tickets", {"total": number}, since=since, until="2031-03-12"),
            call("tickets.add", title=f"{number}", text="x", team="a", day=since),
        )

    program = mined(count(1, "2030-07-01"), count(2, "2029-02-11"))
    (extract,) = (one for one in program.questions if one.name.startswith("VALUES_FOR"))
    assert [one.name for one in extract.fields] == ["since"]
    assert argument(program, "tickets.add", "day") == argument(program, "stats.opened_tickets", "since")


def looked_up(number: int) -> Run:
    """Look at the parcel of each order, which says again of which order it is, and send it."""
    rows: list[JSON] = [{"order_id": f"order-{number}-{n}"} for n in range(2 + number % 2)]
    calls = [
        one
        for n in range(len(rows))
        for one in (
            call(
                "parcels.find", {"order_id": f"order-{number}-{n}", "box": n}, order_id=f"order-{number}-{n}"
            ),
            call("parcels.send", order_id=f"order-{number}-{n}", when=f"day {number}"),
        )
    ]
    request: dict[str, JSON] = {"customer": f"customer-{number}", "when": f"day {number}"}
    return run(request, call("orders.find", rows, customer=f"customer-{number}"), *calls)


def test_what_a_call_says_again_is_no_rival_of_what_it_was_given() -> None:
    program = mined(*(looked_up(number) for number in range(1, 7)))
    (loop,) = (node for node in walk(program.body) if isinstance(node, ForEach))
    assert argument(program, "parcels.send", "order_id") == Attr(Ref(loop.id), "order_id")
    assert not any(isinstance(node, Let) for node in walk(program.body))
