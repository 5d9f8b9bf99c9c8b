from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from compiler.errors import InputError
from compiler.read import FORMATS, read_runs
from tests.read.build import call, chat, read_one, result, user, write

RESPONSES = [
    {"type": "function_call", "call_id": "c1", "name": "find", "arguments": "{}"},
    {"type": "function_call_output", "call_id": "c1", "output": "1"},
]
ANTHROPIC = [
    {"role": "assistant", "content": [{"type": "tool_use", "id": "c1", "name": "find", "input": {}}]},
    {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c1", "content": "1"}]},
]
CHAT = [call("find", "{}"), result("1")]
DIALECTS = {"chat": CHAT, "responses": RESPONSES, "anthropic": ANTHROPIC}


@pytest.mark.parametrize("items", DIALECTS.values(), ids=DIALECTS)
@pytest.mark.parametrize("shape", ["array", "lines", "list a line", "messages", "traj", "input", "pair"])
def test_every_dialect_in_every_container(tmp_path: Path, items: list[Any], shape: str) -> None:
    whole = [user(), *items]
    records: dict[str, list[object]] = {
        "array": [json.dumps(whole, indent=1)],
        "lines": list(whole),
        "list a line": [whole],
        "messages": [{"messages": whole}],
        "traj": [json.dumps([{"traj": whole, "task_id": 1, "reward": 0.0}], indent=1)],
        "input": [{"input": whole}],
        "pair": [
            {
                "request": {"messages": whole, "model": "m"},
                "response": {"role": "assistant", "content": "Done"},
            }
        ],
    }
    (run,) = read_runs(write(tmp_path / "a.json", *records[shape])).runs
    assert run.request == "Do it"
    assert [(made.tool, made.result) for made in run.calls] == [("find", 1)]
    assert re.fullmatch("a:[0-9a-f]{8}", run.run_id)


def test_chat_completion_pairs(tmp_path: Path) -> None:
    choices = [{"index": 0, "message": call("find", "{}")}]
    record = {"input": {"messages": [user()]}, "output": {"id": "cc1", "choices": choices, "model": "gpt"}}
    run = read_one(tmp_path, record)
    assert (run.run_id, run.agent, [made.tool for made in run.calls]) == ("cc1", "gpt", ["find"])


def test_a_response_that_repeats_the_last_message_counts_once(tmp_path: Path) -> None:
    record = {
        "messages": [user(), call("find", "{}")],
        "response": {"choices": [{"message": call("find", "{}")}]},
    }
    assert len(read_one(tmp_path, record).calls) == 1


def test_the_elements_of_an_array_are_runs(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", json.dumps([chat(id="r1"), chat(id="r2")]))
    assert [(run.run_id, run.line) for run in read_runs(path).runs] == [("r1", 1), ("r2", 1)]
    path = write(tmp_path / "b.json", json.dumps([[user(), *CHAT], [user(), *CHAT]]))
    assert len(read_runs(path).runs) == 2


def test_a_run_without_an_id_is_named_by_what_it_says(tmp_path: Path) -> None:
    """Neither its place in the file nor the order of keys counts; what it says does."""
    one, other = chat(), chat(task_id="t")
    turned = dict(reversed(one.items()))
    ids = [
        [run.run_id for run in read_runs(write(tmp_path / "a.jsonl", *records)).runs]
        for records in ((one, other), (other, turned))
    ]
    assert ids[0] == ids[1][::-1]
    assert len(set(ids[0])) == 2
    array = write(tmp_path / "a.json", json.dumps([other, one], indent=1))
    assert [run.run_id for run in read_runs(array).runs] == ids[1]
    half = read_runs(write(tmp_path / "a.jsonl", chat(agent="\ud800"))).runs[0].run_id
    assert re.fullmatch("a:[0-9a-f]{8}", half)


def test_simulations_are_runs(tmp_path: Path) -> None:
    made = {**chat(id="s1", task_id="t"), "reward_info": {"reward": 1.0}}
    (run,) = read_runs(write(tmp_path / "a.json", {"info": {}, "simulations": [made]})).runs
    assert (run.run_id, run.task_id, run.reward, run.success) == ("s1", "t", 1.0, True)


@pytest.mark.parametrize(
    ("items", "names"),
    [
        (CHAT + RESPONSES, "chat and responses"),
        (CHAT + ANTHROPIC, "chat and anthropic"),
        (RESPONSES + ANTHROPIC, "responses and anthropic"),
    ],
)
def test_two_formats_in_one_run_are_an_error(tmp_path: Path, items: list[Any], names: str) -> None:
    path = write(tmp_path / "a.jsonl", chat(), [user(), *items])
    with pytest.raises(InputError, match=names) as caught:
        read_runs(path)
    assert caught.value.line == 2


def test_atif_with_messages_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="atif and chat"):
        read_one(tmp_path, {**chat(), "schema_version": "ATIF-v1.7", "steps": []})


def test_the_user_may_say_which(tmp_path: Path) -> None:
    mixed = [user(), call("find", "{}"), result("1"), {"role": "user", "content": ANTHROPIC[1]["content"]}]
    assert [made.result for made in read_one(tmp_path, mixed, "chat").calls] == [1]
    with pytest.raises(InputError, match="unknown format 'otlp'; known: chat, responses, anthropic, atif"):
        read_one(tmp_path, mixed, "otlp")
    with pytest.raises(InputError, match="unknown format"):
        read_one(tmp_path, mixed, "atif")


@pytest.mark.parametrize(
    ("record", "name"),
    [
        ({"resourceSpans": []}, "OpenTelemetry"),
        ({"type": "user", "message": {}, "sessionId": "s", "uuid": "u"}, "Claude Code"),
        ({"object": "trace.span", "span_data": {}}, "Agents SDK"),
        ({"eval": {}, "samples": []}, "Inspect"),
        ({"kind": "request", "parts": []}, "pydantic-ai"),
        ({"lc": 1, "type": "constructor", "kwargs": {}}, "LangChain"),
        ({"role": "user", "parts": [{"text": "x"}]}, "Gemini"),
        ({"rows": [1, 2]}, ""),
        ({"input": "a question", "output": "an answer"}, ""),
        ({"input": {"x": 1}, "output": {"y": 2}}, ""),
        ({"messages": "none"}, ""),
    ],
)
def test_other_formats_are_named_not_read_as_nothing(tmp_path: Path, record: object, name: str) -> None:
    with pytest.raises(InputError) as caught:
        read_one(tmp_path, record)
    assert f"unknown format; known: {', '.join(FORMATS)}" in str(caught.value)
    assert name in str(caught.value)


def test_a_strange_record_among_good_ones_is_noted(tmp_path: Path) -> None:
    read = read_runs(write(tmp_path / "a.jsonl", {"type": "header"}, chat()))
    assert len(read.runs) == 1
    assert read.notes[0].what.startswith("left out: unknown format")


def test_items_on_lines_with_a_broken_one_are_no_run(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="so the run around it is not whole"):
        read_runs(write(tmp_path / "a.jsonl", user(), call("find", "{}"), '{"role": "to', result("1")))


def test_a_cut_off_array_of_items_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="so the run around it is not whole"):
        read_runs(write(tmp_path / "a.json", json.dumps([user(), *CHAT], indent=1)[:-40]))


def test_a_run_without_a_request_is_left_out(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no user message"):
        read_one(tmp_path, CHAT)


def test_a_log_of_single_calls_gives_whole_runs(tmp_path: Path) -> None:
    def logged(*items: dict[str, Any]) -> dict[str, Any]:
        *before, last = items
        return {
            "id": f"cc{len(items)}",
            "request": {"messages": before},
            "response": {"choices": [{"message": last}]},
        }

    done = {"role": "assistant", "content": "Done"}
    other = logged(user("Another"), call("find", "{}"))
    records = [
        logged(user(), CHAT[0]),
        other,
        logged(user(), *CHAT, CHAT[0]),
        logged(user(), *CHAT, *CHAT, done),
    ]
    read = read_runs(write(tmp_path / "a.jsonl", *records))
    assert [(run.run_id, len(run.calls)) for run in read.runs] == [("cc2", 1), ("cc6", 2)]
    assert [run.request for run in read.runs] == ["Another", "Do it"]
    assert [note.what for note in read.notes] == [
        "2 records are earlier states of runs that later records continue"
    ]


def test_two_calls_that_are_the_same_are_two_runs(tmp_path: Path) -> None:
    record = {"request": {"messages": [user()]}, "response": {"choices": [{"message": call("find", "{}")}]}}
    assert len(read_runs(write(tmp_path / "a.jsonl", record, record)).runs) == 2


@pytest.mark.parametrize(
    ("name", "calls"),
    [
        ("responses_items.json", ["get_weather", "get_weather", "transfer_to_closer"]),
        ("chat_messages.json", 2),
    ],
)
def test_what_real_libraries_wrote(name: str, calls: object) -> None:
    (run,) = read_runs(str(Path(__file__).parent / "data" / name)).runs
    assert calls in ([made.tool for made in run.calls], len(run.calls))
    assert all(made.status == "ok" for made in run.calls)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_run_says_which_format_it_was_read_from(tmp_path: Path, dialect: str) -> None:
    assert read_one(tmp_path, [user(), *DIALECTS[dialect]]).format == dialect
