"""Conditions in requests: which are surely read, and which number the runs say they are meant of."""

from __future__ import annotations

import pytest

from compiler.ir.expr import Attr, Measure, Ref
from compiler.ir.program import Ask, Holds, Program, Slot
from compiler.ir.run import JSON, Run
from compiler.mine.stated import SLOT, statement
from compiler.runtime.conditions import Condition
from tests.mine.build import call, mined, run, walk


def test_the_place_of_a_condition_is_found() -> None:
    found = statement(("If there were more than 5 tickets at any time since ", Slot("since"), ", warn Kim"))
    assert found is not None
    assert (found.condition, found.over) == (Condition(">", 5), "any")
    assert found.wording == (
        "If there were ",
        SLOT,
        " tickets at any time since ",
        Slot("since"),
        ", warn Kim",
    )


@pytest.mark.parametrize(
    ("text", "over"),
    [
        ("If tickets were ever fewer than 5, warn Kim", "any"),
        ("If tickets were always above 5, warn Kim", "all"),
        ("If there were over 5 tickets in total, warn Kim", "total"),
        ("Warn Kim if it was below 5 on average", "average"),
        ("Warn Kim if the stock is at least 5", None),
    ],
)
def test_the_words_say_of_how_many_it_is_meant(text: str, over: str | None) -> None:
    found = statement((text,))
    assert found is not None
    assert found.over == over


@pytest.mark.parametrize(
    "text",
    [
        "Show more than 5 tickets",
        "If it was not more than 5, warn Kim",
        "If it wasn't more than 5, warn Kim",
        "Warn Kim unless it was more than 5",
        "If it was more than 5, warn Kim, otherwise Lee",
        "If it grew by more than 5, warn Kim",
        "If it was more than 5% lower, warn Kim",
        "If it was more than 5 percent, warn Kim",
        "If it was more than 5 higher than before, warn Kim",
        "If it took more than 5 days, warn Kim",
        "If it was more than 5 thousand, warn Kim",
        "If it was more than 5 and less than 9, warn Kim",
        "If it was more than 5 or so, warn Kim",
        "If it was more than 5, warn all 3",
        "If it was ever more than 5 on average, warn Kim",
        "If the note says 'more than 5', warn Kim",
    ],
)
def test_what_may_mean_another_thing_is_not_read(text: str) -> None:
    assert statement((text,)) is None


def test_a_field_behind_the_number_may_be_its_unit() -> None:
    assert statement(("If it took more than 5 ", Slot("unit"), ", warn Kim")) is None


def opened(day: str, limit: str, counts: dict[str, JSON], *, over: str = "at any time", met: bool) -> Run:
    """A request to add a ticket if more or fewer than a number were opened, along the way of the others."""
    read = call("stats.opened_tickets", counts, since=f"2031-03-{day}", until="2031-03-12")
    add = call("tickets.add", title="Load", text="Look", team="web", day=f"2031-03-{day}")
    request = (
        f"If opened tickets were {limit} {over} since March {int(day)}, add a ticket Load for web saying Look"
    )
    return run(request, read, *([add] if met else []))


def stated_tests(program: Program) -> tuple[Holds, ...]:
    """What answers the question of the program without the model."""
    return next(node.tests for node in walk(program.body) if isinstance(node, Ask))


WEEK: dict[str, JSON] = {"2031-03-01": 4, "2031-03-02": 9, "2031-03-03": 6}


def test_a_condition_of_any_number_is_tested() -> None:
    program = mined(
        opened("01", "more than 8", WEEK, met=True),
        opened("02", "less than 5", WEEK, met=True),
        opened("03", "more than 9", WEEK, met=False),
    )
    assert stated_tests(program) == (Holds(how="any", value=Ref("s1")),)
    assert any(SLOT in pattern.parts for pattern in program.request.patterns)


def test_the_total_is_tested_where_the_words_say_so() -> None:
    program = mined(
        opened("01", "more than 18", WEEK, over="in total", met=True),
        opened("02", "less than 20", WEEK, over="in total", met=True),
        opened("03", "more than 19", WEEK, over="in total", met=False),
    )
    assert stated_tests(program) == (Holds(how="one", value=Measure(Ref("s1"), "total")),)


def test_a_condition_that_one_task_contradicts_is_asked_about() -> None:
    program = mined(
        opened("01", "more than 8", WEEK, met=True),
        opened("02", "less than 5", WEEK, met=True),
        opened("03", "more than 8", WEEK, met=False),
    )
    assert stated_tests(program) == ()
    assert not any(SLOT in pattern.parts for pattern in program.request.patterns)


def test_where_words_do_not_say_of_how_many_few_tasks_prove_nothing() -> None:
    stock: dict[str, JSON] = {"open": 4, "held": 9}
    program = mined(
        opened("01", "more than 3", stock, over="overnight", met=True),
        opened("02", "more than 2", stock, over="overnight", met=True),
        opened("03", "more than 9", stock, over="overnight", met=False),
    )
    assert stated_tests(program) == ()


def test_where_words_do_not_say_it_enough_tasks_do() -> None:
    runs = [
        opened(
            f"{day:02}",
            "more than 50",
            {"open": 10 * day, "held": 60 - (17 * day) % 40},
            over="overnight",
            met=day > 5,
        )
        for day in range(1, 12)
    ]
    program = mined(*runs)
    assert stated_tests(program) == (Holds(how="one", value=Attr(Ref("s1"), "open")),)
