"""Wordings that a question judges may differ in what no field takes; all others are literal."""

from __future__ import annotations

from compiler.ir.program import Slot
from compiler.ir.run import Run
from tests.mine.build import call, mined, patterns, run


def closes(number: int, request: str, *, stops: bool = False) -> Run:
    """Read a ticket; close it unless the run stops there."""
    ticket = f"T-{number}"
    calls = [call("tickets.get", {"age": number * 7 % 5}, ticket_id=ticket)]
    calls += [] if stops else [call("tickets.close", ticket_id=ticket)]
    return run(request.format(ticket), *calls)


def test_numbers_that_no_field_takes_are_literal_where_nothing_is_asked() -> None:
    program = mined(
        run("Close T-1 after 3 days", call("tickets.close", ticket_id="T-1")),
        run("Close T-2 after 5 days", call("tickets.close", ticket_id="T-2")),
    )
    assert sorted(patterns(program)) == ["Close {ticket_id} after 3 days", "Close {ticket_id} after 5 days"]


def test_a_question_that_sees_the_request_judges_its_numbers_and_comparisons() -> None:
    program = mined(
        closes(1, "If {} is older than 3 days, close it"),
        closes(2, "If {} is older than 5 days, close it"),
        closes(3, "If {} is older than 9 days, close it", stops=True),
    )
    (pattern,) = program.request.patterns
    assert [part.gap for part in pattern.parts if isinstance(part, Slot)] == [None, "word", "number"]
    assert pattern.support.tasks == 3


def test_a_question_that_sees_the_request_judges_the_words_in_which_wordings_differ() -> None:
    program = mined(
        closes(1, "If {} is older than it should be, close it"),
        closes(2, "If {} is bigger than it should be, close it"),
        closes(3, "If {} is older than it should be, close it", stops=True),
    )
    (pattern,) = program.request.patterns
    assert [part.gap for part in pattern.parts if isinstance(part, Slot)] == [None, "word"]


def test_wordings_that_differ_in_most_words_stay_two() -> None:
    program = mined(
        closes(1, "If old, close {}"),
        closes(2, "When done, drop {}"),
        closes(3, "If old, close {}", stops=True),
    )
    assert len(program.request.patterns) == 2
