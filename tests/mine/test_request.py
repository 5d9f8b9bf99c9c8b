from __future__ import annotations

from dataclasses import replace

import pytest

from compiler.ir.expr import RequestField
from compiler.ir.run import Run
from tests.mine.build import argument, call, field, mined, patterns, run


def add(request: str, title: str, team: str = "night") -> Run:
    return run(request, call("tickets.add", title=title, team=team))


def test_a_wording_is_a_request_with_its_fields_taken_out() -> None:
    program = mined(add("Add a ticket: printer", "printer"), add("Add a ticket: heating", "heating"))
    assert patterns(program) == ["Add a ticket: {title}"]
    assert program.request.patterns[0].support.tasks == 2


def test_the_most_frequent_wording_comes_first() -> None:
    program = mined(
        add("New ticket: lamps", "lamps"),
        add("Add a ticket: printer", "printer"),
        add("Add a ticket: heating", "heating"),
    )
    assert patterns(program) == ["Add a ticket: {title}", "New ticket: {title}"]


def test_a_value_that_stands_twice_is_one_field_in_two_slots() -> None:
    program = mined(
        add("Add the ticket printer and call it printer", "printer"),
        add("Add the ticket heating and call it heating", "heating"),
    )
    assert patterns(program) == ["Add the ticket {title} and call it {title}"]


def test_one_place_that_fills_two_arguments_is_one_field() -> None:
    runs = [run(f"Add {what}", call("tickets.add", title=what, text=what)) for what in ("doors", "lamps")]
    program = mined(*runs)
    assert field(program, "title").fills == ("tickets.add.title", "tickets.add.text")
    assert argument(program, "tickets.add", "text") == RequestField("title")


def test_fields_of_one_name_are_numbered() -> None:
    def both(one: str, other: str) -> Run:
        first, second = (call("tickets.add", title=title) for title in (one, other))
        return run(f"Add {one}, then {other}", first, second)

    assert patterns(mined(both("doors", "lamps"), both("lifts", "taps"))) == ["Add {title}, then {title_2}"]


def test_a_text_between_quotes_is_quoted() -> None:
    program = mined(add("Add 'the printer' now", "the printer"), add('Add "a door" now', "a door"))
    assert field(program, "title").kind == "quoted"


def test_a_text_without_white_space_is_a_word() -> None:
    program = mined(add("Add printer now", "printer"), add("Add 'door' now", "door"))
    assert field(program, "title").kind == "word"


def test_a_text_within_a_sentence_is_a_phrase() -> None:
    program = mined(add("Add the printer now", "the printer"), add("Add door now", "door"))
    assert field(program, "title").kind == "phrase"


def test_a_text_of_more_sentences_is_a_text() -> None:
    program = mined(add("Add: It jams. Often.", "It jams. Often."), add("Add: door", "door"))
    assert field(program, "title").kind == "text"


def test_there_is_no_wording_where_two_fields_share_a_place() -> None:
    # The team stands only inside the title, in one of the two.
    program = mined(
        add("Add night watch", "night watch", team="night"),
        add("Add broken lamp, day", "broken lamp", team="day"),
    )
    assert patterns(program) == ["Add {title}, {team}"]


def test_there_is_no_wording_where_no_word_stands_between_two_fields() -> None:
    def add_two(first: str, second: str) -> Run:
        return run(f"Add {first}{second}", call("tickets.add", title=first, text=second))

    assert patterns(mined(add_two("'a'", '"b"'), add_two("'c'", '"d"'))) == []


def test_examples_are_what_requests_said() -> None:
    program = mined(add("Add printer now", "printer"), add("Add door now", "door"))
    assert field(program, "title").examples == ("door", "printer")


def test_a_request_without_fields_is_matched_as_it_is() -> None:
    runs = [run("Close what is open", call("tickets.close", ticket_id="all"), task=task) for task in "ab"]
    program = mined(*runs)
    assert patterns(program) == ["Close what is open"]
    assert program.questions == ()


def test_the_question_asks_for_the_fields_of_the_wordings() -> None:
    program = mined(add("Add printer now", "printer"), add("Add door now", "door"))
    (question,) = program.questions
    assert (question.name, question.kind, question.fields) == ("REQUEST", "extract", program.request.fields)


def test_a_structured_request_has_fields_by_keys() -> None:
    def cancel(order: str) -> Run:
        return run({"order": {"id": order}, "why": "late"}, call("orders.cancel", order_id=order))

    program = mined(cancel("O-1"), cancel("O-2"))
    assert program.request.form == "json"
    assert [(one.name, one.path, one.examples, one.fills) for one in program.request.fields] == [
        ("id", ("order", "id"), ("O-1", "O-2"), ("orders.cancel.order_id",)),
        ("why", ("why",), ("late",), ()),
    ]
    assert argument(program, "orders.cancel", "order_id") == RequestField("id")


def test_runs_of_one_task_may_word_it_differently() -> None:
    program = mined(
        run(
            "Please could you add a ticket: printer", call("tickets.add", title="printer"), task="a", name="1"
        ),
        run("Add: printer", call("tickets.add", title="printer"), task="a", name="2"),
        run("Add: door", call("tickets.add", title="door"), task="b", name="3"),
    )
    assert patterns(program) == ["Add: {title}", "Please could you add a ticket: {title}"]
    assert field(program, "title").examples == ("door", "printer")


@pytest.mark.parametrize(
    ("unsolved", "kind"),
    [
        (("Ada Ray", "Bo Li"), "phrase"),
        # One name is met by chance, and so are other things in its place.
        (("Ada Ray",), "choice"),
        (("Ada Ray", "whoever is free"), "choice"),
    ],
)
def test_a_name_that_is_written_as_it_stands_may_be_another_where_two_more_stand_there(
    unsolved: tuple[str, ...], kind: str
) -> None:
    def ask(who: str, team: str, *, solved: bool) -> Run:
        asked = f"Add a ticket for {who} to team {team}"
        add = call("tickets.add", title=who, text="New", team=team, day="2031-03-12")
        return replace(run(asked, *([add] if solved else [])), success=solved)

    program = mined(
        ask("Cy Oak", "web", solved=True),
        ask("Cy Oak", "mail", solved=True),
        *(ask(who, "web", solved=False) for who in unsolved),
    )
    (field,) = (one for one in program.request.fields if "tickets.add.title" in one.fills)
    assert field.kind == kind


def test_a_numbered_field_never_takes_the_name_of_another() -> None:
    def three(one: str, two: str, three: str) -> Run:
        second = call("tickets.add", title=two, title_2=three)
        return run(f"Add {one}, then {two} and {three}", call("tickets.add", title=one), second)

    program = mined(three("doors", "lamps", "taps"), three("lifts", "seats", "bells"))
    assert [one.name for one in program.request.fields] == ["title", "title_2", "title_2_2"]
