"""Wordings that no run had, and values that no solved task named: what a program may read of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from compiler.ir.program import Field as RequestField
from compiler.ir.program import Pattern, Program, Slot, Support
from compiler.ir.run import JSON, Run
from compiler.mine.unseen import reader_of, reads_others
from compiler.runtime.patterns import Values
from tests.mine.build import NOW, TOOLS, call, field, mined, question, run, the_call, tool


def read(program: Program, text: str) -> Values | None:
    """Read a text as the harness will, by the names of the fields."""
    request = program.request
    values = reader_of(request.patterns, request.fields, request.unseen).match(text, NOW)
    if values is None:
        return None
    return {one.name: values[f"f{place}"] for place, one in enumerate(request.fields)}


def unsolved(request: str) -> Run:
    """A task that nobody solved."""
    return replace(run(request), success=False)


def assigns(request: str, ticket: str, owner: str) -> Run:
    return run(request, call("tickets.assign", ticket_id=ticket, owner=owner))


ASSIGNING = (
    assigns("Assign my first ticket T-1 to nia by noon", "T-1", "nia"),
    assigns("Let raj have my first ticket T-2 by noon", "T-2", "raj"),
    assigns("Hand my first ticket T-3 over to amir by noon", "T-3", "amir"),
)


def test_wordings_that_differ_in_two_places_are_read_in_pieces() -> None:
    program = mined(*ASSIGNING)
    assert program.request.unseen == "pieces"
    assert read(program, "Hand my first ticket T-9 to olga by noon") == {"ticket_id": "T-9", "owner": "olga"}
    assert read(program, "Hand my last ticket T-9 to olga by noon") is None
    assert read(program, "Hand my ticket T-9 to olga by noon") is None


def test_wordings_that_differ_in_one_place_have_no_pieces_to_exchange() -> None:
    program = mined(
        run("Cancel T-1", call("tickets.close", ticket_id="T-1")),
        run("Drop T-2", call("tickets.close", ticket_id="T-2")),
    )
    assert program.request.unseen is None


def test_a_manner_that_reads_a_known_request_wrongly_is_not_allowed() -> None:
    # The words beside the fields mean the one in the first wording, and the other in the second.
    heir = RequestField(name="heir", kind="word", fills=())
    giver = RequestField(name="giver", kind="word", fills=())
    runs = (
        run("It goes from over at amir then on to nia"),
        run("It goes then on to amir from over at raj"),
    )
    known = Support(tasks=1, reached=2)
    one = Pattern(
        parts=("It goes from over at ", Slot("giver"), " then on to ", Slot("heir")),
        support=replace(known, runs=(runs[0].run_id,)),
    )
    same = replace(one, parts=("It goes then on to ", Slot("heir"), " from over at ", Slot("giver")))
    swapped = replace(one, parts=("It goes then on to ", Slot("giver"), " from over at ", Slot("heir")))
    for other, allowed in ((same, True), (swapped, False)):
        wordings = (one, replace(other, support=replace(known, runs=(runs[1].run_id,))))
        assert reads_others("pieces", runs, (heir, giver), wordings) is allowed


def checks(request: str, name: str, *, goes_on: bool) -> Run:
    """Look up how many tickets somebody has; close one, or leave it."""
    calls = [call("tickets.find", {"open": len(name)}, query=name)]
    calls += [call("tickets.close", ticket_id=name)] if goes_on else []
    return run(request, *calls)


def test_where_a_question_judges_the_request_other_words_do_not_matter() -> None:
    program = mined(
        checks("If the queue of nia is long, close it", "nia", goes_on=True),
        checks("If the queue of raj is long, close it", "raj", goes_on=False),
        checks("If the queue of olga is long, close it", "olga", goes_on=True),
        checks("If the queue of amir is long, close it", "amir", goes_on=False),
    )
    assert program.request.unseen == "judged"
    assert read(program, "Just close the queue of luis at once") == {"query": "luis"}
    assert read(program, "Just close the queue of luis or olga at once") is None
    assert read(program, "Just close the queue of somebody at once") is None


# ------------------------------------------------------------------------- values beyond the solved tasks

SIZES = replace(
    tool("tickets.size", "write", "ticket_id", "size"),
    parameters={
        "type": "object",
        "properties": {
            "ticket_id": {"type": "string"},
            "size": {"type": "string", "enum": ["very_small", "rather_large", "normal_size"]},
        },
    },
)


def sizes(number: int, said: str, size: str) -> Run:
    return run(f"Make T-{number} of {said}", call("tickets.size", ticket_id=f"T-{number}", size=size))


@pytest.mark.parametrize(
    "size",
    [
        {"enum": ["very_small", "rather_large", "normal_size"]},
        {"description": "The size. One of 'very_small', 'rather_large' or 'normal_size'."},
    ],
)
def test_a_value_that_the_schema_lists_is_known_by_its_own_words(size: dict[str, JSON]) -> None:
    schema = replace(SIZES, parameters={"type": "object", "properties": {"size": size}})
    program = mined(
        sizes(1, "very small", "very_small"), sizes(2, "rather large", "rather_large"), tools=(*TOOLS, schema)
    )
    assert ("normal size", "normal_size") in field(program, "size").choices


def test_a_value_that_never_varied_is_not_widened_by_the_schema_alone() -> None:
    one = (sizes(1, "very small", "very_small"), sizes(2, "very small", "very_small"))
    said = [said for said, _ in field(mined(*one, tools=(*TOOLS, SIZES)), "size").choices]
    assert said == ["very small"]
    named = mined(*one, unsolved("Make T-3 of normal size"), tools=(*TOOLS, SIZES))
    assert ("normal size", "normal_size") in field(named, "size").choices


def test_a_schema_that_lacks_an_observed_value_lists_nothing() -> None:
    other = replace(SIZES, parameters={"type": "object", "properties": {"size": {"enum": ["normal_size"]}}})
    program = mined(
        sizes(1, "very small", "very_small"), sizes(2, "rather large", "rather_large"), tools=(*TOOLS, other)
    )
    assert "normal size" not in dict(field(program, "size").choices)


def looks_up(number: int, name: str) -> Run:
    """Find a person, and give the ticket to the address."""
    return run(
        f"Assign T-{number} to {name}",
        call("people.find", [f"{name}@x.org"], name=name),
        call("tickets.assign", ticket_id=f"T-{number}", owner=f"{name}@x.org"),
    )


def test_a_name_that_is_looked_up_varies_where_an_unsolved_request_has_another() -> None:
    solved = (looks_up(1, "lena"), looks_up(2, "lena"))
    assert field(mined(*solved), "name").kind == "choice"
    widened = mined(*solved, unsolved("Assign T-3 to raj"))
    assert field(widened, "name").kind == "word"
    assert read(widened, "Assign T-4 to olga") == {"name": "olga", "ticket_id": "T-4"}
    assert read(widened, "Assign T-4 to nobody") is None


def test_a_value_that_is_written_stays_what_runs_show() -> None:
    program = mined(
        assigns("Assign T-1 to lena", "T-1", "lena"),
        assigns("Assign T-2 to lena", "T-2", "lena"),
        unsolved("Assign T-3 to raj"),
    )
    assert field(program, "owner").kind == "choice"


def test_what_is_quoted_is_written_as_it_stands() -> None:
    program = mined(
        run("Add 'Pay rent' for today", call("tickets.add", title="Pay rent")),
        run("Please add 'Pay rent' for now", call("tickets.add", title="Pay rent")),
        unsolved("Add 'Buy milk' for today"),
    )
    assert field(program, "title").kind == "quoted"


def counts(said: str, name: str, answer: int) -> Run:
    return run(
        f"Note the {said} since 2031-01-0{answer}",
        call(f"stats.{name}", answer, since=f"2031-01-0{answer}", until="2031-03-12"),
        call("tickets.add", title="Note", text=str(answer)),
    )


def test_words_select_a_tool_that_only_unsolved_tasks_needed() -> None:
    solved = (counts("opened tickets", "opened_tickets", 3), counts("opened tickets", "opened_tickets", 4))
    assert the_call(mined(*solved), "stats.opened_tickets").alternatives == ("stats.opened_tickets",)
    tried = replace(counts("closed tickets", "closed_tickets", 5), success=False)
    called = the_call(mined(*solved, tried), "stats.opened_tickets")
    assert called.alternatives == ("stats.closed_tickets", "stats.opened_tickets")


def test_a_question_names_its_fields_in_a_sentence() -> None:
    program = mined(*ASSIGNING)
    assert question(program, "REQUEST").text == "Read from the request the ticket id and the owner."
