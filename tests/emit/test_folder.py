from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from compiler.emit import emit_harness, harness_folder, write_folder
from compiler.errors import InputError
from compiler.ir.run import Call, Run
from tests.emit.cases import RUNS, cancel_meeting, plot_if_grown

SOURCES = tuple(
    Run(
        run_id=run_id,
        request="Cancel it",
        calls=(Call(tool="calendar.search_events", arguments={"query": "\ud800"}, result=[]),),
        now=datetime(2023, 11, 30),
        path="a.jsonl",
        line=number,
    )
    for number, run_id in enumerate(RUNS)
)


def folder(sources: tuple[Run, ...] = SOURCES) -> dict[str, str]:
    program = plot_if_grown()
    files = emit_harness(program, source_label="traces/x")
    return harness_folder(program, files, answers={"GROWN": {"run-1": "yes"}}, sources=sources)


def test_the_lock_holds_the_merge_base_and_a_digest_of_each_run() -> None:
    files = folder()
    lock = json.loads(files["harness.lock"])
    assert lock["files"] == {name: files[name] for name in ("harness.py", "tools.py")}
    assert [one["run"] for one in lock["runs"]] == list(RUNS)


def test_neither_order_nor_place_of_the_runs_counts() -> None:
    moved = tuple(replace(run, path="b.jsonl", line=9) for run in reversed(SOURCES))
    assert folder(moved) == folder()


def test_evidence_counts_the_runs_with_a_recorded_outcome() -> None:
    """The others count as successful only because nobody said."""
    judged = (replace(SOURCES[0], success=True), *SOURCES[1:])
    others = (Run(run_id="not learnt from", request="", calls=(), success=True),)
    found = [json.loads(folder(runs)["evidence.json"])["judged_runs"] for runs in (SOURCES, judged + others)]
    assert found == [0, 1]


def test_what_a_run_says_counts() -> None:
    changed = (replace(SOURCES[0], answer="done"), *SOURCES[1:])
    assert folder(changed)["harness.lock"] != folder()["harness.lock"]


def test_evidence_names_the_runs_behind_questions_and_places() -> None:
    evidence = json.loads(folder()["evidence.json"])
    assert evidence["questions"]["GROWN"]["answers"] == {"run-1": "yes"}
    assert {
        "kind": "branch",
        "what": 'GROWN is answered "no"',
        "tasks": 2,
        "reached": 6,
        "runs": ["run-1", "run-2"],
    } in (evidence["places"])
    constants = [place["what"] for place in evidence["places"] if place["kind"] == "constant"]
    assert constants == ['analytics.create_plot.plot_type = "line"']


def test_evidence_of_patterns_and_request_fields() -> None:
    program = cancel_meeting()
    evidence = json.loads(harness_folder(program, {}, answers={}, sources=())["evidence.json"])
    assert evidence["places"][0]["what"] == "Cancel the first '{name}' on {day}"
    assert [one["name"] for one in evidence["request"]] == ["day", "name"]


def test_a_folder_is_replaced_and_what_the_user_added_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "job"
    write_folder(target, {"harness.py": "one\n", "harness.lock": "old\n"})
    (target / "mine.py").write_text("mine\n")
    (target / "lib").mkdir()
    (target / "lib" / "harness.py").write_text("mine too\n")
    write_folder(target, {"harness.py": "two\n"})
    kept = {str(path.relative_to(target)): path.read_text() for path in target.rglob("*") if path.is_file()}
    assert kept == {"harness.py": "two\n", "mine.py": "mine\n", "lib/harness.py": "mine too\n"}
    assert [path.name for path in tmp_path.iterdir()] == ["job"]


def test_a_failure_leaves_the_folder_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "job"
    write_folder(target, {"harness.py": "one\n"})
    rename = Path.rename

    def fail_for_new(self: Path, other: Path) -> Path:
        if "new" in self.name:
            raise OSError(28, "No space left on device")
        return rename(self, other)

    monkeypatch.setattr(Path, "rename", fail_for_new)
    with pytest.raises(InputError, match="No space left"):
        write_folder(target, {"harness.py": "two\n"})
    assert (target / "harness.py").read_text() == "one\n"
    assert [path.name for path in tmp_path.iterdir()] == ["job"]


def test_what_a_killed_run_left_is_put_right(tmp_path: Path) -> None:
    old, new = tmp_path / ".tracec-old-job-abcd1234", tmp_path / ".tracec-new-job-abcd1234"
    for left, text in ((old, "one\n"), (new, "half")):
        left.mkdir()
        (left / "mine.py").write_text(text)
    write_folder(tmp_path / "job", {"harness.py": "two\n"})
    assert (tmp_path / "job" / "mine.py").read_text() == "one\n"
    assert [path.name for path in tmp_path.iterdir()] == ["job"]


def test_another_folder_with_a_longer_name_is_left_alone(tmp_path: Path) -> None:
    other = tmp_path / ".tracec-new-job-2-abcdefgh"
    other.mkdir()
    write_folder(tmp_path / "job", {"harness.py": "x\n"})
    assert other.exists()


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".."])
def test_a_name_that_leaves_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="no file name"):
        write_folder(tmp_path / "job", {name: ""})
    assert not list(tmp_path.iterdir())


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "job").write_text("x")
    with pytest.raises(InputError, match="is a file"):
        write_folder(tmp_path / "job", {"harness.py": ""})


def test_a_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("keep")
    (tmp_path / "job").mkdir()
    (tmp_path / "job" / "other.py").symlink_to(tmp_path / "secret")
    with pytest.raises(InputError, match="in the way"):
        write_folder(tmp_path / "job", {"other.py": "x"})
    assert (tmp_path / "secret").read_text() == "keep"
