"""Arguments that are computed: what is found, and what few tasks must not make believe."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from compiler.ir.expr import (
    AsText,
    Attr,
    Between,
    Case,
    Const,
    Each,
    Expr,
    FormatTime,
    JoinRows,
    Lookup,
    Measure,
    ParseTime,
    Pick,
    Piece,
    Ref,
    RequestField,
    Scaled,
    Shift,
    Where,
    Without,
)
from compiler.ir.run import JSON, Run
from compiler.mine.binding import Open, Wired
from compiler.mine.spans import HOLE
from tests.mine.build import binding, call, run

GOT = Ref("s1")
ORDER_ID, TEAM = RequestField('["order_id"]'), RequestField('["team"]')


def order(number: int, held: JSON, *, team: str = "T", **arguments: JSON) -> Run:
    """Read an order, then add a ticket for it."""
    order_id = f"O-{number * 7919 % 99991}"
    request: dict[str, JSON] = {"order_id": order_id, "team": team}
    return run(request, call("orders.get", held, order_id=order_id), call("tickets.add", **arguments))


def rivals(held: Sequence[JSON], values: Sequence[JSON]) -> tuple[Expr, ...]:
    """Bind the only argument of a ticket, given what was read before."""
    runs = (order(n, one, title=value) for n, (one, value) in enumerate(zip(held, values, strict=True), 1))
    found = binding("title", *runs)
    return found.rivals if isinstance(found, Wired) else ()


# ------------------------------------------------------------------------------------------ dates


DAYS: tuple[JSON, ...] = tuple({"day": day} for day in ("2031-01-30", "2031-03-04", "2031-11-17"))


@pytest.mark.parametrize(
    ("values", "expr"),
    [
        (("30.01.2031", "04.03.2031", "17.11.2031"), FormatTime(ParseTime(Attr(GOT, "day")), "%d.%m.%Y")),
        (
            ("2031-02-06", "2031-03-11", "2031-11-24"),
            FormatTime(Shift(ParseTime(Attr(GOT, "day")), "days", Const(7)), "%Y-%m-%d"),
        ),
        (
            ("01/29/2031 09:00", "03/03/2031 09:00", "11/16/2031 09:00"),
            FormatTime(Shift(ParseTime(Attr(GOT, "day")), "days", Const(-1)), "%m/%d/%Y 09:00"),
        ),
    ],
)
def test_a_date_of_a_result_is_moved_and_put_in_another_form(values: tuple[str, ...], expr: Expr) -> None:
    assert rivals(DAYS, values) == (expr,)


def test_a_date_in_another_form_than_iso_is_read_in_its_own() -> None:
    held: list[JSON] = [{"day": "30.01.2031"}, {"day": "04.03.2031"}, {"day": "17.11.2031"}]
    parsed = ParseTime(Attr(GOT, "day"), "%d.%m.%Y")
    assert rivals(held, ("2031-01-30", "2031-03-04", "2031-11-17")) == (FormatTime(parsed, "%Y-%m-%d"),)


def test_a_moment_is_moved_by_minutes() -> None:
    held: list[JSON] = [{"at": "2031-01-30 23:30"}, {"at": "2031-03-04 08:15"}, {"at": "2031-11-17 12:00"}]
    moved = Shift(ParseTime(Attr(GOT, "at")), "minutes", Const(45))
    values = ("2031-01-31 00:15", "2031-03-04 09:00", "2031-11-17 12:45")
    assert rivals(held, values) == (FormatTime(moved, "%Y-%m-%d %H:%M"),)


def test_a_date_of_the_requests_words_is_moved() -> None:
    days = (("2031-05-02", "2031-05-09"), ("2031-06-20", "2031-06-27"), ("2031-08-01", "2031-08-08"))
    found = binding("day", *(run(f"Remind me after {a}", call("tickets.add", day=b)) for a, b in days))
    assert isinstance(found, Wired)
    assert found.rivals == (FormatTime(Shift(HOLE, "days", Const(7)), "%Y-%m-%d"),)
    assert found.kind == "date"


# ------------------------------------------------------------------------------------------ numbers


ITEMS: tuple[JSON, ...] = (
    [{"price": 0.1, "units": 2}, {"price": 0.2, "units": 9}],
    [{"price": 12.5, "units": 4}, {"price": 30.25, "units": 1}, {"price": 7.75, "units": 6}],
    [{"price": 3.5, "units": 8}],
    [
        {"price": 99.0, "units": 3},
        {"price": 1.0, "units": 3},
        {"price": 5.5, "units": 7},
        {"price": 0.5, "units": 5},
    ],
)


@pytest.mark.parametrize(
    ("values", "expr"),
    [
        ((2, 3, 1, 4), Measure(GOT, "count")),
        ((0.3, 50.5, 3.5, 106.0), Measure(Each(GOT, "price"), "total")),
    ],
)
def test_rows_are_counted_and_summed_up(values: tuple[JSON, ...], expr: Expr) -> None:
    # Four small numbers tell little; as often as runs come, they tell enough.
    assert expr in rivals(ITEMS * 4, values * 4)
    assert rivals(ITEMS[:2], values[:2]) == ()


@pytest.mark.parametrize(
    ("values", "expr"),
    [
        ((1999, 25010, 105), Scaled(Attr(GOT, "total"), 100, 0)),
        (("19.99", "250.10", "1.05"), AsText(Attr(GOT, "total"), ".2f")),
        ((3.8, 47.52, 0.2), Scaled(Attr(GOT, "total"), 0.19, 2)),
    ],
)
def test_a_number_is_scaled_rounded_and_written(values: tuple[JSON, ...], expr: Expr) -> None:
    held: list[JSON] = [{"total": 19.99}, {"total": 250.1}, {"total": 1.05}]
    assert rivals(held, values) == (expr,)


def test_two_ways_to_write_a_number_that_no_run_tells_apart_are_rivals() -> None:
    held: list[JSON] = [{"total": 19.99}, {"total": 250.15}, {"total": 1.05}]
    total = Attr(GOT, "total")
    assert rivals(held, ("19.99", "250.15", "1.05")) == (AsText(total), AsText(total, ".2f"))


# ------------------------------------------------------------------------------------------ rows and keys

PEOPLE: list[JSON] = [
    {"name": "Ada Poe", "team": "north", "mail": "ada@shop.example"},
    {"name": "Bo Lind", "team": "south", "mail": "bo@shop.example"},
    {"name": "Cy Marsh", "team": "west", "mail": "cy@shop.example"},
]


def of_team(*teams: str) -> tuple[Run, ...]:
    mails = {str(one["team"]): one["mail"] for one in PEOPLE if isinstance(one, dict)}
    shuffled = (PEOPLE[n % 3 :] + PEOPLE[: n % 3] for n in range(len(teams)))
    return tuple(
        order(n, rows, team=team, title=mails[team])
        for n, (team, rows) in enumerate(zip(teams, shuffled, strict=True), 1)
    )


def test_a_row_is_told_by_a_value_of_the_request() -> None:
    found = binding("title", *of_team("south", "north", "south", "west", "north", "west"))
    assert isinstance(found, Wired)
    assert found.rivals == (Attr(Pick(Where(GOT, "team", "equals", TEAM), "only"), "mail"),)


def test_a_row_is_told_by_words_of_the_request() -> None:
    def ask(team: str, mail: str, turn: int) -> Run:
        rows: list[JSON] = PEOPLE[turn:] + PEOPLE[:turn]
        return run(
            f"Write to the {team} team",
            call("people.find", rows, name="all"),
            call("tickets.add", title=mail),
        )

    runs = (ask("south", "bo@shop.example", 0), ask("north", "ada@shop.example", 2))
    found = binding("title", *runs, ask("west", "cy@shop.example", 0), ask("south", "bo@shop.example", 2))
    assert isinstance(found, Wired)
    assert found.rivals == (Attr(Pick(Where(GOT, "team", "equals", HOLE), "only"), "mail"),)
    assert found.kind == "text"


def asked_for(ask: str, *, rows: Sequence[JSON], close: int, n: int) -> Run:
    """Find tickets, and close one of them."""
    held = [
        {"ticket_id": f"T-{7919 * (10 * n + m) % 99991}", "owner": owner, "day": f"2031-03-{28 - m}"}
        for m, owner in enumerate(rows)
    ]
    found = call("tickets.find", list[JSON](held), query=f"Topic {n}")
    return run(ask, found, call("tickets.close", ticket_id=held[close]["ticket_id"]))


ADA, BO, CY = "ada.ray@shop.example", "bo.li@shop.example", "cyrus.ray@shop.example"


def test_a_row_is_named_by_a_word_of_the_request() -> None:
    runs = (
        asked_for("Close cyrus's ticket on 'Topic 1'", rows=(ADA, CY, BO), close=1, n=1),
        asked_for("Close ada's ticket on 'Topic 2'", rows=(CY, BO, ADA), close=2, n=2),
        asked_for("Close cyrus's ticket on 'Topic 3'", rows=(CY, ADA), close=0, n=3),
    )
    found = binding("ticket_id", *runs)
    assert isinstance(found, Wired)
    assert found.rivals == (Attr(Pick(Where(GOT, "owner", "names", HOLE), "only"), "ticket_id"),)


def test_ways_to_pick_among_named_rows_stay_rivals() -> None:
    runs = (
        asked_for("Close cyrus's last ticket on 'Topic 1'", rows=(ADA, CY, BO, CY), close=1, n=1),
        asked_for("Close ada's last ticket on 'Topic 2'", rows=(CY, BO, ADA), close=2, n=2),
        asked_for("Close cyrus's last ticket on 'Topic 3'", rows=(CY, ADA), close=0, n=3),
    )
    found = binding("ticket_id", *runs)
    named = Where(GOT, "owner", "names", HOLE)
    assert isinstance(found, Wired)
    assert found.rivals == (
        Attr(Pick(named, "first"), "ticket_id"),
        Attr(Pick(named, "highest", "day"), "ticket_id"),
    )


def test_a_word_does_not_name_a_row_where_two_words_might() -> None:
    runs = (
        asked_for("Close the ticket of cyrus, not the ray one", rows=(ADA, CY, BO), close=1, n=1),
        asked_for("Close the ticket of ada, not the ray one", rows=(CY, BO, ADA), close=2, n=2),
        asked_for("Close the ticket of cyrus, not the ray one", rows=(CY, ADA), close=0, n=3),
    )
    assert not isinstance(binding("ticket_id", *runs), Wired)


def test_a_value_is_looked_up_under_a_key_that_is_a_value() -> None:
    tables: list[JSON] = [
        {"desks": {"air": f"D-{n}1", "sea": f"D-{n}2", "road": f"D-{n}3"}} for n in range(14, 19)
    ]
    teams = ("air", "sea", "road", "sea", "air")
    runs = (
        order(n, table, team=team, title=table["desks"][team])  # type: ignore[call-overload, index]
        for n, (table, team) in enumerate(zip(tables, teams, strict=True), 1)
    )
    found = binding("title", *runs)
    assert isinstance(found, Wired)
    assert found.rivals == (Lookup(Attr(GOT, "desks"), TEAM),)


def test_a_key_that_never_varied_may_be_a_value_that_did_not_either() -> None:
    runs = (
        order(n, {"desks": {"air": f"D-{n}1", "sea": "D-5"}}, team="air", title=f"D-{n}1")
        for n in range(14, 18)
    )
    found = binding("title", *runs)
    assert isinstance(found, Wired)
    desks = Attr(GOT, "desks")
    assert found.rivals == (Attr(desks, "air"), Lookup(desks, TEAM))


# ------------------------------------------------------------------------------------------ pieces and case


MAILS = ("ada.poe@shop.example", "bo.lind@store.example", "cy.marsh@mill.example")


def test_a_piece_is_cut_from_a_text() -> None:
    found = rivals([{"mail": mail} for mail in MAILS], ("ada.poe", "bo.lind", "cy.marsh"))
    assert set(found) == {Piece(Attr(GOT, "mail"), "@", 0), Piece(Attr(GOT, "mail"), "@", -2)}


def test_a_piece_is_told_by_the_words_around_it() -> None:
    held: list[JSON] = [
        "Order 481 is late: ticket T-77 was opened.",
        "We found that ticket T-123 was opened.",
        "Sorry; ticket T-9045 was opened by Bo Lind.",
    ]
    found = rivals(held, ("T-77", "T-123", "T-9045"))
    assert Between(GOT, "ticket ", " was") in found
    assert all(isinstance(expr, Between) for expr in found)


@pytest.mark.parametrize(
    ("how", "values"),
    [("upper", ("ADA POE", "BO LIND", "CY MARSH")), ("slug", ("ada_poe", "bo_lind", "cy_marsh"))],
)
def test_a_result_in_another_case(how: str, values: tuple[str, ...]) -> None:
    held: list[JSON] = [{"name": name} for name in ("Ada Poe", "Bo Lind", "Cy Marsh")]
    assert rivals(held, values) == (Case(Attr(GOT, "name"), how),)  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------ lists


def rows(*items: str) -> list[JSON]:
    """Rows of items; the open ones are marked."""
    return [{"item": item.strip("*"), "open": item.endswith("*")} for item in items]


STOCK: tuple[JSON, ...] = (
    rows("I-4711*", "I-4712", "I-4713*"),
    rows("I-2201", "I-2202*"),
    rows("I-9305*", "I-9306*", "I-9307", "I-9308*"),
)


def test_a_field_of_some_rows() -> None:
    values: list[JSON] = [["I-4711", "I-4713"], ["I-2202"], ["I-9305", "I-9306", "I-9308"]]
    assert rivals(STOCK, values) == (Each(Where(GOT, "open", "equals", Const(value=True)), "item"),)


def test_the_rows_of_a_list_in_one_text() -> None:
    values = ["I-4711, I-4712, I-4713", "I-2201, I-2202", "I-9305, I-9306, I-9307, I-9308"]
    assert JoinRows(Each(GOT, "item"), ", ") in rivals(STOCK, values)


def test_what_another_list_leaves() -> None:
    held: list[JSON] = [
        {"all": ["I-47", "I-48", "I-49"], "sent": ["I-48"]},
        {"all": ["I-22", "I-23"], "sent": ["I-23", "I-50"]},
        {"all": ["I-91", "I-92", "I-93"], "sent": []},
    ]
    values: list[JSON] = [["I-47", "I-49"], ["I-22"], ["I-91", "I-92", "I-93"]]
    assert rivals(held, values) == (Without(Attr(GOT, "all"), Attr(GOT, "sent")),)


# ------------------------------------------------------------------------------------------ results of writes


def made(number: int, answer: JSON, title: str) -> Run:
    added = call("tickets.add", answer, title=f"Job {number}")
    return run({"order_id": f"Job {number}"}, added, call("tickets.close", ticket_id=title))


def test_the_id_of_what_a_write_made_is_a_source() -> None:
    runs = (made(n, {"ok": True, "ticket_id": f"T-{n * 31}"}, f"T-{n * 31}") for n in range(4, 8))
    found = binding("ticket_id", *runs)
    assert isinstance(found, Wired)
    assert found.rivals == (Attr(GOT, "ticket_id"),)


def test_an_acknowledgement_is_no_source() -> None:
    found = binding("ticket_id", *(made(n, "Ticket added.", "Ticket added.") for n in range(4, 8)))
    assert isinstance(found, Wired)
    assert found.rivals == (Const("Ticket added."),)


# ------------------------------------------------------------------------------------------ chance


def test_a_step_that_two_tasks_share_is_not_believed() -> None:
    assert rivals(DAYS[:2], ("2031-02-06", "2031-03-11")) == ()


def test_a_step_between_days_of_one_week_is_not_believed() -> None:
    one: JSON = {"a": "2031-03-03", "b": "2031-03-04", "c": "2031-03-05"}
    held: list[JSON] = [one, one, {"a": "2031-03-04", "b": "2031-03-05", "c": "2031-03-06"}]
    assert rivals(held, ("2031-03-12", "2031-03-12", "2031-03-13")) == ()


@pytest.mark.parametrize("kind", ["date", "number", "count", "word"])
def test_a_value_that_comes_from_nowhere_is_not_explained(kind: str) -> None:
    """With many values in scope, some computation fits a few tasks by chance: hardly ever enough of them."""

    def value(chance: random.Random) -> JSON:
        match kind:
            case "date":
                return (date(2031, 3, 1) + timedelta(days=chance.randrange(30))).isoformat()
            case "number":
                return round(chance.uniform(1, 50), 1)
            case "count":
                return chance.randint(0, 5)
            case _:
                return chance.choice(("north", "south", "west", "east"))

    believed = 0
    for seed in range(60):
        chance = random.Random(f"{kind} {seed}")
        runs = []
        for number in range(chance.randint(2, 5)):
            rows_: list[JSON] = [{key: value(chance) for key in "abc"} for _ in range(chance.randint(1, 4))]
            held: JSON = {"rows": rows_, **{key: value(chance) for key in "defgh"}}
            runs.append(order(number + 1, held, title=value(chance)))
        found = binding("title", *runs)
        believed += isinstance(found, Wired) and not isinstance(found.rivals[0], Const)
    assert believed <= 1


def test_what_nothing_explains_stays_open() -> None:
    held: list[JSON] = [{"name": "Ada Poe"}, {"name": "Bo Lind"}, {"name": "Cy Marsh"}]
    found = binding("title", *(order(n, one, title=f"Zq{n * 77}") for n, one in enumerate(held, 1)))
    assert isinstance(found, Open)
