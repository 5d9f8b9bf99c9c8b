"""The places of a program, in words that lead to them."""

from __future__ import annotations

import pytest

from compiler.emit.places import places
from compiler.ir.expr import Const, Expr, Ref, RequestField, Where
from compiler.ir.program import Arm, Branch, Compare, ForEach, Node, OnEmpty, OnText, TextCase
from tests.emit import cases
from tests.emit.cases import call, program, seen


def named(*body: Node) -> list[str]:
    """Name the places of a block."""
    return [f"{place['kind']}: {place['what']}" for place in places(program("p", body))]  # type: ignore[index,call-overload]


SEARCH = call("c1", "cal.search_events", "read")
MINE = Where(Ref("c1"), "owner", "equals", RequestField("who"))


def test_what_is_done_where_a_tool_finds_nothing() -> None:
    stop = TextCase(text="None.", body=(), support=seen(1))
    assert named(
        SEARCH,
        OnText(ref="c1", cases=(stop,), support=seen(1)),
        OnEmpty(rows=Ref("c1"), body=(), support=seen(1)),
        OnEmpty(rows=MINE, body=(), support=seen(1)),
    ) == [
        "call: cal.search_events",
        'branch: cal.search_events answers "None."',
        "branch: cal.search_events finds nothing",
        "branch: nothing is left of cal.search_events whose owner equals request.who",
    ]


def test_loops_say_what_they_walk() -> None:
    walked: tuple[Expr, ...] = (Ref("c1"), MINE, Const([1]))
    loops = [
        ForEach(id=f"e{number}", rows=rows, body=(), support=seen(1)) for number, rows in enumerate(walked)
    ]
    assert named(SEARCH, *loops)[1:] == [
        "loop: for each event of cal.search_events",
        "loop: for each event of cal.search_events whose owner equals request.who",
        "loop: for each element of [1]",
    ]


def test_no_two_places_share_a_name() -> None:
    again = call("c2", "cal.search_events", "read", seen(1), limit=Const(5))
    test = Branch(
        arms=(Arm(guard=Compare(RequestField("n"), ">", Const(3)), body=(), support=seen(1)),), unseen="x"
    )
    assert named(SEARCH, test, again, test) == [
        "call: cal.search_events",
        "branch: request.n > 3",
        "call: cal.search_events (2nd call)",
        "constant: cal.search_events.limit = 5 (2nd call)",
        "branch: request.n > 3 (2nd place)",
    ]


def test_a_choice_of_tools_names_every_one() -> None:
    made = places(cases.select_tool())
    calls = [place["what"] for place in made if place["kind"] == "call"]  # type: ignore[index,call-overload]
    assert calls[0] == (
        "one of analytics.total_visits_count, analytics.engaged_users_count, by the request's words"
    )


@pytest.mark.parametrize(
    "made", [cases.cancel_meeting(), cases.reassign_tasks(), cases.plot_if_grown(), cases.select_tool()]
)
def test_no_internal_name_is_left(made: object) -> None:
    said = [str(place["what"]) for place in places(made)]  # type: ignore[index,call-overload,arg-type]
    assert said
    assert not any("%" in what for what in said)
    assert len(set(said)) == len(said)
