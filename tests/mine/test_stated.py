"""Conditions in requests: which are surely read, and which number the runs say they are meant of."""

from __future__ import annotations

import pytest

from compiler.ir.expr import Attr, Measure, Ref, Where
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


WHO, TIME = Slot("who"), Slot("time")


@pytest.mark.parametrize(
    ("parts", "place"),
    [
        (("Did I already meet ", WHO, " in the ", TIME, "? If not, mail them"), 4),
        (("I wonder if I've met with ", WHO, " in the ", TIME, ". If not, mail them"), 4),
        (("Are there any meetings with ", WHO, "? If not, mail them 'not seen'"), 2),
        (("If I haven't met with ", WHO, " in the ", TIME, ", mail them"), 0),
        (("Mail ", WHO, " if there are not any meetings with them"), 2),
    ],
)
def test_the_place_is_found_where_there_is_said_to_be_nothing(
    parts: tuple[str | Slot, ...], place: int
) -> None:
    found = statement(parts)
    assert found is not None
    assert (found.condition, found.over) == (Condition("none"), None)
    assert found.wording.index(SLOT) == place + 1


@pytest.mark.parametrize(
    "parts",
    [
        ("If I have met with ", WHO, " in the ", TIME, ", mail them"),
        ("If I haven't met with ", WHO, " in the ", TIME, ", don't mail them"),
        ("If I haven't met with ", WHO, " in the ", TIME, ", mail all but them"),
        ("If I haven't met with ", WHO, " or Kim in the ", TIME, ", mail them"),
        ("If I haven't met with ", WHO, " and Kim in the ", TIME, ", mail them"),
        ("If I haven't met with ", WHO, " more than once in the ", TIME, ", mail them"),
        ("If I don't have 3 meetings with ", WHO, " in the ", TIME, ", mail them"),
        ("If I haven't finished with ", WHO, ", mail them"),
        ("Mail ", WHO, " unless I have met with them in the ", TIME),
        ("Did I meet ", WHO, " in the ", TIME, "? If so, mail them"),
        ("Did I meet ", WHO, " in the ", TIME, "? If not, fine, otherwise mail them"),
        ("Did I meet ", WHO, " in the ", TIME, "? If not sure, mail them"),
        ("Did I not meet ", WHO, " in the ", TIME, "? If not, mail them"),
        ("Did I meet all of them in the ", TIME, "? If not, mail ", WHO),
        ("Is ", WHO, " free in the ", TIME, "? If not, mail them"),
        ("Did I meet ", WHO, " in the ", TIME, "? If not, mail them if it is late"),
        ("Did ", WHO, " call in the ", TIME, "? I met them. If not, mail them"),
    ],
)
def test_what_may_deny_another_thing_is_not_read(parts: tuple[str | Slot, ...]) -> None:
    assert statement(parts) is None


def checked(who: str, rows: JSON, *, found: bool, words: str = "If I haven't met") -> Run:
    """A request to add a ticket where a search finds nothing, along the way of the others."""
    add = call("tickets.add", title="Meet", text="Soon", team=who, day="2031-03-12")
    request = f"{words} with {who} in any week, add a ticket Meet for {who} saying Soon"
    return run(request, call("people.find", rows, name=who), *([] if found else [add]))


def meeting(number: int, who: str) -> JSON:
    return {"id": f"M-{number}", "title": f"Topic {number}", "guest": f"{who}@shop.example"}


NOBODY = "Nothing found."


def test_that_a_search_finds_nothing_is_tested_where_the_request_says_so() -> None:
    program = mined(
        checked("kim", NOBODY, found=False),
        checked("lee", NOBODY, found=False),
        checked("bo", [meeting(1, "bo"), meeting(2, "bo")], found=True),
    )
    (test,) = stated_tests(program)
    assert (test.how, test.none) == ("rows", NOBODY)
    assert isinstance(test.value, Where)
    assert (test.value.rows, test.value.key, test.value.op) == (Ref("s1"), "guest", "contains")


@pytest.mark.parametrize(
    "runs",
    [
        # No run shows what is done if there is something.
        (checked("kim", NOBODY, found=False), checked("lee", NOBODY, found=False)),
        # One did the contrary of what is said.
        (
            checked("kim", NOBODY, found=False),
            checked("lee", [meeting(3, "lee")], found=False),
            checked("bo", [meeting(1, "bo")], found=True),
        ),
        # Nothing is denied.
        (
            checked("kim", NOBODY, found=False, words="If I met"),
            checked("lee", NOBODY, found=False, words="If I met"),
            checked("bo", [meeting(1, "bo")], found=True, words="If I met"),
        ),
    ],
)
def test_where_words_and_runs_do_not_agree_the_model_is_asked(runs: tuple[Run, ...]) -> None:
    assert stated_tests(mined(*runs)) == ()


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
