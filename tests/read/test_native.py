from __future__ import annotations

import io
import json
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from compiler.ir.run import Asked, Call, Execution, Run, Usage
from compiler.read import read_runs, write_native

TEXTS = st.text(st.characters(), max_size=12)  # lone surrogates among them
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3)
)
OBJECTS = st.dictionaries(TEXTS, VALUES, max_size=3)
NAMES = st.text(min_size=1, max_size=8)
COUNTS = st.none() | st.integers(0, 10**9)
ANSWERED = st.builds(
    Call,
    tool=NAMES,
    arguments=OBJECTS,
    result=VALUES,
    status=st.sampled_from(["ok", "error"]),
    decode=st.sampled_from(["json", "literal", "text", "none"]),
)
CALLS = ANSWERED | st.builds(Call, tool=NAMES, arguments=OBJECTS, status=st.just("missing"))
RUNS = st.builds(
    Run,
    run_id=TEXTS,
    request=TEXTS | OBJECTS,
    calls=st.lists(CALLS, max_size=4).map(tuple),
    task_id=st.none() | TEXTS,
    now=st.none() | st.datetimes(timezones=st.sampled_from([None, UTC])),
    success=st.none() | st.booleans(),
    reward=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    system=st.none() | TEXTS,
    answer=st.none() | TEXTS,
    agent=st.none() | TEXTS,
    usage=st.builds(Usage, prompt_tokens=COUNTS, completion_tokens=COUNTS, model_calls=COUNTS),
    execution=st.none()
    | st.builds(
        Execution,
        digest=TEXTS,
        outcome=TEXTS,
        deviation=st.none() | TEXTS,
        agent_from=COUNTS,
        asks=st.lists(
            st.builds(
                Asked,
                question=TEXTS,
                kind=TEXTS,
                answer=VALUES,
                prompt_tokens=COUNTS,
                completion_tokens=COUNTS,
            ),
            max_size=2,
        ).map(tuple),
    ),
)


def written(*runs: Run) -> str:
    stream = io.StringIO()
    write_native(runs, stream)
    return stream.getvalue()


@given(st.lists(RUNS, min_size=1, max_size=3))
def test_reading_back_gives_equal_runs(runs: list[Run]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "runs.jsonl"
        path.write_text(written(*runs), encoding="ascii")
        read = read_runs(str(path))
    assert [replace(run, path="", line=0) for run in read.runs] == runs
    # Equal is not enough: 1 == True == 1.0 in Python.
    assert written(*read.runs) == written(*runs)
    assert read.notes == ()
    assert [(run.path, run.line) for run in read.runs] == [(str(path), n) for n in range(1, len(runs) + 1)]


def test_what_is_written_is_atif() -> None:
    call = Call(tool="find", arguments={"key": "a"}, result={"id": 7}, decode="json")
    lost = Call(tool="save", arguments={}, status="missing")
    run = Run(
        run_id="r1",
        request={"order": 7},
        calls=(call, lost),
        now=datetime(2024, 2, 3),
        agent="bot",
        answer="Done",
    )
    document = json.loads(written(run))
    assert document["schema_version"] == "ATIF-v1.7"
    assert document["agent"] == {"name": "bot", "version": "unknown"}
    assert [step["step_id"] for step in document["steps"]] == [1, 2, 3, 4]
    assert [step["source"] for step in document["steps"]] == ["user", "agent", "agent", "agent"]
    assert all(isinstance(step["message"], str) for step in document["steps"])
    first = document["steps"][1]
    assert first["tool_calls"] == [
        {"tool_call_id": "call_1", "function_name": "find", "arguments": {"key": "a"}}
    ]
    (observed,) = first["observation"]["results"]
    assert (observed["source_call_id"], observed["content"]) == ("call_1", '{"id":7}')
    assert observed["extra"] == {"tracec": {"value": {"id": 7}, "status": "ok", "decode": "json"}}
    assert "observation" not in document["steps"][2]
    assert document["extra"]["tracec"]["now"] == "2024-02-03T00:00:00"
    known = {"schema_version", "session_id", "agent", "steps", "final_metrics", "extra"}
    assert document.keys() <= known


def test_one_run_a_line() -> None:
    run = Run(run_id="r", request="a\nb\u2028", calls=())
    assert len(written(run, run).splitlines()) == 2
