"""The nodes of a program: what happens, and the guards that say when.

Both are closed unions. Consumers import them from ``program``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, final

from compiler.ir.expr import Expr
from compiler.ir.request import Support
from compiler.ir.run import JSON, Effect


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
class Option:
    """A call that can be made where the request gives the fields that it needs; its id binds nothing."""

    needs: tuple[str, ...]
    call: CallTool


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class CallEither:
    """Make the first call whose fields the request gives; binds its result. Deviate where there is none.

    The calls are of different tools, all read, and give one kind of thing: a customer is found by e-mail, or
    else by name.
    """

    id: str
    options: tuple[Option, ...]
    support: Support


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Read a list page by page; binds the rows of all pages, in order.

    ``call`` gets the first page and binds each; while ``cursor`` is not null on the last one, it is made
    again with that as ``argument``. ``rows`` are those of a page. What has clearly more pages than the
    ``most`` that a run read deviates.
    """

    id: str
    call: CallTool
    argument: str
    cursor: Expr
    rows: Expr
    most: int
    support: Support


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
    """The condition that the request states, said of a number, of any or all of many, or of rows.

    Only a gap of kind ``condition`` in the wording of the request gives it. ``rows`` are the result of a
    search, or those of them that hold what was looked for; ``none`` is the text in place of no rows.
    """

    how: Literal["one", "any", "all", "rows"]
    value: Expr
    none: str | None = None


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
class Unfound:
    """What is done where no element ended the walk of a list."""

    body: Block
    support: Support


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ForEach:
    """Walk a list, in its order; binds the element.

    A ``Leave`` in the body ends the walk. Where none did, ``otherwise`` comes next.
    """

    id: str
    rows: Expr
    body: Block
    otherwise: Unfound | None = None
    support: Support
    least: int = 0
    most: int = 0
    """The fewest and the most iterations that a run shows."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchCase:
    """What a Switch gives for some values: ``value``, which may refer to the answer of ``ask``, put first.

    ``ask.id`` is bound in ``value`` only. Of Switch.otherwise ``values`` is empty.
    """

    values: tuple[JSON, ...]
    value: Expr
    ask: Ask | None = None
    support: Support


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """Bind the value that ``on``, one of few values, stands for: what a table, or a chain of elifs, gives.

    Cases hold JSON scalars, each in one case only. A value that none holds gets ``otherwise``; without it,
    it deviates.
    """

    id: str
    on: Expr
    cases: tuple[SwitchCase, ...]
    otherwise: SwitchCase | None = None
    support: Support


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Until:
    """Call; where ``done`` does not hold, repair and call again, at most ``most`` times, else deviate.

    Binds ``call.id``: in ``done`` and ``repair`` to the last result, afterwards to the one that is done. An
    empty ``repair`` makes it a poll, or a retry. ``support`` counts the tasks that had to repair.
    """

    call: CallTool
    done: Guard
    repair: Block
    most: int
    support: Support


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """End the walk of the loop around it, at this element."""

    support: Support


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


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """Leave the rest of the run to the agent, with the calls already made.

    ``support`` counts the tasks that made every call before it. ``made`` of the ``calls`` that the ``runs``
    made in all lie before it: what the harness takes off the agent.
    """

    reason: str
    support: Support
    made: int
    calls: int
    runs: int


Node: TypeAlias = (
    CallTool
    | CallEither
    | Pages
    | Let
    | Only
    | Ask
    | Switch
    | Until
    | OnText
    | OnEmpty
    | OnLength
    | Branch
    | ForEach
    | Leave
    | Stop
    | Deviate
    | HandOver
)
Block: TypeAlias = tuple[Node, ...]
