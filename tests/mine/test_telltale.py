"""Words that always go with a choice, and stand where other words go with another."""

from __future__ import annotations

from dataclasses import replace

from compiler.ir.expr import RequestField
from compiler.ir.run import Call, Run
from compiler.mine.spans import Span
from compiler.mine.telltale import Choice, place_of, telling_words
from tests.mine.build import call, field, mined, patterns, run, shape, tool

OPENED, CLOSED = "stats.zulo", "stats.mira"
TOOLS = (
    tool(OPENED, "read", "since", "until"),
    tool(CLOSED, "read", "since", "until"),
    tool("tickets.add", "write", "title", "text"),
)


def told(*pairs: tuple[str, str]) -> object:
    """Give the telling words of requests, each a task of its own."""
    return telling_words([Choice(task=text, text=text, chosen=chosen) for text, chosen in pairs])


def test_words_that_stand_in_one_frame_tell() -> None:
    assert told(
        ("Check if total visits was more than 3 since May 2", "a"),
        ("Check if total visits was less than 9 since June 1", "a"),
        ("Check if engaged users was more than 5 since May 7", "b"),
        ("Check if engaged users was less than 4 since May 9", "b"),
    ) == {"total visits": "a", "engaged users": "b"}


def test_words_that_never_come_back_tell_nothing() -> None:
    assert told(("Count apples in Oslo today", "a"), ("Count pears in Rome today", "b")) is None
    assert told(("Ask Ann", "a"), ("Ask Ben", "b"), ("Ask Cleo", "b")) is None


def test_a_frame_that_no_other_choice_has_tells_nothing() -> None:
    assert told(("Open it", "a"), ("Open this", "a"), ("Then shut all", "b"), ("Now shut them", "b")) is None


def test_two_explanations_are_none() -> None:
    assert (
        told(
            ("Count cats as you did in Oslo now", "a"),
            ("Count cats as you did in Oslo soon", "a"),
            ("Count dogs as you did in Rome now", "b"),
            ("Count dogs as you did in Rome soon", "b"),
        )
        is None
    )


def test_words_that_go_with_two_choices_tell_nothing() -> None:
    assert told(("Count cats", "a"), ("Count cats", "b"), ("Count dogs", "b"), ("Count dogs", "b")) is None


def test_the_tasks_count_and_not_the_runs() -> None:
    pairs = (("Count cats now", "a"), ("Count dogs now", "b"))
    runs = [Choice(task=chosen, text=text, chosen=chosen) for text, chosen in pairs for _ in range(5)]
    assert telling_words(runs) is None


def test_a_phrase_is_found_where_it_stands_first() -> None:
    assert place_of("If Total visits fell, plot total visits", {"total visits": "a"}) == Span(3, 15)
    assert place_of("Total, visits", {"total visits": "a"}) is None


def count(kind: str, name: str, month: int, *, task: str) -> Run:
    day, until = f"2031-{month:02}-02", f"2031-{month:02}-20"
    made: tuple[Call, ...] = (
        call(name, {"count": month * 7 + 100}, since=day, until=until),
        call("tickets.add", title="Numbers", text=month * 7 + 100),
    )
    return run(f"Report {kind} tickets from {day} to {until}", *made, task=task)


RUNS = (
    count("fresh", OPENED, 1, task="1"),
    count("fresh", OPENED, 2, task="2"),
    count("done", CLOSED, 3, task="3"),
    count("done", CLOSED, 4, task="4"),
)


def test_a_tool_is_selected_by_words_that_are_not_in_its_name() -> None:
    program = mined(*RUNS, tools=TOOLS)
    node = next(one for one in program.body if getattr(one, "tool", "") in (OPENED, CLOSED))
    assert getattr(node, "selector", None) == RequestField("tool")
    assert field(program, "tool").choices == (("done", CLOSED), ("fresh", OPENED))
    assert patterns(program) == ["Report {tool} tickets from {since} to {until}"]
    assert field(program, "tool").closed, "another word selects nothing"


def test_a_tool_that_one_phrase_calls_and_calls_not_is_never_guessed() -> None:
    odd = replace(count("fresh", CLOSED, 5, task="5"), run_id="odd")
    program = mined(*RUNS, odd, tools=TOOLS)
    assert shape(program)[-1] == "HandOver", "the job is left to the agent"
