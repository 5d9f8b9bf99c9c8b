"""Running the command line in tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from compiler.cli import main

ROOT = Path(__file__).resolve().parent.parent.parent
TRACES = ROOT / "traces"
WORKLOAD = "schedule_meeting_with_sender"


def tracec(*arguments: object, stdin: str | None = None) -> Result:
    """Run the command line in this process."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)


def subprocess_tracec(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    command = [sys.executable, "-m", "compiler", *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
