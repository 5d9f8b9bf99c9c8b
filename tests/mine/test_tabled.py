"""Arguments that a table explains: cases, questions for the rest, and the form that dates are written in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import cycle

import pytest

from compiler.ir.expr import Attr, Expr, FormatTime, ParseTime, Ref, RequestField
from compiler.ir.program import Ask, ForEach, Program, Switch
from compiler.ir.run import JSON, Run
from tests.mine.build import argument, call, mined, question, run, shape, tool, walk

TOOLS = (
    tool("sheet.open", "read", "sheet"),
    tool("sheet.put", "write", "cell_id", "text"),
)
TOWNS, STREETS = cycle(("Ulm", "Graz", "Lille", "Pisa", "Bari")), cycle(("Mill Lane", "Elm Road", "Bay Row"))
OWN = ("town", "street", "phone", "born")


def person(number: int) -> dict[str, JSON]:
    return {
        "sheet": f"sheet-{number}",
        "town": f"{next(TOWNS)} {number}",
        "street": f"{next(STREETS)} {number}",
        "phone": f"+49 30 {number * 7919}",
        "born": (date(1970, 1, 1) + timedelta(days=401 * number)).isoformat(),
        "note": f"What person {number} says.",
    }


def filled(number: int, *topics: str, form: str | None = None, answers: dict[str, str] | None = None) -> Run:
    """Fill in a sheet: each cell with what the request holds for its topic, or with an answer."""
    request, said = person(number), answers or {}
    cells: list[JSON] = []
    calls = []
    for place, topic in enumerate(topics):
        cell: dict[str, JSON] = {"cell_id": f"cell-{number}-{place}", "topic": topic}
        value = said.get(topic) or str(request[topic])
        if topic in ("mood", "pet"):
            cell["options"] = ["cat", "dog", "fish", "glad", "sad"]
        if form is not None and topic == "born":
            cell["form"] = form
            value = date.fromisoformat(value).strftime("%d.%m.%Y")
        cells.append(cell)
        calls.append(call("sheet.put", cell_id=cell["cell_id"], text=value))
    opened = call("sheet.open", {"cells": cells}, sheet=f"sheet-{number}")
    return run(request, opened, *calls, task=f"task {number:02}")


def switches(program: Program) -> list[Switch]:
    return [node for node in walk(program.body) if isinstance(node, Switch)]


def cases(switch: Switch) -> dict[JSON, Expr]:
    return {value: case.value for case in switch.cases for value in case.values}


def sheets(count: int = 8, *more: str, answers: Mapping[str, tuple[str, ...]] | None = None) -> list[Run]:
    """Sheets with the topics in another order each, and more topics with the answers given in turn."""
    runs = []
    for number in range(1, count + 1):
        topics = [*OWN, *more]
        turned = topics[number % len(topics) :] + topics[: number % len(topics)]
        given = {topic: said[number % len(said)] for topic, said in (answers or {}).items()}
        runs.append(filled(number, *turned, answers=given))
    return runs


def test_the_topic_says_which_field_is_meant() -> None:
    program = mined(*sheets(), tools=TOOLS)
    (switch,) = switches(program)
    (loop,) = (node for node in walk(program.body) if isinstance(node, ForEach))
    assert switch.on == Attr(Ref(loop.id), "topic")
    assert cases(switch) == {topic: RequestField(topic) for topic in OWN}
    assert argument(program, "sheet.put", "text") == Ref(switch.id)
    assert program.questions == ()
    assert {one.name: one.fills for one in program.request.fields}["town"] == ("sheet.put.text",)


def test_a_topic_without_a_field_is_asked_about_with_its_options_if_it_has_some() -> None:
    answers = {"pet": ("cat", "dog", "fish"), "why": ("It is near.", "A friend works there.", "So be it.")}
    program = mined(*sheets(8, "pet", "why", answers=answers), tools=TOOLS)
    (switch,) = switches(program)
    asks = {case.values: case.ask for case in switch.cases if case.ask is not None}
    (loop,) = (node for node in walk(program.body) if isinstance(node, ForEach))
    chosen, said = asks["pet",], asks["why",]
    assert isinstance(chosen, Ask)
    assert isinstance(said, Ask)
    assert chosen.options == Attr(Ref(loop.id), "options")
    assert [question(program, ask.question).kind for ask in (chosen, said)] == ["choose", "compose"]
    assert chosen.facts == said.facts == (loop.id,)
    assert program.limits.questions == 2, "each run has one of either"


def test_a_date_is_written_in_the_form_that_its_cell_names() -> None:
    forms: tuple[str | None, ...] = (None, "DD.MM.YYYY")
    runs = [filled(n, *OWN[n % 4 :], *OWN[: n % 4], form=forms[n % 2]) for n in range(1, 11)]
    table, written = switches(mined(*runs, tools=TOOLS))
    assert cases(table)["born"] == RequestField("born")
    value = Ref(table.id)
    assert cases(written) == {None: value, "DD.MM.YYYY": FormatTime(ParseTime(value), "%d.%m.%Y")}


def test_what_too_few_tasks_show_is_asked() -> None:
    runs = sheets()
    rare = [filled(20 + n, *OWN, "nick", answers={"nick": f"nick {n}"}) for n in range(2)]
    for number, one in enumerate(rare):
        request = one.request
        assert isinstance(request, dict)
        request["nick"] = f"nick {number}"
    (switch,) = switches(mined(*runs, *rare, tools=TOOLS))
    asked = [case.values for case in switch.cases if case.ask is not None]
    assert asked == [("nick",)], "two tasks are no case, whatever they agree with"


def hinted(number: int, *, same: bool) -> Run:
    """A sheet whose cell for the town says what goes into it: the town of the request, or another."""
    honest = filled(number, *OWN)
    opened, put, *puts = honest.calls
    said = put.arguments["text"] if same else f"Rome {number}"
    result = opened.result
    assert isinstance(result, dict)
    cells = result["cells"]
    assert isinstance(cells, list)
    assert isinstance(cells[0], dict)
    cells[0]["hint"] = said
    written = call("sheet.put", cell_id=put.arguments["cell_id"], text=said)
    return replace(honest, calls=(opened, written, *puts))


@pytest.mark.parametrize(("others", "sure"), [(1, False), (2, True)])
def test_a_source_that_one_task_alone_tells_from_a_cheaper_one_is_asked(others: int, *, sure: bool) -> None:
    runs = [hinted(number, same=number > others) for number in range(1, 9)]
    (switch,) = switches(mined(*runs, tools=TOOLS))
    (town,) = (case for case in switch.cases if "town" in case.values)
    assert (town.ask is None) == sure


def test_values_that_no_topic_tells_apart_are_no_table() -> None:
    """What goes into a cell follows the order of the cells; that their topics agree with it is not so."""
    runs = []
    for number in range(1, 9):
        topics = [OWN[(place + number) % 4] for place in range(4)]
        honest = filled(number, *topics)
        first, *puts = honest.calls
        request = honest.request
        assert isinstance(request, dict)
        mixed = [
            call("sheet.put", cell_id=one.arguments["cell_id"], text=request[topic])
            for one, topic in zip(puts, OWN, strict=True)
        ]
        runs.append(run(request, first, *mixed, task=f"task {number:02}"))
    assert "Switch" not in shape(mined(*runs, tools=TOOLS))
