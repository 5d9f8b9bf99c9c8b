"""The command line: help, errors, and each command on real runs"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from compiler.commands import convert as converting
from compiler.errors import InternalError
from compiler.ir.run import Run
from compiler.read import read_runs
from tests.cli.runner import ROOT, TRACES, WORKLOAD, subprocess_tracec, tracec

HEAVY = {"black", "jinja2", "libcst", "litellm", "pydantic", "dateutil", "compiler.pipeline", "compiler.read"}
OFFICE = f"{TRACES / 'office.py'}:office"

# ----------------------------------------------------------------------------------------------------- help


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


# --------------------------------------------------------------------------------------------------- errors


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


# --------------------------------------------------------------------------------------------------- import


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


# ------------------------------------------------------------------------ inspect, verify, report, for real


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a harness folder that was compiled from bundled runs."""
    out = tmp_path_factory.mktemp("compiled")
    result = tracec("compile", TRACES / WORKLOAD, "--tools", TRACES / "tools.json", "-o", out)
    assert result.exit_code == 0, result.output
    return out / WORKLOAD


def test_inspect_says_what_there_is_and_what_it_would_save() -> None:
    arguments = ["inspect", TRACES / WORKLOAD, "--tools", TRACES / "tools.json"]
    result = tracec(*arguments)
    assert result.exit_code == 0
    for words in ("29 of 6 tasks; 21 succeeded", "email.search_emails (read, 45)", "on tasks left out: "):
        assert words in result.stdout
    assert "tool calls a task: 2.2 (recorded) before, 2.0 (replayed) after, held out" in result.stdout
    (row,) = json.loads(tracec(*arguments, "--json").stdout)["workloads"]
    assert (row["name"], row["runs"], row["status"]) == (WORKLOAD, 29, "built")


def test_verify_on_the_runs_it_came_from(compiled: Path) -> None:
    result = tracec("verify", compiled, TRACES / WORKLOAD)
    assert result.exit_code == 0
    assert result.stdout.startswith(f"{WORKLOAD}: 6 ")
    value = json.loads(tracec("verify", compiled, TRACES / WORKLOAD, "--json").stdout)
    assert value["counts"]["wrong"] == 0
    assert len(value["tasks"]) == value["score"]["right"] == 6


def test_verify_finds_a_wrong_action(compiled: Path, tmp_path: Path) -> None:
    """An edit that leaves the write out ends as done, with the job not done."""
    source = (compiled / "harness.py").read_text()
    start = source.index("    run.tools.calendar_create_event(")
    end = source.index("\n    )\n", start) + len("\n    )\n")
    for path in compiled.iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "harness.py").write_text(source[:start] + source[end:])
    result = tracec("verify", tmp_path, TRACES / WORKLOAD)
    assert result.exit_code == 1
    assert "wrong" in result.stdout.splitlines()[0]


def test_verify_needs_a_run_that_is_known_to_be_right(compiled: Path, tmp_path: Path) -> None:
    outcomes = tmp_path / "outcomes.jsonl"
    runs = read_runs(str(TRACES / WORKLOAD / "runs.jsonl")).runs
    outcomes.write_text("".join(json.dumps({"run_id": r.run_id, "success": False}) + "\n" for r in runs))
    result = tracec("verify", compiled, TRACES / WORKLOAD, "--outcomes", outcomes)
    assert result.exit_code == 2
    assert "--outcomes" in result.stderr


def test_report_goes_to_stdout_or_to_a_file(compiled: Path, tmp_path: Path) -> None:
    result = tracec("report", compiled)
    assert result.exit_code == 0
    for title in (f"# `{WORKLOAD}`", "## Flow", "## Decisions", "## Evidence", "## Cost"):
        assert f"{title}\n" in result.stdout
    out = tmp_path / "report.md"
    written = tracec("report", compiled, "-o", out)
    assert (written.exit_code, written.stdout) == (0, "")
    assert out.read_text() == result.stdout
    value = json.loads(tracec("report", compiled, "--json").stdout)
    assert (value["name"], value["tasks"]) == (WORKLOAD, "6 tasks")


def test_report_shows_what_is_half_a_character(compiled: Path, tmp_path: Path) -> None:
    """A trace may hold one, and evidence.json keeps it; pydantic would refuse the file."""
    for name in ("evidence.json", "harness.lock"):
        (tmp_path / name).write_bytes((compiled / name).read_bytes())
    evidence = json.loads((tmp_path / "evidence.json").read_bytes())
    evidence["notes"] = ["half \ud800"]
    (tmp_path / "evidence.json").write_text(json.dumps(evidence))
    result = tracec("report", tmp_path)
    assert result.exit_code == 0
    assert "- half ?" in result.stdout


def test_the_bundled_office_runs_a_compiled_harness(compiled: Path) -> None:
    runs = [run for run in read_runs(str(TRACES / WORKLOAD / "runs.jsonl")).runs if run.calls]
    assert isinstance(runs[0], Run)
    result = tracec(
        "run", compiled, "--tools", OFFICE, "--request", runs[0].request, "--now", "2023-11-30", "--json"
    )
    (done,) = json.loads(result.stdout)["runs"]
    assert done["calls"][0]["tool"] == "email.search_emails"
    assert result.exit_code == (0 if done["outcome"] == "done" else 1)


def test_verify_knows_which_of_the_runs_own_calls_change_nothing(compiled: Path, tmp_path: Path) -> None:
    """A refused write and a read that the harness never makes are nothing that it leaves out."""
    lines = (TRACES / WORKLOAD / "runs.jsonl").read_text().splitlines()
    success = {o["run_id"]: o["success"] for o in map(json.loads, _outcomes().read_text().splitlines())}
    record = next(run for run in map(json.loads, lines) if success[run["run_id"]])
    looked = [
        ("analytics.total_visits_count", {"time_min": "2023-11-01"}, '{"2023-11-01": 3}'),
        ("email.send_email", {"recipient": "nobody"}, "Invalid recipient: no email address"),
    ]
    for name, arguments, answer in looked:
        call = {"id": name, "function": {"name": name, "arguments": json.dumps(arguments)}}
        record["messages"][2:2] = [
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": name, "content": answer},
        ]
    trace = tmp_path / "looked.jsonl"
    trace.write_text(json.dumps(record) + "\n")
    result = tracec("verify", compiled, trace, "--outcomes", _outcomes(), "--tools", TRACES / "tools.json")
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, f"{WORKLOAD}: 1 equivalent")


def _outcomes() -> Path:
    return TRACES / WORKLOAD / "outcomes.jsonl"
