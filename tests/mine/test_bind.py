from __future__ import annotations

import pytest

from compiler.ir.expr import (
    AsText,
    Attr,
    Case,
    Combine,
    Const,
    Each,
    Expr,
    FormatTime,
    Now,
    ParseTime,
    Pick,
    Ref,
    RequestField,
    Shift,
)
from compiler.ir.run import JSON, Run
from compiler.mine.binding import Chosen, Open, Wired
from compiler.mine.spans import HOLE, HOLE_TIME
from tests.mine.build import binding, call, run


def add(request: str, **arguments: JSON) -> Run:
    """Add a ticket; nothing is read before."""
    return run(request, call("tickets.add", **arguments))


def wired(argument: str, *runs: Run, place: int = -1) -> tuple[Expr, ...]:
    """Give the rivals of an argument that is explained."""
    found = binding(argument, *runs, place=place)
    assert isinstance(found, Wired)
    return found.rivals


# ----------------------------------------------------------------------------------- from the request's words


def test_a_text_of_the_request_is_a_field() -> None:
    runs = (add("Add a ticket: printer", title="printer"), add("Add a ticket: heating", title="heating"))
    assert wired("title", *runs) == (HOLE,)


@pytest.mark.parametrize(
    ("how", "values"),
    [
        ("lower", ("printer jam", "door bell")),
        ("upper", ("PRINTER JAM", "DOOR BELL")),
        ("title", ("Printer Jam", "Door Bell")),
    ],
)
def test_a_text_in_another_case_is_computed(how: str, values: tuple[str, str]) -> None:
    runs = (
        add("Add a ticket: PRINTER jam", title=values[0]),
        add("Add a ticket: DOOR bell", title=values[1]),
    )
    assert wired("title", *runs) == (Case(HOLE, how),)  # type: ignore[arg-type]


def test_a_part_of_a_word_is_no_field() -> None:
    runs = (add("Add a ticket: printers", title="printer"), add("Add a ticket: doorbell", title="door"))
    assert not isinstance(binding("title", *runs), Wired)


def test_a_number_of_the_request_is_a_field() -> None:
    def refund(amount: float) -> Run:
        return run(f"Refund {amount} for O-1", call("orders.refund", order_id="O-1", amount=amount))

    found = binding("amount", refund(12.5), refund(40.0))
    assert isinstance(found, Wired)
    assert (found.rivals, found.kind) == ((HOLE,), "number")


def test_a_number_inside_a_version_or_an_id_is_no_number() -> None:
    def refund(amount: int) -> Run:
        return run(
            f"Refund O-{amount} as of v1.{amount}.2", call("orders.refund", order_id="x", amount=amount)
        )

    assert isinstance(binding("amount", refund(12), refund(40)), Open)


# ---------------------------------------------------------------------------------------- dates and durations


@pytest.mark.parametrize(
    ("form", "values"),
    [
        ("%Y-%m-%d", ("2031-03-14", "2031-04-02")),
        ("%m/%d/%Y", ("03/14/2031", "04/02/2031")),
        ("%d.%m.%Y", ("14.03.2031", "02.04.2031")),
        ("%Y/%m/%d", ("2031/03/14", "2031/04/02")),
        ("%Y-%m-%d 00:00:00", ("2031-03-14 00:00:00", "2031-04-02 00:00:00")),
        ("%Y-%m-%dT23:59:59Z", ("2031-03-14T23:59:59Z", "2031-04-02T23:59:59Z")),
    ],
)
def test_a_date_in_words_becomes_the_form_that_the_tool_takes(form: str, values: tuple[str, str]) -> None:
    runs = (add("Add a ticket for March 14", day=values[0]), add("Add a ticket for April 2", day=values[1]))
    found = binding("day", *runs)
    assert isinstance(found, Wired)
    assert (found.rivals, found.kind) == ((FormatTime(HOLE, form),), "date")


@pytest.mark.parametrize("form", ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%d.%m.%Y %H:%M"])
def test_a_date_and_a_time_are_two_fields(form: str) -> None:
    values = {"%Y-%m-%d %H:%M:%S": ("2031-03-14 10:30:00", "2031-04-02 14:00:00")}
    values |= {"%Y-%m-%dT%H:%M": ("2031-03-14T10:30", "2031-04-02T14:00")}
    values |= {"%d.%m.%Y %H:%M": ("14.03.2031 10:30", "02.04.2031 14:00")}
    one, other = values[form]
    runs = (add("Add it for March 14 at 10:30", day=one), add("Add it for April 2 at 2pm", day=other))
    found = binding("day", *runs)
    assert isinstance(found, Wired)
    assert found.rivals == (FormatTime(Combine(HOLE, HOLE_TIME), form),)


def test_a_day_relative_to_now_is_a_date_of_the_request() -> None:
    runs = (
        add("Add a ticket for tomorrow", day="2031-03-13"),
        add("Add a ticket for today", day="2031-03-12"),
    )
    assert wired("day", *runs) == (FormatTime(HOLE, "%Y-%m-%d"),)


def test_a_day_that_no_request_names_is_counted_from_now() -> None:
    runs = [add(f"Add a ticket about {what}", title=what, day="2031-03-12") for what in ("doors", "lamps")]
    assert wired("day", *runs) == (FormatTime(Now(), "%Y-%m-%d"),)


def test_a_constant_day_some_days_off_has_a_rival() -> None:
    runs = [add(f"Add a ticket about {what}", title=what, day="2031-03-19") for what in ("doors", "lamps")]
    ahead = FormatTime(Shift(Now(), "days", Const(7)), "%Y-%m-%d")
    assert set(wired("day", *runs)) == {Const("2031-03-19"), ahead}


@pytest.mark.parametrize(
    "words", [("30 minutes", "1 hour"), ("1 hour", "30 minutes"), ("30 minutes", "45 min")]
)
def test_a_duration_is_minutes_and_never_the_number_in_it(words: tuple[str, str]) -> None:
    minutes = {"30 minutes": 30, "1 hour": 60, "45 min": 45}
    found = binding("text", *(add(f"Add a stop of {said}", text=minutes[said]) for said in words))
    assert isinstance(found, Wired)
    assert (found.rivals, found.kind) == ((HOLE,), "minutes")


def test_the_day_of_a_date_is_no_number() -> None:
    runs = (add("Add a ticket for March 14", text=14), add("Add a ticket for April 2", text=2))
    assert isinstance(binding("text", *runs), Open)


# NOW is a Wednesday.
PAST = (("Monday", "2031-03-10"), ("Saturday", "2031-03-08"), ("March 3", "2031-03-03"))
COMING = (("Monday", "2031-03-17"), ("Saturday", "2031-03-15"), ("March 20", "2031-03-20"))


@pytest.mark.parametrize(("days", "kind"), [(PAST, "past_date"), (COMING, "coming_date")])
def test_a_weekday_is_the_one_that_every_run_took_it_for(
    days: tuple[tuple[str, str], ...], kind: str
) -> None:
    runs = (run(f"Add a ticket for {said}", call("tickets.add", day=day)) for said, day in days)
    found = binding("day", *runs)
    assert isinstance(found, Wired)
    assert (found.rivals, found.kind) == ((FormatTime(HOLE, "%Y-%m-%d"),), kind)


def test_weekdays_in_two_directions_are_read_in_none() -> None:
    runs = (
        run(f"Add a ticket for {said}", call("tickets.add", day=day)) for said, day in (PAST[0], COMING[1])
    )
    found = binding("day", *runs)
    assert not (isinstance(found, Wired) and any(spans for _, spans in found.spans))


def test_an_impossible_date_is_a_text() -> None:
    whats = ("doors", "lamps", "lifts")
    runs = [add(f"Add a ticket about {what}", title=what, day="2031-02-30") for what in whats]
    assert wired("day", *runs) == (Const("2031-02-30"),)


def test_a_moment_is_moved_by_a_duration_that_the_request_names() -> None:
    def move(order: str, words: str, was: str, now: str) -> Run:
        return run(
            f"Delay the parcel of {order} by {words}",
            call("parcels.find", {"leaves": was}, order_id=order),
            call("parcels.send", order_id=order, when=now),
        )

    runs = (
        move("O-11", "30 minutes", "2031-03-14 10:00:00", "2031-03-14 10:30:00"),
        move("O-22", "2 hours", "2031-03-15 22:30:00", "2031-03-16 00:30:00"),
    )
    moved = FormatTime(Shift(ParseTime(Attr(Ref("s1"), "leaves")), "minutes", HOLE), "%Y-%m-%d %H:%M:%S")
    found = binding("when", *runs)
    assert isinstance(found, Wired)
    assert (found.rivals, found.kind) == ((moved,), "minutes")


# ---------------------------------------------------------------------------------------- constants and words


def test_a_value_that_never_varies_and_no_request_names_is_a_constant() -> None:
    runs = [add(f"Add a ticket about {what}", title=what, team="night") for what in ("doors", "lamps")]
    assert wired("team", *runs) == (Const("night"),)


def test_a_value_that_every_request_names_is_a_choice_of_words() -> None:
    runs = [
        add(f"Add a ticket about {what} for team Night", title=what, team="night")
        for what in ("doors", "lamps")
    ]
    found = binding("team", *runs)
    assert isinstance(found, Wired)
    assert (found.kind, found.wordings) == ("choice", (("night", "night"),))


def test_other_words_for_a_value_are_a_choice() -> None:
    runs = (
        add("Add a ticket for the field engineers", team="field_engineer"),
        add("Add a ticket for the night guards", team="night_guard"),
    )
    found = binding("team", *runs)
    assert isinstance(found, Wired)
    assert found.wordings == (("field engineers", "field_engineer"), ("night guards", "night_guard"))


def test_the_same_words_for_two_values_are_no_choice() -> None:
    runs = (
        add("Add a ticket about the old lift", team="lift_east"),
        add("Add a ticket about the new lift", team="lift_west"),
    )
    assert isinstance(binding("team", *runs), Open)


@pytest.mark.parametrize("value", [True, 0, 3, 1.5, ["a", "b"], {"kind": ["a"]}])
def test_a_constant_may_be_any_value(value: JSON) -> None:
    runs = [add(f"Add a ticket about {what}", title=what, team=value) for what in ("doors", "lamps")]
    assert wired("team", *runs) == (Const(value),)


def test_a_telling_constant_that_rows_hold_is_looked_up_not_baked_in() -> None:
    def assign(number: int, place: int) -> Run:
        people: list[JSON] = [{"mail": f"p{n}@shop.example"} for n in range(3)]
        people.insert(place, {"mail": "ann@shop.example"})
        return run(
            f"Assign T-{number} to whoever is free",
            call("people.find", people, name="*"),
            call("tickets.assign", ticket_id=f"T-{number}", owner="ann@shop.example"),
        )

    assert binding("owner", *(assign(n, n % 3) for n in range(5))) == Chosen(rows=Ref("s1"), tail=("mail",))


def test_a_telling_constant_that_only_two_tasks_show_is_open() -> None:
    runs = [
        add(f"Add a ticket about {what}", title=what, team="ann@shop.example") for what in ("doors", "lamps")
    ]
    assert isinstance(binding("team", *runs), Open)


def test_a_telling_constant_that_three_tasks_agree_on_is_one() -> None:
    whats = ("doors", "lamps", "lifts")
    runs = [add(f"Add a ticket about {what}", title=what, team="ann@shop.example") for what in whats]
    assert wired("team", *runs) == (Const("ann@shop.example"),)


# -------------------------------------------------------------------------------------------- earlier results


def closes(number: int, rows: JSON, ticket: str) -> Run:
    return run(
        f"Close the ticket about case-{number}",
        call("tickets.find", rows, query=f"case-{number}"),
        call("tickets.close", ticket_id=ticket),
    )


def test_a_field_of_a_record_is_wired() -> None:
    runs = [closes(n, {"ticket_id": f"T-{n}"}, f"T-{n}") for n in (1, 2)]
    assert wired("ticket_id", *runs) == (Attr(Ref("s1"), "ticket_id"),)


def test_the_first_row_and_the_lowest_stay_rivals_until_a_run_tells_them_apart() -> None:
    def rows(*sizes: int) -> JSON:
        return [{"ticket_id": f"T-{size}", "size": size} for size in sizes]

    first, lowest = (Attr(Pick(Ref("s1"), *how), "ticket_id") for how in (("first",), ("lowest", "size")))
    alike = [closes(1, rows(11, 12), "T-11"), closes(2, rows(13, 14, 15), "T-13")]
    assert set(wired("ticket_id", *alike)) == {first, lowest}
    assert wired("ticket_id", *alike, closes(3, rows(18, 17), "T-18")) == (first,)
    assert wired("ticket_id", *alike, closes(3, rows(18, 17), "T-17")) == (lowest,)


def test_a_row_that_no_rule_picks_is_chosen() -> None:
    def rows(n: int) -> JSON:
        return [{"ticket_id": f"T-{n}{letter}"} for letter in "abcd"]

    runs = [closes(1, rows(1), "T-1b"), closes(2, rows(2), "T-2c")]
    assert binding("ticket_id", *runs) == Chosen(rows=Ref("s1"), tail=("ticket_id",))


def test_a_number_of_a_result_may_be_given_as_text() -> None:
    runs = [closes(n, {"number": 700 + n}, str(700 + n)) for n in (1, 2)]
    assert wired("ticket_id", *runs) == (AsText(Attr(Ref("s1"), "number")),)


def test_every_value_of_a_list_is_each() -> None:
    def close_all(number: int, *tickets: str) -> Run:
        rows: JSON = [{"ticket_id": ticket} for ticket in tickets]
        return closes(number, rows, list(tickets))  # type: ignore[arg-type]

    assert wired("ticket_id", close_all(1, "T-1", "T-2"), close_all(2, "T-3")) == (
        Each(Ref("s1"), "ticket_id"),
    )


def test_some_values_of_a_list_are_open() -> None:
    runs = [closes(n, [{"ticket_id": f"T-{n}"}, {"ticket_id": "T-0"}], [f"T-{n}"]) for n in (1, 2)]  # type: ignore[arg-type]
    assert isinstance(binding("ticket_id", *runs), Open)


def test_runs_of_one_task_may_explain_a_value_in_different_ways() -> None:
    one = closes(1, [{"ticket_id": "T-1"}], "T-1")
    other = run(str(one.request), *one.calls, name="other")
    assert wired("ticket_id", one, other, closes(2, [{"ticket_id": "T-2"}], "T-2"))


@pytest.mark.parametrize("values", [(True, False, True), (0, 1, 0), ("no", "yes", "no"), (2, 1, 2)])
def test_a_value_of_few_kinds_is_never_wired_by_chance(values: tuple[JSON, ...]) -> None:
    def flag(number: int, value: JSON) -> Run:
        record: JSON = {"ticket_id": f"T-{number}", "vip": value, "rooms": 17}
        return run(
            f"Add a note to case-{number}",
            call("tickets.find", record, query=f"case-{number}"),
            call("tickets.add", title=f"T-{number}", text=value),
        )

    assert not isinstance(binding("text", *(flag(n, value) for n, value in enumerate(values))), Wired)


# ---------------------------------------------------------------------------------------- structured requests


def test_a_structured_request_is_read_by_its_keys() -> None:
    def cancel(order: str) -> Run:
        return run({"order": {"id": order}, "reason": "late"}, call("orders.cancel", order_id=order))

    assert wired("order_id", cancel("O-1"), cancel("O-2")) == (RequestField('["order", "id"]'),)


def test_values_of_different_types_are_different() -> None:
    def refund(amount: JSON, said: JSON) -> Run:
        return run({"amount": said}, call("orders.refund", order_id="O-1", amount=amount))

    assert isinstance(binding("amount", refund(1, "1"), refund(2, "2")), Open)
