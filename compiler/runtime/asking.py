"""Putting questions to the model, within bounds, limits and attempts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar, final

from compiler.runtime.ask import Answer, Ask, Asked, Model, Question
from compiler.runtime.errors import LimitReached, Unanswered, in_short
from compiler.runtime.jsons import JSON
from compiler.runtime.limits import Limits, Meter
from compiler.runtime.values import slug

T = TypeVar("T")


class OutOfBounds(Exception):  # noqa: N818 - leads to another attempt
    """An answer is not one of those that the question allows."""


@final
class Asker:
    """Asks for one run: keeps the record and the limit.

    ``names`` holds the name of each question constant by its identity.
    """

    def __init__(self, model: Model | None, limits: Limits, names: Mapping[int, str], meter: Meter) -> None:
        self._model, self._limit, self._names, self._meter = model, limits.questions, names, meter
        self._put = 0
        self.asks: list[Asked] = []

    def name(self, question: Question) -> str:
        """Name a question: as its constant, or else after its words."""
        known = question.name or self._names.get(id(question))
        return known or slug(question.text)[:40].upper()

    def put(self, ask: Ask, attempts: int, accept: Callable[[JSON], T]) -> T:
        """Ask until ``accept`` takes the answer; it raises OutOfBounds for one that is not allowed.

        Raises:
            Unanswered: There is no model, or no attempt gave an answer within bounds.
            LimitReached: The run asks more than its declaration allows, or its budget is spent.
        """
        if self._model is None:
            message = f"{ask.question} needs an answer, and there is no model to ask"
            raise Unanswered(message)
        if self._put >= self._limit:
            message = f"{ask.question} would be question {self._put + 1}"
            raise LimitReached(message, nearest=f"at most {self._limit} questions")
        # Another attempt is no further question.
        self._put += 1
        problem = ""
        for _ in range(attempts):
            self._meter.check()
            try:
                return accept(self._answer(self._model, ask))
            except OutOfBounds as error:
                problem = str(error)
                ask = replace(ask, problem=problem)
        message = f"{ask.question} was not answered within its bounds: {problem}"
        raise Unanswered(message)

    def _answer(self, model: Model, ask: Ask) -> JSON:
        try:
            answer: object = model.answer(ask)
        except Exception as error:
            message = f"the model failed: {in_short(error)}"
            raise OutOfBounds(message) from error
        if not isinstance(answer, Answer):
            message = f"the model gave a {type(answer).__name__} instead of an Answer"
            raise OutOfBounds(message)
        self.asks.append(Asked(ask, answer))
        self._meter.spend(answer.usage)
        return answer.value


def position(value: JSON, count: int) -> int:
    """Take an answer as the position of one of ``count`` options."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < count:
        message = f"the answer must be a whole number from 0 to {count - 1}"
        raise OutOfBounds(message)
    return value


def positions(value: JSON, count: int) -> tuple[int, ...]:
    """Take an answer as positions of some of ``count`` options, each at most once; in their order."""
    if not isinstance(value, list):
        message = "the answer must be a list of positions"
        raise OutOfBounds(message)
    found = sorted(position(item, count) for item in value)
    if len(set(found)) < len(found):
        message = "the answer names an option twice"
        raise OutOfBounds(message)
    return tuple(found)


def prose(value: JSON, longest: int) -> str:
    """Take an answer as a text."""
    if not isinstance(value, str) or not value.strip():
        message = "the answer must be a text that is not empty"
        raise OutOfBounds(message)
    if len(value) > longest:
        message = f"the answer must have at most {longest} characters"
        raise OutOfBounds(message)
    return value
