"""`tracec compile`: what it writes, what it leaves alone, and how it ends."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from compiler.commands import build as building
from compiler.emit.folder import write_folder
from compiler.errors import Declined
from compiler.ir.expr import Const
from compiler.ir.program import CallTool, Limits, Program, Request, Support
from compiler.ir.run import Workload
from compiler.pipeline import Build
from compiler.prove.report import ReplayReport, TaskReplay
from tests.cli.runner import TRACES, WORKLOAD, tracec

SUPPORT = Support(tasks=2, reached=2, runs=("r1", "r2"))
GENERATED = {"harness.py": "A = 1\n", "tools.py": "B = 1\n"}
FILES = GENERATED | {"evidence.json": "{}\n", "harness.lock": json.dumps({"files": GENERATED})}


def fake_build(workload: Workload, *, prior: Mapping[str, str] | None = None, jobs: int) -> Build:
    """Build what the name of the workload says."""
    del prior
    assert jobs == 1, "there is one core"
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
            ],
            "success": True,
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
    files = {path.name: path.read_text() for path in (out / "my_job").iterdir()}
    assert json.loads(files.pop("harness.lock")) == {"approved": [], "files": GENERATED}
    assert files == {name: text for name, text in FILES.items() if name != "harness.lock"}

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
    assert "`tracec update " in result.stdout
    assert (folder / "harness.py").read_text() == "A = 0  # by hand\n"


def test_one_that_is_declined_does_not_keep_the_others(
    given: Callable[..., list[Path]], tmp_path: Path
) -> None:
    paths = given("a", "declined", "b")
    out = tmp_path / "out"
    result = tracec("compile", *paths, "-o", out)
    assert result.exit_code == 3
    a, declined, measures, b = result.stdout.splitlines()
    assert a.startswith("a: written")
    assert declined == r"declined: declined: too few tasks; no value explains \x1b[1mthis"
    assert measures.startswith("  enumerability 1 of 1 (100%) of calls, containment 0 of 0 of arguments")
    assert b.startswith("b: written")
    assert sorted(path.name for path in out.iterdir()) == ["a", "b"]


def test_a_bug_in_one_does_not_keep_the_others(given: Callable[..., list[Path]], tmp_path: Path) -> None:
    result = tracec("compile", *given("broken", "declined", "good"), "-o", tmp_path / "out")
    assert result.exit_code == 123
    assert "Traceback" not in result.stderr
    assert result.stdout.splitlines()[0].startswith("broken: failed: this is a bug in tracec: KeyError")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["good"]

    debugged = tracec("--debug", "compile", *given("broken"), "-o", tmp_path / "out")
    assert debugged.exit_code == 123
    assert debugged.stderr.startswith("Traceback")


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


def test_many_notes_are_counted_not_listed(given: Callable[..., list[Path]], tmp_path: Path) -> None:
    (traces,) = given("job")
    with traces.open("a") as file:
        file.write("{broken\n" * 9)
    result = tracec("compile", traces, "-o", tmp_path / "out")
    assert result.exit_code == 0
    assert f"  {traces}:2: " in result.stdout
    assert len(result.stdout.splitlines()) == 5
    notes = json.loads(tracec("inspect", traces, "--json").stdout)["workloads"][0]["notes"]
    assert len(notes) > 9
    assert result.stdout.splitlines()[-1] == f"  and {len(notes) - 3} more notes: see `tracec inspect`"


def test_runs_without_any_outcome_are_said_to_count(given: Callable[..., list[Path]], tmp_path: Path) -> None:
    (traces,) = given("job")
    told = "no outcome is known"
    assert told not in tracec("compile", traces, "-o", tmp_path / "out").stdout
    traces.write_text(traces.read_text().replace('"success": true', '"success": null'))
    assert told in tracec("compile", traces, "-o", tmp_path / "out").stdout
    (value,) = json.loads(tracec("compile", traces, "-o", tmp_path / "out", "--json").stdout)["workloads"]
    assert told in value["notes"][0]


def test_several_processes_write_what_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [WORKLOAD, "reply_to_last_email"]
    arguments = [*(TRACES / name for name in names), "--tools", TRACES / "tools.json"]
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    one = tracec("compile", *arguments, "-o", tmp_path / "one")
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    two = tracec("compile", *reversed(arguments[:2]), *arguments[2:], "-o", tmp_path / "two")
    assert (one.exit_code, two.exit_code) == (0, 0), one.output + two.output
    assert [line.split(":")[0] for line in two.stdout.splitlines() if " written " in line] == names[::-1]
    for name in names:
        files = {path.name: path.read_bytes() for path in (tmp_path / "one" / name).iterdir()}
        assert files == {path.name: path.read_bytes() for path in (tmp_path / "two" / name).iterdir()}


def test_inspect_gives_the_reasons_where_nothing_compiles(given: Callable[..., list[Path]]) -> None:
    result = tracec("inspect", *given("declined", "good"))
    assert result.exit_code == 0
    assert "declined  too few tasks\n" in result.stdout
    assert "no value explains \\x1b[1mthis\n" in result.stdout
    assert "compiles  without a question" in result.stdout
    assert "measures  enumerability 1 of 1 (100%) of calls" in result.stdout
    assert "formats   chat (1)" in result.stdout
