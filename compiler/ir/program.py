"""The program: what was inferred from a workload, before any Python exists.

A program is a request, a block of nodes, and the questions that the block may ask. Expressions (in ``expr``)
say where a value comes from; nodes say what happens. Both are closed unions: a consumer matches every member
and ends in ``assert_never``. Values that a node binds are referred to by its ``id``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, final

from compiler.ir.expr import Expr
from compiler.ir.run import JSON, Effect, ToolSchema

# --------------------------------------------------------------------------------------------- evidence


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """How many tasks, and which runs, show a thing; ``reached`` counts the tasks that came to the place."""

    tasks: int
    reached: int
    runs: tuple[str, ...] = ()


# ------------------------------------------------------------------------------------------- the request

FieldKind = Literal[
    "text", "phrase", "word", "quoted", "number", "date", "time", "minutes", "condition", "choice", "json"
]
"""What a field of the request may hold.

``word`` has no white space; ``quoted`` lies between quotes and holds none of that kind; ``phrase`` is text
within one sentence; ``text`` is any text; ``number`` an int or float; ``date`` a date; ``time`` a time of
day; ``minutes`` a duration, as an int; ``condition`` a number and on which side of it something lies (only
a gap holds one); ``choice`` one of the known wordings, each with its value; ``json``
a value of a structured request.
"""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A typed field of the request, named after the argument that it fills."""

    name: str
    kind: FieldKind
    fills: tuple[str, ...]
    """``tool.argument`` of every argument that it fills."""
    examples: tuple[JSON, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    """Of a ``choice``: pairs of wording and value."""
    closed: bool = False
    """Of a ``choice``: no value but these has a meaning, because it selects a tool."""
    schema: JSON = None
    """Of a ``json`` field: its JSON Schema."""
    path: tuple[str, ...] = ()
    """Of a ``json`` field: the keys that lead to it."""


@final
@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a pattern that holds the named field, and any that take their value from the same words.

    Without a field, ``gap`` says what kind of thing stands there: no argument takes it, and a question that
    sees the whole request comes before any write.
    """

    field: str
    also: tuple[str, ...] = ()
    gap: FieldKind | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A wording of the request: literal text and slots. A slot may stand more than once."""

    parts: tuple[str | Slot, ...]
    support: Support


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """How the request is understood.

    ``text``: one of the patterns, or else ``question`` extracts the same fields (None: nothing to read).
    ``json``: the fields are taken from a mapping by their paths.
    """

    form: Literal["text", "json"]
    fields: tuple[Field, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    question: str | None = None


# ----------------------------------------------------------------------------------------------- questions

QuestionKind = Literal["select", "choose", "classify", "extract", "compose"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A place where the harness asks the model. ``name`` is the constant in harness.py."""

    name: str
    kind: QuestionKind
    text: str
    labels: tuple[str, ...] = ()
    """Of ``classify``: the answers, in order; the last may be ``neither``, which deviates."""
    fields: tuple[Field, ...] = ()
    """Of ``extract``: what to read."""
    why: str = ""
    """Why it is a question and not a rule, in one line of plain words."""
    support: Support


# --------------------------------------------------------------------------------------------------- nodes


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class CallTool:
    """Call a tool; binds its result. Arguments are bound by name; one left out is left out of the call."""

    id: str
    tool: str
    arguments: tuple[tuple[str, Expr], ...]
    effect: Effect
    support: Support
    selector: Expr | None = None
    """Where the request's words select the tool: an expression that gives its original name."""
    alternatives: tuple[str, ...] = ()
    """With a selector: the tools that runs show it to select, ``tool`` among them; another name deviates."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Let:
    """Name a value: a row, a filtered list.

    With more than one rival, the run goes on where all agree on the value, and asks ``question`` (a choose)
    where they differ. Rivals are JSON-valued expressions.
    """

    id: str
    rivals: tuple[Expr, ...]
    support: Support
    question: str | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Only:
    """Take the one element of a list. None deviates; more than one asks ``question`` (a choose)."""

    id: str
    rows: Expr
    question: str
    support: Support


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Holds:
    """The condition that the request states, said of a number, or of any or all of many.

    Only a gap of kind ``condition`` in the wording of the request gives it.
    """

    how: Literal["one", "any", "all"]
    value: Expr


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Ask the model; binds its answer.

    ``options`` (of select and choose) is a list expression; the answer is the elements, or the element.
    ``classify`` binds a label, ``extract`` an object with the question's fields, ``compose`` a text.
    ``facts`` are ids of nodes whose values the question sees, besides the request and the scopes around it.
    """

    id: str
    question: str
    options: Expr | None = None
    facts: tuple[str, ...] = ()
    if_many: bool = False
    """Of select: asked only where there are several options; a lone one is taken, and none deviates."""
    tests: tuple[Holds, ...] = ()
    """Of a classify with the labels yes, no and neither: asked only where these cannot be told, or differ."""
    support: Support


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TextCase:
    """A text that a tool answered in place of rows, and what the runs did then."""

    text: str
    body: Block
    support: Support


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class OnText:
    """Where the result of a call is a text in place of rows: the known texts, else deviate.

    After this node the result counts as rows (or a record). ``cases`` may be empty: then any text deviates.
    """

    ref: str
    cases: tuple[TextCase, ...]
    support: Support


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class OnEmpty:
    """Where a list is empty: ``body``, or deviate where ``body`` is empty (no run shows it)."""

    rows: Expr
    body: Block
    support: Support


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class OnLength:
    """Deviate where a list is as long as the longest result that the tool was ever seen to give.

    Such a list may be cut off, so that acting on all of it is not acting on all there is.
    """

    rows: Expr
    cap: int
    support: Support


@final
@dataclass(frozen=True, slots=True)
class Compare:
    """A test on values in scope."""

    left: Expr
    op: Literal["==", "!=", "<", "<=", ">", ">=", "in"]
    right: Expr


@final
@dataclass(frozen=True, slots=True)
class Both:
    """Two tests that must both hold."""

    left: Guard
    right: Guard


@final
@dataclass(frozen=True, slots=True)
class Either:
    """Two tests of which at least one must hold."""

    left: Guard
    right: Guard


@final
@dataclass(frozen=True, slots=True)
class Answered:
    """The classify node ``id`` was answered with ``label``."""

    id: str
    label: str


Guard: TypeAlias = Compare | Both | Either | Answered


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One way to go on. It names what was seen: there is no else."""

    guard: Guard
    body: Block
    support: Support


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """Go the way whose guard holds; deviate with ``unseen`` where none does.

    Runs that leave an arm without a ``Stop`` or ``Deviate`` go on after the branch.
    """

    arms: tuple[Arm, ...]
    unseen: str
    confidence: float | None = None
    """95 % Wilson lower bound of a learnt rule, of which no two arms hold at once; None where it is none."""
    gaps: tuple[tuple[Expr, JSON, JSON], ...] = ()
    """Where a rule has a round number for a bound: the value, and the two nearest to it that runs show."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ForEach:
    """Walk a list, in its order; binds the element."""

    id: str
    rows: Expr
    body: Block
    support: Support
    least: int = 0
    most: int = 0
    """The fewest and the most iterations that a run shows."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """End the run as done."""

    support: Support


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Deviate:
    """Leave the known paths, saying so. ``message`` is the compiler's own words."""

    message: str
    support: Support


Node: TypeAlias = (
    CallTool | Let | Only | Ask | OnText | OnEmpty | OnLength | Branch | ForEach | Stop | Deviate
)
Block: TypeAlias = tuple[Node, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that any run did: tool calls, and questions on any path."""

    tool_calls: int
    questions: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What one workload does.

    Invariants, which check_program enforces: ids and question names are unique; a reference is bound before
    it is used, in the same block or one around it; every question that is asked exists, with the right kind,
    and the other way round; a tool that is called has a schema; nothing follows Stop or Deviate in a block;
    request fields that are used exist; every slot names a field.
    """

    name: str
    request: Request
    tools: tuple[ToolSchema, ...]
    body: Block
    questions: tuple[Question, ...]
    limits: Limits
    tasks: int
    runs: tuple[str, ...]
    """The runs that the program was learnt from."""
    samples: tuple[tuple[str, tuple[JSON, ...]], ...] = ()
    """Observed results by tool, for the types of records (deduplicated, at most 40 a tool)."""
    notes: tuple[str, ...] = ()
