"""Print what was measured: a table, and the tasks that deserve a look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from benchmarks.measure import VERDICTS, FamilyResult, TaskResult

WRITE_COLUMNS = tuple(f"write_{column}" for column in ("tasks", *VERDICTS))
COLUMNS = ("tasks", *VERDICTS, *WRITE_COLUMNS, "asks", "tokens", "calls", "agent_success", "agent_runs")

MANY_SOLVED = 3
"""Different tasks of a workload that were solved, from which on it ought to compile."""


def print_table(results: Sequence[FamilyResult]) -> None:
    """Print a row for each workload and their sum, then the recorded agents."""
    print(f"{'family':40}" + "".join(f"{_heading(column):>10}" for column in COLUMNS))
    total: Counter[str] = Counter()
    for result in results:
        row = _row(result)
        total.update(row)
        _print_row(result.family, row)
    _print_row("total", total)
    _print_agents(results, total)


def print_details(results: Sequence[FamilyResult], verdicts: Iterable[str]) -> None:
    """Print the tasks that came to one of the verdicts."""
    wanted = set(verdicts)
    for result in results:
        for task in result.tasks:
            if task.verdict in wanted:
                _print_task(task)


def _row(result: FamilyResult) -> Counter[str]:
    row: Counter[str] = Counter(tasks=len(result.tasks))
    for task in result.tasks:
        row[task.verdict] += 1
        if task.needs_write:
            row["write_tasks"] += 1
            row[f"write_{task.verdict}"] += 1
        row["asks"] += task.asks
        row["tokens"] += task.prompt_tokens
        row["calls"] += task.calls
    row["agent_success"] = sum(right for right, _ in result.agents.values())
    row["agent_runs"] = sum(runs for _, runs in result.agents.values())
    return row


def _print_row(name: str, row: Counter[str]) -> None:
    print(f"{name:40}" + "".join(f"{row[column]:>10}" for column in COLUMNS))


def _print_agents(results: Sequence[FamilyResult], total: Counter[str]) -> None:
    """Print the agents' own success on the same tasks, and the cost of a task on either side."""
    right: Counter[str] = Counter()
    runs: Counter[str] = Counter()
    for result in results:
        for agent, (successes, count) in result.agents.items():
            right[agent] += successes
            runs[agent] += count
    print("\nrecorded agents on the same tasks")
    for agent in sorted(runs, key=lambda name: -right[name] / runs[name]):
        print(f"  {agent:30} {right[agent]:>5}/{runs[agent]:<5} {right[agent] / runs[agent]:.1%}")
    mean = sum(right.values()) / max(1, sum(runs.values()))
    print(f"  {'mean':30} {mean:>18.1%}")
    run = total["tasks"] - total["declined"]
    print(f"harnesses: {_share(total['success'], total['tasks'])}")
    repeated = [task for result in results if result.solved >= MANY_SOLVED for task in result.tasks]
    right_there = sum(task.verdict == "success" for task in repeated)
    print(f"  on workloads with {MANY_SOLVED} or more solved tasks: {_share(right_there, len(repeated))}")
    if not run or not runs:
        return
    weights = [sum(count for _, count in result.agents.values()) for result in results]
    calls = sum(r.agent_calls * w for r, w in zip(results, weights, strict=True)) / sum(weights)
    tokens = sum(r.agent_tokens * w for r, w in zip(results, weights, strict=True)) / sum(weights)
    print(
        f"per task that a harness ran on: {total['calls'] / run:.1f} tool calls, {total['asks'] / run:.2f} "
        f"questions, {total['tokens'] / run:.0f} prompt tokens; per recorded run: {calls:.1f} tool calls, "
        f"{tokens:.0f} prompt tokens (without tool schemas)"
    )


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole} {part / max(1, whole):.1%}"


def _print_task(task: TaskResult) -> None:
    print(f"{task.verdict.upper()} {task.task}: {task.request}")
    print(f"  outcome: {task.outcome}")
    for question, text, answer in task.answers:
        print(f"  asked {question}: {text}\n     -> {_cut(answer)}")
    if task.verdict != "declined":
        print(f"  wrote: {_listed(task.writes)}\n  truth: {_listed(task.truth)}")
    print()


def _listed(writes: Sequence[str]) -> str:
    return "\n         ".join(writes) or "nothing"


def _cut(text: str, limit: int = 400) -> str:
    return text if len(text) <= limit else text[: limit - 3] + "..."


def _heading(column: str) -> str:
    """Cut a name to its column: ``write_deviated`` -> ``w_deviate``."""
    return column.replace("write_", "w_").replace("agent_", "a_")[:9]
