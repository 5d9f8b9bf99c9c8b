"""`make demo` shows what it promises: programs, their runs on new requests, and what was saved."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from compiler.runtime import RunResult, load_harness
from traces.demo import JOBS, NOW, OPEN, SETTLED, SHOWN, what_next
from traces.office import TABLES, Office

pytestmark = pytest.mark.slow

REQUESTS = SETTLED | OPEN


@pytest.fixture(scope="module")
def harnesses(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def output(root: Path, harnesses: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "traces.demo", "--output", harnesses],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def results(output: str, harnesses: Path) -> dict[str, tuple[RunResult, Office]]:
    """Run each request that was shown once more, and keep the office as the harness left it."""
    assert output
    found = {}
    for job, requests in REQUESTS.items():
        for request in requests:
            office = Office()
            found[request] = (load_harness(harnesses / job).run(request, call=office, now=NOW), office)
    return found


@pytest.fixture(scope="module")
def reads(traces: Path) -> frozenset[str]:
    tools = json.loads((traces / "tools.json").read_text(encoding="utf-8"))["tools"]
    return frozenset(tool["name"] for tool in tools if tool.get("annotations", {}).get("readOnlyHint"))


def test_it_compiles_every_bundled_workload_and_prints_a_program(
    output: str, harnesses: Path, traces: Path
) -> None:
    assert sorted(JOBS) == sorted(path.parent.name for path in traces.glob("*/runs.jsonl"))
    assert sorted(path.parent.name for path in harnesses.glob("*/harness.py")) == sorted(JOBS)
    assert (harnesses / SHOWN / "harness.py").read_text(encoding="utf-8") in output


@pytest.mark.parametrize("job", JOBS)
def test_no_run_had_a_request_that_is_shown(job: str, traces: Path) -> None:
    runs = (traces / job / "runs.jsonl").read_text(encoding="utf-8").splitlines()
    recorded = {
        message["content"].strip().casefold()
        for run in runs
        for message in json.loads(run)["messages"]
        if message["role"] == "user"
    }
    assert recorded
    assert not recorded & {request.casefold() for request in REQUESTS[job]}


def test_what_the_runs_settle_is_done_without_a_question(
    results: dict[str, tuple[RunResult, Office]],
) -> None:
    for job, requests in SETTLED.items():
        outcomes = Counter(results[request][0].outcome for request in requests)
        assert outcomes["done"] >= 1, job
        assert not any(results[request][0].asks for request in requests)


def test_what_is_done_is_what_was_asked_for(results: dict[str, tuple[RunResult, Office]]) -> None:
    with (TABLES / "calendar_events.csv").open(encoding="utf-8", newline="") as file:
        before = list(csv.DictReader(file))
    for name in ("jinsoo", "yuki"):
        (request,) = (text for text in SETTLED["cancel_meetings_with_colleague"] if name in text)
        wanted = [
            event
            for event in before
            if not (name in event["participant_email"] and event["event_start"] >= NOW.isoformat(" "))
        ]
        assert len(wanted) < len(before)
        assert results[request][1].calendar.events == wanted
    result, office = results["Cancel my first meeting on December 8"]
    first = min(
        (event for event in before if event["event_start"].startswith("2023-12-08")),
        key=lambda event: event["event_start"],
    )
    assert result.outcome == "done"
    assert office.calendar.events == [event for event in before if event != first]


def test_what_the_runs_leave_open_deviates_without_a_model_and_says_so(
    output: str, results: dict[str, tuple[RunResult, Office]]
) -> None:
    for requests in OPEN.values():
        for request in requests:
            result = results[request][0]
            assert result.deviation is not None
            assert result.deviation.message.endswith("needs an answer, and there is no model to ask")
            assert f"deviated: {result.deviation.message}" in output
            assert f"{result.deviation.message.split(maxsplit=1)[0]} asks: " in output


def test_a_run_that_deviates_wrote_nothing(
    results: dict[str, tuple[RunResult, Office]], reads: frozenset[str]
) -> None:
    wrote = Counter(
        (result.outcome, any(name not in reads for name, _, _ in result.calls))
        for result, _ in results.values()
    )
    assert wrote["deviated", False] > len(OPEN)
    assert wrote["done", True] >= len(SETTLED)
    assert len(wrote) == len(("deviated without a write", "done with one"))


def test_before_and_after_stand_side_by_side_with_where_they_come_from(output: str) -> None:
    (header,) = (line for line in output.splitlines() if "(recorded)" in line)
    assert "harness (measured here)" in header
    for job in JOBS:
        (row,) = (line for line in output.splitlines() if line.startswith(f"{job} ") and " of " in line)
        done = sum(line == "  done" for line in run_lines(output, job))
        assert f"{done} of {len(REQUESTS[job]):2}" in row


def run_lines(output: str, job: str) -> list[str]:
    """Give the lines of what was shown for a job's requests, up to the blank line after each."""
    lines = output.splitlines()
    found: list[str] = []
    for request in REQUESTS[job]:
        start = next(i for i, line in enumerate(lines) if line.startswith(f"> {request[:60]}"))
        found += lines[start : lines.index("", start)]
    return found


def test_the_commands_to_go_on_with_work(root: Path, harnesses: Path, output: str) -> None:
    text = what_next(harnesses)
    assert text in output
    shown = text.replace("\\\n", " ").replace("YOUR_TRACES", "traces/cancel_first_meeting")
    for command in ("report", "verify", "run", "inspect"):
        (line,) = (line for line in shown.splitlines() if f"tracec {command} " in line)
        done = subprocess.run(
            ["sh", "-c", f"{sys.executable} -m compiler {line.partition('tracec ')[2]}"],
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (line, done.stdout, done.stderr)
        assert done.stdout.strip()
    for page in ("docs/harnesses.md", "docs/formats.md"):
        assert page in text
        assert (root / page).is_file()
