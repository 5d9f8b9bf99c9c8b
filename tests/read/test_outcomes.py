from __future__ import annotations

from pathlib import Path

import pytest

from compiler.errors import InputError
from compiler.read import Outcome, read_outcomes
from tests.read.build import write


def test_outcomes_by_run(tmp_path: Path) -> None:
    path = write(
        tmp_path / "o.jsonl",
        {"run_id": "a", "success": True},
        {"run_id": "b", "success": False, "reward": 1},
        {"run_id": 3, "reward": 0.93},
        {"run_id": "d", "reward": 1.0},
        {"run_id": "e", "reward": 57},
        {"run_id": "a", "success": True},
    )
    assert read_outcomes(path) == {
        "a": Outcome(success=True),
        "b": Outcome(success=False, reward=1.0),
        "3": Outcome(success=False, reward=0.93),
        "d": Outcome(success=True, reward=1.0),
        "e": Outcome(success=None, reward=57.0),
    }


@pytest.mark.parametrize(
    "line",
    [
        {"success": True},
        {"run_id": "b"},
        {"run_id": None, "success": True},
        {"run_id": "b", "success": "yes"},
        {"run_id": "b", "success": 1, "reward": 1},
        {"run_id": "b", "reward": "1"},
        {"run_id": "a", "success": False},
        "not JSON",
        [1],
    ],
)
def test_a_bad_line_is_an_error(tmp_path: Path, line: object) -> None:
    path = write(tmp_path / "o.jsonl", {"run_id": "a", "success": True}, line)
    with pytest.raises(InputError) as caught:
        read_outcomes(path)
    assert str(caught.value).startswith(f"{path}:2: ")


def test_an_empty_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="empty"):
        read_outcomes(write(tmp_path / "o.jsonl", ""))
