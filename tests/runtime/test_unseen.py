"""Wordings that no pattern lists: read where nothing else could be meant, and else not at all."""

from __future__ import annotations

import time as clock
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.runtime import Patterns

NOW = datetime(2023, 11, 30)

MOVES = Patterns(
    "Delay my first call with {who:word} on {day:date} by {by:minutes}",
    "Push back my first call with {who:word} by {by:minutes} on {day:date}",
    "Move my first call on {day:date} with {who:word} back by {by:minutes}, but not the others",
    unseen="pieces",
)
GIVES = Patterns(
    "Give all of {owner:word}'s open tasks to {heir:word} today",
    "{owner:word} has left, so hand all of {owner:word}'s open tasks over to {heir:word}",
    unseen="pieces",
)
CHECKS = Patterns(
    "can you check if {what:choice} was more than {_:number} at any time since {day:date}? If so, write to "
    "{who:word} about '{title:quoted}'",
    "If {what:choice} was less than {_:number} since {day:date}, send {who:word} a note on '{title:quoted}'",
    vocabulary={"what": {"total visits": "visits", "engaged users": "users"}},
    unseen="judged",
)


def test_a_wording_that_is_made_of_known_pieces_is_read() -> None:
    moved = {"who": "nia", "day": date(2023, 12, 4), "by": 30}
    assert MOVES.match("Push back my first call with nia on December 4 by 30 minutes", NOW) == moved
    assert MOVES.match("Please delay my first call with nia by half an hour on Dec 4!", NOW) == moved


def test_a_weekday_alone_is_the_last_or_the_coming_one_as_the_slot_says() -> None:
    texts = [text.replace(":date", ":coming_date") for text in MOVES.texts]
    coming = Patterns(*texts, unseen="pieces")
    moved = {"who": "nia", "day": date(2023, 12, 4), "by": 30}
    assert coming.match("Delay my first call with nia on Monday by 30 minutes", NOW) == moved
    assert coming.match("Please delay my first call with nia on monday by half an hour!", NOW) == moved
    assert MOVES.match("Delay my first call with nia on Monday by 30 minutes", NOW) is None
    # Today is a Thursday.
    assert coming.match("Delay my first call with nia on Thursday by 30 minutes", NOW) is None


def test_whole_patterns_only_unless_it_is_said_otherwise() -> None:
    plain = Patterns(*MOVES.texts)
    assert plain.match("Push back my first call with nia on December 4 by 30 minutes", NOW) is None


@pytest.mark.parametrize(
    "text",
    [
        # A word that nobody said, and one that everybody said but this one.
        "Push back my second call with nia on December 4 by 30 minutes",
        "Push back my call with nia on December 4 by 30 minutes",
        "Push back my first calls with nia on December 4 by 30 minutes",
        # Negations, exceptions and conditions, also of words that other patterns hold.
        "Don't push back my first call with nia on December 4 by 30 minutes",
        "Not push back my first call with nia on December 4 by 30 minutes",
        "Push back my first call with nia on December 4 by 30 minutes, but not the others if busy",
        "Push back my first call with nia on December 4 by 30 minutes, but the others",
        "Push back my first call not with nia on December 4 by 30 minutes",
        # More, or less, than there is a place for.
        "Push back my first call with nia on December 4 and December 5 by 30 minutes",
        "Push back my first call with nia on December 4 or 5 by 30 minutes",
        "Push back my first call with nia and raj on December 4 by 30 minutes",
        "Push back my first call with nia, raj on December 4 by 30 minutes",
        "Push back my first call with nia moreau on December 4 by 30 minutes",
        "Push back my first call with nia on December 4",
        "Push back my first call with nia 'the boss' on December 4 by 30 minutes",
        # Other roles.
        "Push back my first call before December 4 with nia by 30 minutes",
        "Push back my first call with them on December 4 by 30 minutes",
        "Push back my first call with everyone on December 4 by 30 minutes",
    ],
)
def test_what_may_mean_something_else_is_not_read_from_pieces(text: str) -> None:
    assert MOVES.match(text, NOW) is None


def test_two_names_keep_their_roles() -> None:
    handed = GIVES.match("Hand all of nia's open tasks over to raj today", NOW)
    assert handed == {"owner": "nia", "heir": "raj"}
    assert GIVES.match("Hand all of nia's open tasks over from raj today", NOW) is None
    assert GIVES.match("raj has left, so hand all of nia's open tasks over to raj", NOW) is None
    assert GIVES.match("Give raj all of nia's open tasks", NOW) is None
    assert GIVES.match("Give all of nia's open tasks from raj today", NOW) is None


def test_a_wording_that_a_question_judges_is_read_where_its_fields_stand_out() -> None:
    text = "Was engaged users below 7 since October 3? Then write to nia about 'Dip', would you"
    assert CHECKS.match(text, NOW) == {
        "what": "users",
        "day": date(2023, 10, 3),
        "who": "nia",
        "title": "Dip",
    }


@pytest.mark.parametrize(
    "text",
    [
        "Was engaged users below total visits since October 3? Then write to nia about 'Dip'",
        "Was engaged users below 7 before October 3? Then write to nia about 'Dip'",
        "Was engaged users below 7 since October 3 or October 4? Then write to nia about 'Dip'",
        "Was engaged users below 7 since October 3 until November 4? Then write to nia about 'Dip'",
        "Was engaged users below 7 since October 3? Then write to nia or raj about 'Dip'",
        "Was engaged users below 7 since October 3? Then write to everyone but nia about 'Dip'",
        "Was engaged users below 7 since October 3? Then write to whoever is on duty about 'Dip'",
        "Was engaged users below 7 since October 3? Then write to nia about 'Dip' and to raj about 'Rise'",
        "Was engaged users below 7 since October 3? Then write to nia about 'Dip",
        "Was engaged users below 7 since October 3? Then meet nia for 30 minutes about 'Dip'",
        "Was engaged users below 7 since October 3? Then write to nia about 'Dip' unless it is late",
        "Were the users engaged since October 3? Then write to nia about 'Dip'",
    ],
)
def test_a_field_that_does_not_stand_out_is_asked_for(text: str) -> None:
    assert CHECKS.match(text, NOW) is None


def test_a_text_that_patterns_read_in_two_ways_is_not_read_in_a_third() -> None:
    patterns = Patterns("Move {a:phrase} to {b:phrase}", "Put {a:phrase} to {b:phrase}", unseen="judged")
    assert patterns.match("Move the call to action to Bob", NOW) is None


def test_an_open_number_is_open_in_a_duration_too_and_a_fixed_one_is_not() -> None:
    open_ = Patterns("Book {who:word} for a {_:number}-minute talk now", unseen="judged")
    assert open_.match("I need a 45-minute talk; book nia for it", NOW) == {"who": "nia"}
    fixed = Patterns("Book {who:word} for a 30-minute talk now", unseen="judged")
    assert fixed.match("I need half an hour; book nia for it", NOW) == {"who": "nia"}
    assert fixed.match("I need a 45-minute talk; book nia for it", NOW) is None


@given(
    st.lists(
        st.sampled_from(
            [
                "if",
                "nia",
                "'Dip'",
                "on",
                "or",
                "December",
                "4",
                "since",
                "call",
                "with",
                "by",
                "30",
                "minutes",
                ",",
                ".",
                "?",
                "not",
            ]
        )
    )
)
def test_no_text_makes_it_fail_or_read_less_than_all_fields(words: list[str]) -> None:
    for patterns, names in ((MOVES, {"who", "day", "by"}), (CHECKS, {"what", "day", "who", "title"})):
        values = patterns.match(" ".join(words), NOW)
        assert values is None or values.keys() == names


@pytest.mark.parametrize(
    "text", ["with nia " * 400, "'a' " * 900, "on December 4 by 3 minutes " * 140, "a" * 3_999]
)
def test_no_text_takes_long(text: str) -> None:
    started = clock.perf_counter()
    assert MOVES.match(text, NOW) is None
    assert CHECKS.match(text, NOW) is None
    assert clock.perf_counter() - started < 2
