"""Tools that take the same arguments may be one role, selected by a word of the request."""

from __future__ import annotations

from compiler.ir.expr import RequestField
from compiler.ir.run import Run
from tests.mine.build import call, field, mined, patterns, routes, run, the_call

FAMILY = "stats.closed_tickets|stats.opened_tickets"


def count(kind: str, day: str, until: str, *, request: str = "Report {} tickets from {} to {}") -> Run:
    number = len(request) + int(day[-2:]) * 100
    return run(
        request.format(kind, day, until),
        call(f"stats.{kind}_tickets", {"count": number}, since=day, until=until),
        call("tickets.add", title="Numbers", text=number),
    )


RUNS = (
    count("opened", "2031-01-02", "2031-01-11"),
    count("closed", "2031-01-03", "2031-01-22"),
    count("opened", "2031-01-14", "2031-01-30"),
)


def test_two_tools_are_one_role() -> None:
    (route,) = routes(*RUNS)
    assert [role.key[0] for role in route.roles] == [FAMILY, "tickets.add"]
    assert route.roles[0].tool == "stats.opened_tickets"


def test_a_word_of_the_request_selects_the_tool() -> None:
    program = mined(*RUNS)
    node = the_call(program, "stats.opened_tickets")
    assert node.selector == RequestField("tool")
    assert node.alternatives == ("stats.closed_tickets", "stats.opened_tickets")
    assert field(program, "tool").choices == (
        ("closed tickets", "stats.closed_tickets"),
        ("opened tickets", "stats.opened_tickets"),
    )
    assert patterns(program) == ["Report {tool} from {since} to {until}"]


def test_both_tools_have_their_schemas_and_results() -> None:
    program = mined(*RUNS)
    names = ["stats.closed_tickets", "stats.opened_tickets"]
    assert [tool.name for tool in program.tools if tool.name.startswith("stats")] == names[::-1]
    assert [name for name, _ in program.samples if name.startswith("stats")] == names


def test_one_tool_whose_name_every_request_says_is_still_a_choice() -> None:
    program = mined(RUNS[0], RUNS[2])
    assert field(program, "tool").choices == (("opened tickets", "stats.opened_tickets"),)


def test_one_tool_that_no_request_names_is_fixed() -> None:
    runs = [
        count("opened", day, "2031-02-01", request="Report{0:.0} from {1} to {2}")
        for day in ("2031-01-02", "2031-01-03")
    ]
    assert the_call(mined(*runs), "stats.opened_tickets").selector is None
