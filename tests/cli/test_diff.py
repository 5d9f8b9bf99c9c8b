"""`tracec diff`: two folders, and what a reviewer reads of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from benchmarks.orders import close_order, with_call, workload
from compiler.emit.folder import write_folder
from compiler.ir.run import Run
from compiler.pipeline import build
from tests.cli.runner import tracec

RUNS = [close_order(number) for number in range(24)]


def compiled(folder: Path, runs: Iterable[Run]) -> Path:
    write_folder(folder, build(workload(runs), prove=False).files)
    return folder


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled(tmp_path_factory.mktemp("old") / "close_order", RUNS)


def test_the_same_runs_make_no_difference(old: Path) -> None:
    result = tracec("diff", old, old)
    assert (result.exit_code, result.stdout) == (0, "## What changed in `close_order`\n\nNothing.\n")


def test_more_runs_are_evidence_only(old: Path, tmp_path: Path) -> None:
    new = compiled(tmp_path / "new", [*RUNS, *map(close_order, range(24, 27))])
    result = tracec("diff", old, new)
    assert result.exit_code == 0
    assert "The program is the same; only the evidence changed.\n" in result.stdout
    assert "- 27 tasks and 27 runs, were 24 and 24\n" in result.stdout


def test_a_new_write_is_to_be_approved(old: Path, tmp_path: Path) -> None:
    new = compiled(tmp_path / "new", map(with_call("audit", before="notify"), RUNS))
    result = tracec("diff", old, new)
    assert result.exit_code == 1
    assert "**1 new or wider side effect.**\n\n### Side effects\n\n- a new write: `audit`" in result.stdout

    value = json.loads(tracec("diff", old, new, "--json").stdout)
    assert (value["harness"], value["same"], value["approve"]) == ("close_order", False, 1)
    assert value["changes"][0] == {
        "group": "side effects",
        "text": "a new write: `audit`, in 16 of 24 tasks: approve it",
        "approve": True,
    }


def test_a_folder_of_an_older_compiler_is_compared_by_its_calls(old: Path, tmp_path: Path) -> None:
    new = compiled(tmp_path / "new", map(with_call("audit", before="notify"), RUNS))
    for folder in (old, new):
        (tmp_path / folder.name).mkdir(exist_ok=True)
    lock = json.loads((old / "harness.lock").read_text())
    older = tmp_path / "older"
    write_folder(
        older,
        {
            "evidence.json": (old / "evidence.json").read_text(),
            "harness.lock": json.dumps({"files": lock["files"]}),
        },
    )
    assert tracec("diff", older, old).exit_code == 0
    assert "- a new write: `audit`, in" in tracec("diff", older, new).stdout


def test_what_is_no_harness_folder_is_said(old: Path, tmp_path: Path) -> None:
    result = tracec("diff", tmp_path, old)
    assert result.exit_code == 2
    assert "evidence.json" in result.stderr
