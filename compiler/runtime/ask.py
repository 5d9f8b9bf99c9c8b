"""Questions, what a model sees of them, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Literal, NamedTuple, Protocol, TypeAlias, cast, final

from compiler.runtime.jsons import JSON

Kind = Literal["select", "choose", "classify", "extract", "compose"]


class Answer3(Enum):
    """Yes, no, or neither: the answers to a condition that no rule in the data explains."""

    YES = "yes"
    NO = "no"
    NEITHER = "neither"


@final
@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What a harness may ask the model, in words.

    Its name is that of the constant which holds it in the harness's modules, so that answers stay
    attributable when the wording changes; ``name`` is for questions that stand in no module.
    Compared by identity: two constants may share a wording and are still two questions.
    """

    text: str
    attempts: int = 2
    name: str = ""

    def __post_init__(self) -> None:
        if self.attempts < 1:
            message = "a question needs at least one attempt"
            raise ValueError(message)


class Fact(NamedTuple):
    """Something that the model may know when it answers."""

    name: str
    value: JSON


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One question as a model gets it; see ``Model`` for the answers.

    ``problem`` is None at the first attempt, then says why the last answer was out of bounds.
    """

    question: str
    kind: Kind
    text: str
    facts: tuple[Fact, ...] = ()
    options: tuple[JSON, ...] | None = None
    schema: dict[str, JSON] | None = None
    problem: str | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens that one answer took, and what they cost; ``dollars`` is None where nobody knows the price."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    dollars: float | None = None


@final
@dataclass(frozen=True, slots=True)
class Answer:
    """What a model answered; ``usage`` is None where it does not say what that cost."""

    value: JSON
    usage: Usage | None = None


class Asked(NamedTuple):
    """A question that was put, and what came back."""

    ask: Ask
    answer: Answer


class Model(Protocol):
    """What answers questions.

    By kind: ``select`` gives a list of positions in ``ask.options``, ``choose`` and ``classify`` one
    position, ``extract`` an object that fits ``ask.schema``, ``compose`` a text. Else it is asked again.
    """

    def answer(self, ask: Ask) -> Answer:
        """Answer one question. May raise: that counts as a failed attempt."""
        ...


Scripted: TypeAlias = JSON | Callable[[Ask], JSON] | Iterator[JSON]


class ScriptedModel:
    """A model that answers from a script, for tests and replay.

    ``answers`` is either a list of answers in the order of asking, or a mapping by question name. Each
    value of the mapping is the answer given every time, a function of the Ask, or an iterator that gives
    one answer after another (``iter([...])``: a plain list is one answer). What was asked is in ``asks``.
    """

    def __init__(self, answers: Mapping[str, Scripted] | Iterable[JSON]) -> None:
        self.asks: list[Ask] = []
        self._by_name: Mapping[str, Scripted] | None = None
        self._in_order: Iterator[JSON] = iter(())
        if isinstance(answers, Mapping):
            self._by_name = answers
        else:
            self._in_order = iter(answers)

    def answer(self, ask: Ask) -> Answer:
        """Answer from the script.

        Raises:
            LookupError: The script has no answer, or no more, for this question.
        """
        self.asks.append(ask)
        if self._by_name is None:
            return Answer(self._next(self._in_order, ask))
        if ask.question not in self._by_name:
            message = f"the script has no answer for {ask.question}"
            raise LookupError(message)
        scripted = self._by_name[ask.question]
        if isinstance(scripted, Iterator):
            return Answer(self._next(scripted, ask))
        return Answer(scripted(ask) if callable(scripted) else scripted)

    def _next(self, answers: Iterator[JSON], ask: Ask) -> JSON:
        for answer in answers:
            return answer
        message = f"the script has no further answer for {ask.question}"
        raise LookupError(message)


def offered(members: type[Enum]) -> tuple[JSON, ...]:
    """What a classification may answer with: the values of an enum, in order."""
    return tuple(cast(JSON, member.value) for member in members)
