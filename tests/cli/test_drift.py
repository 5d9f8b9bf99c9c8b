"""`tracec drift`: what it says of new runs, and that it goes on where it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.orders import (
    Shift,
    close_order,
    renamed_field,
    with_call,
    without,
    write,
    write_tools,
)
from compiler.emit.folder import write_folder
from compiler.pipeline import build
from compiler.read import read_workloads
from tests.cli.runner import tracec


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A harness compiled from thirty runs, and the schemas beside it."""
    path = tmp_path_factory.mktemp("shop")
    traces = write(path / "close_order.jsonl", map(close_order, range(30)))
    (given,) = read_workloads((str(traces),), tools=str(write_tools(path / "tools.json")))
    write_folder(path / "close_order", build(given, prove=False).files)
    return path


def drift(folder: Path, traces: Path, *more: object) -> tuple[int, dict[str, object]]:
    result = tracec(
        "drift", folder / "close_order", traces, "--tools", folder / "tools.json", "--json", *more
    )
    return result.exit_code, json.loads(result.stdout)


def test_what_is_usual_stands_in_evidence(folder: Path) -> None:
    evidence = json.loads((folder / "close_order" / "evidence.json").read_text())
    assert evidence["usual"] == {
        "deviation": [0, 30],
        "new tool": [0, 30],
        "new way": [0, 30],
        "question REQUEST": [0, 30],
        "schema": [0, 30],
        "vanished step": [0, 30],
    }


def test_the_runs_it_was_compiled_from_are_not_new(folder: Path, tmp_path: Path) -> None:
    code, found = drift(folder, write(tmp_path / "runs.jsonl", map(close_order, range(40))))
    assert (code, found["new_runs"], found["findings"]) == (0, 10, [])


@pytest.mark.parametrize(
    ("shift", "kind", "word"),
    [
        (without("notify"), "vanished step", "notify"),
        (with_call("audit", before="notify"), "new variant", "audit"),
        (renamed_field("customer_id", "customer"), "schema change", "customer_id: Field required"),
    ],
)
def test_a_shift_is_told_with_its_onset_and_its_runs(
    folder: Path, tmp_path: Path, shift: Shift, kind: str, word: str
) -> None:
    runs = [close_order(n) if n < 60 else shift(close_order(n)) for n in range(30, 90)]
    traces = write(tmp_path / "runs.jsonl", runs)
    code, found = drift(folder, traces)
    first = found["findings"][0]  # type: ignore[index]
    assert (code, first["kind"], first["since"], first["onset"]) == (1, kind, "run-00060", 31)
    assert word in first["what"]
    assert set(first["runs"]) <= {f"run-{n:05}" for n in range(60, 90)}

    text = tracec("drift", folder / "close_order", traces, "--tools", folder / "tools.json")
    assert text.exit_code == 1
    assert f"{kind}: {first['what']}\n" in text.stdout
    assert "since run-00060, the 31st: run-00060" in text.stdout


def test_a_state_file_makes_many_looks_one(folder: Path, tmp_path: Path) -> None:
    runs = [close_order(n) if n < 60 else without("notify")(close_order(n)) for n in range(30, 90)]
    state = tmp_path / "state.json"
    whole = drift(folder, write(tmp_path / "all.jsonl", runs))
    for end in (20, 32, 60):
        # Each night's file holds all runs so far: none is counted twice.
        code, found = drift(folder, write(tmp_path / "runs.jsonl", runs[:end]), "--state", state)
    assert found["new_runs"] == 28
    assert (code, found | {"new_runs": 60}) == whole

    code, found = drift(folder, write(tmp_path / "runs.jsonl", runs), "--state", state)
    assert (code, found["new_runs"], found["runs"]) == (1, 0, 60)


def test_a_failed_run_is_no_example(folder: Path, tmp_path: Path) -> None:
    traces = write(tmp_path / "runs.jsonl", map(close_order, range(30, 40)))
    outcomes = tmp_path / "outcomes.jsonl"
    outcomes.write_text('{"run_id": "run-00033", "success": false}\n')
    _, found = drift(folder, traces, "--outcomes", outcomes)
    assert (found["new_runs"], found["failed_runs"]) == (9, 1)


def test_a_state_of_another_harness_starts_anew(folder: Path, tmp_path: Path) -> None:
    runs = [without("notify")(close_order(n)) for n in range(30, 60)]
    state, traces = tmp_path / "state.json", write(tmp_path / "runs.jsonl", runs)
    assert drift(folder, traces, "--state", state)[0] == 1
    kept = json.loads(state.read_text())
    state.write_text(json.dumps(kept | {"harness": "another"}))
    code, found = drift(folder, traces, "--state", state)
    assert (code, found["runs"], found["new_runs"]) == (0, 0, 0)
