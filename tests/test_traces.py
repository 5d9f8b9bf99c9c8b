"""The bundled workloads are whole, and the tools that come with them answer as the recorded ones did."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from traces.office import JSON, TABLES, Office, UnknownToolError

TRACES = TABLES.parent
WORKLOADS = sorted(path.parent for path in TRACES.glob("*/runs.jsonl"))
NO_SUCH_TOOL = " is not a valid tool, try one of ["
"""How the recorded agents' runner answered a call of a tool that it did not have."""

TOOLS = json.loads((TRACES / "tools.json").read_text(encoding="utf-8"))["tools"]
FIRST = {tool["name"]: next(iter(tool["inputSchema"]["properties"])) for tool in TOOLS}
"""The first argument of each tool: where an agent gave a bare text, the runner took it for that."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded call and what came back."""

    tool: str
    arguments: dict[str, JSON]
    text: str

    @property
    def result(self) -> JSON:
        """The result as a JSON value: lists and objects were recorded as JSON, texts as they are."""
        value: JSON = json.loads(self.text) if self.text.startswith(("[", "{")) else self.text
        return value


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def recorded_calls(messages: list[dict[str, Any]]) -> Iterator[Recorded]:
    """Pair the calls of a run with their results: an id that repeats belongs to the earlier open call."""
    waiting: list[dict[str, Any]] = []
    for message in messages:
        waiting.extend(message.get("tool_calls") or [])
        if message["role"] == "tool":
            call = next(call for call in waiting if call["id"] == message["tool_call_id"])
            waiting.remove(call)
            name, arguments = call["function"]["name"], json.loads(call["function"]["arguments"])
            yield Recorded(
                tool=name,
                arguments=arguments if isinstance(arguments, dict) else {FIRST.get(name, ""): arguments},
                text=message["content"],
            )
    assert not waiting, "every call of the bundled runs has a result"


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda path: path.name)
def test_every_recorded_result_is_reproduced(workload: Path) -> None:
    compared = 0
    for run in lines(workload / "runs.jsonl"):
        office = Office()
        for call in recorded_calls(run["messages"]):
            if NO_SUCH_TOOL in call.text:
                with pytest.raises(UnknownToolError):
                    office(call.tool, call.arguments)
            else:
                assert office(call.tool, call.arguments) == call.result, (run["run_id"], call)
            compared += 1
    assert compared >= 30, "a workload with hardly any calls shows nothing"


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda path: path.name)
def test_outcomes_are_those_of_the_runs(workload: Path) -> None:
    runs = [run["run_id"] for run in lines(workload / "runs.jsonl")]
    outcomes = lines(workload / "outcomes.jsonl")
    assert [outcome["run_id"] for outcome in outcomes] == runs
    assert len(set(runs)) == len(runs)
    assert {outcome["success"] for outcome in outcomes} == {True, False}, "agents fail; that is kept too"


def test_the_page_counts_the_runs_rightly() -> None:
    counted = {
        workload.name: (len(outcomes), sum(outcome["success"] for outcome in outcomes))
        for workload in WORKLOADS
        if (outcomes := lines(workload / "outcomes.jsonl"))
    }
    page = (TRACES / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \|.*\| (\d+) \((\d+)\) \|$", page, re.MULTILINE)
    assert {name: (int(runs), int(solved)) for name, runs, solved in rows} == counted


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda path: path.name)
def test_every_workload_has_six_inputs(workload: Path) -> None:
    assert len({run["task_id"] for run in lines(workload / "runs.jsonl")}) == 6


def test_the_schemas_are_those_of_the_office() -> None:
    assert sorted(tool["name"] for tool in TOOLS) == sorted(Office().tools)


def test_an_office_starts_afresh() -> None:
    first = Office()
    assert first("calendar.delete_event", {"event_id": "00000013"}) == "Event deleted successfully."
    assert first("calendar.delete_event", {"event_id": "00000013"}) == "Event not found."
    assert Office()("calendar.delete_event", {"event_id": "00000013"}) == "Event deleted successfully."


def test_what_is_shown_cannot_change_the_tables() -> None:
    office = Office()
    for name, arguments in [
        ("calendar.search_events", {"query": "sync up"}),
        ("email.search_emails", {"query": "update"}),
        ("company_directory.find_email_address", {"name": "a"}),
    ]:
        before = json.dumps(shown := office(name, arguments))
        assert isinstance(shown, list)
        for row in shown:
            if isinstance(row, dict):
                row.clear()
        shown.clear()
        assert json.dumps(office(name, arguments)) == before


def test_a_search_shows_five_rows_and_says_when_there_are_none() -> None:
    office = Office()
    shown = office("calendar.search_events", {})
    assert isinstance(shown, list)
    assert len(shown) == 5
    assert office("calendar.search_events", {"query": "nobody at all"}) == "No events found."
    assert office("email.search_emails", {"query": "nothing like it"}) == "No emails found."


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("calendar.explode", {}, UnknownToolError),
        ("__init__", {}, UnknownToolError),
        ("calendar.search_events", {"colour": "red"}, TypeError),
        ("calendar.search_events", {"time_min": "soon"}, ValueError),
    ],
)
def test_a_call_that_makes_no_sense_raises(
    name: str, arguments: dict[str, JSON], error: type[Exception]
) -> None:
    with pytest.raises(error):
        Office()(name, arguments)


def test_a_reply_reaches_the_sender() -> None:
    office = Office()
    reply = {"email_id": "00000373", "body": "Thank you."}
    assert office("email.reply_email", reply) == "Email replied successfully."
    sent = office.mailbox.emails[-1]
    assert sent["sender/recipient"] == "santiago.martinez@atlas.com"
    assert (sent["inbox/outbox"], sent["body"]) == ("outbox", "Thank you.")
    assert sent["subject"] == "Task Update on Develop prototype for payment gateway"
