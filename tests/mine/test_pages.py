"""Reads that are made page by page: which are one read, and which must not be taken for one."""

from __future__ import annotations

from compiler.ir.expr import Attr, Ref
from compiler.ir.program import ForEach, Leave, Pages, Program
from compiler.ir.run import JSON, Call, Run
from tests.mine.build import TOOLS, call, mined, run, tool, walk

LIST = tool("tickets.list", "read", "team", "cursor")
SIZE = 2


def is_urgent(number: int, place: int) -> bool:
    return (number + place) % 4 == 1


def pages(number: int, count: int, *, read: int | None = None) -> list[Call]:
    """Read the pages of a list, all of them or a few."""
    ids = [f"T-{number}{place}" for place in range(count)]
    starts = range(0, max(count, 1), SIZE)
    made = []
    for page, at in enumerate(starts):
        shown = range(at, min(at + SIZE, count))
        rows: list[JSON] = [{"ticket_id": ids[place], "urgent": is_urgent(number, place)} for place in shown]
        more = f"after-{number}-{page}" if at + SIZE < count else None
        given: dict[str, JSON] = {"cursor": f"after-{number}-{page - 1}"} if page else {}
        made.append(call("tickets.list", {"tickets": rows, "next": more}, team=f"team-{number}", **given))
    return made[:read]


def closing(number: int, count: int) -> Run:
    """Close all tickets of a team."""
    closed = (call("tickets.close", ticket_id=f"T-{number}{place}") for place in range(count))
    return run({"team": f"team-{number}"}, *pages(number, count), *closed, task=f"task {number:02}")


def program_of(*runs: Run) -> Program:
    return mined(*runs, tools=(*TOOLS, LIST))


def pages_in(program: Program) -> list[Pages]:
    return [node for node in walk(program.body) if isinstance(node, Pages)]


def test_all_pages_are_one_list_that_is_walked() -> None:
    program = program_of(*(closing(n, n % 6) for n in range(12)))
    (found,) = pages_in(program)
    page = Ref(found.call.id)
    assert (found.argument, found.cursor, found.rows) == ("cursor", Attr(page, "next"), Attr(page, "tickets"))
    assert (found.most, [name for name, _ in found.call.arguments]) == (3, ["team"])
    (loop,) = (node for node in walk(program.body) if isinstance(node, ForEach))
    assert (loop.rows, loop.most) == (Ref(found.id), 5)
    assert program.limits.tool_calls == 8, "every page is a call"


def test_rows_are_searched_over_all_pages() -> None:
    def first_urgent(number: int) -> Run:
        urgent = [place for place in range(number % 6) if is_urgent(number, place)]
        closed = (call("tickets.close", ticket_id=f"T-{number}{place}") for place in urgent[:1])
        return run({"team": f"team-{number}"}, *pages(number, number % 6), *closed, task=f"task {number:02}")

    program = program_of(*(first_urgent(n) for n in range(30)))
    assert len(pages_in(program)) == 1
    assert any(isinstance(node, Leave) for node in walk(program.body))
    assert program.questions == ()


def test_a_list_that_a_run_did_not_read_to_its_end_has_no_pages() -> None:
    """What the run was looking for, and why it stopped, nothing says: to read on would be a guess."""
    short = run({"team": "team-20"}, *pages(20, 6, read=2), call("tickets.close", ticket_id="T-200"))
    assert pages_in(program_of(*(closing(n, n % 6) for n in range(12)), short)) == []


def test_two_tasks_with_a_second_page_are_too_few() -> None:
    few = [closing(1, 3), closing(2, 4)]
    assert pages_in(program_of(*few, closing(3, 2), closing(4, 1))) == []
    assert len(pages_in(program_of(*few, closing(3, 3), closing(4, 1)))) == 1


def test_a_cursor_that_no_page_gave_makes_no_pages() -> None:
    def asked(number: int) -> Run:
        rows: JSON = {"tickets": [{"ticket_id": f"T-{number}"}], "next": None}
        team = f"team-{number}"
        looks = [
            call("tickets.list", rows, team=team),
            call("tickets.list", rows, team=team, cursor="latest"),
        ]
        return run({"team": team}, *looks, call("tickets.close", ticket_id=f"T-{number}"))

    assert pages_in(program_of(*(asked(n) for n in range(8)))) == []


def test_the_order_of_the_runs_does_not_matter() -> None:
    runs = [closing(n, n % 6) for n in range(12)]
    assert repr(program_of(*runs)) == repr(program_of(*reversed(runs)))
