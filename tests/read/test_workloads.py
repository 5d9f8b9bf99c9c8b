from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from compiler.errors import InputError
from compiler.read import read_workloads
from tests.read.build import chat, user, write

TOOLS = {"tools": [{"name": "find", "inputSchema": {}, "annotations": {"readOnlyHint": True}}]}


def test_each_path_is_a_workload_called_after_its_stem(tmp_path: Path) -> None:
    paths = [write(tmp_path / name, chat()) for name in ("b.jsonl", "a.chat.json")]
    assert [workload.name for workload in read_workloads(tuple(paths))] == ["b", "a.chat"]


def test_tools_come_from_the_traces(tmp_path: Path) -> None:
    listed = [{"type": "function", "function": {"name": "save", "description": "Save."}}]
    (workload,) = read_workloads((write(tmp_path / "a.jsonl", chat(tools=listed)),))
    assert [(tool.name, tool.description, tool.effect) for tool in workload.tools] == [
        ("save", "Save.", "write"),
        ("find", "", "write"),
    ]
    assert workload.notes == ()


def test_runs_that_differ_in_a_schema_are_noted(tmp_path: Path) -> None:
    first, second = ([{"name": "find", "description": text, "input_schema": {}}] for text in "ab")
    (workload,) = read_workloads((write(tmp_path / "a.jsonl", chat(tools=first), chat(tools=second)),))
    assert workload.tools[0].description == "a"
    assert [note.what for note in workload.notes] == ["runs differ in the schema of 'find'; the first counts"]


def test_given_tools_replace_those_of_the_traces(tmp_path: Path) -> None:
    traces = write(tmp_path / "a.jsonl", chat())
    (workload,) = read_workloads((traces,), tools=write(tmp_path / "t.json", TOOLS))
    assert [(tool.name, tool.effect) for tool in workload.tools] == [("find", "read")]
    other = write(tmp_path / "o.json", [{"name": "other", "inputSchema": {}}])
    (workload,) = read_workloads((traces,), tools=other)
    assert [tool.name for tool in workload.tools] == ["other", "find"]
    assert workload.notes[0].what == "called, but not among the given tool schemas: 'find'; taken for writes"


def test_outcomes_overrule_what_the_traces_say(tmp_path: Path) -> None:
    traces = write(
        tmp_path / "a.jsonl", chat(run_id="r1", success=False, reward=0.5), chat(run_id="r2", success=True)
    )
    outcomes = write(
        tmp_path / "o.jsonl", {"run_id": "r1", "success": True}, {"run_id": "gone", "success": True}
    )
    (workload,) = read_workloads((traces,), outcomes=outcomes)
    assert [(run.success, run.reward) for run in workload.runs] == [(True, 0.5), (True, None)]
    assert [str(note) for note in workload.notes] == [f"{outcomes}: 1 of 2 outcomes are of other runs"]
    more = write(tmp_path / "b.jsonl", chat(run_id="r1"), chat(run_id="r3"))
    (workload,) = read_workloads((more,), outcomes=outcomes)
    assert str(workload.notes[-1]).endswith("1 of 2 outcomes are of other runs, as 'gone'")


def test_a_copy_of_a_run_counts_once(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", chat(run_id="r1"), chat(run_id="r1"))
    (workload,) = read_workloads((path,))
    assert [run.run_id for run in workload.runs] == ["r1"]
    assert [str(note) for note in workload.notes] == [
        f"{path}:2: left out: a copy of run 'r1', first seen at {path}:1"
    ]


def test_runs_that_share_an_id_and_differ_do_not_count(tmp_path: Path) -> None:
    """Which one an outcome means nobody can tell, and the order of the lines must not decide."""
    first, second = (chat(run_id="r1", task_id=task) for task in ("first", "second"))
    path = write(tmp_path / "a.jsonl", first, second, chat(run_id="r2"))
    (workload,) = read_workloads((path,))
    assert [run.run_id for run in workload.runs] == ["r2"]
    what = f"another run 'r1', first seen at {path}:1; neither counts, give each an id of its own"
    assert [str(note) for note in workload.notes] == [f"{path}:2: left out: {what}"]
    with pytest.raises(InputError, match="neither counts"):
        read_workloads((write(tmp_path / "b.jsonl", first, second),))


def test_many_copies_are_counted_not_listed(tmp_path: Path) -> None:
    (workload,) = read_workloads((write(tmp_path / "a.jsonl", *[chat(run_id="r1")] * 100),))
    assert len(workload.notes) == 21
    assert workload.notes[-1].what == "79 more runs have an id that another one has"


def test_outcomes_that_say_nothing_of_a_workload_are_an_error(tmp_path: Path) -> None:
    """Else every run of it would count as successful, though somebody meant to say which are."""
    traces = write(tmp_path / "a.jsonl", chat(run_id="r1"))
    outcomes = write(tmp_path / "o.jsonl", {"run_id": "R1", "success": False})
    with pytest.raises(InputError, match=r"none of the 1 outcomes is of a run in 'a'.*as 'r1'"):
        read_workloads((traces,), outcomes=outcomes)
    judged = write(tmp_path / "b.jsonl", chat(run_id="r2", success=True))
    assert read_workloads((judged,), outcomes=outcomes)[0].runs[0].success is True


def test_runs_without_calls_are_an_error_unless_allowed(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", [user(), {"role": "assistant", "content": "No"}])
    with pytest.raises(InputError, match="none of the 1 runs calls a tool"):
        read_workloads((path,))
    assert len(read_workloads((path,), allow_no_tools=True)[0].runs) == 1


def test_a_folder_is_one_workload(tmp_path: Path) -> None:
    folder = tmp_path / "orders"
    (folder / "inner").mkdir(parents=True)
    write(folder / "b.jsonl", chat(run_id="b"))
    write(folder / "a.json", json.dumps(chat(run_id="a"), indent=1))
    write(folder / "outcomes.jsonl", {"run_id": "a", "success": True})
    write(folder / "tools.json", json.dumps(TOOLS, indent=1))
    write(folder / "notes.txt", "hello")
    write(folder / "config.json", {"debug": True})
    write(folder / ".hidden.json", "broken")
    (workload,) = read_workloads((f"{folder}/",))
    assert workload.name == "orders"
    assert [(run.run_id, run.success) for run in workload.runs] == [("a", True), ("b", None)]
    assert [(tool.name, tool.effect) for tool in workload.tools] == [("find", "read")]
    notes = [note.what for note in workload.notes]
    assert notes[0] == "passed over 2 other files and folders: 'inner', 'notes.txt'"
    assert notes[1].startswith("left out: no usable run: unknown format")
    assert len(notes) == 2


def test_files_of_a_folder_with_one_stem_do_not_share_ids(tmp_path: Path) -> None:
    for name in ("a.json", "a.jsonl"):
        write(tmp_path / name, chat())
    (workload,) = read_workloads((str(tmp_path),))
    assert [run.run_id.partition(":")[0] for run in workload.runs] == ["a.json", "a.jsonl"]


def test_a_run_without_an_id_that_stands_twice_counts_once(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", chat(), chat(task_id="t"), chat())
    (workload,) = read_workloads((path,))
    assert len(workload.runs) == 2
    (note,) = map(str, workload.notes)
    assert note.startswith(f"{path}:3: left out: a copy of run 'a:")
    assert note.endswith(f"first seen at {path}:1")


def test_named_files_overrule_those_of_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "orders"
    folder.mkdir()
    write(folder / "a.jsonl", chat(run_id="a"))
    write(folder / "outcomes.jsonl", {"run_id": "a", "success": True})
    (workload,) = read_workloads(
        (str(folder),), outcomes=write(tmp_path / "o.jsonl", {"run_id": "a", "success": False})
    )
    assert workload.runs[0].success is False


def test_folders_that_hold_nothing_or_too_much(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no trace file in this folder"):
        read_workloads((str(tmp_path),))
    write(tmp_path / "x.json", "broken")
    with pytest.raises(InputError, match=r"the first problem is .*x.json:1: .*not JSON"):
        read_workloads((str(tmp_path),))
    for name in ("o1.jsonl", "o2.jsonl"):
        write(tmp_path / name, {"run_id": "a", "success": True})
    with pytest.raises(
        InputError, match=r"o1\.jsonl and o2\.jsonl both hold outcomes; say which with --outcomes"
    ):
        read_workloads((str(tmp_path),))


def test_a_broken_file_says_the_same_thing_only_so_often(tmp_path: Path) -> None:
    (workload,) = read_workloads((write(tmp_path / "a.jsonl", *["broken"] * 1000, chat()),))
    assert len(workload.notes) == 22
    assert workload.notes[-2].what == "980 more notes of this file are not shown"
    assert workload.notes[-1].what == "1000 of 1001 records were left out"


HOSTILE: list[object] = [
    None,
    True,
    -1,
    10**40,
    1e308,
    "",
    "\x00",
    "\ud800",
    [],
    {},
    [[]],
    [None],
    {"": None},
    "assistant",
    "tool",
]


def _mangled(value: object, chance: random.Random) -> object:
    """The value with some of its parts replaced by something hostile."""
    if chance.random() < 0.08:
        return chance.choice(HOSTILE)
    if isinstance(value, dict):
        return {key: _mangled(inner, chance) for key, inner in value.items() if chance.random() > 0.04}
    if isinstance(value, list):
        return [_mangled(inner, chance) for inner in value]
    return value


_ATIF = {
    "schema_version": "ATIF-v1.7",
    "agent": {"name": "a", "tool_definitions": [{"name": "find"}]},
    "steps": [
        {"source": "user", "message": "Go", "timestamp": "2024-01-01T00:00:00Z"},
        {
            "source": "agent",
            "message": [{"type": "text", "text": "x"}],
            "tool_calls": [
                {"tool_call_id": "c", "function_name": "find", "arguments": {"a": 1}, "extra": {}}
            ],
            "observation": {
                "results": [
                    {
                        "source_call_id": "c",
                        "content": "1",
                        "extra": {"tracec": {"value": 1, "status": "ok", "decode": "json"}},
                    }
                ]
            },
            "metrics": {"prompt_tokens": 1},
        },
    ],
    "final_metrics": {"total_prompt_tokens": 1},
    "extra": {
        "tracec": {"run_id": "r", "now": "2024-01-01T00:00:00", "usage": {"model_calls": 1}, "reward": 1}
    },
}
_RESPONSES = {
    "object": "response",
    "input": [user(), {"type": "mcp_list_tools", "tools": [{"name": "find"}]}],
    "output": [
        {"type": "function_call", "call_id": "c", "name": "find", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c", "output": [{"type": "output_text", "text": "1"}]},
        {"type": "mcp_call", "id": "m", "name": "find", "arguments": "{}", "output": "1", "error": None},
    ],
    "usage": {"input_tokens": 1, "output_tokens": 1},
}
_ANTHROPIC = {
    "system": [{"type": "text", "text": "Today is 2024-01-01"}],
    "messages": [
        user(),
        {
            "role": "assistant",
            "content": [{"type": "tool_use", "id": "c", "name": "find", "input": {"a": 1}}],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "c", "content": [{"type": "text", "text": "1"}]}
            ],
        },
    ],
    "metadata": {"task_id": 1},
}
_SEEDS = [chat(run_id="r", tools=[{"function": {"name": "find"}}]), _ATIF, _RESPONSES, _ANTHROPIC]


@pytest.mark.parametrize("seed", range(400))
def test_hostile_records_never_crash(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    records = [_mangled(chance.choice(_SEEDS), chance) for _ in range(6)]
    text = json.dumps(records) if chance.random() < 0.3 else "\n".join(map(json.dumps, records))
    if chance.random() < 0.3:
        cut = chance.randrange(len(text))
        text = (
            text[:cut]
            + chance.choice(["", "\x00", "[" * 300, "}", "\ud800"])
            + text[cut + chance.randrange(9) :]
        )
    path = tmp_path / "a.jsonl"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        (workload,) = read_workloads((str(path),), allow_no_tools=True)
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert all("\n" not in str(note) and str(note).isprintable() for note in workload.notes)
