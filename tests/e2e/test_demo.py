"""`make demo` shows what it promises: programs, their runs, and what was saved."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from traces.demo import REQUESTS

pytestmark = pytest.mark.slow


def test_the_demo_compiles_and_runs_every_kind_of_workload(root: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "traces.demo", "--output", tmp_path],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr

    written = {path.parent.name for path in tmp_path.glob("*/harness.py")}
    assert len(written) >= 4
    assert written <= REQUESTS.keys()
    for workload in written:
        assert (tmp_path / workload / "harness.py").read_text(encoding="utf-8") in done.stdout
    table = done.stdout.splitlines()[-len(REQUESTS) :]
    assert [line.split()[0] for line in table] == list(REQUESTS)
