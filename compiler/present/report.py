"""The view of a harness for a pull request."""

from __future__ import annotations

import ast
import json
from collections import Counter
from dataclasses import dataclass
from typing import final

from compiler.ir.run import JSON
from compiler.present.escape import count, shorten
from compiler.present.evidence import (
    Arrow,
    Box,
    Evidence,
    Graph,
    Limits,
    Lock,
    Place,
    RecordedQuestion,
    Verdicts,
)
from compiler.present.verdicts import CostRow, cost_rows, verdict_words

MOST_BOXES = 200
"""A larger graph is not drawn: no renderer draws it so that anybody can read it."""
MOST_ANSWERS = 10
WIDTH = 120


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """An answer, and how many runs gave it."""

    value: str
    runs: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRow:
    """A question with what is known about it."""

    name: str
    kind: str
    text: str
    why: str
    support: str
    answers: tuple[AnswerRow, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SupportRow:
    """A place of the program, and what supports it."""

    what: str
    tasks: str
    runs: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """What a report prints."""

    name: str
    purpose: str
    tasks: str
    runs: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    nodes: tuple[Box, ...]
    edges: tuple[Arrow, ...]
    no_graph: str
    questions: tuple[QuestionRow, ...]
    supports: tuple[SupportRow, ...]
    proofs: tuple[str, ...]
    costs: tuple[CostRow, ...]
    limits: str
    notes: tuple[str, ...]


def report_view(evidence: Evidence, lock: Lock) -> ReportView:
    """Put what a harness folder holds into words."""
    graph = evidence.flow
    drawn = graph is not None and len(graph.nodes) <= MOST_BOXES
    return ReportView(
        name=evidence.program,
        purpose=_purpose(lock),
        tasks=count(evidence.tasks, "task"),
        runs=count(len(evidence.runs), "successful run"),
        reads=_tools(graph, "read"),
        writes=_tools(graph, "write"),
        nodes=tuple(graph.nodes) if graph is not None and drawn else (),
        edges=tuple(graph.edges) if graph is not None and drawn else (),
        no_graph=_no_graph(graph),
        questions=tuple(_question(name, question) for name, question in evidence.questions.items()),
        supports=tuple(_support(place) for place in evidence.places),
        proofs=_proofs(evidence),
        costs=cost_rows(evidence.score),
        limits=_limits(evidence.limits),
        notes=tuple(evidence.notes),
    )


def _limits(limits: Limits | None) -> str:
    if limits is None:
        return ""
    return f"{count(limits.tool_calls, 'tool call')} and {count(limits.questions, 'question')} a run"


def _purpose(lock: Lock) -> str:
    """What the generated harness says that it does: the docstring of its module."""
    try:
        tree = ast.parse(lock.files.get("harness.py", ""))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    return shorten(ast.get_docstring(tree) or "", 500)


def _no_graph(graph: Graph | None) -> str:
    if graph is None:
        return "This folder has no flow graph: compile it again."
    return f"The flow graph has {len(graph.nodes)} boxes, too many to draw."


def _tools(graph: Graph | None, shape: str) -> tuple[str, ...]:
    """The tools that are called, in the order of the first call."""
    boxes = graph.nodes if graph is not None else []
    return tuple(dict.fromkeys(box.label for box in boxes if box.shape == shape))


def _question(name: str, question: RecordedQuestion) -> QuestionRow:
    counts = Counter(_answer(question, value) for value in question.answers.values())
    # By number, then by text: the order of runs in the file says nothing.
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    rows = [AnswerRow(value=value, runs=runs) for value, runs in ranked[:MOST_ANSWERS]]
    if rest := ranked[MOST_ANSWERS:]:
        rows.append(AnswerRow(value=f"{len(rest)} other answers", runs=sum(runs for _, runs in rest)))
    return QuestionRow(
        name=name,
        kind=question.kind,
        text=question.text,
        why=question.why,
        support=f"{question.tasks} of {question.reached} tasks",
        answers=tuple(rows),
    )


def _answer(question: RecordedQuestion, value: JSON) -> str:
    """An answer in words: options have numbers, as which ones were offered differs from run to run."""
    match question.kind, value:
        case "classify", int(position) if 0 <= position < len(question.labels):
            return shorten(question.labels[position], WIDTH)
        case ("choose" | "classify"), int(position):
            return f"option {position + 1}"
        case "select", [*positions]:
            numbers = [str(position + 1) for position in positions if isinstance(position, int)]
            return f"options {', '.join(numbers)}" if numbers else "none of the options"
        case _, str(text):
            return shorten(text, WIDTH)
        case _:
            return shorten(json.dumps(value, ensure_ascii=False), WIDTH)


def _support(place: Place) -> SupportRow:
    return SupportRow(
        what=shorten(f"{place.kind}: {place.what}", WIDTH),
        tasks=f"{place.tasks} of {place.reached}",
        runs=len(place.runs),
    )


def _proofs(evidence: Evidence) -> tuple[str, ...]:
    """What replays showed, each with what it ran on."""
    return (
        _proof("On the runs it was compiled from", evidence.replay),
        _proof("On each task in turn, compiled without it (held out)", evidence.held_out),
    )


def _proof(where: str, found: Verdicts | None) -> str:
    if found is None:
        return f"{where}: not measured"
    silent = f"; {found.silent} acted wrongly without a question" if found.silent else ""
    return f"{where}: {verdict_words(found.counts.items())}{silent}"
