from __future__ import annotations

from compiler.mine.clean import Episode, is_refusal, tool_families
from tests.mine.build import TOOLS, call, cleaned, failed, run, steps, tool, unsolved

FIND = call("tickets.find", [{"ticket_id": "T-1"}], query="printer")
CLOSE = call("tickets.close", ticket_id="T-1")


def test_a_call_that_raised_is_dropped() -> None:
    assert steps(FIND, failed("tickets.close", ticket_id="T-9"), CLOSE) == ["tickets.find", "tickets.close"]


def test_a_write_that_was_refused_in_words_is_dropped() -> None:
    refused = call("tickets.close", "Ticket not found.", ticket_id="T-9")
    assert steps(FIND, refused, CLOSE) == ["tickets.find", "tickets.close"]


def test_a_read_that_finds_nothing_has_answered() -> None:
    assert steps(call("tickets.find", "No ticket was not found.", query="x"), CLOSE)[0] == "tickets.find"


def test_a_read_that_was_refused_and_made_again_is_dropped() -> None:
    refused = call("tickets.find", "Error: query is missing", query="")
    assert steps(refused, FIND, CLOSE) == ["tickets.find", "tickets.close"]


def test_the_same_read_again_is_dropped() -> None:
    assert steps(FIND, FIND, CLOSE) == ["tickets.find", "tickets.close"]


def test_the_same_read_after_a_write_may_answer_otherwise() -> None:
    assert steps(FIND, CLOSE, FIND, call("tickets.close", ticket_id="T-2")) == [
        "tickets.find",
        "tickets.close",
        "tickets.find",
        "tickets.close",
    ]


def test_a_look_at_what_was_done_is_dropped() -> None:
    assert steps(FIND, CLOSE, FIND) == ["tickets.find", "tickets.close"]


def test_reads_stay_where_nothing_was_written() -> None:
    assert steps(FIND, call("tickets.get", {}, ticket_id="T-1")) == ["tickets.find", "tickets.get"]


def test_a_tool_without_a_schema_counts_as_a_write() -> None:
    (episode,) = cleaned(run("Do it", call("mail.send", to="ann")))
    assert [step.effect for step in episode.writes] == ["write"]


def test_an_argument_that_says_nothing_is_left_out() -> None:
    (episode,) = cleaned(run("Do it", call("tickets.add", title="A", text=None, team="", day=0)))
    assert episode.steps[0].arguments == {"title": "A", "day": 0}


def test_failed_runs_are_left_out_where_outcomes_are_known() -> None:
    good = run("One", CLOSE)
    assert [episode.run.request for episode in cleaned(good, unsolved(run("Two", CLOSE)))] == ["One"]


def test_runs_come_in_an_order_of_their_own() -> None:
    def names(*episodes: Episode) -> list[str]:
        return [episode.run.run_id for episode in episodes]

    one, two = run("One", CLOSE, task="b", name="1"), run("Two", CLOSE, task="a", name="2")
    assert names(*cleaned(one, two)) == names(*cleaned(two, one)) == ["2", "1"]


def test_reads_that_take_the_same_two_arguments_are_a_family() -> None:
    family = "stats.closed_tickets|stats.opened_tickets"
    assert tool_families(TOOLS) == {"stats.opened_tickets": family, "stats.closed_tickets": family}


def test_writes_are_never_a_family() -> None:
    assert tool_families((tool("a", "write", "x", "y"), tool("b", "write", "x", "y"))) == {}


def test_only_a_text_can_be_a_refusal() -> None:
    assert is_refusal("Error: no such ticket")
    assert not is_refusal({"error": "not found"})
    assert not is_refusal("Closed.")
