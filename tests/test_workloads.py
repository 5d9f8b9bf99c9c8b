"""What holds for every harness that is emitted for the bundled workloads, by the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.emitted import SEEDS, Given, compile_all, complaints, contents, failures, shuffled
from tests.cli.runner import TRACES

WORKLOADS = sorted(path.parent for path in TRACES.glob("*/runs.jsonl"))
GIVEN = Given(tools=TRACES / "tools.json")
FILES = {"harness.py", "tools.py", "evidence.json", "harness.lock"}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def harnesses(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder in which each bundled workload has its harness."""
    out = tmp_path_factory.mktemp("harnesses")
    compile_all(WORKLOADS, GIVEN, out, SEEDS[0])
    return out


def test_every_workload_has_a_harness(harnesses: Path) -> None:
    expected = {f"{workload.name}/{name}" for workload in WORKLOADS for name in FILES}
    assert contents(harnesses).keys() == expected


@pytest.mark.parametrize("seed", SEEDS[1:])
def test_shuffled_runs_under_another_hash_seed_give_the_same_bytes(
    harnesses: Path, tmp_path: Path, seed: int
) -> None:
    mixed = shuffled(WORKLOADS, tmp_path / "runs", seed)
    assert mixed[0].joinpath("runs.jsonl").read_bytes() != (WORKLOADS[0] / "runs.jsonl").read_bytes()
    compile_all(mixed, GIVEN, tmp_path / "out", seed)
    assert contents(tmp_path / "out") == contents(harnesses)


def test_reviewers_tools_find_nothing(harnesses: Path) -> None:
    assert list(complaints(harnesses)) == []


def test_reviewers_tools_would_find_something(harnesses: Path, tmp_path: Path) -> None:
    for name in ("harness.py", "tools.py"):
        text = (harnesses / WORKLOADS[0].name / name).read_text(encoding="utf-8")
        (tmp_path / "bad").mkdir(exist_ok=True)
        (tmp_path / "bad" / name).write_text(f"import os\n{text}\nx: int = ''\n", encoding="utf-8")
    assert {complaint.split(":")[0] for complaint in complaints(tmp_path)} == {"black", "ruff", "mypy"}


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda path: path.name)
def test_a_harness_replays_the_runs_that_it_came_from(harnesses: Path, workload: Path) -> None:
    assert list(failures(workload, GIVEN, harnesses / workload.name)) == []
