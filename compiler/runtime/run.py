"""The run: the handle through which a harness calls tools, asks questions and reads its request."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar, cast, final

from compiler.runtime.ask import Ask, Fact, Kind, Question, offered
from compiler.runtime.asking import Asker, OutOfBounds, position, positions, prose
from compiler.runtime.conditions import Stated
from compiler.runtime.dates import parse_date, parse_time
from compiler.runtime.errors import Deviation, HandedOver, Unanswered, in_short
from compiler.runtime.jsons import JSON, as_json, canonical
from compiler.runtime.patterns import Patterns
from compiler.runtime.tools import Toolbox, first_problem
from compiler.runtime.values import no_text

if TYPE_CHECKING:
    from compiler.runtime.records import Record

NONE_FITS = "none of these"
"""The last option of every choice."""

T = TypeVar("T")
E = TypeVar("E", bound=Enum)
R = TypeVar("R", bound="Record")
ToolsT_co = TypeVar("ToolsT_co", covariant=True)


@final
@dataclass(slots=True, kw_only=True)
class Execution:
    """All that one run shares between its scopes."""

    toolbox: Toolbox
    asker: Asker
    now: datetime
    request: str | Mapping[str, JSON]
    condition: Stated = field(default_factory=Stated)
    left: list[str] = field(default_factory=list)
    """The scopes that the exception ``leaving`` has left so far, outermost first."""
    leaving: BaseException | None = None

    def leave(self, name: str, error: BaseException) -> None:
        """Note that an exception passes out of a scope."""
        if self.leaving is not error:
            self.leaving, self.left = error, []
        self.left.insert(0, name)


@final
class Run(Generic[ToolsT_co]):
    """One run of a harness, as seen from one place in its call tree.

    A question that is asked through a run sees the facts of that run and of those around it, nothing else.
    """

    def __init__(self, execution: Execution, facts: tuple[tuple[str, object], ...]) -> None:
        self._execution, self._facts = execution, facts

    @property
    def tools(self) -> ToolsT_co:
        """The tools, by the methods that tools.py declares."""
        return cast(ToolsT_co, self._execution.toolbox.methods)

    @property
    def now(self) -> datetime:
        """The moment that "today" means."""
        return self._execution.now

    @property
    def condition(self) -> Stated:
        """The condition that the request states, where a wording of PATTERNS has a place for it."""
        return self._execution.condition

    @contextmanager
    def scope(self, name: str, value: object) -> Iterator[Run[ToolsT_co]]:
        """Open a branch of the call tree: its questions see ``value``, as well as what is seen here."""
        try:
            yield Run(self._execution, (*self._facts, (name, value)))
        except Exception as error:
            self._execution.leave(name, error)
            raise

    # ------------------------------------------------------------------------------------- the request

    def parse(self, text: str, patterns: Patterns, into: type[R], *, otherwise: Question | None = None) -> R:
        """Read the request: by a pattern, or else by asking for the same fields.

        Where the caller gave a mapping in place of a text, it is read instead, and nothing is asked.
        """
        from pydantic import ValidationError

        request = self._execution.request
        if not isinstance(request, str):
            return read_mapping(request, into)
        found = patterns.read(text, self.now, self._execution.toolbox.deed)
        if found is not None:
            try:
                record = into.model_validate(found[0], strict=True)
            except ValidationError:
                # A wording may leave out what the record needs: the question can still find it.
                pass
            else:
                self._execution.condition = Stated(found[1])
                return record
        if otherwise is None:
            message = "the request fits no known wording"
            raise Deviation(message, nearest=patterns.nearest(text))
        try:
            return self.extract(otherwise, into)
        except Unanswered as error:
            error.nearest = patterns.nearest(text)
            raise

    # ----------------------------------------------------------------------------------- the questions

    def select(self, question: Question, options: Sequence[T]) -> tuple[T, ...]:
        """Ask which of the options; some, all or none, in their own order. No options: not asked."""
        no_text(options)
        if not options:
            return ()
        ask = self._ask(question, "select", options=_offer(options))
        chosen = self._put(question, ask, lambda value: positions(value, len(options)))
        return tuple(options[i] for i in chosen)

    def choose(self, question: Question, options: Sequence[T]) -> T:
        """Ask for exactly one of the options. The last answer on offer, that none of them fits, deviates."""
        no_text(options)
        if not options:
            message = f"{self._execution.asker.name(question)} has no options to choose from"
            raise Deviation(message)
        ask = self._ask(question, "choose", options=(*_offer(options), NONE_FITS))
        chosen = self._put(question, ask, lambda value: position(value, len(options) + 1))
        if chosen == len(options):
            message = f"{self._execution.asker.name(question)}: none of the {chosen} options fits"
            raise Deviation(message)
        return options[chosen]

    def classify(self, question: Question, members: type[E]) -> E:
        """Ask for one member of an enum."""
        known = tuple(members)
        ask = self._ask(question, "classify", options=offered(members))
        return known[self._put(question, ask, lambda value: position(value, len(known)))]

    def judge(self, question: Question, members: type[E], *tests: bool | None) -> E:
        """Say yes or no where every test tells the same; ask where one tells nothing, or two differ."""
        told = set(tests)
        if told in ({True}, {False}):
            return members("yes" if True in told else "no")
        return self.classify(question, members)

    def extract(self, question: Question, into: type[R]) -> R:
        """Ask for the fields of a record."""

        def accept(value: JSON) -> R:
            from pydantic import ValidationError

            try:
                return into.model_validate_json(json.dumps(value, allow_nan=False), strict=True)
            except ValidationError as error:
                raise OutOfBounds(first_problem(error)) from error
            except (TypeError, ValueError, RecursionError) as error:
                raise OutOfBounds(in_short(error)) from error

        schema = with_plain_unions(into.model_json_schema())
        ask = self._ask(question, "extract", schema=schema)
        return self._put(question, ask, lambda value: accept(with_iso_times(value, schema, self.now)))

    def compose(self, question: Question, *, max_length: int = 2000) -> str:
        """Ask for a text."""
        ask = self._ask(question, "compose")
        return self._put(question, ask, lambda value: prose(value, max_length))

    def agree(self, question: Question, *rivals: T) -> T:
        """Take the value that all rivals agree on; where they differ, ask which of the values is meant."""
        by_text: dict[str, T] = {}
        for rival in rivals:
            by_text.setdefault(canonical(rival), rival)
        distinct = tuple(by_text.values())
        if len(distinct) == 1:
            return distinct[0]
        try:
            return self.choose(question, distinct)
        except Unanswered as error:
            values = " or ".join(canonical(value)[:80] for value in distinct)
            error.message = f"{error.message}: {values}"
            error.args = (error.message,)
            raise

    def only(self, question: Question, rows: Sequence[T]) -> T:
        """Take the one row; where there are more, ask for one of them."""
        no_text(rows)
        if not rows:
            message = f"{self._execution.asker.name(question)}: there is no such row"
            raise Deviation(message)
        return rows[0] if len(rows) == 1 else self.choose(question, rows)

    def meant(self, question: Question, rows: Sequence[T]) -> tuple[T, ...]:
        """Take the one row; of more, ask for those that are meant. That none is deviates."""
        no_text(rows)
        if len(rows) < 2:  # noqa: PLR2004
            return (self.only(question, rows),)
        chosen = self.select(question, rows)
        if not chosen:
            message = f"{self._execution.asker.name(question)}: none of the {len(rows)} rows is meant"
            raise Deviation(message)
        return chosen

    def hand_over(self, reason: str) -> NoReturn:
        """Leave the rest of the work to the agent."""
        raise HandedOver(reason)

    def _ask(self, question: Question, kind: Kind, **bounds: Any) -> Ask:
        return Ask(
            question=self._execution.asker.name(question),
            kind=kind,
            text=question.text,
            facts=tuple(Fact(name, as_json(value)) for name, value in self._facts),
            **bounds,
        )

    def _put(self, question: Question, ask: Ask, accept: Callable[[JSON], T]) -> T:
        return self._execution.asker.put(ask, question.attempts, accept)


def read_mapping(request: Mapping[str, JSON], into: type[R]) -> R:
    """Read a structured request as its record.

    Raises:
        Deviation: It does not fit.
    """
    from pydantic import ValidationError

    try:
        return into.model_validate_json(json.dumps(as_json(request), allow_nan=False), strict=True)
    except ValidationError as error:
        message = f"the request does not fit {into.__name__}: {first_problem(error)}"
        raise Deviation(message) from error
    except (TypeError, ValueError, RecursionError) as error:
        message = f"the request is no JSON object: {in_short(error)}"
        raise Deviation(message) from error


def refuse_unknown(request: Mapping[str, JSON], record: type[Record] | None) -> None:
    """Refuse a mapping in place of a text that has a key which is no field: what it says would be lost.

    Raises:
        Deviation: There is such a key.
    """
    fields = {} if record is None else record.model_fields
    known = {name for key, field in fields.items() for name in (key, field.alias or key)}
    unknown = sorted({str(key) for key in request} - known)
    if unknown:
        named = ", ".join(f"{key[:100]!r}" for key in unknown[:3])
        has = f"it has {', '.join(fields)}" if fields else "it has none"
        message = f"the request has no field {named}; {has}"
        raise Deviation(message)


def _offer(options: Sequence[object]) -> tuple[JSON, ...]:
    return tuple(as_json(option) for option in options)


def with_plain_unions(schema: dict[str, JSON]) -> dict[str, JSON]:
    """Say ``{"type": [...]}`` of a field that is one of some plain types: shorter, and the same.

    {"anyOf": [{"type": "string"}, {"type": "null"}]}  ->  {"type": ["string", "null"]}
    """
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        return schema
    return {**schema, "properties": {name: _plain_union(one) for name, one in properties.items()}}


def _plain_union(one: JSON) -> JSON:
    members = one.get("anyOf") if isinstance(one, dict) else None
    if not isinstance(one, dict) or not isinstance(members, list):
        return one
    kinds = [member.get("type") for member in members if isinstance(member, dict) and set(member) == {"type"}]
    if len(kinds) < len(members):
        return one
    return {"type": kinds, **{key: value for key, value in one.items() if key != "anyOf"}}


def with_iso_times(value: JSON, schema: JSON, now: datetime) -> JSON:
    """Give an answer whose dates and times are ISO, also where a model wrote "December 13" or a moment."""
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(value, dict) or not isinstance(properties, dict):
        return value
    return {name: _iso(held, properties.get(name), now) for name, held in value.items()}


def _iso(value: JSON, schema: JSON, now: datetime) -> JSON:
    form = schema.get("format") if isinstance(schema, dict) else None
    if not isinstance(value, str) or form not in ("date", "time"):
        return value
    try:
        stamp = datetime.fromisoformat(value)
    except ValueError:
        read = parse_date(value, now) if form == "date" else parse_time(value)
        return value if read is None else read.isoformat()
    return (stamp.date() if form == "date" else stamp.time()).isoformat()
