"""The command line: exit codes, what is printed, and what is left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from compiler.cli import main
from compiler.commands import build as building
from compiler.commands import convert as converting
from compiler.emit.folder import write_folder
from compiler.errors import Declined, InternalError
from compiler.ir.program import CallTool, Const, Limits, Program, Request, Support
from compiler.ir.run import Workload
from compiler.pipeline import Build
from compiler.prove.report import ReplayReport, TaskReplay

ROOT = Path(__file__).resolve().parent.parent
TRACES = ROOT / "traces"
OFFICE = f"{TRACES / 'office.py'}:office"
WORKLOAD = "schedule_meeting_with_sender"
HEAVY = {"black", "jinja2", "libcst", "litellm", "pydantic", "dateutil", "compiler.pipeline", "compiler.read"}


def tracec(*arguments: object, stdin: str | None = None) -> Result:
    """Run the command line in this process."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)


def subprocess_tracec(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    command = [sys.executable, "-m", "compiler", *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


# ------------------------------------------------------------------------------------------------- help


def test_help_is_there_at_once_and_names_every_command(tmp_path: Path) -> None:
    times = []
    for _ in range(3):
        start = time.perf_counter()
        done = subprocess_tracec("--help", cwd=tmp_path)
        times.append(time.perf_counter() - start)
        assert done.returncode == 0
        for command in ("inspect", "compile", "verify", "report", "run", "import"):
            assert f"  {command} " in done.stdout
    assert min(times) < 0.5


def test_the_command_line_imports_nothing_heavy() -> None:
    check = f"import sys, compiler.cli; print(sorted({HEAVY!r} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("command", ["inspect", "compile", "verify", "report", "run", "import"])
def test_every_command_explains_itself(command: str) -> None:
    result = tracec(command, "--help")
    assert result.exit_code == 0
    summary = result.stdout.split("\n\n")[1].strip()
    assert summary.endswith(".")
    assert len(summary) < 50


# ------------------------------------------------------------------------------------------------ errors


@pytest.mark.parametrize(
    "arguments",
    [
        ["import", "missing.jsonl", "-o", "out.jsonl"],
        ["inspect", "missing.jsonl"],
        ["compile", "missing.jsonl", "-o", "out"],
        ["verify", "missing", "missing.jsonl"],
        ["report", "missing"],
        ["run", "missing", "--tools", "x:y", "--request", "z"],
    ],
)
def test_what_is_missing_is_one_line_and_exit_2(arguments: list[str], tmp_path: Path) -> None:
    done = subprocess_tracec(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("tracec: ")
    assert done.stderr.count("\n") == 1
    assert "missing" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_wrong_usage_is_exit_2() -> None:
    assert tracec("compile", "x").exit_code == 2
    assert tracec("no-such-command").exit_code == 2
    assert tracec("inspect").exit_code == 2


def test_the_place_of_bad_input_is_named(tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text("{not json\n")
    result = tracec("import", bad, "-o", tmp_path / "out.jsonl")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"tracec: {bad}:1: ")
    assert sorted(tmp_path.iterdir()) == [bad]


def test_text_from_a_trace_cannot_move_the_cursor(tmp_path: Path) -> None:
    result = tracec("import", tmp_path / "a\x1b[2J\nb.jsonl", "-o", tmp_path / "out.jsonl")
    assert result.stderr.count("\n") == 1
    assert "\x1b" not in result.stderr
    assert r"a\x1b[2J\nb.jsonl" in result.stderr


@pytest.mark.parametrize("error", [KeyError("x"), InternalError("an id is bound twice")])
def test_a_bug_says_that_it_is_one(error: Exception, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(converting, "read_sources", fail)
    result = tracec("import", "x", "-o", tmp_path / "y")
    assert result.exit_code == 123
    assert result.stderr.startswith("tracec: this is a bug in tracec: ")
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.stderr

    debugged = tracec("--debug", "import", "x", "-o", tmp_path / "y")
    assert debugged.exit_code == 123
    assert debugged.stderr.startswith("Traceback")
    assert debugged.stderr.splitlines()[-1].startswith("tracec: this is a bug in tracec: ")


def test_a_place_that_cannot_be_written_is_no_bug(tmp_path: Path) -> None:
    result = tracec("import", TRACES / WORKLOAD, "-o", tmp_path / "no" / "such" / "folder.jsonl")
    assert result.exit_code == 2
    assert "No such file or directory" in result.stderr
    assert result.stderr.count("\n") == 1


# ------------------------------------------------------------------------------------------------ import


def test_import_writes_runs_that_read_the_same(tmp_path: Path) -> None:
    out, again = tmp_path / "runs.jsonl", tmp_path / "again.jsonl"
    result = tracec("import", TRACES / WORKLOAD, "-o", out, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["runs"] == 29
    assert len(out.read_text().splitlines()) == 29
    assert tracec("import", out, "-o", again).exit_code == 0
    assert again.read_bytes() == out.read_bytes()
    assert sorted(tmp_path.iterdir()) == [again, out]


def test_a_failed_import_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object, stream: Any) -> None:
        stream.write("half")
        raise OSError(28, "No space left on device")

    out = tmp_path / "runs.jsonl"
    out.write_text("before")
    monkeypatch.setattr(converting, "write_native", fail)
    assert tracec("import", TRACES / WORKLOAD, "-o", out).exit_code == 2
    assert out.read_text() == "before"
    assert list(tmp_path.iterdir()) == [out]


# ----------------------------------------------------------------------------------------------- compile

SUPPORT = Support(tasks=2, reached=2, runs=("r1", "r2"))
GENERATED = {"harness.py": "A = 1\n", "tools.py": "B = 1\n"}
FILES = GENERATED | {"evidence.json": "{}\n", "harness.lock": json.dumps({"files": GENERATED})}


def fake_build(workload: Workload) -> Build:
    """Build what the name of the workload says."""
    if "declined" in workload.name:
        raise Declined(("too few tasks", "no value explains \x1b[1mthis"))
    if "broken" in workload.name:
        raise KeyError("a bug")
    call = CallTool(id="c1", tool="t", arguments=(("a", Const(1)),), effect="write", support=SUPPORT)
    program = Program(
        name=workload.name,
        request=Request(form="text"),
        tools=(),
        body=(call,),
        questions=(),
        limits=Limits(tool_calls=1, questions=0),
        tasks=2,
        runs=("r1", "r2"),
    )
    report = ReplayReport(tasks=(TaskReplay(task="t1", verdict="exact", calls=1),))
    return Build(workload=workload, program=program, files=dict(FILES), train=report, held_out=report)


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., list[Path]]:
    """Give trace files with the given names, which compile as their name says, in this process."""
    monkeypatch.setattr(building, "build", fake_build)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)

    def write(*names: str) -> list[Path]:
        folder = tmp_path / "in"
        folder.mkdir(exist_ok=True)
        call = {"function": {"name": "t", "arguments": "{}"}, "id": "1", "type": "function"}
        run = {
            "messages": [
                {"role": "user", "content": "do it"},
                {"role": "assistant", "content": None, "tool_calls": [call]},
                {"role": "tool", "tool_call_id": "1", "content": "ok"},
            ]
        }
        paths = [folder / f"{name}.jsonl" for name in names]
        for path in paths:
            path.write_text(json.dumps(run) + "\n")
        return paths

    return write


def test_compile_writes_and_then_has_nothing_to_do(given: Callable[..., list[Path]], tmp_path: Path) -> None:
    (traces,) = given("my-job")
    out = tmp_path / "out"
    result = tracec("compile", traces, "-o", out)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"my-job: written {out / 'my_job'}: 2 tasks, 0 questions; held out: 1 exact\n"
    assert {path.name: path.read_text() for path in (out / "my_job").iterdir()} == FILES

    again = tracec("compile", traces, "-o", out)
    assert again.exit_code == 0
    assert again.stdout.startswith("my-job: unchanged ")


def test_check_writes_nothing_and_says_what_would_change(
    given: Callable[..., list[Path]], tmp_path: Path
) -> None:
    (traces,) = given("job")
    out = tmp_path / "out"
    before = tracec("compile", traces, "-o", out, "--check")
    assert before.exit_code == 1
    assert before.stdout.startswith("job: changed ")
    assert not out.exists()

    assert tracec("compile", traces, "-o", out).exit_code == 0
    assert tracec("compile", traces, "-o", out, "--check").exit_code == 0
    (out / "job" / "evidence.json").unlink()
    assert tracec("compile", traces, "-o", out, "--check").exit_code == 1


def test_diff_is_a_patch_and_writes_nothing(given: Callable[..., list[Path]], tmp_path: Path) -> None:
    (traces,) = given("job")
    harness = tmp_path / "out" / "job" / "harness.py"
    first = tracec("compile", traces, "-o", tmp_path / "out", "--diff")
    assert first.exit_code == 0
    assert f"--- /dev/null\n+++ {harness}\n@@ -0,0 +1 @@\n+A = 1\n" in first.stdout
    assert not harness.exists()

    older = {"harness.py": "A = 0\n", "tools.py": "B = 1\n"}
    write_folder(harness.parent, older | {"harness.lock": json.dumps({"files": older})})
    result = tracec("compile", traces, "-o", tmp_path / "out", "--diff")
    assert result.exit_code == 0
    assert f"--- {harness}\n+++ {harness}\n@@ -1 +1 @@\n-A = 0\n+A = 1\n" in result.stdout
    assert harness.read_text() == "A = 0\n"


def test_an_edit_stays_where_nothing_else_changed(given: Callable[..., list[Path]], tmp_path: Path) -> None:
    (traces,) = given("job")
    harness = tmp_path / "out" / "job" / "harness.py"
    assert tracec("compile", traces, "-o", tmp_path / "out").exit_code == 0
    harness.write_text("A = 1  # by hand\n")
    result = tracec("compile", traces, "-o", tmp_path / "out")
    assert result.exit_code == 0
    assert result.stdout.startswith("job: unchanged ")
    assert harness.read_text() == "A = 1  # by hand\n"


@pytest.mark.parametrize("lock", [json.dumps({"files": {"harness.py": "A = 0\n"}}), "{}", "no json", None])
def test_an_edit_is_never_written_over(
    given: Callable[..., list[Path]], tmp_path: Path, lock: str | None
) -> None:
    (traces,) = given("job")
    folder = tmp_path / "out" / "job"
    there = {"harness.py": "A = 0  # by hand\n", "tools.py": "B = 1\n", "harness.lock": lock}
    write_folder(folder, {name: text for name, text in there.items() if text is not None})
    result = tracec("compile", traces, "-o", tmp_path / "out")
    assert result.exit_code == 1
    assert result.stdout.startswith("job: edited ")
    assert "bring the edits over" in result.stdout
    assert (folder / "harness.py").read_text() == "A = 0  # by hand\n"


def test_one_that_is_declined_does_not_keep_the_others(
    given: Callable[..., list[Path]], tmp_path: Path
) -> None:
    paths = given("a", "declined", "b")
    out = tmp_path / "out"
    result = tracec("compile", *paths, "-o", out)
    assert result.exit_code == 3
    a, declined, b = result.stdout.splitlines()
    assert a.startswith("a: written")
    assert declined == r"declined: declined: too few tasks; no value explains \x1b[1mthis"
    assert b.startswith("b: written")
    assert sorted(path.name for path in out.iterdir()) == ["a", "b"]


def test_a_bug_in_one_does_not_keep_the_others(given: Callable[..., list[Path]], tmp_path: Path) -> None:
    result = tracec("compile", *given("broken", "declined", "good"), "-o", tmp_path / "out")
    assert result.exit_code == 123
    assert result.stdout.splitlines()[0].startswith("broken: failed: this is a bug in tracec: KeyError")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["good"]


def test_compile_as_json(given: Callable[..., list[Path]], tmp_path: Path) -> None:
    result = tracec("compile", *given("good", "declined"), "-o", tmp_path / "out", "--json")
    assert result.exit_code == 3
    good, declined = json.loads(result.stdout)["workloads"]
    assert (good["workload"], good["status"], good["held_out"]["counts"]["exact"]) == ("good", "written", 1)
    assert declined["folder"] is None
    assert declined["reasons"] == ["too few tasks", "no value explains \x1b[1mthis"]


def test_only_the_wanted_workloads(given: Callable[..., list[Path]], tmp_path: Path) -> None:
    paths = given("a", "b", "c")
    result = tracec("compile", *paths, "-o", tmp_path / "out", "--workload", "a", "--workload", "c")
    assert result.exit_code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a", "c"]
    unknown = tracec("compile", *paths, "-o", tmp_path / "out", "--workload", "d")
    assert unknown.exit_code == 2
    assert "a, b, c" in unknown.stderr


def test_two_workloads_never_share_a_folder(given: Callable[..., list[Path]], tmp_path: Path) -> None:
    result = tracec("compile", *given("a-b", "a_b"), "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert "'a-b' and 'a_b'" in result.stderr
    assert not (tmp_path / "out").exists()
