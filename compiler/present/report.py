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
from compiler.present.verdicts import MEANINGS, CostRow, cost_rows, verdict_words
from compiler.runtime.prompt import SYSTEM

MOST_BOXES = 200
"""A larger graph is not drawn: no renderer draws it so that anybody can read it."""
MOST_ANSWERS = 10
MOST_FAILURES = 10
WIDTH = 120
WHOLE_PLACE = 600
"""A wording or a choice of tools says what is done only as a whole."""


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
    bounds: str
    """What an answer can be."""
    text: str
    why: str
    asked: str
    """In how many of the runs, as the harness replays them, the model had to answer."""
    answers: tuple[AnswerRow, ...]
    prompt: str
    """What the model reads; empty where that is not shown, or not known."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SupportRow:
    """A place of the program, and what supports it."""

    kind: str
    what: str
    tasks: str
    runs: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class BoxRow:
    """A box of the flow graph, its label in lines."""

    id: str
    shape: str
    lines: tuple[str, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a replay showed, and why where it did not come out right."""

    what: str
    failures: tuple[str, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """What a report prints."""

    name: str
    purpose: str
    tasks: str
    runs: str
    unjudged: str
    """What is to be known of runs without an outcome; empty where all have one."""
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    nodes: tuple[BoxRow, ...]
    edges: tuple[Arrow, ...]
    no_graph: str
    questions: tuple[QuestionRow, ...]
    supports: tuple[SupportRow, ...]
    proofs: tuple[Proof, ...]
    verdicts: tuple[tuple[str, str], ...]
    """Every verdict that occurs, with what it says."""
    costs: tuple[CostRow, ...]
    limits: str
    notes: tuple[str, ...]
    system: str
    """What comes before every prompt; empty where none is shown."""


def report_view(evidence: Evidence, lock: Lock, *, prompts: bool = False) -> ReportView:
    """Put what a harness folder holds into words; with ``prompts``, also what the model reads."""
    shown = evidence.prompts if prompts else {}
    graph = evidence.flow
    drawn = graph is not None and len(graph.nodes) <= MOST_BOXES
    return ReportView(
        name=evidence.program,
        purpose=_purpose(lock),
        tasks=count(evidence.tasks, "task"),
        runs=count(len(evidence.runs), "run" if _unjudged_runs(evidence) else "successful run"),
        unjudged=_unjudged(evidence),
        reads=_tools(graph, "read"),
        writes=_tools(graph, "write"),
        nodes=tuple(map(_box, graph.nodes)) if graph is not None and drawn else (),
        edges=tuple(graph.edges) if graph is not None and drawn else (),
        no_graph=_no_graph(graph),
        questions=tuple(
            _question(name, question, len(evidence.runs), shown.get(name, ""))
            for name, question in evidence.questions.items()
        ),
        supports=tuple(_support(place) for place in evidence.places),
        proofs=(
            _proof("On the runs it was compiled from", evidence.replay),
            _proof("On each task in turn, compiled without it (held out)", evidence.held_out),
        ),
        verdicts=_verdicts(evidence.replay, evidence.held_out),
        costs=cost_rows(evidence.score),
        limits=_limits(evidence.limits),
        notes=tuple(evidence.notes),
        system=SYSTEM if shown else "",
    )


def _unjudged_runs(evidence: Evidence) -> int:
    return len(evidence.runs) - (evidence.judged_runs or 0)


def _unjudged(evidence: Evidence) -> str:
    """Say that success was taken for granted, where nobody recorded it."""
    unjudged = _unjudged_runs(evidence)
    if evidence.judged_runs is None:
        return "Whether their outcomes were recorded this folder does not say: compile it again."
    if unjudged == 0:
        return ""
    if evidence.judged_runs == 0:
        return "No outcome was recorded: every run counts as solved, whether or not it was."
    counts = "it counts" if unjudged == 1 else "they count"
    return f"Of {count(unjudged, 'run')} no outcome was recorded: {counts} as solved."


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


def _box(box: Box) -> BoxRow:
    """Of a choice of tools, each stands on a line of its own."""
    several = len(box.tools) > 1
    lines = ("one of", *box.tools, "by the request's words") if several else (box.label,)
    return BoxRow(id=box.id, shape=box.shape, lines=lines)


def _tools(graph: Graph | None, shape: str) -> tuple[str, ...]:
    """The tools that are called, in the order of the first call; of a choice of tools, every one."""
    boxes = graph.nodes if graph is not None else []
    called = (tool for box in boxes if box.shape == shape for tool in box.tools or [box.label])
    return tuple(dict.fromkeys(called))


def _question(name: str, question: RecordedQuestion, runs: int, prompt: str) -> QuestionRow:
    counts = Counter(answer for value in question.answers.values() for answer in _answers(question, value))
    # By number, then by text: the order of runs in the file says nothing.
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    rows = [AnswerRow(value=value, runs=runs) for value, runs in ranked[:MOST_ANSWERS]]
    if rest := ranked[MOST_ANSWERS:]:
        rows.append(AnswerRow(value=f"{len(rest)} other answers", runs=sum(runs for _, runs in rest)))
    return QuestionRow(
        name=name,
        kind=question.kind,
        bounds=_bounds(question),
        text=question.text,
        why=question.why.rstrip("."),
        asked=_asked(len(question.answers), runs),
        answers=tuple(rows),
        prompt=prompt,
    )


_BOUNDS = {
    "select": "some, all or none of the options",
    "choose": "one of the options, or that none fits",
    "classify": "one of its labels",
    "extract": "the fields that it asks for, each of its type",
    "compose": "a text",
}


def _bounds(question: RecordedQuestion) -> str:
    if question.kind == "classify" and question.labels:
        return f"one of {', '.join(question.labels)}"
    return _BOUNDS.get(question.kind, "")


def _asked(answered: int, runs: int) -> str:
    """Say in how many runs the model was needed: a question may stand where nothing was open in any run."""
    every = f"the {count(runs, 'run')}, as replayed"
    return f"asked in {answered} of {every}:" if answered else f"asked in none of {every}"


def _answers(question: RecordedQuestion, value: JSON) -> frozenset[str]:
    """The different answers of one run, in words."""
    given = value if question.repeated and isinstance(value, list) else [value]
    return frozenset(_answer(question, one) for one in given)


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
        kind=place.kind,
        what=shorten(place.what, WHOLE_PLACE),
        tasks=f"{place.tasks} of {place.reached}",
        runs=len(place.runs),
    )


def _proof(where: str, found: Verdicts | None) -> Proof:
    """Say what a replay showed, and what it ran on."""
    if found is None:
        return Proof(what=f"{where}: not measured", failures=())
    silent = f"; {found.silent} acted wrongly without a question" if found.silent else ""
    failures = [
        shorten(f"task {task.task} {task.verdict}: {task.why}", 2 * WIDTH) for task in found.tasks if task.why
    ]
    if rest := failures[MOST_FAILURES:]:
        failures[MOST_FAILURES:] = [f"and {count(len(rest), 'more task')}"]
    return Proof(what=f"{where}: {verdict_words(found.counts.items())}{silent}", failures=tuple(failures))


def _verdicts(*found: Verdicts | None) -> tuple[tuple[str, str], ...]:
    seen = {verdict for one in found if one is not None for verdict, times in one.counts.items() if times}
    return tuple(
        (verdict.replace("_", " "), meaning) for verdict, meaning in MEANINGS.items() if verdict in seen
    )
