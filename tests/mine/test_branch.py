"""Rules for decisions: what passes the gate, and that a coin never does."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from compiler.ir.expr import Attr, Const, Expr, Ref
from compiler.ir.program import Compare
from compiler.ir.run import JSON
from compiler.mine.branch import Sample, holds, learn_rule

SIZE: Expr = Attr(Ref("s1"), "size")
STATE: Expr = Attr(Ref("s1"), "state")


def samples(count: int, decide: Callable[[int], tuple[dict[Expr, JSON], bool]]) -> tuple[Sample, ...]:
    """Make one sample a task from its values and whether it stopped."""
    made = []
    for number in range(count):
        values, stopped = decide(number)
        made.append(Sample(task=f"task {number:03}", values=values, stopped=stopped))
    return tuple(made)


def test_a_threshold_is_found_with_its_gap() -> None:
    rule = learn_rule(samples(30, lambda n: ({SIZE: 2 * n}, n < 12)))
    assert rule is not None
    assert rule.stop == Compare(SIZE, "<=", Const(22))
    assert rule.go == Compare(SIZE, ">=", Const(24))
    assert rule.confidence == pytest.approx(30 / 33.84)


def test_a_threshold_may_stop_above() -> None:
    rule = learn_rule(samples(30, lambda n: ({SIZE: n + 0.5}, n >= 12)))
    assert rule is not None
    assert (rule.go, rule.stop) == (Compare(SIZE, "<=", Const(11.5)), Compare(SIZE, ">=", Const(12.5)))


def test_a_word_is_found_and_names_what_was_seen() -> None:
    states = ("open", "held", "closed")
    rule = learn_rule(samples(30, lambda n: ({STATE: states[n % 3]}, n % 3 == 2)))
    assert rule is not None
    assert rule.stop == Compare(STATE, "==", Const("closed"))
    assert rule.go == Compare(STATE, "in", Const(["held", "open"]))


def test_an_answer_of_yes_or_no_can_decide() -> None:
    rule = learn_rule(samples(30, lambda n: ({STATE: n % 2 == 0}, n % 2 == 0)))
    assert rule is not None
    assert rule.stop == Compare(STATE, "==", Const(value=True))


def test_a_value_that_was_not_seen_decides_neither_way() -> None:
    rule = learn_rule(samples(30, lambda n: ({SIZE: 2 * n}, n < 12)))
    assert rule is not None
    assert not holds(rule.stop, {SIZE: 23})
    assert not holds(rule.go, {SIZE: 23})
    assert not holds(rule.go, {SIZE: "24"})
    assert not holds(rule.go, {})


def test_one_exception_is_one_too_many() -> None:
    assert learn_rule(samples(60, lambda n: ({SIZE: n}, n < 30 or n == 50))) is None


def test_two_on_one_side_are_too_few() -> None:
    assert learn_rule(samples(60, lambda n: ({SIZE: n}, n < 2))) is None


def test_few_runs_explain_nothing() -> None:
    assert learn_rule(samples(6, lambda n: ({SIZE: n}, n < 3))) is None


def test_equal_values_that_were_decided_differently_are_a_contradiction() -> None:
    one = samples(30, lambda n: ({SIZE: n}, n < 15))
    twice = Sample(task=one[0].task, values=one[0].values, stopped=False)
    assert learn_rule((*one, twice)) is None


def test_a_value_that_is_not_always_in_scope_decides_nothing() -> None:
    assert learn_rule(samples(30, lambda n: ({SIZE: n} if n else {}, n < 15))) is None


def test_an_id_decides_nothing() -> None:
    assert learn_rule(samples(30, lambda n: ({STATE: f"T-100{n % 2}"}, n % 2 == 0))) is None


def test_many_words_decide_nothing() -> None:
    assert learn_rule(samples(60, lambda n: ({STATE: f"w{n % 12}"}, n % 2 == 0))) is None


def test_runs_of_one_task_count_once() -> None:
    few = samples(6, lambda n: ({SIZE: n}, n < 3))
    assert learn_rule(few * 10) is None


def test_the_order_of_samples_changes_nothing() -> None:
    ordered = samples(30, lambda n: ({SIZE: n, STATE: "a" if n < 12 else "b"}, n < 12))
    shuffled = list(ordered)
    random.Random(5).shuffle(shuffled)
    assert learn_rule(tuple(shuffled)) == learn_rule(ordered)


def coin(count: int, seed: int) -> tuple[Sample, ...]:
    """Decide by a coin, with forty fields in scope that say nothing about it."""
    chance = random.Random(seed)
    kinds: tuple[Callable[[], JSON], ...] = (
        lambda: chance.random() < 0.5,
        lambda: chance.choice(["open", "held", "closed"]),
        lambda: chance.randrange(10),
        chance.random,
    )
    return samples(
        count,
        lambda _: ({Attr(Ref("s1"), f"f{n}"): kinds[n % 4]() for n in range(40)}, chance.random() < 0.5),
    )


@pytest.mark.parametrize("count", [5, 8, 12, 16, 20, 30, 45, 60])
def test_a_coin_is_never_explained(count: int) -> None:
    assert [seed for seed in range(200) if learn_rule(coin(count, seed)) is not None] == []
