"""Goldens run: what the modules mean to the runtime is what the programs say."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from compiler.ir.expr import Expr, RequestField
from compiler.ir.program import CallTool
from compiler.ir.run import JSON
from compiler.mine import evaluate
from compiler.mine.exprs import rewrite
from compiler.runtime import Harness, RunResult, ScriptedModel, load_source
from tests.emit.cases import CASES, DESKS, EVENTS, EVIL, TASKS, event, sold

NOW = datetime(2023, 11, 30)


class World:
    """Tools that answer what they are told to, and keep what they were asked."""

    def __init__(self, **answers: JSON) -> None:
        self.answers = answers
        self.calls: list[tuple[str, dict[str, JSON]]] = []

    def __call__(self, name: str, arguments: dict[str, JSON]) -> JSON:
        self.calls.append((name, arguments))
        return self.answers.get(name.rpartition(".")[2], "done")


def load(golden: Path, case: str) -> Harness:
    files = {name: (golden / case / name).read_text(encoding="utf-8") for name in ("harness.py", "tools.py")}
    return load_source(case, files)


def start(golden: Path, case: str, request: str | dict[str, JSON], world: World, *answers: JSON) -> RunResult:
    return load(golden, case).run(request, call=world, model=ScriptedModel(answers), now=NOW)


def test_equal_rivals_are_not_asked_about(golden: Path) -> None:
    world = World(search_events=EVENTS[0])
    result = start(golden, "cancel_meeting", "Cancel the first 'stand-up' on December 1", world)
    assert result.outcome == "done", result.deviation
    assert world.calls == [
        ("calendar.search_events", {"query": "stand-up", "time_min": "2023-12-01 00:00:00"}),
        ("calendar.delete_event", {"event_id": "00001"}),
    ]


def test_rivals_that_differ_are_asked_about(golden: Path) -> None:
    world = World(search_events=[event(3), event(1)])
    result = start(golden, "cancel_meeting", "Delete 'stand-up' of 2023-12-01 {soon}", world, 1)
    assert [asked.ask.question for asked in result.asks] == ["FIRST_EVENT"]
    assert world.calls[-1] == ("calendar.delete_event", {"event_id": "00001"})


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("No events found.", "done"),
        ("Server error.", "deviated"),
        ([], "deviated"),
        ([event(1)] * 5, "deviated"),
    ],
)
def test_nothing_is_written_unless_there_is_something_to_write(
    golden: Path, answer: JSON, outcome: str
) -> None:
    world = World(search_events=answer)
    result = start(golden, "cancel_meeting", "Cancel the first 'stand-up' on December 1", world)
    assert (result.outcome, len(world.calls)) == (outcome, 1)


def test_a_structured_request_is_read_by_its_keys(golden: Path) -> None:
    world = World(search_tasks=TASKS[0])
    request: dict[str, JSON] = {"people": {"from": "a@b", "to": "c@d"}, "board": 3}
    result = start(golden, "reassign_tasks", request, world, [0, 2])
    assert result.outcome == "done", result.deviation
    assert [arguments.get("task_id") for _, arguments in world.calls] == [None, "1", "3"]
    assert world.calls[0][1] == {"assignee": "a@b", "board": 3}


@pytest.mark.parametrize(
    ("answer", "writes", "outcome"), [(0, 1, "done"), (1, 0, "done"), (2, 0, "deviated")]
)
def test_only_a_yes_releases_the_write(golden: Path, answer: int, writes: int, outcome: str) -> None:
    world = World(total_visits_count={"2023-11-01": 3})
    result = start(golden, "plot_if_grown", "Plot it if it grew", world, answer)
    assert (result.outcome, len(world.calls) - 1) == (outcome, writes)
    assert world.calls[0][1] == {"time_min": "2023-11-16", "time_max": "2023-11-30"}


@pytest.mark.parametrize(
    ("status", "total", "names"),
    [
        ("open", 4, ["get_order_details", "refund_order"]),
        ("sent", 4.5, ["get_order_details", "send_notice"]),
        ("lost", 4, ["get_order_details"]),
    ],
)
def test_a_branch_takes_the_arm_that_holds(golden: Path, status: str, total: float, names: list[str]) -> None:
    order: JSON = {"order_id": "7", "status": status, "total": total, "paid": False, "note": None}
    world = World(get_order_details=order, refund_order={"ok": True})
    result = start(golden, "route_order", "Handle order 7", world)
    assert result.outcome == "done", result.deviation
    assert [name.rpartition(".")[2] for name, _ in world.calls] == names


def test_an_unseen_status_deviates(golden: Path) -> None:
    order: JSON = {"order_id": "7", "status": "new", "total": 4, "paid": False, "note": None}
    result = start(golden, "route_order", "Handle order 7", World(get_order_details=order))
    assert result.deviation is not None
    assert result.deviation.message == "an order has a status that no run shows"


REFUNDED: dict[str, JSON] = {"refund_order": {"ok": True}}
BUSY: dict[str, JSON] = {"2023-11-01": 4, "2023-11-02": 9}


@pytest.mark.parametrize(
    ("order", "calls"),
    [
        (sold("2023-11-20", 60, 70), 3),
        (sold("2023-11-20", 1, 2, 3), 3),
        (sold("2023-11-20", 60), 1),
        (sold("2023-10-20", 60, 70), 1),
    ],
)
def test_a_rule_decides_on_sums_lengths_and_ages(golden: Path, order: JSON, calls: int) -> None:
    world = World(get_order=order, visits=BUSY, **REFUNDED)
    result = start(golden, "learnt_rules", "Refund 7 if visits were ever more than 8", world)
    assert result.outcome == "done", result.deviation
    assert (len(world.calls), result.asks) == (calls, ())


def test_a_value_in_the_gap_of_a_rule_deviates(golden: Path) -> None:
    world = World(get_order=sold("2023-11-20", 60, 40), visits=BUSY, **REFUNDED)
    result = start(golden, "learnt_rules", "Refund 7 if visits were ever more than 8", world)
    assert result.deviation is not None
    assert result.deviation.message == "a value that no run shows decides here"


@pytest.mark.parametrize(("condition", "calls"), [("at least 9", 3), ("over 9", 2), ("below 5", 3)])
def test_the_condition_of_the_request_decides(golden: Path, condition: str, calls: int) -> None:
    world = World(get_order=sold("2023-11-20", 60, 70), visits=BUSY, **REFUNDED)
    result = start(golden, "learnt_rules", f"Refund 7 if visits were ever {condition}", world, 0)
    # Of "below 5" any number tells another thing than the greatest: the model is asked, and says yes.
    assert [asked.ask.question for asked in result.asks] == ["GO_ON"] * (condition == "below 5")
    assert (result.outcome, len(world.calls)) == ("done", calls)


@pytest.mark.parametrize(
    ("request_", "visits"),
    [("Refund 7 if busy", BUSY), ("Refund 7 if visits were ever more than 8", {})],
)
def test_a_condition_that_cannot_be_told_is_asked_about(
    golden: Path, request_: str, visits: dict[str, JSON]
) -> None:
    world = World(get_order=sold("2023-11-20", 60, 70), visits=visits, **REFUNDED)
    result = start(golden, "learnt_rules", request_, world, 1)
    assert [asked.ask.question for asked in result.asks] == ["GO_ON"]
    assert (result.outcome, len(world.calls)) == ("done", 2)


def test_helpers_end_the_run_where_the_program_does(golden: Path) -> None:
    tagged: tuple[list[JSON], ...] = (["b"], ["a", "c", "a"], ["a"])
    tasks: JSON = [
        {"task_id": str(number), "name": "n", "due": None, "list": {"id": 1, "name": "x"}, "tags": tags}
        for number, tags in enumerate(tagged)
    ]
    world = World(search_tasks=tasks)
    result = start(golden, "long_loop", "Update Sam", world, 0, 0, 0)
    assert result.outcome == "done", result.deviation
    fields = [(arguments["task_id"], arguments["field"]) for _, arguments in world.calls[1:]]
    straight = [f"field_{number}" for number in range(4)]
    assert fields == [("0", name) for name in (*straight, "field_9")] + [
        ("1", name) for name in (*straight, "field_8")
    ]


def test_a_word_selects_the_tool(golden: Path) -> None:
    world = World(engaged_users_count={})
    result = start(golden, "select_tool", "Plot engaged users as bar since 2023-11-01", world)
    assert result.outcome == "done", result.deviation
    assert [name for name, _ in world.calls] == [
        "analytics.engaged_users_count",
        *["analytics.create_plot"] * 2,
    ]


def test_values_are_sent_as_the_program_computes_them(golden: Path) -> None:
    world = World(search_events=[event(1)], find_email_address=["sam@example.org"])
    request: dict[str, JSON] = {
        "who": "St and", "day": "2023-12-01", "at": "14:00:00", "length": 30, "weight": 1
    }  # fmt: skip
    world.answers["search_events"] = [{**event(1), "event_name": "st and up"}]  # type: ignore[dict-item]
    result = start(golden, "write_mail", request, world, {"subject": "heLLo", "class": "x"}, "A text.")
    assert result.outcome == "done", result.deviation
    assert world.calls[-1][1] == {
        "recipient": "sam@example.org",
        "subject": "Hello",
        "body": "A text.",
        "copies": ["sam@example.org"],
        "send_at": "2023-12-01 14:30 to {10:00}",
        "labels": ["auto", "st_and"],
        "meta": {"number": 1, "who": "St and"},
    }


def test_hostile_names_reach_the_tools_as_they_are(golden: Path) -> None:
    harness = load(golden, "hostile")
    assert [tool.name for tool in harness.tools] == ["class", "a.b-c", "énorme\n", "a.b_c"]
    assert set(harness.tools[0].parameters["properties"]) == {"from", EVIL, "self"}  # type: ignore[arg-type]


def test_computed_values_are_what_mining_took_them_for(golden: Path) -> None:
    world = World(read=DESKS[0])
    result = start(golden, "computed_values", {"order_id": "O-1", "kind": "tool"}, world)
    assert result.outcome == "done", result.deviation
    known = evaluate.World(known={"c1": DESKS[0]}, request={"order_id": "O-1", "kind": "tool"})
    nodes = [node for node in CASES["computed_values"]().body if isinstance(node, CallTool)]
    for node, (tool, arguments) in zip(nodes, world.calls, strict=True):
        expected = {name: evaluate.evaluate(as_mined(expr), known) for name, expr in node.arguments}
        assert (tool, arguments) == (node.tool, expected)
    assert [given["text"] for name, given in world.calls if name == "desk.note"] == [
        *("ada.poe", "POE", "T-77", "D-1", "I-1", "I-1, I-2"),
        *("2031-03-11", "12.60", "Pay EUR 12.60 to Ada Poe"),
    ]
    assert [given for name, given in world.calls if name == "desk.pay"] == [
        {"cents": 1260, "tax": 2.39},
        {"cents": 2, "tax": 7.5},
    ]
    assert world.calls[-1] == ("desk.send", {"items": ["I-1"]})


def as_mined(expr: Expr) -> Expr:
    """The expression with fields of the request by their paths, as they are before they have names."""

    def change(part: Expr) -> Expr | None:
        return RequestField(json.dumps([part.name])) if isinstance(part, RequestField) else None

    return rewrite(expr, change)
