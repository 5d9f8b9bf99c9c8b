from __future__ import annotations

from pathlib import Path

from compiler.ir.run import Usage
from tests.read.build import read_one, user

USE = {"type": "tool_use", "id": "t1", "name": "find", "input": {"key": "a"}}


def assistant(*blocks: object) -> dict[str, object]:
    return {"role": "assistant", "content": list(blocks)}


def returned(content: object, **more: object) -> dict[str, object]:
    return {"type": "tool_result", "tool_use_id": "t1", "content": content, **more}


def test_blocks_pair_across_turns(tmp_path: Path) -> None:
    record = {
        "system": [{"type": "text", "text": "Now: 2024-02-03T10:30"}],
        "messages": [
            user([{"type": "text", "text": "Do it"}]),
            assistant({"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "Looking"}, USE),
            user([returned([{"type": "text", "text": '{"id": 7}'}])]),
            assistant({"type": "text", "text": "Done"}),
        ],
        "usage": {"input_tokens": 5, "cache_read_input_tokens": 100, "output_tokens": 2},
    }
    run = read_one(tmp_path, record)
    assert [(made.tool, made.arguments, made.result) for made in run.calls] == [
        ("find", {"key": "a"}, {"id": 7})
    ]
    assert (run.request, run.answer, str(run.now)) == ("Do it", "Done", "2024-02-03 10:30:00")
    assert run.usage == Usage(prompt_tokens=105, completion_tokens=2, model_calls=2)


def test_is_error_makes_an_error(tmp_path: Path) -> None:
    run = read_one(tmp_path, [user(), assistant(USE), user([returned("denied", is_error=True)])])
    assert [(made.status, made.result) for made in run.calls] == [("error", "denied")]


def test_a_servers_own_tools_stand_in_one_turn(tmp_path: Path) -> None:
    search = {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {"query": "x"}}
    found = {
        "type": "web_search_tool_result",
        "tool_use_id": "s",
        "content": [{"type": "web_search_result", "url": "u"}],
    }
    run = read_one(tmp_path, [user(), assistant(search, found)])
    assert run.calls[0].result == [{"type": "web_search_result", "url": "u"}]


def test_a_message_that_only_holds_results_is_no_request(tmp_path: Path) -> None:
    run = read_one(tmp_path, [assistant(USE), user([returned("x")]), user("Do it")])
    assert run.request == "Do it"


def test_a_result_without_content_is_null(tmp_path: Path) -> None:
    result = {"type": "tool_result", "tool_use_id": "t1"}
    (made,) = read_one(tmp_path, [user(), assistant(USE), user([result])]).calls
    assert (made.status, made.result) == ("ok", None)
