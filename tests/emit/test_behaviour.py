"""Plans that differ in what their comments say behave alike; all else tells them apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from compiler.emit import behaviour, lower_program
from compiler.ir import plan
from compiler.ir.program import CallTool, Program, Support
from tests.emit.cases import CASES


def behaviour_of(program: Program) -> str:
    return behaviour(lower_program(program, "traces"))


@pytest.mark.parametrize("case", CASES)
def test_what_the_runs_were_does_not_count(case: str) -> None:
    program = CASES[case]()
    body = tuple(
        (
            replace(node, support=Support(tasks=99, reached=100, runs=("another",)))
            if isinstance(node, CallTool)
            else node
        )
        for node in program.body
    )
    other = replace(program, body=body, runs=(*program.runs, "another"))
    assert behaviour_of(other) == behaviour_of(program)


def test_no_two_cases_behave_alike() -> None:
    assert len({behaviour_of(make()) for make in CASES.values()}) == len(CASES)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (plan.Scalar(value=1), plan.Scalar(value=True)),
        (plan.Scalar(1), plan.Scalar(1.0)),
        (plan.Scalar("1"), plan.Scalar(1)),
        (plan.Name("a"), plan.Scalar("a")),
        (("a", ("b",)), ("a", "b")),
        (("a b",), ("a", "b")),
    ],
)
def test_values_that_python_takes_for_equal_differ(one: object, other: object) -> None:
    assert behaviour(one) != behaviour(other)


def test_a_comment_says_nothing() -> None:
    call = plan.Invoke(plan.Name("f"), keywords=(("a", plan.Scalar(1)),))
    assert behaviour(replace(call, remarks=(("a", "3/4 tasks"),))) == behaviour(call)
    assert behaviour(plan.Remark("3/4 tasks")) == behaviour(plan.Remark("4/5 tasks"))
