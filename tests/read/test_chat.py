from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from compiler.ir.run import Call, Usage
from compiler.read import read_runs
from tests.read.build import call, chat, notes_of, read_one, result, user, write


def test_a_run_keeps_what_stands_beside_its_messages(tmp_path: Path) -> None:
    record = chat(
        run_id="r1",
        task_id=3,
        agent="gpt",
        success=True,
        reward=1,
        usage={"prompt_tokens": 10, "completion_tokens": 2},
    )
    record["messages"].insert(0, {"role": "system", "content": "Today is 2024-02-03."})
    run = read_one(tmp_path, record)
    assert (run.run_id, run.task_id, run.agent, run.success, run.reward) == ("r1", "3", "gpt", True, 1.0)
    assert (run.request, run.answer, run.system) == ("Do it", "Done", "Today is 2024-02-03.")
    assert str(run.now) == "2024-02-03 00:00:00"
    assert run.usage == Usage(prompt_tokens=10, completion_tokens=2, model_calls=2)
    assert run.calls == (Call(tool="find", arguments={"key": "a"}, result={"id": 7}, decode="json"),)
    assert run.line == 1


@pytest.mark.parametrize(
    "entry",
    [
        {"id": "c1", "type": "function", "function": {"name": "find", "arguments": '{"key": "a"}'}},
        {"id": "c1", "type": "function", "function": {"name": "find", "arguments": {"key": "a"}}},
        {"id": "c1", "name": "find", "arguments": {"key": "a"}},
        {"id": "c1", "name": "find", "args": {"key": "a"}},
        {"id": "c1", "function": "find", "args": {"key": "a"}},
    ],
)
def test_every_spelling_of_a_call_is_read(tmp_path: Path, entry: dict[str, object]) -> None:
    messages = [user(), {"role": "assistant", "tool_calls": [entry]}, result("x")]
    (made,) = read_one(tmp_path, messages).calls
    assert (made.tool, made.arguments, made.result, made.decode) == ("find", {"key": "a"}, "x", "text")


def test_custom_tools_take_text(tmp_path: Path) -> None:
    entry = {"id": "c1", "type": "custom", "custom": {"name": "shell", "input": '{"not": "parsed"}'}}
    run = read_one(tmp_path, [user(), {"role": "assistant", "tool_calls": [entry]}, result("ok")])
    assert run.calls[0].arguments == {"input": '{"not": "parsed"}'}


def test_the_older_function_calls_pair_by_name(tmp_path: Path) -> None:
    messages = [
        user(),
        {"role": "assistant", "content": None, "function_call": {"name": "find", "arguments": "{}"}},
        {"role": "function", "name": "find", "content": "1"},
    ]
    assert read_one(tmp_path, messages).calls == (Call(tool="find", arguments={}, result=1, decode="json"),)


def test_missing_null_and_empty_stay_apart(tmp_path: Path) -> None:
    messages = [user()]
    for call_id, content in (("a", None), ("b", ""), ("c", "null")):
        messages += [call("find", "{}", call_id), result(content, call_id)]
    messages.append(call("find", "{}", "d"))
    calls = read_one(tmp_path, messages).calls
    seen = [(made.status, made.result, made.decode) for made in calls]
    assert seen == [("ok", None, "json"), ("ok", "", "text"), ("ok", None, "json"), ("missing", None, "none")]


@pytest.mark.parametrize(
    "flag", [{"error": True}, {"error": "boom"}, {"is_error": True}, {"status": "error"}]
)
def test_error_flags_make_an_error(tmp_path: Path, flag: dict[str, Any]) -> None:
    (made,) = read_one(tmp_path, [user(), call("find", "{}"), result("no luck", **flag)]).calls
    assert (made.status, made.result) == ("error", "no luck")


def test_a_text_that_speaks_of_an_error_is_only_a_text(tmp_path: Path) -> None:
    (made,) = read_one(tmp_path, [user(), call("find", "{}"), result("Error: 503", error=False)]).calls
    assert made.status == "ok"


def test_calls_of_a_simulated_user_are_passed_over(tmp_path: Path) -> None:
    by_user = {"id": "u", "name": "pay", "arguments": {}, "requestor": "user"}
    messages = [
        user(),
        {"role": "user", "content": None, "tool_calls": [by_user]},
        result("paid", "u", requestor="user"),
        {"role": "assistant", "content": "x", "tool_calls": [by_user]},
        call("find", "{}"),
        result("1"),
    ]
    assert [made.tool for made in read_one(tmp_path, messages).calls] == ["find"]
    assert notes_of(tmp_path, {"messages": messages}) == []


def test_arguments_that_are_no_object_are_kept_and_noted(tmp_path: Path) -> None:
    record = {"messages": [user(), call("find", '"akira"'), result("x")]}
    assert read_one(tmp_path, record).calls[0].arguments == {"input": "akira"}
    (note,) = notes_of(tmp_path, record)
    assert note.startswith("the arguments of a call of 'find' are no JSON object: '\"akira\"'")


@pytest.mark.parametrize("arguments", ["", None])
def test_no_arguments_at_all_are_an_empty_object(tmp_path: Path, arguments: object) -> None:
    assert read_one(tmp_path, [user(), call("find", arguments), result("x")]).calls[0].arguments == {}


def test_a_run_with_a_result_without_its_call_is_left_out(tmp_path: Path) -> None:
    """A call is missing: what is left of the run would teach to do the job without it."""
    record = {"messages": [user(), call("find", "{}"), result("x"), result("late", "c9")]}
    path = write(tmp_path / "a.jsonl", record, chat(run_id="whole"))
    read = read_runs(path)
    assert [run.run_id for run in read.runs] == ["whole"]
    assert [str(note) for note in read.notes] == [
        f"{path}:1: left out: a result has no call before it that it answers (id 'c9'); log the whole run",
        f"{path}: 1 of 2 records were left out",
    ]


def test_the_request_may_be_structured_or_in_parts(tmp_path: Path) -> None:
    assert read_one(tmp_path, [user('{"order": 7}')]).request == {"order": 7}
    assert read_one(tmp_path, [user({"order": 7})]).request == {"order": 7}
    assert read_one(tmp_path, [user("[1, 2]")]).request == "[1, 2]"
    assert read_one(tmp_path, [user("{order}")]).request == "{order}"
    parts = [
        {"type": "text", "text": "a"},
        {"type": "image_url", "image_url": {}},
        {"type": "text", "text": "b"},
    ]
    assert read_one(tmp_path, [user(parts)]).request == "a\nb"


def test_the_answer_stands_without_calls(tmp_path: Path) -> None:
    spoken = {**call("find", "{}"), "content": "Let me see"}
    messages = [user(), {"role": "assistant", "content": "Hm"}, spoken, result("x")]
    assert read_one(tmp_path, messages).answer == "Hm"


def test_the_first_of_many_user_turns_is_the_request(tmp_path: Path) -> None:
    messages = [
        {"role": "assistant", "content": "Hi!"},
        user("one"),
        call("find", "{}"),
        result("x"),
        user("two"),
    ]
    assert read_one(tmp_path, messages).request == "one"


def test_the_request_is_what_the_user_said_before_the_first_call(tmp_path: Path) -> None:
    messages = [
        {"role": "assistant", "content": "Hello"},
        user("Change my order"),
        {"role": "assistant", "content": "Who are you?"},
        user("I am Ann"),
        call("find", '{"key": "Ann"}'),
        result("7"),
        {"role": "assistant", "content": "Shall I?"},
        user("Yes"),
        call("change", "{}", "c2"),
        result("ok", "c2"),
    ]
    assert read_one(tmp_path, messages).request == "Change my order\n\nI am Ann"


def test_a_second_message_that_answers_nothing_is_no_reply(tmp_path: Path) -> None:
    messages = [user("Do it"), user("<context>"), call("find", "{}"), result("7")]
    assert read_one(tmp_path, messages).request == "Do it"


def test_a_structured_request_stays_one(tmp_path: Path) -> None:
    messages = [
        user('{"order": 7}'),
        {"role": "assistant", "content": "Sure?"},
        user("Yes"),
        call("find", "{}"),
        result("7"),
    ]
    assert read_one(tmp_path, messages).request == {"order": 7}
