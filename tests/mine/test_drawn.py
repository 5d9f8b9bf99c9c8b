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
    route = nested_route(cleaned(*full, *empty, run("Clear C-008", call("tickets.find", [], query="C-008"))))
    assert route is not None
    assert not route.aside
    assert len(route.writing) + len(route.stopping) == 9


def test_what_comes_after_a_fork_of_two_calls_stays_after_it() -> None:
    tree, _ = find_blocks({("a", "b", "c", "z"): 5, ("a", "d", "e", "z"): 5})
    arms = (Chain((Leaf("b"), Leaf("c"))), Chain((Leaf("d"), Leaf("e"))))
    assert tree == Chain((Leaf("a"), Choice(arms), Leaf("z")))
