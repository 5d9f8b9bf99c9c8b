"""The WorkBench corpus: its tasks, its recorded agents, and the scorer that comes with it."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, final

from compiler.ir.run import Workload
from compiler.read import read_workloads

Task = dict[str, Any]
Calls = list[tuple[str, dict[str, Any]]]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRun:
    """One recorded run of an agent: whether it succeeded, its calls, and the texts of its messages."""

    agent: str
    task: str
    success: bool
    calls: Calls
    messages: tuple[tuple[bool, str], ...]
    """Whether the model wrote it, and the text."""


@final
class Corpus:
    """A corpus folder: ``tasks.jsonl``, ``tools.json``, ``runs/`` and ``score.py`` with its sandbox."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.scorer = _load_scorer(folder)
        self.families: dict[str, list[Task]] = defaultdict(list)
        for task in _lines(folder / "tasks.jsonl"):
            self.families[task["family"]].append(task)
        self.writes = _write_tools(folder / "tools.json")

    def workload(self, family: str) -> Workload:
        """Read one workload as the command line would."""
        [workload] = read_workloads(
            (str(self.folder / "runs" / f"{family}.jsonl"),),
            outcomes=str(self.folder / "runs" / "outcomes.jsonl"),
            tools=str(self.folder / "tools.json"),
        )
        return workload

    def agent_runs(self, family: str) -> list[AgentRun]:
        """Read how the recorded agents fared on one workload."""
        success = {o["run_id"]: o["success"] for o in _lines(self.folder / "runs" / "outcomes.jsonl")}
        return [
            AgentRun(
                agent=run["agent"],
                task=run["task_id"],
                success=success[run["run_id"]],
                calls=_calls(run),
                messages=tuple((m["role"] == "assistant", _text(m)) for m in run["messages"]),
            )
            for run in _lines(self.folder / "runs" / f"{family}.jsonl")
        ]


def agent_tokens(run: AgentRun, count: Callable[[str], int]) -> int:
    """Count the prompt tokens of a recorded run: each time the model wrote, it read all that stood before.

    Tool schemas came on top, but were not recorded: the figure is low.
    """
    read = total = 0
    for by_model, text in run.messages:
        if by_model:
            total += read
        read += count(text)
    return total


def _load_scorer(folder: Path) -> ModuleType:
    """Import ``score.py`` from where it lies; it imports its own sandbox."""
    path = folder / "score.py"
    spec = importlib.util.spec_from_file_location("workbench_score", path)
    if spec is None or spec.loader is None or not path.is_file():
        sys.exit(f"{folder} is no WorkBench corpus: it has no score.py; name one with --corpus")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _calls(run: dict[str, Any]) -> Calls:
    return [
        (call["function"]["name"], json.loads(call["function"]["arguments"]))
        for message in run["messages"]
        for call in message.get("tool_calls") or []
    ]


def _text(message: dict[str, Any]) -> str:
    """Give the text of a message; the content of a tool's message may be any JSON value."""
    content = message.get("content") or ""
    calls = "".join(
        c["function"]["name"] + c["function"]["arguments"] for c in message.get("tool_calls") or []
    )
    return (content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)) + calls


def _write_tools(path: Path) -> frozenset[str]:
    tools = json.loads(path.read_text(encoding="utf-8"))["tools"]
    return frozenset(t["name"] for t in tools if not t.get("annotations", {}).get("readOnlyHint"))
