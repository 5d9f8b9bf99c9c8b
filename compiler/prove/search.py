"""Search the answers that make a harness come out right, the likeliest combinations first."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Generic, TypeAlias, TypeVar, final

from compiler.ir.run import JSON
from compiler.prove.canonical import canonical
from compiler.prove.oracle import Hints, candidates
from compiler.runtime import Answer, Ask

T = TypeVar("T")
Script: TypeAlias = tuple[int, ...]
"""Which candidate each question gets, in the order asked; the first where it says nothing."""


@final
@dataclass(slots=True)
class Scripted:
    """A model that answers each question with the candidate that a script names."""

    hints: Hints
    script: Script
    cache: dict[str, tuple[JSON, ...]]
    asked: list[tuple[Ask, JSON]] = field(default_factory=list)
    """What was asked, and the answer, without answers that were refused."""
    widths: list[int] = field(default_factory=list)
    """How many candidates there were each time, refused or not."""
    refused: int = 0

    def answer(self, ask: Ask) -> Answer:
        """Answer within the bounds of the question; where that was refused, with the next candidate."""
        # The same question in the same place comes back in almost every attempt.
        key = canonical([ask.kind, ask.options, ask.schema, [fact.value for fact in ask.facts[-1:]]])
        if key not in self.cache:
            self.cache[key] = candidates(ask, self.hints)
        values = self.cache[key]
        place = len(self.widths)
        rank = self.script[place] if place < len(self.script) else 0
        if ask.problem is None:
            self.refused = 0
        else:
            self.refused += 1
            self.asked.pop()
        value = values[min(rank + self.refused, len(values) - 1)]
        self.asked.append((ask, value))
        self.widths.append(len(values))
        return Answer(value=value)


@final
@dataclass(frozen=True, slots=True)
class Tried(Generic[T]):
    """One attempt: what came of it, and what it was asked."""

    result: T
    asked: tuple[tuple[Ask, JSON], ...]


def attempts(run: Callable[[Scripted], T], hints: Hints, budget: int) -> Iterator[Tried[T]]:
    """Yield attempts until the budget, or every answer, is spent; the likeliest script comes first.

    A script costs the sum of the ranks of its answers. A later script differs from the one that led to it in
    one later answer, so that no script is tried twice.
    """
    cache: dict[str, tuple[JSON, ...]] = {}
    order = count()
    todo: list[tuple[int, int, Script]] = [(0, next(order), ())]
    for _ in range(budget):
        if not todo:
            return
        cost, _place, script = heapq.heappop(todo)
        model = Scripted(hints, script, cache)
        result = run(model)
        yield Tried(result, tuple(model.asked))
        for next_script, extra in _variations(script, model.widths, budget):
            heapq.heappush(todo, (cost + extra, next(order), next_script))


def _variations(script: Script, widths: Sequence[int], most: int) -> Iterator[tuple[Script, int]]:
    """Yield the scripts that change one answer after the given ones, the last question first."""
    for place in reversed(range(len(script), len(widths))):
        unchanged = (*script, *(0 for _ in range(place - len(script))))
        for rank in range(1, min(widths[place], most)):
            yield (*unchanged, rank), rank
