"""What docs/security.md says of compiling as a whole; the parts have tests of their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

COMPILE = """
import sys

def audit(event, arguments):
    if event.split(".")[0] in ("socket", "urllib", "http", "subprocess") or event in ("os.system", "os.exec"):
        print(event, arguments)

sys.addaudithook(audit)
sys.argv[0] = "tracec"
from compiler.cli import main
try:
    main()
finally:
    print("litellm" in sys.modules)
"""


def test_compiling_opens_no_connection_and_loads_no_model(root: Path, traces: Path, tmp_path: Path) -> None:
    workload = traces / "cancel_first_meeting"
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            COMPILE,
            "compile",
            workload,
            "--tools",
            traces / "tools.json",
            "-o",
            tmp_path,
        ],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    summary, loaded = done.stdout.splitlines()
    assert summary.startswith("cancel_first_meeting: written")
    assert loaded == "False"
    assert (tmp_path / "cancel_first_meeting" / "harness.py").is_file()
