from __future__ import annotations

from dataclasses import replace

import pytest

from compiler.ir.dump import dump_guard, dump_program
from compiler.ir.dump_expr import dump_expr
from compiler.ir.expr import (
    AsText,
    Attr,
    Case,
    Combine,
    Const,
    Each,
    Expr,
    FormatTime,
    ListOf,
    Now,
    ParseTime,
    Pick,
    Record,
    Ref,
    RequestField,
    Shift,
    Template,
    Where,
)
from compiler.ir.program import Both, Compare
from tests.emit.cases import CASES, EVIL, hostile

DAY = RequestField("day")


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (Const("a\n\u202e"), '"a\\n\\u202e"'),
        (Attr(Ref("c1"), "sender/recipient"), '%c1."sender/recipient"'),
        (Pick(Ref("c1"), "lowest", "start"), "lowest(%c1, by start)"),
        (Where(Ref("c1"), None, "contains", DAY), "where(%c1, itself contains request.day)"),
        (FormatTime(Shift(Now(), "days", Const(-1)), "%Y"), 'format(shift(now, days -1), "%Y")'),
        (ParseTime(Combine(DAY, RequestField("at"))), "moment(combine(request.day, request.at))"),
        (Template((Case(DAY, "slug"), AsText(Const(1)))), "join(slug(request.day), text(1))"),
        (ListOf((Each(Ref("c1"), "id"), Record((("a", Const(None)),)))), '[each(%c1, id), {"a": null}]'),
    ],
)
def test_expressions(expr: Expr, text: str) -> None:
    assert dump_expr(expr) == text


def test_guards() -> None:
    assert dump_guard(Both(Compare(DAY, "in", Const([1])), Compare(DAY, "!=", Const("")))) == (
        '(request.day in [1] and request.day != "")'
    )


def test_hostile_text_stays_on_its_line() -> None:
    text = dump_program(hostile())
    assert text.isascii()
    assert EVIL not in text
    assert "import os" not in [line.strip() for line in text.splitlines()]


def test_different_programs_have_different_texts() -> None:
    texts = [dump_program(CASES[case]()) for case in CASES]
    assert len(set(texts)) == len(CASES)


def test_what_was_observed_about_results_is_no_part_of_it() -> None:
    assert dump_program(replace(hostile(), samples=())) == dump_program(hostile())
