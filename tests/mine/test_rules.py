"""Rules for decisions: what passes the gate, and that a coin never does."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from compiler.ir.expr import Attr, Const, Expr, Ref
from compiler.ir.program import Compare, Guard
from compiler.ir.run import JSON
from compiler.mine.guards import holds
from compiler.mine.rules import Rules, Sample, learn_rules

SIZE: Expr = Attr(Ref("s1"), "size")
STATE: Expr = Attr(Ref("s1"), "state")


def samples(count: int, decide: Callable[[int], tuple[dict[Expr, JSON], bool | str]]) -> tuple[Sample, ...]:
    """Make one sample a task from its values and its arm, or whether it stopped."""
    made = []
    for number in range(count):
        values, arm = decide(number)
        named = arm if isinstance(arm, str) else "stop" if arm else "go"
        made.append(Sample(task=f"task {number:03}", values=values, arm=named))
    return tuple(made)


def guards(rules: Rules | None) -> dict[str, Guard]:
    """Give the guards of the arms; there is a rule."""
    assert rules is not None
    return dict(rules.arms)


def test_a_threshold_is_found_with_its_gap() -> None:
    rule = learn_rules(samples(30, lambda n: ({SIZE: 2 * n}, n < 12)))
    assert rule is not None
    assert guards(rule)["stop"] == Compare(SIZE, "<=", Const(22))
    assert guards(rule)["go"] == Compare(SIZE, ">=", Const(24))
    assert rule.confidence == pytest.approx(30 / 33.84)


def test_a_threshold_may_stop_above() -> None:
    rule = learn_rules(samples(30, lambda n: ({SIZE: n + 0.5}, n >= 12)))
    assert rule is not None
    assert (guards(rule)["go"], guards(rule)["stop"]) == (
        Compare(SIZE, "<=", Const(11.5)),
        Compare(SIZE, ">=", Const(12.5)),
    )


def test_a_word_is_found_and_names_what_was_seen() -> None:
    states = ("open", "held", "closed")
    rule = learn_rules(samples(30, lambda n: ({STATE: states[n % 3]}, n % 3 == 2)))
    assert rule is not None
    assert guards(rule)["stop"] == Compare(STATE, "==", Const("closed"))
    assert guards(rule)["go"] == Compare(STATE, "in", Const(["held", "open"]))


def test_an_answer_of_yes_or_no_can_decide() -> None:
    rule = learn_rules(samples(30, lambda n: ({STATE: n % 2 == 0}, n % 2 == 0)))
    assert rule is not None
    assert guards(rule)["stop"] == Compare(STATE, "==", Const(value=True))


def test_a_value_that_was_not_seen_decides_neither_way() -> None:
    rule = learn_rules(samples(30, lambda n: ({SIZE: 2 * n}, n < 12)))
    assert rule is not None
    assert not holds(guards(rule)["stop"], {SIZE: 23})
    assert not holds(guards(rule)["go"], {SIZE: 23})
    assert not holds(guards(rule)["go"], {SIZE: "24"})
    assert not holds(guards(rule)["go"], {})


def test_one_exception_is_one_too_many() -> None:
    assert learn_rules(samples(60, lambda n: ({SIZE: n}, n < 30 or n == 50))) is None


def test_two_on_one_side_are_too_few() -> None:
    assert learn_rules(samples(60, lambda n: ({SIZE: n}, n < 2))) is None


def test_few_runs_explain_nothing() -> None:
    assert learn_rules(samples(6, lambda n: ({SIZE: n}, n < 3))) is None


def test_equal_values_that_were_decided_differently_are_a_contradiction() -> None:
    one = samples(30, lambda n: ({SIZE: n}, n < 15))
    twice = Sample(task=one[0].task, values=one[0].values, arm="go")
    assert learn_rules((*one, twice)) is None


def test_a_value_that_is_not_always_in_scope_decides_nothing() -> None:
    assert learn_rules(samples(30, lambda n: ({SIZE: n} if n else {}, n < 15))) is None


def test_an_id_decides_nothing() -> None:
    assert learn_rules(samples(30, lambda n: ({STATE: f"T-100{n % 2}"}, n % 2 == 0))) is None


def test_many_words_decide_nothing() -> None:
    assert learn_rules(samples(60, lambda n: ({STATE: f"w{n % 12}"}, n % 2 == 0))) is None


def test_runs_of_one_task_count_once() -> None:
    few = samples(6, lambda n: ({SIZE: n}, n < 3))
    assert learn_rules(few * 10) is None


def test_the_order_of_samples_changes_nothing() -> None:
    ordered = samples(30, lambda n: ({SIZE: n, STATE: "a" if n < 12 else "b"}, n < 12))
    shuffled = list(ordered)
    random.Random(5).shuffle(shuffled)
    assert learn_rules(tuple(shuffled)) == learn_rules(ordered)


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
    assert [seed for seed in range(200) if learn_rules(coin(count, seed)) is not None] == []
