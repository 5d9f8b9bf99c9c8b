from __future__ import annotations

from pathlib import Path

import pytest

from compiler.errors import InputError
from compiler.ir.run import Usage
from compiler.read import read_runs
from tests.read.build import read_one, user, write

CALL = {"type": "function_call", "call_id": "c1", "id": "fc1", "name": "find", "arguments": '{"key": "a"}'}
OUTPUT = {"type": "function_call_output", "call_id": "c1", "output": "{'id': 7}"}
DONE = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Done"}]}


def test_items_pair_by_call_id(tmp_path: Path) -> None:
    run = read_one(tmp_path, [user(), {"type": "reasoning", "summary": []}, CALL, OUTPUT, DONE])
    (made,) = run.calls
    assert (made.tool, made.arguments, made.result, made.decode) == (
        "find",
        {"key": "a"},
        {"id": 7},
        "literal",
    )
    assert (run.answer, run.usage.model_calls) == ("Done", 2)


def test_parallel_calls_are_one_turn(tmp_path: Path) -> None:
    second = {**CALL, "call_id": "c2"}
    run = read_one(tmp_path, [user(), CALL, second, {**OUTPUT, "call_id": "c2"}, OUTPUT, DONE])
    assert [made.status for made in run.calls] == ["ok", "ok"]
    assert run.usage.model_calls == 2


def test_custom_and_mcp_calls(tmp_path: Path) -> None:
    items = [
        user(),
        {"type": "custom_tool_call", "call_id": "k", "name": "sql", "input": "select 1"},
        {"type": "custom_tool_call_output", "call_id": "k", "output": "1"},
        {"type": "mcp_call", "id": "m1", "name": "read", "arguments": "{}", "output": "[1]", "error": None},
        {"type": "mcp_call", "id": "m2", "name": "read", "arguments": "{}", "error": "boom"},
    ]
    calls = read_one(tmp_path, items).calls
    assert calls[0].arguments == {"input": "select 1"}
    assert [(made.status, made.result) for made in calls] == [("ok", 1), ("ok", [1]), ("error", "boom")]


def test_a_response_object_with_its_input(tmp_path: Path) -> None:
    response = {
        "object": "response",
        "id": "resp_1",
        "output": [CALL],
        "usage": {"input_tokens": 5, "output_tokens": 2},
    }
    tools = [{"type": "function", "name": "find", "parameters": {"type": "object"}}]
    path = write(
        tmp_path / "a.jsonl",
        {"input": "Go", "response": {**response, "tools": tools, "instructions": "Be brief"}},
    )
    read = read_runs(path)
    (run,) = read.runs
    assert (run.run_id, run.request, run.system) == ("resp_1", "Go", "Be brief")
    assert run.usage == Usage(prompt_tokens=5, completion_tokens=2, model_calls=1)
    assert [made.status for made in run.calls] == ["missing"]
    assert [tool.name for tool in read.tools] == ["find"]
    assert read_one(tmp_path, {**response, "input": [user("Go")]}).request == "Go"


def test_schemas_that_mcp_servers_announce_are_found(tmp_path: Path) -> None:
    listed = {"name": "read", "input_schema": {"type": "object"}, "annotations": {"readOnlyHint": True}}
    read = read_runs(
        write(tmp_path / "a.jsonl", [user(), {"type": "mcp_list_tools", "tools": [listed]}, CALL])
    )
    assert [(tool.name, tool.effect) for tool in read.tools] == [("read", "read")]


@pytest.mark.parametrize(
    ("item", "why"),
    [
        ({"type": "web_search_call", "id": "w"}, "a tool that the provider runs itself"),
        ({"type": "compaction", "encrypted_content": "x"}, "content that is not in the file"),
        ({"type": "new_thing"}, "unknown type 'new_thing'"),
        ({"type": "function_call", "call_id": "c"}, "a tool call has no name"),
    ],
)
def test_a_run_that_cannot_be_whole_is_left_out(tmp_path: Path, item: object, why: str) -> None:
    path = write(tmp_path / "a.jsonl", [user(), CALL, OUTPUT, item], [user(), CALL, OUTPUT])
    read = read_runs(path)
    assert [run.line for run in read.runs] == [2]
    assert read.notes[0].line == 1
    assert why in read.notes[0].what
    assert read.notes[-1].what == "1 of 2 records were left out"


def test_a_continued_response_is_no_run(tmp_path: Path) -> None:
    response = {"object": "response", "previous_response_id": "resp_0", "input": [user()], "output": [CALL]}
    with pytest.raises(InputError, match="continues an earlier response"):
        read_runs(write(tmp_path / "a.jsonl", response))
