"""What is installed from the wheel works without the checkout: the command, the templates, the types."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command away from the checkout and return what it prints."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel, install it into an environment of its own, and give that environment's folder.

    The dependencies come from the environment that the tests run in, so that no index is needed. Its
    ``.pth`` files are not followed from there, so that the checkout it may link to is out of sight.
    """
    folder = tmp_path_factory.mktemp("installed")
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(folder / "dist"), versions=["standard"])
    environment = folder / "venv"
    venv.EnvBuilder(with_pip=True, symlinks=os.name != "nt").create(environment)
    python = environment / "bin" / "python"
    run(python, "-m", "pip", "install", "--no-deps", "--no-index", "--quiet", wheel, cwd=folder)
    site = Path(
        run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip()
    )
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return environment


def test_the_package_that_is_tested_is_the_installed_one(installed: Path) -> None:
    where = run(
        installed / "bin" / "python", "-c", "import compiler.errors as e; print(e.__file__)", cwd=installed
    )
    assert Path(where.strip()).is_relative_to(installed)
    assert Path(sys.prefix) != installed


def test_the_command_says_what_it_does(installed: Path) -> None:
    text = run(installed / "bin" / "tracec", "--help", cwd=installed)
    for command in ("inspect", "compile", "verify", "report", "run", "import"):
        assert command in text


def test_every_template_is_there(installed: Path) -> None:
    site = next(installed.glob("lib/python*/site-packages"))
    expected = {path.relative_to(ROOT / "templates") for path in (ROOT / "templates").rglob("*.jinja")}
    assert expected
    found = site / "compiler" / "templates"
    assert {path.relative_to(found) for path in found.rglob("*.jinja")} == expected


def test_type_checkers_may_read_the_package(installed: Path) -> None:
    site = next(installed.glob("lib/python*/site-packages"))
    assert (site / "compiler" / "py.typed").is_file()


def test_an_installed_compiler_writes_harnesses_and_reports(installed: Path, tmp_path: Path) -> None:
    traces = ROOT / "traces"
    workload = traces / "schedule_meeting_with_sender"
    tracec = installed / "bin" / "tracec"
    run(
        tracec,
        "compile",
        workload,
        "--outcomes",
        workload / "outcomes.jsonl",
        "--tools",
        traces / "tools.json",
        "-o",
        tmp_path,
        cwd=installed,
    )
    harness = tmp_path / "schedule_meeting_with_sender"
    assert {path.name for path in harness.iterdir()} >= {
        "harness.py",
        "tools.py",
        "evidence.json",
        "harness.lock",
    }
    assert "schedule_meeting_with_sender" in run(tracec, "report", harness, cwd=installed).splitlines()[0]
