"""The commands on runs that begin alike and then scatter, and on runs that do not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.runner import tracec

NAMES = ("Ada Abel", "Bea Bond", "Cy Cole", "Di Dorn", "Ed Egan", "Flo Finn")
WRITES = ("renew", "end", "waive", "move", "lend", "hold")


def tool(name: str, argument: str, *, read: bool) -> dict[str, Any]:
    schema = {"type": "object", "properties": {argument: {"type": "string"}}, "required": [argument]}
    return {"name": name, "inputSchema": schema, "annotations": {"readOnlyHint": read}}


TOOLS = {
    "tools": [
        tool("find", "name", read=True),
        tool("get", "member", read=True),
        *(tool(name, "member", read=False) for name in WRITES),
    ]
}


def record(number: int) -> dict[str, Any]:
    """One conversation: who it is comes in the second turn, and what is done differs from run to run."""
    name, member = NAMES[number], f"M-{number}77"
    calls = [
        ("find", {"name": name}, member),
        ("get", {"member": member}, {"level": "gold"}),
        (WRITES[number], {"member": member}, "Done."),
    ]
    messages: list[dict[str, Any]] = [
        {"role": "user", "content": f"Hello,{' well' * number} I have a question"},
        {"role": "assistant", "content": "Who are you?"},
        {"role": "user", "content": f"I am {name}"},
    ]
    for place, (tool_name, arguments, answer) in enumerate(calls):
        function = {"name": tool_name, "arguments": json.dumps(arguments)}
        messages += [
            {"role": "assistant", "content": None, "tool_calls": [{"id": f"c{place}", "function": function}]},
            {"role": "tool", "tool_call_id": f"c{place}", "content": json.dumps(answer)},
        ]
    return {"run_id": f"r{number}", "task_id": str(number), "success": True, "messages": messages}


@pytest.fixture
def desk(tmp_path: Path) -> tuple[Path, Path]:
    """Write the runs and the tools."""
    runs, tools = tmp_path / "desk.jsonl", tmp_path / "tools.json"
    runs.write_text("".join(json.dumps(record(number)) + "\n" for number in range(len(NAMES))))
    tools.write_text(json.dumps(TOOLS))
    return runs, tools


def test_an_opening_is_compiled_and_verified(desk: tuple[Path, Path], tmp_path: Path) -> None:
    runs, tools = desk
    result = tracec("compile", runs, "--tools", tools, "-o", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "6 tasks, 1 question; hands over after 12 of 18 calls; held out: 6 handed over" in result.stdout
    verified = tracec("verify", tmp_path / "out" / "desk", runs, "--tools", tools, "--json")
    value = json.loads(verified.stdout)
    assert verified.exit_code == 0
    assert value["counts"]["handed_over"] == 6
    assert (value["score"]["right"], value["score"]["handed_over"]) == (0, 6)
    assert [task["spared"] for task in value["tasks"]] == [2] * 6
    report = tracec("report", tmp_path / "out" / "desk").stdout
    assert "the agent goes on" in report
    assert "*handed over*: looked up what its runs look up" in report


def test_inspect_says_where_the_agent_takes_over_and_what_it_saves(desk: tuple[Path, Path]) -> None:
    runs, tools = desk
    text = tracec("inspect", runs, "--tools", tools).stdout
    assert "formats   chat (6)" in text
    assert "reads ahead and hands over to the agent, after 12 of the 18 calls of 6 runs (67%)" in text
    # Asking who it is takes the place of the model calls for two lookups.
    assert "model calls a task: 4.0 (recorded) before, 3.0 (estimated) after, held out: 25% less" in text
    (row,) = json.loads(tracec("inspect", runs, "--tools", tools, "--json").stdout)["workloads"]
    assert row["formats"] == [["chat", 6]]
    assert row["measures"]["enumerability"] == {"part": 13, "whole": 18, "share": 0.7222}
    assert row["measures"]["repetition"]["part"] == 1


def test_without_schemas_it_is_declined_with_the_measures_and_what_would_help(
    desk: tuple[Path, Path], tmp_path: Path
) -> None:
    runs, _ = desk
    result = tracec("compile", runs, "-o", tmp_path / "out", "--json")
    assert result.exit_code == 3
    (one,) = json.loads(result.stdout)["workloads"]
    assert one["status"] == "declined"
    assert one["reasons"][-1].endswith("give the schemas with --tools")
    assert one["measures"]["routes"] == 6
    assert not (tmp_path / "out").exists()
