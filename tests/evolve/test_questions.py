"""Questions keep their names from one generation to the next."""

from __future__ import annotations

from dataclasses import replace

import pytest

from compiler.emit import emit_harness
from compiler.evolve.questions import keep_questions
from compiler.ir.check import check_program
from compiler.ir.program import Program
from tests.emit.cases import cancel_meeting, learnt_rules, long_loop, reassign_tasks, write_mail


def source(program: Program) -> str:
    return emit_harness(program, source_label="runs")["harness.py"]


@pytest.mark.parametrize(
    "case",
    [cancel_meeting, reassign_tasks, learnt_rules, long_loop, write_mail],
    ids=lambda case: case.__name__,
)
def test_a_question_that_asks_the_same_keeps_its_name(case: object) -> None:
    assert callable(case)
    program: Program = case()
    assert program.questions
    old = source(program)
    for question in program.questions:
        old = old.replace(question.name, f"OLD_{question.name}")
    kept = keep_questions(program, old)
    check_program(kept)
    texts = [question.text for question in program.questions]
    assert [question.name for question in kept.questions] == [
        f"OLD_{question.name}" if texts.count(question.text) == 1 else question.name
        for question in program.questions
    ]
    # No node asks by the old name any more.
    assert keep_questions(kept, old) == kept
    assert source(keep_questions(kept, source(program))) == source(program)


def test_what_is_new_makes_way() -> None:
    program = cancel_meeting()
    old = source(program)
    first, second = program.questions
    swapped = (replace(first, text="Something new?"), replace(second, text=first.text))
    kept = keep_questions(replace(program, questions=swapped), old)
    assert [question.name for question in kept.questions] == [f"{first.name}_2", first.name]


def test_without_an_old_source_nothing_changes() -> None:
    program = cancel_meeting()
    assert keep_questions(program, "no (python") is program
    assert keep_questions(program, source(program)) is program
