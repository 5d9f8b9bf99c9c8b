"""Compile the bundled workloads, print the programs, and run them on requests that no recorded run had.

    make demo
    .venv/bin/python -m traces.demo --model openai/gpt-4o-mini

Without a model nothing leaves this machine, and a run that comes to a question deviates.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
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
WIDTH = 96
REQUESTS = {
    "schedule_meeting_with_sender": (
        "Can you find the email from November 24 about 'Update on Supply Chain Enhancement Workshop' and "
        "schedule a 1 hour meeting called 'Update on Supply Chain Enhancement Workshop' at 11:30 with the "
        "sender for December 14?",
    ),
    "cancel_meetings_with_colleague": (
        "Cancel all future meetings with jinsoo",
        "yuki is leaving the company. Can you cancel all future meetings with them?",
    ),
    "email_if_metric_crossed": (
        "If total visits was more than 15 at any time since November 10 send an email to "
        "kofi.mensah@atlas.com titled 'Update on total visits' saying "
        "'I noticed total visits was more than 15 - can you update me?'",
    ),
    "email_if_no_meeting": (
        "If I don't have any meetings scheduled with kofi in the next 3 days, send them an email titled "
        "'Catch up soon?' saying 'We have not caught up in a while - can you send some availability over "
        "next week?'",
    ),
    "cancel_first_meeting": (
        "Cancel my first meeting on December 8",
        "Delete my first meeting on December 9",
    ),
    "reply_to_last_email": (
        "Reply to kofi's last email about 'Update on team orientation' with "
        "'Thanks for the update - I will get back to you tomorrow.'",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """What runs took on average, and how many succeeded (an agent) or came to a known end (a harness)."""

    runs: int
    done: int
    model_calls: float
    tool_calls: float

    def __str__(self) -> str:
        return f"{self.done:3} of {self.runs:2} {self.model_calls:12.1f} {self.tool_calls:11.1f}"


def main() -> int:
    """Show each workload in turn, then what was saved."""
    parser = argparse.ArgumentParser(description="Compile and run the bundled workloads.")
    parser.add_argument("--model", help="what answers questions, as provider/model; none if left out")
    parser.add_argument("--output", type=Path, default=Path("build/demo"), help="where the harnesses go")
    options = parser.parse_args()

    efforts: dict[str, tuple[Effort, Effort | None]] = {}
    for workload, requests in REQUESTS.items():
        title(workload)
        after = None
        if compiled(TRACES / workload, options.output):
            print((options.output / workload / "harness.py").read_text(encoding="utf-8"))
            results = [run(options.output / workload, request, options.model) for request in requests]
            after = effort_of(results)
        efforts[workload] = (recorded_effort(TRACES / workload), after)

    title("The recorded agents, and the harnesses on the requests above")
    print(f"{'':32}{'agents, mean of the successful':>34}   {'harness, mean of all':>34}")
    columns = f"{'model calls':>12} {'tool calls':>11}"
    print(f"{'':32}{'success':>9} {columns}   {'done':>9} {columns}")
    for workload, (before, after) in efforts.items():
        print(f"{workload:32}{before}   {'declined' if after is None else after}")
    return 0 if any(after for _, after in efforts.values()) else 1


def title(text: str) -> None:
    """Print a headline."""
    print(f"\n{text}\n{'=' * len(text)}\n")


def compiled(workload: Path, output: Path) -> bool:
    """Compile a workload with the real command, and say whether there is a harness."""
    arguments = ["compile", f"{workload}", "--outcomes", f"{workload / 'outcomes.jsonl'}"]
    arguments += ["--tools", f"{TRACES / 'tools.json'}", "--output", f"{output}"]
    print(f"$ tracec {shlex.join(arguments)}", flush=True)
    code = subprocess.run([sys.executable, "-m", "compiler", *arguments], check=False).returncode
    if code not in (0, DECLINED):
        raise SystemExit(code)
    print()
    return code == 0


def run(harness: Path, request: str, model: str | None) -> RunResult:
    """Run a harness on a request, in an office of its own, and show what it did."""
    result = load_harness(str(harness)).run(request, call=Office(), model=model, now=NOW)
    print(f"> {request}")
    for name, arguments, answer in result.calls:
        print(f"    {name}({', '.join(f'{key}={value!r}' for key, value in arguments.items())})")
        print(f"        {shortened(answer)}")
    for ask, answer in result.asks:
        print(f"    {ask.question}? {shortened(answer.value)}")
    why = f": {result.deviation.message}" if result.deviation is not None else ""
    print(f"    {result.outcome}{why}\n")
    return result


def shortened(value: object) -> str:
    """Show a value in one line that fits a screen."""
    text = repr(value)
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 3]}..."


def effort_of(results: list[RunResult]) -> Effort:
    """Average what runs of a harness took."""
    return Effort(
        runs=len(results),
        done=sum(result.outcome == "done" for result in results),
        model_calls=fmean(len(result.asks) for result in results),
        tool_calls=fmean(len(result.calls) for result in results),
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
    return Effort(
        runs=len(runs),
        done=len(said),
        model_calls=fmean(len(messages) for messages in said),
        tool_calls=fmean(
            sum(len(message.get("tool_calls") or ()) for message in messages) for messages in said
        ),
    )


def lines(path: Path) -> list[dict[str, Any]]:
    """Read a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    sys.exit(main())
