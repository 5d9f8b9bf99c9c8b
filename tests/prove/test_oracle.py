"""The answers that recorded runs imply."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from compiler.ir.run import JSON, Run
from compiler.prove.oracle import MOST_ANSWERS, Hints, candidates
from compiler.runtime import Fact
from tests.prove.fakes import NOW, READS, ask, ok, run

ROWS: tuple[JSON, ...] = (
    {"id": "a1", "owner": "ann", "state": "open"},
    {"id": "b2", "owner": "bob", "state": "open"},
    {"id": "c3", "owner": "ann", "state": "open"},
)


def hints(*runs: Run, now: datetime = NOW) -> Hints:
    return Hints(runs, frozenset(READS), now)


def test_the_row_whose_own_value_was_written_is_chosen_first() -> None:
    found = candidates(ask("Q", "choose", options=ROWS), hints(run(ok("remove", 1, id="b2", state="open"))))
    assert found == (1, 0, 2)


def test_what_was_written_outweighs_what_was_looked_up() -> None:
    looked = run(
        ok("get", 1, id="a1"), ok("get", 1, id="b2"), ok("get", 1, id="c3"), ok("remove", 1, id="c3")
    )
    assert candidates(ask("Q", "choose", options=ROWS), hints(looked))[0] == 2


def test_a_value_that_all_rows_share_tells_nothing() -> None:
    found = candidates(ask("Q", "choose", options=ROWS), hints(run(ok("send", 1, state="open"))))
    assert found == (0, 1, 2)


def test_a_value_that_all_rows_share_selects_all_of_them() -> None:
    found = candidates(ask("Q", "select", options=ROWS), hints(run(ok("send", 1, state="open"))))
    assert found[0] == [0, 1, 2]


def test_select_takes_all_rows_that_were_written_to() -> None:
    written = run(ok("remove", 1, id="a1"), ok("remove", 1, id="c3"))
    found = candidates(ask("Q", "select", options=ROWS), hints(written))
    assert found[0] == [0, 2]
    assert [] in found
    assert [0, 1, 2] in found
    assert len(found) == 2 ** len(ROWS)


def test_select_of_nothing_offered_is_still_answered() -> None:
    assert candidates(ask("Q", "select", options=()), hints(run())) == ([],)


def test_many_options_keep_the_number_of_answers_bounded() -> None:
    many: tuple[JSON, ...] = tuple({"id": f"x{n}"} for n in range(500))
    for kind in ("select", "choose"):
        assert len(candidates(ask("Q", kind, options=many), hints(run()))) == MOST_ANSWERS


def test_a_label_that_the_request_names_comes_before_one_that_it_only_contains() -> None:
    asked = ask("Q", "classify", options=("no", "notes", "high"))
    assert candidates(asked, hints(run(request="Read the notes, please")))[0] == 1


@pytest.mark.parametrize(
    ("subject", "first"),
    [
        (None, "yes"),
        ({"task_id": "a1", "state": "open"}, "yes"),
        ({"task_id": "b2", "state": "open"}, "no"),
        ({"taskId": "a1"}, "yes"),
        ("ann", "yes"),
        ("bob", "no"),
        ({"2024-03-14": 7}, "yes"),
        ([{"task_id": "b2"}], "yes"),
    ],
)
def test_yes_comes_first_where_the_runs_acted_on_what_is_asked_about(subject: JSON, first: str) -> None:
    options = ("yes", "no", "neither")
    facts = (Fact("request", ""), Fact("now", ""), *([] if subject is None else [Fact("subject", subject)]))
    asked = replace(ask("Q", "classify", options=options), facts=facts)
    wrote = run(ok("get", 1, id="b2"), ok("remove", 1, id="a1", state="open", owner="ann"))
    found = [options[i] for i in candidates(asked, hints(wrote)) if isinstance(i, int)]
    assert found[0] == first
    assert found[-1] == "neither"


def test_no_comes_first_where_the_runs_wrote_nothing() -> None:
    asked = ask("Q", "classify", options=("yes", "no", "neither"))
    assert candidates(asked, hints(run(ok("get", 1, id="a1"))))[0] == 1


def test_a_text_is_composed_as_it_was_sent() -> None:
    sent = run(ok("send", 1, to="ann", body="Dear Ann, the parcel has left."), request="Tell Ann")
    found = candidates(ask("Q", "compose"), hints(sent))
    assert found[0] == "Dear Ann, the parcel has left."


def schema(**properties: JSON) -> dict[str, JSON]:
    return {"type": "object", "properties": dict(properties)}


def test_fields_are_filled_from_the_arguments_of_like_name() -> None:
    sent = run(ok("find", [], customerName="Ann"), ok("send", 1, to="Bob", subject="Hello"))
    asked = ask("Q", "extract", schema=schema(customer_name={"type": "string"}, subject={"type": "string"}))
    assert candidates(asked, hints(sent))[0] == {"customer_name": "Ann", "subject": "Hello"}


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ({"type": "string", "format": "date"}, "2024-05-03"),
        ({"type": "string", "format": "time"}, "14:30:00"),
        ({"type": "string", "format": "date-time"}, "2024-05-03T14:30:00"),
        ({"type": "integer"}, 45),
        ({"type": "number"}, 45),
        ({"type": ["integer", "null"]}, 45),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, 45),
        ({"$ref": "#/$defs/Plot"}, "bar"),
        ({"type": "array", "items": {"type": "integer"}}, [45]),
        ({"type": "boolean"}, True),
    ],
)
def test_values_take_the_form_that_the_schema_wants(field: JSON, expected: JSON) -> None:
    made = run(ok("send", 1, start="2024-05-03 14:30:00", length="45", kind="Bar"))
    asked = ask("Q", "extract", schema={**schema(x=field), "$defs": {"Plot": {"enum": ["line", "bar"]}}})
    assert candidates(asked, hints(made))[0] == {"x": expected}


def test_of_two_dates_the_one_that_the_request_mentions_comes_first() -> None:
    made = run(
        ok("send", 1, due="2024-03-20", seen="2024-03-15"), request="Send it on March 15 and wait for a reply"
    )
    asked = ask("Q", "extract", schema=schema(day={"type": "string", "format": "date"}))
    assert candidates(asked, hints(made))[0] == {"day": "2024-03-15"}


def test_words_of_the_request_are_tried_where_no_argument_fits() -> None:
    made = run(request="Delete the task 'Fix the login page' now")
    asked = ask("Q", "extract", schema=schema(task_name={"type": "string"}))
    assert candidates(asked, hints(made))[0] == {"task_name": "Fix the login page"}


def test_each_run_offers_its_own_combination() -> None:
    one = run(ok("send", 1, to="ann", body="x"), run_id="r1")
    other = run(ok("send", 1, to="bob", body="y"), run_id="r2")
    asked = ask("Q", "extract", schema=schema(to={"type": "string"}, body={"type": "string"}))
    found = candidates(asked, hints(one, other))
    assert list(found[:2]) == [{"to": "ann", "body": "x"}, {"to": "bob", "body": "y"}]


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"properties": []},
        schema(x=None),
        schema(x={"$ref": "#/$defs/Gone"}),
        {**schema(x={"$ref": "#/$defs/A"}), "$defs": {"A": {"$ref": "#/$defs/A"}}},
    ],
)
def test_a_schema_that_says_nothing_is_still_answered(broken: dict[str, JSON]) -> None:
    [first, *_] = candidates(ask("Q", "extract", schema=broken), hints(run()))
    assert first in ({}, {"x": None})


def test_a_field_that_may_be_null_is_so_where_only_the_others_are_called_like_an_argument() -> None:
    made = run(ok("find", [], first="Ann", last="Abel"), request="I am Ann Abel")
    text_or_none: JSON = {"type": ["string", "null"]}
    asked = ask("Q", "extract", schema=schema(mail=text_or_none, first=text_or_none, last=text_or_none))
    assert candidates(asked, hints(made))[0] == {"mail": None, "first": "Ann", "last": "Abel"}
