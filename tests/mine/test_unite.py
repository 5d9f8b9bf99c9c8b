"""Wordings that differ in a few words become one, whatever else there is."""

from __future__ import annotations

from itertools import permutations

from compiler.ir.program import Slot
from compiler.mine.stated import Parts
from compiler.mine.unite import unite

NAME, GAP = Slot("name"), Slot("", gap="word")


def test_words_that_differ_become_gaps() -> None:
    found: dict[Parts, set[str]] = {
        ("Please do close ", NAME, " for me now"): {"a"},
        ("Please do open ", NAME, " for me today"): {"b"},
    }
    assert unite(found) == {("Please do ", GAP, " ", NAME, " for me ", GAP): {"a", "b"}}


def test_what_fits_all_is_found_over_several_steps() -> None:
    ways = (("open", "now"), ("shut", "now"), ("close", "soon"))
    found: dict[Parts, set[str]] = {(f"Please do {verb} it for me {when}",): {verb} for verb, when in ways}
    assert unite(found) == {("Please do ", GAP, " it for me ", GAP): {"open", "shut", "close"}}


def test_a_gap_that_is_there_takes_in_one_more_word() -> None:
    found: dict[Parts, set[str]] = {("Please ", GAP, " it now"): {"a"}, ("Please open it now",): {"b"}}
    assert unite(found) == {("Please ", GAP, " it now"): {"a", "b"}}


def test_wordings_of_other_shape_stay_apart() -> None:
    found: dict[Parts, set[str]] = {
        ("Please close it",): {"a"},
        ("Please close it!",): {"b"},
        ("Please close ", NAME): {"c"},
        ("Do now shut that",): {"d"},
        ("One, two and three",): {"e"},
    }
    assert unite(found) == found


def test_half_of_the_words_have_to_stay() -> None:
    found: dict[Parts, set[str]] = {("open it",): {"a"}, ("shut that",): {"b"}}
    assert unite(found) == found


def test_the_order_of_the_wordings_does_not_count() -> None:
    wordings = ["Please close it now", "Please open it now", "Please open it today", "Do open it today"]
    ways = []
    for order in permutations(wordings):
        found: dict[Parts, set[str]] = {(text,): {text} for text in order}
        ways.append(unite(found))
    assert all(way == ways[0] for way in ways)
    assert set().union(*ways[0].values()) == set(wordings)


def test_many_wordings_are_united_in_no_time() -> None:
    words = [f"w{number}" for number in range(40)]
    found: dict[Parts, set[str]] = {
        (f"Please {one} that {other} for me now",): {one + other} for one in words for other in words
    }
    assert list(unite(found)) == [("Please ", GAP, " that ", GAP, " for me now")]
