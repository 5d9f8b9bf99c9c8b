from __future__ import annotations

import pytest

from compiler.runtime import (
    Deviation,
    between,
    joined,
    moment,
    number,
    only,
    piece,
    scaled,
    total,
    whole,
    without,
)


def test_a_piece_is_cut_out_at_a_separator() -> None:
    assert piece("ann@shop.example", "@", 0) == "ann"
    assert piece("a, b , c", ",", -2) == "b"


@pytest.mark.parametrize(("text", "index"), [("ann", 0), ("a,b", 2), ("a,b", -3), ("a,,b", 1), ("a, ,b", 1)])
def test_a_piece_that_is_not_there_deviates(text: str, index: int) -> None:
    with pytest.raises(Deviation):
        piece(text, ",", index)


def test_a_text_between_two_others() -> None:
    assert between("Ticket T-7 was opened", after="Ticket ", before=" was") == "T-7"
    assert between("Ticket T-7", after="Ticket ") == "T-7"


@pytest.mark.parametrize(
    "text", ["T-7 was opened", "Ticket T-7 is open", "Ticket  was", "Ticket A was, Ticket B was"]
)
def test_a_text_that_says_no_one_thing_there_deviates(text: str) -> None:
    with pytest.raises(Deviation):
        between(text, after="Ticket ", before=" was")


def test_texts_are_joined() -> None:
    assert joined(("a", "b"), ", ") == "a, b"


@pytest.mark.parametrize("rows", [(), ("a", 1), "ab"])
def test_what_are_no_texts_are_not_joined(rows: object) -> None:
    with pytest.raises(Deviation):
        joined(rows, ", ")  # type: ignore[arg-type]


def test_the_rows_of_another_list_are_left_out() -> None:
    assert without((1, 1.0, True, "1"), (1,)) == (1.0, True, "1")


def test_a_number_is_scaled_as_on_paper() -> None:
    assert whole(19.99, by=100) == 1999
    assert whole(1.1, by=100) == 110
    assert scaled(2.5, by=1.19) == 2.975
    assert scaled(10.37, by=0.19, digits=2) == 1.97


@pytest.mark.parametrize("value", [0.125, -0.125])
def test_half_a_unit_is_rounded_neither_way(value: float) -> None:
    with pytest.raises(Deviation):
        scaled(value, by=1, digits=2)


@pytest.mark.parametrize("value", [True, "3", None, float("nan"), 1e300])
def test_what_is_no_number_is_not_scaled(value: object) -> None:
    with pytest.raises(Deviation):
        whole(value, by=100)


def test_what_is_no_number_is_not_written() -> None:
    assert number(3) == 3
    with pytest.raises(Deviation):
        number("3")


def test_a_sum_is_what_it_is_on_paper() -> None:
    assert total((0.1, 0.2)) == 0.3
    assert repr(total((1, 2))) == "3"


def test_the_only_row() -> None:
    assert only(("a", "a")) == "a"
    for rows in ((), ("a", "b")):
        with pytest.raises(Deviation):
            only(rows)


def test_a_date_in_a_form_of_its_own() -> None:
    assert moment("04.03.2031", "%d.%m.%Y").isoformat() == "2031-03-04T00:00:00"
    with pytest.raises(Deviation):
        moment("2031-03-04", "%d.%m.%Y")
