"""`tracec update`: what it merges, what it refuses, and how it ends."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from compiler.runtime import load_harness
from tests.cli.runner import TRACES, tracec

NAME = "cancel_first_meeting"
TOOLS = TRACES / "tools.json"
CHOICE = '    event = run.agree(WHICH_EVENT, first(events), lowest(events, by="event_start"))\n'
LOGGED = f"    SEEN.append(len(events))\n{CHOICE}"


def some_traces(folder: Path, tasks: int) -> Path:
    """Write the runs of the first tasks."""
    source, target = TRACES / NAME, folder / str(tasks) / NAME
    target.mkdir(parents=True)
    runs = [json.loads(line) for line in (source / "runs.jsonl").read_text().splitlines()]
    kept = list(dict.fromkeys(run["task_id"] for run in runs))[:tasks]
    some = [run for run in runs if run["task_id"] in kept]
    (target / "runs.jsonl").write_text("".join(f"{json.dumps(run)}\n" for run in some))
    ids = {run["run_id"] for run in some}
    outcomes = (source / "outcomes.jsonl").read_text().splitlines(keepends=True)
    (target / "outcomes.jsonl").write_text(
        "".join(line for line in outcomes if json.loads(line)["run_id"] in ids)
    )
    return target


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> dict[int, tuple[Path, Path]]:
    """Compile the first four tasks, and all six: the traces and the harness of each."""
    folder = tmp_path_factory.mktemp("compiled")
    found = {}
    for tasks in (4, 6):
        traces = some_traces(folder, tasks)
        assert tracec("compile", traces, "--tools", TOOLS, "-o", folder / f"out{tasks}").exit_code == 0
        found[tasks] = traces, folder / f"out{tasks}" / NAME
    return found


Copy = Callable[[int], Path]


@pytest.fixture
def copy(compiled: dict[int, tuple[Path, Path]], tmp_path: Path) -> Copy:
    """Copy the harness of so many tasks."""

    def make(tasks: int) -> Path:
        return Path(shutil.copytree(compiled[tasks][1], tmp_path / NAME))

    return make


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(folder.iterdir())}


def edit(folder: Path, old: str, new: str) -> None:
    path = folder / "harness.py"
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def log_choices(folder: Path) -> None:
    """Edit a harness, and add a file that it imports."""
    edit(folder, CHOICE, LOGGED)
    edit(folder, "from .tools import", "from .seen import SEEN\nfrom .tools import")
    (folder / "seen.py").write_text("SEEN: list[int] = []\n")


def test_the_same_traces_change_nothing(compiled: dict[int, tuple[Path, Path]], copy: Copy) -> None:
    folder = copy(6)
    log_choices(folder)
    before = contents(folder)
    result = tracec("update", folder, compiled[6][0], "--tools", TOOLS, "--check", "--diff")
    assert (result.exit_code, result.stdout) == (0, f"{NAME}: unchanged {folder}\n")
    assert tracec("update", folder, compiled[6][0], "--tools", TOOLS).exit_code == 0
    assert contents(folder) == before


def test_new_runs_are_merged_into_an_edited_harness(
    compiled: dict[int, tuple[Path, Path]], copy: Copy
) -> None:
    folder = copy(4)
    log_choices(folder)
    result = tracec("update", folder, compiled[6][0], "--tools", TOOLS)
    assert (result.exit_code, result.stderr) == (0, "")
    new = contents(compiled[6][1])
    found = contents(folder)
    assert LOGGED in found["harness.py"]
    assert "# 6/6 tasks" in found["harness.py"]
    assert found["seen.py"] == "SEEN: list[int] = []\n"
    assert found["evidence.json"] == new["evidence.json"]
    # What was generated is what the next merge stands on; the wordings stay in their order.
    lock, other = (json.loads(one["harness.lock"]) for one in (found, new))
    assert lock["runs"] == other["runs"]
    generated, fresh = lock["files"]["harness.py"], other["files"]["harness.py"]
    assert generated == found["harness.py"].replace(LOGGED, CHOICE).replace("from .seen import SEEN\n", "")
    assert generated != fresh
    assert sorted(generated.splitlines()) == sorted(fresh.splitlines())
    assert load_harness(folder).name == NAME
    assert tracec("update", folder, compiled[6][0], "--tools", TOOLS, "--check").exit_code == 0


def test_an_unedited_harness_becomes_the_compiled_one(
    compiled: dict[int, tuple[Path, Path]], copy: Copy
) -> None:
    folder = copy(4)
    assert tracec("update", folder, compiled[6][0], "--tools", TOOLS).exit_code == 0
    again = tracec("compile", compiled[6][0], "--tools", TOOLS, "-o", folder.parent, "--check")
    assert again.exit_code == 0


def test_check_and_diff_write_nothing(compiled: dict[int, tuple[Path, Path]], copy: Copy) -> None:
    folder = copy(4)
    before = contents(folder)
    assert tracec("update", folder, compiled[6][0], "--tools", TOOLS, "--check").exit_code == 1
    result = tracec("update", folder, compiled[6][0], "--tools", TOOLS, "--diff")
    assert result.exit_code == 0
    heads = [line for line in result.stdout.splitlines() if line.startswith("@@")]
    assert heads
    assert {head.rpartition(" ")[2] for head in heads} <= {"logic", "evidence", "format"}
    assert contents(folder) == before


def test_json_says_what_would_change(compiled: dict[int, tuple[Path, Path]], copy: Copy) -> None:
    result = tracec("update", copy(4), compiled[6][0], "--tools", TOOLS, "--check", "--json")
    value = json.loads(result.stdout)
    assert (value["status"], value["conflicts"], value["losses"]) == (
        "changed",
        {"harness.py": 0, "tools.py": 0},
        [],
    )
    assert {hunk["label"] for hunk in value["hunks"]} <= {"logic", "evidence", "format"}


def test_a_conflict_is_marked_and_has_to_be_settled(
    compiled: dict[int, tuple[Path, Path]], copy: Copy
) -> None:
    folder = copy(6)
    lock = json.loads((folder / "harness.lock").read_text())
    text = lock["files"]["harness.py"]
    # As if an older program had taken another event.
    lock["files"]["harness.py"] = text.replace('by="event_start"', 'by="duration"')
    (folder / "harness.lock").write_text(json.dumps(lock))
    edit(folder, 'by="event_start"', 'by="event_name"')
    result = tracec("update", folder, compiled[6][0], "--tools", TOOLS)
    assert result.exit_code == 1
    assert "harness.py: 1 conflict" in result.stdout
    found = (folder / "harness.py").read_text()
    assert "<<<<<<< yours\n" in found
    assert 'by="event_name"' in found
    assert 'by="event_start"' in found
    again = tracec("update", folder, compiled[6][0], "--tools", TOOLS)
    assert again.exit_code == 2
    assert "a merge conflict stands here; settle it first" in again.stderr
    assert contents(folder)["harness.py"] == found
    # Settled either way, there is nothing left to merge.
    (folder / "harness.py").write_text(text.replace('by="event_start"', 'by="event_name"'))
    settled = tracec("update", folder, compiled[6][0], "--tools", TOOLS)
    assert (settled.exit_code, settled.stdout) == (0, f"{NAME}: unchanged {folder}\n")


def test_what_is_declined_is_not_written(copy: Copy, tmp_path: Path) -> None:
    folder = copy(6)
    before = contents(folder)
    traces = some_traces(tmp_path, 2)
    outcomes = traces / "outcomes.jsonl"
    outcomes.write_text(outcomes.read_text().replace("true", "false"))
    result = tracec("update", folder, traces, "--tools", TOOLS)
    assert result.exit_code == 3
    assert "declined, nothing is written" in result.stdout
    assert contents(folder) == before


def test_what_is_worse_is_only_written_by_force(compiled: dict[int, tuple[Path, Path]], copy: Copy) -> None:
    folder = copy(6)
    before = contents(folder)
    result = tracec("update", folder, compiled[4][0], "--tools", TOOLS)
    assert result.exit_code == 1
    assert "lost: asks 1 question on 4 tasks that both do, not 0" in result.stdout
    assert contents(folder) == before
    forced = tracec("update", folder, compiled[4][0], "--tools", TOOLS, "--force")
    assert forced.exit_code == 0
    lock = json.loads((folder / "harness.lock").read_text())
    assert [loss["aspect"] for loss in lock["forced"]] == ["questions"]
    # What was forced is forgotten with the next update that loses nothing.
    assert tracec("update", folder, compiled[6][0], "--tools", TOOLS).exit_code == 0
    assert "forced" not in json.loads((folder / "harness.lock").read_text())


def test_what_an_edit_prints_is_not_printed(compiled: dict[int, tuple[Path, Path]], copy: Copy) -> None:
    folder = copy(4)
    edit(folder, CHOICE, f'    print("choosing")\n{CHOICE}')
    result = tracec("update", folder, compiled[6][0], "--tools", TOOLS, "--json")
    assert json.loads(result.stdout)["status"] == "written"


def test_an_edit_that_does_what_no_run_did_is_the_persons(
    compiled: dict[int, tuple[Path, Path]], copy: Copy
) -> None:
    folder = copy(4)
    edit(folder, "event_id=event.event_id", 'event_id=event.event_id + "0"')
    result = tracec("update", folder, compiled[6][0], "--tools", TOOLS)
    assert result.exit_code == 0
    assert "your edits change what is done on 6 of 6 tasks" in result.stdout
    assert 'event_id=event.event_id + "0"' in (folder / "harness.py").read_text()


@pytest.mark.parametrize("lock", ["{}", "no json", json.dumps({"format": 1, "files": {"harness.py": ""}})])
def test_a_lock_without_what_was_generated_is_refused(
    compiled: dict[int, tuple[Path, Path]], copy: Copy, lock: str
) -> None:
    folder = copy(4)
    (folder / "harness.lock").write_text(lock)
    result = tracec("update", folder, compiled[6][0], "--tools", TOOLS)
    assert result.exit_code == 2
    assert "does not hold what was generated" in result.stderr


def test_a_harness_that_is_no_python_is_refused(compiled: dict[int, tuple[Path, Path]], copy: Copy) -> None:
    folder = copy(4)
    edit(folder, CHOICE, "    event = (\n")
    result = tracec("update", folder, compiled[6][0], "--tools", TOOLS)
    assert result.exit_code == 2
    assert "harness.py" in result.stderr
    assert "is no Python" in result.stderr


def test_a_folder_without_a_harness_is_refused(
    compiled: dict[int, tuple[Path, Path]], tmp_path: Path
) -> None:
    result = tracec("update", tmp_path, compiled[6][0])
    assert result.exit_code == 2
    assert "there is no such file: give the folder that `tracec compile` wrote" in result.stderr
