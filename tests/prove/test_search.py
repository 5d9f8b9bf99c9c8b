"""The search over answers: every combination once, the likeliest first."""

from __future__ import annotations

from itertools import product

from compiler.ir.run import JSON
from compiler.prove.oracle import Hints
from compiler.prove.search import Scripted, attempts
from tests.prove.fakes import NOW, READS, ask, run

HINTS = Hints((run(),), frozenset(READS), NOW)
WIDTHS = (3, 2, 3)


def answer_all(model: Scripted) -> tuple[JSON, ...]:
    """Ask one question for each width; nothing hints at an option, so that positions are ranks."""
    options = [tuple(f"q{n}-{i}" for i in range(width)) for n, width in enumerate(WIDTHS)]
    return tuple(model.answer(ask(f"Q{n}", "choose", options=o)).value for n, o in enumerate(options))


def test_every_combination_is_tried_once_in_the_order_of_its_ranks() -> None:
    found = [one.result for one in attempts(answer_all, HINTS, 1000)]
    assert sorted(map(str, found)) == sorted(str(one) for one in product(*map(range, WIDTHS)))
    costs = [sum(rank for rank in one if isinstance(rank, int)) for one in found]
    assert costs == sorted(costs)


def test_questions_that_depend_on_answers_are_searched_too() -> None:
    def asks_on(model: Scripted) -> list[JSON]:
        first = model.answer(ask("FIRST", "choose", options=("a", "b"))).value
        if first == 0:
            return [first]
        return [first, model.answer(ask("SECOND", "choose", options=("c", "d", "e"))).value]

    found = [one.result for one in attempts(asks_on, HINTS, 1000)]
    assert found == [[0], [1, 0], [1, 1], [1, 2]]


def test_without_questions_there_is_one_attempt() -> None:
    assert len(list(attempts(lambda _: None, HINTS, 1000))) == 1
