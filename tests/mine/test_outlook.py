"""What is said of a decision that no rule explains yet."""

from __future__ import annotations

import pytest

from compiler.ir.expr import Attr, Expr, Ref
from compiler.mine.outlook import outlook
from compiler.mine.rules import Sample, learn_rules

SIZE: Expr = Attr(Ref("s1"), "size")
STATE: Expr = Attr(Ref("s1"), "state")
NAMES = {"s1": "tickets.get"}


def sizes(count: int, least: int) -> tuple[Sample, ...]:
    """Tasks that stop from some size on."""
    return tuple(
        Sample(task=f"task {n:03}", values={SIZE: n}, arm="stop" if n >= least else "go on")
        for n in range(count)
    )


def test_the_best_rule_so_far_is_said_with_what_would_settle_it() -> None:
    said = outlook(sizes(8, 5), NAMES)
    rule = "the best rule so far, for those that stop, is: size of tickets.get >= 5"
    assert said == f"{rule}; about 10 more would settle it"


def test_so_many_more_do_settle_it() -> None:
    assert learn_rules(sizes(17, 11)) is None
    assert learn_rules(sizes(18, 11)) is not None


def test_a_side_that_lacks_runs_is_named() -> None:
    assert outlook(sizes(8, 7), NAMES).endswith("; 2 more that stop, of about 27 more, would settle it")


def test_several_rules_that_fit_are_counted() -> None:
    both = tuple(
        Sample(task=s.task, values={**s.values, STATE: s.arm.upper()}, arm=s.arm) for s in sizes(8, 5)
    )
    assert outlook(both, NAMES).startswith("2 rules fit every task so far; about ")


def test_equal_values_decided_differently_are_said() -> None:
    odd = Sample(task="task 100", values={SIZE: 1}, arm="stop")
    assert outlook((*sizes(8, 5), odd), NAMES).startswith("equal values in scope were decided differently")


def test_that_nothing_explains_it_is_said() -> None:
    odd = tuple(
        Sample(task=f"task {n:03}", values={SIZE: n}, arm="stop" if n % 2 else "go on") for n in range(12)
    )
    assert outlook(odd, NAMES) == "no rule of at most two tests on values in scope explains which"


@pytest.mark.parametrize("count", [4, 9])
def test_the_order_of_samples_changes_nothing(count: int) -> None:
    made = sizes(count, 2)
    assert outlook(made[::-1], NAMES) == outlook(made, NAMES)
