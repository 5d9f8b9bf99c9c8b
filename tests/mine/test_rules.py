"""Rules for decisions: what passes the gate, and that a coin never does."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from compiler.ir.expr import Attr, Const, Each, Expr, Measure, Now, ParseTime, Ref, Shift
from compiler.ir.program import Both, Compare, Either, Guard
from compiler.ir.run import JSON
from compiler.mine.guards import compares, holds
from compiler.mine.literals import meant_between
from compiler.mine.rules import Rules, Sample, learn_rules
from compiler.mine.scope import values_in_scope
from tests.mine.build import NOW

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


FLAG: Expr = Attr(Ref("s1"), "flag")
LIMIT: Expr = Attr(Ref("s1"), "limit")
ROWS: Expr = Ref("s2")


def test_two_tests_that_must_both_hold() -> None:
    rule = learn_rules(samples(60, lambda n: ({SIZE: n, STATE: "abc"[n % 3]}, n >= 20 and n % 3 != 0)))
    assert guards(rule) == {
        "stop": Both(Compare(SIZE, ">=", Const(20)), Compare(STATE, "in", Const(["b", "c"]))),
        "go": Either(Compare(SIZE, "<", Const(20)), Compare(STATE, "==", Const("a"))),
    }


def test_two_tests_of_which_one_must_hold() -> None:
    rule = learn_rules(samples(60, lambda n: ({SIZE: n, FLAG: n % 3 == 0}, n >= 40 or n % 3 == 0)))
    assert guards(rule)["stop"] == Either(
        Compare(FLAG, "==", Const(value=True)), Compare(SIZE, ">=", Const(40))
    )


def test_a_bound_comes_from_the_samples_that_nothing_else_decides() -> None:
    # 13 stops because of its state: that says nothing about where the sizes part.
    odd = (2, 5, 13)
    rule = learn_rules(samples(60, lambda n: ({SIZE: n, STATE: "ab"[n in odd]}, n >= 14 or n in odd)))
    assert guards(rule)["stop"] == Either(Compare(SIZE, ">=", Const(14)), Compare(STATE, "==", Const("b")))
    assert not holds(guards(rule)["stop"], {SIZE: 13, STATE: "a"})
    assert not holds(guards(rule)["go"], {SIZE: 13, STATE: "a"})


def test_a_value_between_two_bounds() -> None:
    rule = learn_rules(samples(60, lambda n: ({SIZE: n}, 20 <= n < 40)))
    stop = guards(rule)["stop"]
    assert [n for n in range(60) if holds(stop, {SIZE: n})] == list(range(20, 40))


def test_three_arms_each_name_what_was_seen() -> None:
    rule = learn_rules(samples(60, lambda n: ({SIZE: 2 * n}, ("low", "mid", "high")[n // 20])))
    arms = guards(rule)
    assert {arm: [n for n in range(0, 120, 2) if holds(guard, {SIZE: n})] for arm, guard in arms.items()} == {
        "low": list(range(0, 40, 2)),
        "mid": list(range(40, 80, 2)),
        "high": list(range(80, 120, 2)),
    }
    assert not any(holds(guard, {SIZE: gap}) for guard in arms.values() for gap in (39, 79))


def test_arms_are_parted_one_after_the_other() -> None:
    def decide(n: int) -> tuple[dict[Expr, JSON], str]:
        state, size = "abc"[n % 3], n // 3
        arm = {"a": "first", "b": "small" if size < 15 else "large", "c": "third"}[state]
        return {STATE: state, SIZE: size}, arm

    arms = guards(learn_rules(samples(90, decide)))
    for n in range(90):
        values, wanted = decide(n)
        assert [arm for arm, guard in arms.items() if holds(guard, values)] == [wanted]
    assert not any(holds(guard, {STATE: "d", SIZE: 3}) for guard in arms.values())


def test_two_values_are_compared() -> None:
    rule = learn_rules(
        samples(40, lambda n: ({SIZE: n * 7 % 41, LIMIT: n * 11 % 41}, n * 7 % 41 > n * 11 % 41))
    )
    assert guards(rule)["stop"] == Compare(LIMIT, "<", SIZE)


def test_two_texts_that_are_the_same() -> None:
    rule = learn_rules(
        samples(40, lambda n: ({SIZE: f"user {n} of many", LIMIT: f"user {n + n % 2} of many"}, n % 2 == 0))
    )
    assert guards(rule)["stop"] == Compare(LIMIT, "==", SIZE)


def test_an_age_is_compared_in_days() -> None:
    def decide(n: int) -> tuple[dict[Expr, JSON], bool]:
        then = NOW - timedelta(days=n, hours=5)
        return values_in_scope([(STATE, then.strftime("%Y-%m-%d %H:%M:%S"))], NOW), n >= 14

    stop = guards(learn_rules(samples(40, decide)))["stop"]
    assert stop == Compare(ParseTime(STATE), "<", Shift(Now(), "days", Const(-14)))
    assert holds(stop, {STATE: "2031-02-01", Now(): NOW.isoformat()})
    assert not holds(stop, {STATE: "2031-03-11", Now(): NOW.isoformat()})


def test_a_list_decides_by_its_length_or_its_sum() -> None:
    def decide(n: int) -> tuple[dict[Expr, JSON], bool]:
        amounts = [(n * 13 + k * 29) % 50 for k in range(1 + n % 7)]
        return values_in_scope([(ROWS, [{"amount": amount} for amount in amounts])]), sum(amounts) >= 80

    rule = learn_rules(samples(60, decide))
    assert next(compares(guards(rule)["stop"])).left == Measure(Each(ROWS, "amount"), "total")
    counted = learn_rules(samples(40, lambda n: (values_in_scope([(ROWS, ["x"] * (n % 8))]), n % 8 >= 4)))
    assert guards(counted)["stop"] == Compare(Measure(ROWS, "count"), ">=", Const(4))


def test_what_is_missing_or_null_decides() -> None:
    rule = learn_rules(
        samples(40, lambda n: ({SIZE: n % 5, **({STATE: f"note {n}"} if n % 2 else {})}, n % 2 == 0))
    )
    assert guards(rule)["stop"] == Compare(STATE, "==", Const(None))
    assert guards(rule)["go"] == Compare(STATE, "!=", Const(None))


def test_an_error_text_that_comes_back_decides() -> None:
    text = "Error: the parcel has left the warehouse already"
    rule = learn_rules(samples(30, lambda n: ({ROWS: text if n % 3 == 0 else "ok"}, n % 3 == 0)))
    assert guards(rule)["stop"] == Compare(ROWS, "==", Const(text))


def test_the_order_of_ids_decides_nothing() -> None:
    assert learn_rules(samples(40, lambda n: ({Attr(Ref("s1"), "order_id"): n}, n < 20))) is None


def test_rules_that_fit_alike_must_agree() -> None:
    rule = learn_rules(samples(40, lambda n: ({STATE: "open" if n < 20 else "shut", FLAG: n < 20}, n < 20)))
    assert not holds(guards(rule)["stop"], {STATE: "open", FLAG: False})
    assert not holds(guards(rule)["go"], {STATE: "open", FLAG: False})
    many: dict[Expr, JSON] = {Attr(Ref("s1"), f"f{k}"): False for k in range(4)}
    assert learn_rules(samples(40, lambda n: (dict.fromkeys(many, n < 20), n < 20))) is None


@pytest.mark.parametrize(
    ("low", "high", "meant"),
    [
        (98.5, 103.2, 100),
        (100, 103, 100),
        (97, 100, 100),
        (22, 24, None),
        (480, 530, 500),
        (-0.4, 0.3, 0),
        (240, 700, None),
        (0.69, 0.71, None),
        (0.695, 0.704, 0.7),
    ],
)
def test_a_number_in_a_gap_is_meant_if_it_is_round(low: float, high: float, meant: float | None) -> None:
    assert meant_between(low, high, 1000 if high > 1 else 20 if low < 0 else 1) == meant


def test_the_round_number_itself_decides_only_if_it_was_seen() -> None:
    rule = learn_rules(samples(40, lambda n: ({SIZE: 50.5 + 5 * n}, n >= 10)))
    assert rule is not None
    assert guards(rule) == {"stop": Compare(SIZE, ">", Const(100)), "go": Compare(SIZE, "<", Const(100))}
    assert rule.gaps == ((SIZE, 95.5, 100.5),)


def coin(count: int, seed: int, share: float) -> tuple[Sample, ...]:
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
        lambda _: ({field(n): kinds[n % 4]() for n in range(40)}, chance.random() < share),
    )


def field(number: int) -> Expr:
    """Give one of the forty fields."""
    return Attr(Ref("s1"), f"f{number}")


@pytest.mark.parametrize("share", [0.5, 0.8])
@pytest.mark.parametrize("count", [5, 8, 12, 16, 20, 30, 45, 60, 100])
def test_a_coin_is_never_explained(count: int, share: float) -> None:
    seeds = range(max(6, 400 // count))
    assert [seed for seed in seeds if learn_rules(coin(count, seed, share)) is not None] == []


def ruled(count: int, seed: int, decide: Callable[[dict[Expr, JSON]], bool]) -> Rules | None:
    """Learn from samples with forty fields, which a rule on some of them decides."""
    made = coin(count, seed, 0.5)
    return learn_rules(
        tuple(Sample(task=one.task, values=one.values, arm=str(decide(one.values))) for one in made)
    )


def at_least(number: int, bound: float) -> Callable[[dict[Expr, JSON]], bool]:
    """Decide by one of the numbers."""
    return lambda values: float(str(values[field(number)])) >= bound


def test_one_threshold_among_forty_fields_is_found_in_thirty_runs() -> None:
    assert sum(ruled(30, seed, at_least(3, 0.5)) is not None for seed in range(20)) >= 19


@pytest.mark.slow
@pytest.mark.parametrize("both_hold", [True, False])
def test_two_tests_among_forty_fields_are_found_in_fifty_runs(both_hold: bool) -> None:  # noqa: FBT001
    def decide(values: dict[Expr, JSON]) -> bool:
        tests = (at_least(3, 0.3 if both_hold else 0.7)(values), values[field(0)] is True)
        return all(tests) if both_hold else any(tests)

    assert sum(ruled(50, seed, decide) is not None for seed in range(20)) >= 18
