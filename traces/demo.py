"""Compile the bundled runs, show a program, and run the programs on requests that no recorded run had.

    make demo
    .venv/bin/python -m traces.demo --model provider/model

Without a model nothing leaves this machine, and a run that comes to a question deviates.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

from compiler.runtime import load_harness
from traces.office import Office

if TYPE_CHECKING:
    from compiler.runtime import RunResult

TRACES = Path("traces")
NOW = datetime(2023, 11, 30)
"""The day on which the tables, and the recorded runs, take place."""
DECLINED = 3
"""How ``tracec compile`` ends where a workload would need guessing."""
WIDTH = 100
SHOWN = "cancel_meetings_with_colleague"
"""The program that is printed."""
SETTLED: dict[str, tuple[str, ...]] = {
    "schedule_meeting_with_sender": (
        "Can you find the email from November 24 about 'Update on Supply Chain Enhancement Workshop' and "
        "schedule a 1 hour meeting called 'Update on Supply Chain Enhancement Workshop' at 11:30 with the "
        "sender for December 14?",
    ),
    "cancel_meetings_with_colleague": (
        "Cancel all future meetings with jinsoo",
        "yuki is leaving the company. Can you cancel all future meetings with them?",
    ),
    "cancel_first_meeting": (
        "Cancel my first meeting on December 8",
        "Delete my first meeting on December 9",
    ),
    "email_if_metric_crossed": (
        "can you check if total visits was more than 15 at any time since November 10? If so, send an email "
        "to kofi.mensah@atlas.com titled 'Update on total visits' saying 'I noticed total visits was more "
        "than 15 - can you update me?'",
    ),
    "reply_to_last_email": (
        "Reply to kofi's last email about 'Update on team orientation' with "
        "'Thanks for the update - I will get back to you tomorrow.'",
    ),
}
"""Requests in a wording that the runs show, of jobs whose every decision the runs or the request explain."""
OPEN: dict[str, tuple[str, ...]] = {
    "email_if_no_meeting": (
        "Unless I meet kofi in the next 3 days, send them an email titled 'Catch up soon?' saying 'We have "
        "not caught up in a while - can you send some availability over next week?'",
    ),
}
"""Requests that need an answer: in a wording that no run shows, with words that nothing explains."""
JOBS = (*SETTLED, *OPEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How many of some runs came out well, and what those took on average."""

    runs: int
    well: int
    model_calls: float
    tool_calls: float

    def __str__(self) -> str:
        counted = f"{self.well:3} of {self.runs:2}"
        if not self.well:
            return f"{counted} {'-':>12} {'-':>11}"
        return f"{counted} {self.model_calls:12.1f} {self.tool_calls:11.1f}"


def main() -> int:
    """Compile, show, run, compare; the exit code is 1 if no run of a harness came out well."""
    parser = argparse.ArgumentParser(description="Compile and run the bundled workloads.")
    parser.add_argument("--model", help="what answers questions, as provider/model; none if left out")
    parser.add_argument("--output", type=Path, default=Path("build/demo"), help="where the harnesses go")
    options = parser.parse_args()

    title("1. Compile recorded runs of LLM agents, good and bad, without calling a model")
    compile_all(options.output)

    shown = options.output / SHOWN / "harness.py"
    title(f"2. One of the programs: {shown}")
    print(shown.read_text(encoding="utf-8"), end="")

    title("3. Run them on requests that no recorded run had; the tools are those of traces/office.py")
    results = run_all(SETTLED, options.output, options.model)

    has = "a model" if options.model else "no model"
    title(f"4. Where the runs leave something open, a harness asks; here it has {has} to ask")
    results |= run_all(OPEN, options.output, options.model)

    title("5. Before and after")
    compare(results)
    title("What to look at next")
    print(what_next(options.output))
    return 0 if any(result.outcome == "done" for of_job in results.values() for result in of_job) else 1


def title(text: str) -> None:
    """Print a headline."""
    print(f"\n\n{text}\n{'-' * len(text)}\n")


def compile_all(output: Path) -> None:
    """Compile the workloads with the real command."""
    options = ["--tools", f"{TRACES / 'tools.json'}", "--output", f"{output}"]
    traces = [f"{TRACES / job}" for job in JOBS]
    print("$ tracec compile", " \\\n    ".join([*traces, " ".join(options)]), flush=True)
    command = [sys.executable, "-m", "compiler", "compile", *traces, *options]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode not in (0, DECLINED):
        raise SystemExit(done.returncode)
    # A line for each workload; what stands indented below are notes about the traces.
    lines = done.stdout.splitlines()
    print(*(line for line in lines if not line.startswith(" ")), sep="\n")
    print(
        "\nHeld out: each task, on a program compiled from the others. exact: the recorded calls, unasked;"
        "\nasked: right, after a question; missed: needs a result that no run recorded, so it tells nothing."
    )
    if notes := sum(line.startswith(" ") for line in lines):
        print(f"The command also has {notes} lines of notes about these traces.")


def run_all(
    requests: dict[str, tuple[str, ...]], output: Path, model: str | None
) -> dict[str, list[RunResult]]:
    """Run each job's harness on its requests; a job that was declined has no results."""
    results: dict[str, list[RunResult]] = {}
    for job, texts in requests.items():
        folder = output / job
        results[job] = [run(folder, text, model) for text in texts] if folder.is_dir() else []
    return results


def run(folder: Path, request: str, model: str | None) -> RunResult:
    """Run a harness on a request, in an office of its own, and show what it did."""
    result = load_harness(folder).run(request, call=Office(), model=model, now=NOW)
    print(textwrap.fill(request, WIDTH, initial_indent="> ", subsequent_indent="  "))
    for name, arguments, answer in result.calls:
        given = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
        print(textwrap.fill(f"{name}({given})", WIDTH, initial_indent="  ", subsequent_indent="    "))
        print(f"      {shortened(repr(answer))}")
    for ask, answer in result.asks:
        print(f"  asked {ask.question}: {shortened(repr(answer.value))}")
    if result.deviation is None:
        print(f"  {result.outcome}\n")
    else:
        print(
            f"  {result.outcome}: {result.deviation.message}{question_in(result.deviation.message, folder)}\n"
        )
    return result


def question_in(message: str, folder: Path) -> str:
    """Give the words of the question that a message begins with, on a line of its own; else nothing."""
    evidence = json.loads((folder / "evidence.json").read_text(encoding="utf-8"))
    name = message.split(maxsplit=1)[0]
    if name not in evidence["questions"]:
        return ""
    asked = f"{name} asks: {evidence['questions'][name]['text']}"
    return "\n" + textwrap.fill(asked, WIDTH, initial_indent="      ", subsequent_indent="      ")


def shortened(text: str) -> str:
    """Cut a text to one line that fits a screen."""
    return text if len(text) <= WIDTH - 6 else f"{text[: WIDTH - 9]}..."


def compare(results: dict[str, list[RunResult]]) -> None:
    """Print what the agents took, as recorded, beside what the harnesses took above."""
    columns = f"{'model calls':>12} {'tool calls':>11}"
    print(f"{'':31}{'agents (recorded)':>33}   {'harness (measured here)':>33}")
    print(f"{'':31}{'success':>9} {columns}   {'done':>9} {columns}")
    for job, of_job in results.items():
        after = effort_of(of_job) if of_job else "declined"
        print(f"{job:31}{recorded_effort(TRACES / job)}   {after}")
    print(
        "\nRecorded: the runs in traces/, on other requests for the same job. Measured: the runs above. Calls"
        "\nare means of the runs that succeeded or were done. What was not done deviated, and wrote nothing."
    )


def effort_of(results: list[RunResult]) -> Effort:
    """Average what runs of a harness took that were done."""
    done = [result for result in results if result.outcome == "done"]
    return Effort(
        runs=len(results),
        well=len(done),
        model_calls=mean([len(result.asks) for result in done]),
        tool_calls=mean([len(result.calls) for result in done]),
    )


def recorded_effort(workload: Path) -> Effort:
    """Average what the successful recorded runs took: one model call for each message of the agent."""
    runs = lines(workload / "runs.jsonl")
    succeeded = {outcome["run_id"] for outcome in lines(workload / "outcomes.jsonl") if outcome["success"]}
    said = [
        [message for message in run["messages"] if message["role"] == "assistant"]
        for run in runs
        if run["run_id"] in succeeded
    ]
    calls = [sum(len(message.get("tool_calls") or ()) for message in messages) for messages in said]
    return Effort(
        runs=len(runs),
        well=len(said),
        model_calls=mean([len(messages) for messages in said]),
        tool_calls=mean(calls),
    )


def mean(counts: list[int]) -> float:
    """Average counts; of none it is zero."""
    return fmean(counts) if counts else 0.0


def lines(path: Path) -> list[dict[str, Any]]:
    """Read a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def what_next(output: Path) -> str:
    """Name the commands and pages that a reader may go on with."""
    tracec = Path(sys.executable).parent / "tracec"
    tracec = tracec.relative_to(Path.cwd()) if tracec.is_relative_to(Path.cwd()) else Path("tracec")
    return f"""\
the other programs       {output}/*/harness.py, each with its tools.py and evidence.json
what a reviewer gets     {tracec} report {output}/email_if_metric_crossed
replay on recorded runs  {tracec} verify {output}/{SHOWN} traces/{SHOWN}
your own request         {tracec} run {output}/cancel_first_meeting --tools traces/office.py:office \\
                             --now 2023-11-30 --request "Cancel my first meeting on December 14"
with a model             .venv/bin/python -m traces.demo --model provider/model    (litellm; set its key)
how to read a harness    docs/harnesses.md
your own traces          docs/formats.md, then {tracec} inspect YOUR_TRACES"""


if __name__ == "__main__":
    sys.exit(main())
