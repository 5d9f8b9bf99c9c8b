from __future__ import annotations

from datetime import date

from compiler.ir.run import JSON, Call, Run
from compiler.mine.blocks import Chain, Choice, Leaf, find_blocks
from compiler.mine.drawn import PART, drawable, drawn
from compiler.mine.iterate import fold_all
from compiler.mine.nest import nested_route
from compiler.mine.sources import scalar_key
from tests.mine.build import call, cleaned, mined, run, shape

ADA = (("rows",), 0, ("owner",))
DUE = (("rows",), 1, ("due",))
KNOWN = drawable(
    {scalar_key("Ada Rossi"): (ADA,), scalar_key("2031-03-04"): (DUE,), scalar_key("red"): ((("x",), 0, ()),)}
)


def test_a_text_takes_what_it_is_put_together_from() -> None:
    assert list(drawn("Follow-up Ada Rossi / 12", KNOWN)) == [(ADA, PART)]


def test_a_part_of_a_word_and_a_short_text_say_nothing() -> None:
    assert list(drawn("Follow-up Ada Rossini in red", KNOWN)) == []


def test_the_text_itself_is_no_part_of_it() -> None:
    assert list(drawn("Ada Rossi", KNOWN)) == []


def test_a_day_in_another_form_is_so_many_days_later() -> None:
    assert list(drawn("03.04.2031", KNOWN)) == [(DUE, (date(2031, 4, 3) - date(2031, 3, 4)).days)]


def test_a_day_years_later_has_nothing_to_do_with_it() -> None:
    assert list(drawn("2040-03-04", KNOWN)) == []


NAMES = ("Ada Rossi", "Ben Novak", "Cleo Haddad", "Dan Lindt")


def told(number: int, *owners: str, after: bool = True) -> Run:
    """A run that writes a ticket for each row of a list, by a text that names the row's owner."""
    rows: JSON = [{"owner": owner} for owner in owners]
    tickets = [call("tickets.add", title=f"Call {owner} about C-{number:03}") for owner in owners]
    last: list[Call] = [call("orders.cancel", order_id=f"C-{number:03}")] if after else []
    return run(f"Clear C-{number:03}", call("tickets.find", rows, query=f"C-{number:03}"), *tickets, *last)


def loops(*runs: Run) -> list[list[int]]:
    """The rows that each run is taken to walk."""
    folded = fold_all(cleaned(*runs))
    return [[at for item in items for at, _ in item.iterations] for _, items in sorted(folded.items())]


def test_texts_that_name_the_rows_walk_the_list() -> None:
    runs = [told(number, *NAMES[number % 2 : number % 2 + 2]) for number in range(4)]
    assert loops(*runs) == [[0, 1]] * 4
    assert "ForEach" in shape(mined(*runs))


def test_two_tasks_are_too_few_for_it() -> None:
    assert loops(*(told(number, *NAMES[:2]) for number in range(2))) == [[], []]


def test_a_name_that_stands_in_two_rows_is_the_next_of_them() -> None:
    runs = [told(number, *NAMES[:3]) for number in range(3)]
    assert loops(*runs, told(3, "Ada Rossi", "Ben Novak", "Ada Rossi", "Dan Lindt"))[-1] == [0, 1, 2, 3]


def test_a_run_that_ends_with_an_empty_list_walked_it_where_others_do_and_go_on() -> None:
    full = [told(number, *NAMES[:2], after=number % 2 == 0) for number in range(6)]
    empty = [told(number, after=True) for number in (6, 7)]
    route, _ = nested_route(
        cleaned(*full, *empty, run("Clear C-008", call("tickets.find", [], query="C-008")))
    )
    assert route is not None
    assert not route.aside
    assert len(route.writing) + len(route.stopping) == 9


def test_what_comes_after_a_fork_of_two_calls_stays_after_it() -> None:
    tree, _ = find_blocks({("a", "b", "c", "z"): 5, ("a", "d", "e", "z"): 5})
    arms = (Chain((Leaf("b"), Leaf("c"))), Chain((Leaf("d"), Leaf("e"))))
    assert tree == Chain((Leaf("a"), Choice(arms), Leaf("z")))


def test_what_one_way_alone_finds_for_its_write_is_on_that_way() -> None:
    weights = {("a", "look", "by_look"): 5, ("a", "other"): 4, ("a",): 3}
    tree, _ = find_blocks(weights, frozenset({("by_look", "look")}))
    arms = (Chain((Leaf("look"), Leaf("by_look"))), Leaf("other"), Chain())
    assert tree == Chain((Leaf("a"), Choice(arms)))


def test_a_look_that_serves_two_ways_stays_before_them() -> None:
    weights = {("a", "look", "by_look"): 5, ("a", "look", "other"): 4, ("a",): 3}
    tree, _ = find_blocks(weights, frozenset({("by_look", "look")}))
    looked = Choice((Leaf("look"), Chain()))
    assert tree == Chain((Leaf("a"), looked, Choice((Leaf("by_look"), Leaf("other"), Chain()))))


def one_of(number: int) -> Run:
    """Cancel an order that is open and refund any other; but one run in forty adds a ticket."""
    order, state = f"O-{number:03}", ("open", "paid")[number % 2]
    ways = (call("orders.cancel", order_id=order), call("orders.refund", order_id=order, amount=number))
    way = call("tickets.add", title=order) if number == 7 else ways[number % 2]
    return run({"order": order}, call("orders.get", {"state": state}, order_id=order), way, task=order)


def test_a_lone_run_with_a_tool_of_its_own_shows_another_way() -> None:
    route, _ = nested_route(cleaned(*map(one_of, range(40))))
    assert route is not None
    assert route.other_writes == ("O-007",)
