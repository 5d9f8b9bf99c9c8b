"""Values, guards and nodes in words."""

from __future__ import annotations

from typing import get_args

import pytest

from compiler.ir.expr import (
    Attr,
    Case,
    Combine,
    Const,
    Each,
    Expr,
    FormatTime,
    ListOf,
    Now,
    Pick,
    Record,
    Ref,
    RequestField,
    Shift,
    Template,
    Test,
    Where,
)
from compiler.ir.program import Answered, Ask, Both, Compare, ForEach, Let, Only
from compiler.ir.words import describe, describe_guard, ordinal, value_names
from compiler.runtime import filters
from tests.emit.cases import call, program, question, seen

NAMES = {"c1": "cal.search", "a": "DUE"}


@pytest.mark.parametrize(
    ("expr", "said"),
    [
        (Const("Back\nlog"), '"Back\\nlog"'),
        (Ref("unknown"), "unknown"),
        (Attr(Ref("c1"), "id"), "id of cal.search"),
        (Pick(Ref("c1"), "lowest", "start"), "lowest of cal.search by start"),
        (
            Where(Ref("c1"), None, "contains", RequestField("who")),
            "cal.search whose value contains request.who",
        ),
        (Each(Ref("c1"), "id"), "every id of cal.search"),
        (FormatTime(Shift(Now(), "days", Const(-1)), "%Y"), "now - 1 days"),
        (Shift(Now(), "minutes", RequestField("n")), "now + request.n minutes"),
        (Combine(RequestField("day"), RequestField("at")), "request.day at request.at"),
        (Template((Const("Re: \n"), Attr(Ref("c1"), "subject"))), '"Re: \\n{subject of cal.search}"'),
        (ListOf((Const(1), Now())), "[1, now]"),
        (Record((("a", Case(RequestField("b"), "slug")),)), "{a: request.b in snake case}"),
    ],
)
def test_words_for_values(expr: Expr, said: str) -> None:
    assert describe(expr, NAMES) == said


def test_words_for_guards() -> None:
    guard = Both(Compare(Ref("c1"), ">", Const(3)), Answered("a", "yes"))
    assert describe_guard(guard, NAMES) == 'cal.search > 3 and DUE is answered "yes"'


def test_what_each_node_binds_has_a_name_of_its_own() -> None:
    one = call("c1", "cal.search", "read")
    made = program(
        "p",
        (
            one,
            call("c2", "cal.search", "read"),
            Let(id="first", rivals=(Pick(Ref("c2"), "first"),), support=seen(1)),
            Let(id="rival", rivals=(Ref("c1"), Ref("c2")), question="RIVAL", support=seen(1)),
            Only(id="only", rows=Ref("c1"), question="ONE", support=seen(1)),
            Ask(id="some", question="SOME", options=Ref("c1"), support=seen(1)),
            Ask(id="read", question="READ", support=seen(1)),
            Ask(id="text", question="TEXT", support=seen(1)),
            Ask(id="due", question="DUE", support=seen(1)),
            ForEach(id="row", rows=Ref("some"), body=(call("c3", "cal.search", "read"),), support=seen(1)),
        ),
        questions=(
            question("RIVAL"),
            question("ONE"),
            question("SOME", "select"),
            question("READ", "extract"),
            question("TEXT", "compose"),
            question("DUE", "classify"),
        ),
    )
    names = value_names(made)
    assert names == {
        "c1": "cal.search",
        "c2": "cal.search (2nd call)",
        "c3": "cal.search (3rd call)",
        "first": "first of cal.search (2nd call)",
        "rival": "the one that RIVAL picks",
        "only": "the one of cal.search",
        "some": "those that SOME selects",
        "read": "what READ reads",
        "text": "the text of TEXT",
        "due": "DUE",
        "row": "each of those that SOME selects",
    }


@pytest.mark.parametrize(
    ("number", "said"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (22, "22nd")]
)
def test_ordinal_numbers(number: int, said: str) -> None:
    assert ordinal(number) == said


@pytest.mark.parametrize("op", get_args(Test))
def test_every_test_of_rows_has_words_and_is_known_at_run_time(op: Test) -> None:
    assert describe(Where(Ref("c1"), "owner", op, Const("Ann")), NAMES)
    assert op in filters.Tests.__annotations__
