"""Run a harness of the application forms on applicants, and judge what it hands in.

    .venv/bin/python -m traces.try_forms HARNESS [--seed SEED]

With a seed the applicants are others than those of the log. Questions are answered by a script that knows
what each applicant's note says, so that nothing leaves this machine.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean
from typing import Literal, TypeAlias

from compiler.runtime import Harness, RunResult, load_harness
from compiler.runtime.prompt import render
from traces.applicants import APPLICANTS, NOW, Applicant, Reader, applicants
from traces.forms import Desk

Verdict: TypeAlias = Literal["right", "wrong", "deviated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One applicant's form, as a harness filled it in. What is handed in, if anything, is right or wrong."""

    applicant: Applicant
    result: RunResult
    desk: Desk

    @property
    def verdict(self) -> Verdict:
        """Whether the application is right; one that was not handed in deviated, or is wrong if none did."""
        if self.desk.handed_in:
            return (
                "right"
                if self.desk.handed_in == {self.applicant.form_id: self.applicant.truth()}
                else "wrong"
            )
        return "deviated" if self.result.outcome == "deviated" else "wrong"

    @property
    def prompts(self) -> list[int]:
        """The length of each prompt, in the order asked."""
        return [len(render(ask)) for ask, _ in self.result.asks]


def tried(harness: Harness, people: Iterable[Applicant]) -> list[Trial]:
    """Run a harness on each applicant, at a desk of their own."""
    trials = []
    for applicant in people:
        desk = Desk()
        result = harness.run(applicant.request, call=desk, model=Reader(applicant), now=NOW)
        trials.append(Trial(applicant=applicant, result=result, desk=desk))
    return trials


def main() -> None:
    """Print how many applications are right, and what they took."""
    parser = argparse.ArgumentParser(description="Run a harness of the application forms.")
    parser.add_argument("harness", help="the folder of the harness")
    parser.add_argument("--seed", type=int, help="make up other applicants than those of the log")
    options = parser.parse_args()
    people = applicants() if options.seed is None else applicants(APPLICANTS, options.seed)
    trials = tried(load_harness(options.harness), people)
    counts = Counter(trial.verdict for trial in trials)
    print(", ".join(f"{counts[verdict]} {verdict}" for verdict in ("right", "wrong", "deviated")))
    print(f"{fmean(len(trial.result.calls) for trial in trials):.1f} calls a form")
    lengths = [length for trial in trials for length in trial.prompts]
    print(f"{len(lengths) / len(trials):.1f} questions a form")
    if lengths:
        print(f"{min(lengths)} to {max(lengths)} characters a prompt")
    why = Counter(str(trial.result.deviation) for trial in trials if trial.result.deviation is not None)
    for message, times in why.most_common(5):
        print(f"{times} times: {message}")


if __name__ == "__main__":
    main()
