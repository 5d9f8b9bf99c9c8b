"""The values that a decision may turn on, and that the runtime computes the same ones."""

from __future__ import annotations

import pytest

from compiler import runtime
from compiler.ir.expr import Attr, Each, Expr, Measure, Now, Pick, Ref
from compiler.mine.scope import MEASURES, measured, values_in_scope
from compiler.runtime import Deviation
from tests.mine.build import NOW

S1: Expr = Ref("s1")


def test_a_record_gives_its_fields() -> None:
    found = values_in_scope([(S1, {"size": 3, "note": None, "owner": {"name": "Kim"}})])
    assert found == {
        Attr(S1, "size"): 3,
        Attr(S1, "note"): None,
        Attr(Attr(S1, "owner"), "name"): "Kim",
    }


def test_a_list_gives_its_length_its_sums_and_its_ends() -> None:
    found = values_in_scope([(S1, [{"n": 4}, {"n": 9}])])
    assert found[Measure(S1, "count")] == 2
    assert [found[Measure(Each(S1, "n"), how)] for how in MEASURES] == [13, 6.5, 4, 9, 4, 9]  # type: ignore[arg-type]
    assert (found[Attr(Pick(S1, "first"), "n")], found[Attr(Pick(S1, "last"), "n")]) == (4, 9)


def test_an_object_of_numbers_is_summed_up_in_the_order_of_its_keys() -> None:
    found = values_in_scope([(S1, {"2031-03-02": 7, "2031-03-01": 2})])
    assert (found[Measure(S1, "first")], found[Measure(S1, "last")]) == (2, 7)


def test_what_is_no_number_is_not_summed_up() -> None:
    found = values_in_scope([(S1, [1, None]), (Ref("s2"), [{"n": 1}, {"n": True}]), (Ref("s3"), [])])
    assert {expr.how for expr in found if isinstance(expr, Measure)} == {"count"}


def test_now_is_in_scope_as_a_text() -> None:
    assert values_in_scope([], NOW) == {Now(): "2031-03-12T09:00:00"}


@pytest.mark.parametrize("how", MEASURES)
def test_the_runtime_measures_alike(how: str) -> None:
    name = f"{how}_number" if how in ("first", "last") else how
    assert getattr(runtime, name)((4, 9.5, 2)) == measured(how, [4, 9.5, 2])
    assert getattr(runtime, name)({"b": 4, "a": 9.5}) == measured(how, [9.5, 4])


@pytest.mark.parametrize("how", MEASURES)
@pytest.mark.parametrize("held", ["text", (1, None), (True,), {"a": "1"}, 5])
def test_what_holds_no_numbers_deviates(how: str, held: object) -> None:
    name = f"{how}_number" if how in ("first", "last") else how
    with pytest.raises(Deviation, match="numbers are expected"):
        getattr(runtime, name)(held)
