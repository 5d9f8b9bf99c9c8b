"""evidence.json and harness.lock as a report reads them: checked, for a folder may come from anywhere."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from compiler.ir.steps import StepKind

Id = Annotated[str, Field(pattern=r"^n[0-9]{1,6}$")]


class _Part(BaseModel):
    """A part of a file; what a later version adds to it is ignored."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class RecordedQuestion(_Part):
    """A question, and what was answered in each run that came to it (run id -> answer).

    Where it is ``repeated``, which is in a loop, each run has a list of answers.
    """

    kind: str
    text: str
    why: str = ""
    tasks: int
    reached: int
    labels: list[str] = []
    repeated: bool = False
    answers: dict[str, JsonValue] = {}


class Place(_Part):
    """A counted place of the program: a pattern, a call, a constant, a branch, a loop."""

    kind: str
    what: str
    tasks: int
    reached: int
    runs: list[str] = []


class Box(_Part):
    """A box of the flow graph."""

    id: Id
    shape: Literal["start", "read", "write", "ask", "decide", "loop", "done", "deviate", "hand over"]
    label: str
    tools: list[str] = []


class Arrow(_Part):
    """An arrow of the flow graph."""

    source: Id
    target: Id
    label: str = ""


class Graph(_Part):
    """The flow graph."""

    nodes: list[Box]
    edges: list[Arrow]


class TaskVerdict(_Part):
    """What a harness did on one task; ``why`` is empty where that was right."""

    task: str
    verdict: str
    why: str = ""


class RequestField(_Part):
    """A field of the request."""

    name: str
    kind: str


class Verdicts(_Part):
    """What a replay found."""

    counts: dict[str, int]
    silent: int = 0
    tasks: list[TaskVerdict] = []


class Limits(_Part):
    """The most that a run may do."""

    tool_calls: int
    questions: int


class Evidence(_Part):
    """What evidence.json says. What was not measured is None."""

    program: str
    tasks: int
    runs: list[str]
    judged_runs: int | None = None
    """Of how many of the runs an outcome is recorded."""
    prompts: dict[str, str] = {}
    """Of each question that a replay came to: what the model read when it was first asked."""
    questions: dict[str, RecordedQuestion] = {}
    places: list[Place] = []
    request: list[RequestField] = []
    flow: Graph | None = None
    limits: Limits | None = None
    replay: Verdicts | None = None
    held_out: Verdicts | None = None
    score: JsonValue = None
    usual: dict[str, tuple[int, int]] = {}
    """By sign of drift: how many of the runs show it, and of how many."""
    usual_ways: list[str] = []
    """The ways in which runs deviate."""
    notes: list[str] = []


class LockedRun(_Part):
    """A run that the harness was compiled from, and what tells whether it is still the same."""

    run: str
    sha256: str


class LockedStep(_Part):
    """A step of the program: what happens, on which conditions, with what, and how many tasks show it."""

    kind: StepKind
    what: str
    under: list[str]
    with_: list[tuple[str, str]] = Field(alias="with")
    tasks: int
    reached: int


class Lock(_Part):
    """What harness.lock says of the generated files, their text, of the runs, and of the program."""

    steps: list[LockedStep] = []
    runs: list[LockedRun] = []
    files: dict[str, str] = {}
