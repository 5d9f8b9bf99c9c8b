from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from compiler.errors import InputError
from compiler.ir.run import Usage
from compiler.read import read_runs
from tests.read.build import notes_of, read_one, write


def step(*calls: str, results: tuple[dict[str, Any], ...] = (), **more: Any) -> dict[str, Any]:
    made = [{"tool_call_id": name, "function_name": name, "arguments": {"of": name}} for name in calls]
    return {
        "source": "agent",
        "message": "",
        "tool_calls": made,
        "observation": {"results": list(results)},
        **more,
    }


def trajectory(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "schema_version": "ATIF-v1.6",
        "session_id": "s1",
        "agent": {"name": "bot", "version": "1"},
        "steps": [{"source": "user", "message": "Do it", "timestamp": "2024-02-03T10:00:00Z"}, *steps],
        **more,
    }


def test_a_trajectory_is_a_run(tmp_path: Path) -> None:
    first = step("find", results=({"source_call_id": "find", "content": '{"id": 7}'},))
    last = {"source": "agent", "message": "Done", "llm_call_count": 2}
    tools = [{"type": "function", "function": {"name": "find", "parameters": {"type": "object"}}}]
    document = trajectory(first, last, final_metrics={"total_prompt_tokens": 9, "total_completion_tokens": 4})
    document["agent"]["tool_definitions"] = tools
    read = read_runs(write(tmp_path / "a.json", document))
    (run,) = read.runs
    assert (run.run_id, run.agent, run.request, run.answer) == ("s1", "bot", "Do it", "Done")
    assert str(run.now) == "2024-02-03 10:00:00"
    assert run.usage == Usage(prompt_tokens=9, completion_tokens=4, model_calls=3)
    assert [(made.arguments, made.result) for made in run.calls] == [({"of": "find"}, {"id": 7})]
    assert [tool.name for tool in read.tools] == ["find"]


@pytest.mark.parametrize("minor", range(9))
def test_all_versions_are_read(tmp_path: Path, minor: int) -> None:
    assert read_one(tmp_path, trajectory(step("a"), schema_version=f"ATIF-v1.{minor}")).run_id == "s1"


@pytest.mark.parametrize("version", ["ATIF-v1.9", "ATIF-v2.0", "ATIF"])
def test_other_versions_are_refused(tmp_path: Path, version: str) -> None:
    with pytest.raises(InputError, match=r"known: ATIF-v1\.0 to ATIF-v1\.8"):
        read_one(tmp_path, trajectory(step("a"), schema_version=version))


def test_results_without_ids_answer_in_order(tmp_path: Path) -> None:
    run = read_one(tmp_path, trajectory(step("a", "b", results=({"content": "1"}, {"content": "2"}))))
    assert [made.result for made in run.calls] == [1, 2]


def test_one_result_for_two_calls_is_the_lasts(tmp_path: Path) -> None:
    document = trajectory(step("a", "b", results=({"content": "screen"},)))
    run = read_one(tmp_path, document)
    assert [(made.status, made.result) for made in run.calls] == [("missing", None), ("ok", "screen")]
    assert notes_of(tmp_path, document) == [
        "results do not say which calls they answer; they count as the last calls' results"
    ]


@pytest.mark.parametrize("extra", [{"is_error": True}, {"error": "boom"}, {"status": "error"}])
def test_extra_may_flag_an_error(tmp_path: Path, extra: dict[str, Any]) -> None:
    flagged = step("a", results=({"source_call_id": "a", "content": "x", "extra": extra},))
    assert read_one(tmp_path, trajectory(flagged)).calls[0].status == "error"
    on_call = step("a", results=({"source_call_id": "a", "content": "x"},))
    on_call["tool_calls"][0]["extra"] = extra
    assert read_one(tmp_path, trajectory(on_call)).calls[0].status == "error"


def test_what_a_subagent_did_is_no_result(tmp_path: Path) -> None:
    aside = {
        "source": "system",
        "message": "x",
        "observation": {"results": [{"subagent_trajectory_ref": []}]},
    }
    document = trajectory(step("a", results=({"content": "1"},)), aside)
    assert [made.result for made in read_one(tmp_path, document).calls] == [1]
    assert notes_of(tmp_path, document) == []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"continued_trajectory_ref": "next.json"}, "goes on in another file"),
        ({"steps": []}, "has no steps"),
        ({"steps": [{"source": "robot"}]}, "unknown source 'robot'"),
        ({"steps": [7]}, "a step is no object"),
        ({"extra": {"tracec": {"now": "soon"}}}, "now is no ISO date"),
        ({"extra": {"tracec": {"success": "yes"}}}, "success has the wrong type"),
        ({"extra": {"tracec": {"usage": {"model_calls": "3"}}}}, "model_calls is no integer"),
        ({"extra": {"tracec": {"reward": True}}}, "reward is no number"),
        ({"extra": {"tracec": {"run_id": None}}}, "run_id has the wrong type"),
    ],
)
def test_a_damaged_trajectory_is_refused(tmp_path: Path, change: dict[str, Any], why: str) -> None:
    with pytest.raises(InputError, match=why):
        read_one(tmp_path, {**trajectory(step("a")), **change})


def test_a_damaged_typed_result_is_refused(tmp_path: Path) -> None:
    bad = step("a", results=({"source_call_id": "a", "content": "x", "extra": {"tracec": {"status": "ok"}}},))
    with pytest.raises(InputError, match="needs value, status and decode"):
        read_one(tmp_path, trajectory(bad))


def test_what_the_environment_shows_unasked_is_no_result(tmp_path: Path) -> None:
    shown = {"source": "system", "message": "x", "observation": {"results": [{"content": "a screen"}]}}
    document = trajectory(step("a"), shown)
    assert [made.status for made in read_one(tmp_path, document).calls] == ["missing"]
    assert notes_of(tmp_path, document) == []
