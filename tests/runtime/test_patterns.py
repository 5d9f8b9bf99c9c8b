"""Patterns: one reading or none, for any text."""

from __future__ import annotations

import re
import time as clock
from datetime import date, datetime, time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from compiler.runtime import Patterns

NOW = datetime(2023, 11, 30)


def read(pattern: str, text: str) -> object:
    return Patterns(pattern).match(text, NOW)


def test_every_kind_is_read_as_its_value() -> None:
    patterns = Patterns(
        "{who:word} moves '{what:quoted}' by {by:minutes} to {at:time} on {day:date}, "
        "{n:number}% {m:choice}: {rest:text}",
        vocabulary={"m": {"Total Visits": "total_visits"}},
    )
    text = (
        "raj moves 'Bob's stand-up' by half an hour to 8am on Dec 4, 1,250.5% total  visits: this.\nAnd that"
    )
    assert patterns.match(text, NOW) == {
        "who": "raj",
        "what": "Bob's stand-up",
        "by": 30,
        "at": time(8),
        "day": date(2023, 12, 4),
        "n": 1250.5,
        "m": "total_visits",
        "rest": "this.\nAnd that",
    }


@pytest.mark.parametrize(
    "text",
    ["Cancel it on December 13", "  cancel\n IT  on december 13?!  ", "CANCEL it on Dec 13 . "],
)
def test_case_white_space_and_a_closing_mark_do_not_matter(text: str) -> None:
    assert read("Cancel it on {day:date}.", text) == {"day": date(2023, 12, 13)}


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("Cancel it on {day:date}", "Later cancel it on December 13"),
        ("Cancel it on {day:date}", "Cancel it on December 13 or so"),
        ("Cancel it on {day:date}", "Cancel it on Friday"),
        ("Cancel it on {day:date}", "Cancel it on"),
        ("Meet {who:word} now", "Meet Ann Lee now"),
        ("Meet {who:word}", "Meet Ann,"),
        ("Call it '{name:quoted}'", "Call it 'a' and 'b'"),
        ("Note {what:phrase}", "Note this. And that"),
        ("Note {what:phrase}", "Note this\nand that"),
        ("More than {n:number}", "More than 3%"),
        ("More than {n:number}", "More than three"),
        ("Plot", "Plot it"),
    ],
)
def test_a_text_that_does_not_fit_is_none(pattern: str, text: str) -> None:
    assert read(pattern, text) is None


@pytest.mark.parametrize("whom", ["them", "everyone", "Nobody", "all of them", "no one else", "me"])
def test_a_word_that_only_points_names_nothing(whom: str) -> None:
    assert read("Assign it to {who:phrase} today", f"Assign it to {whom} today") is None
    assert read("Assign it to '{who:quoted}' today", f"Assign it to '{whom}' today") == {"who": whom}


def test_a_name_denies_nothing() -> None:
    assert read("{who:phrase} goes", "Don't let Ann Lee goes") is None
    assert read("Write to {who:phrase} today", "Write to all but not Ann today") is None
    assert read("Write to {who:phrase} today", "Write to Ann Lee today") == {"who": "Ann Lee"}


def test_which_mark_ends_a_sentence_does_not_matter() -> None:
    pattern = "Write to {who:word}? Say e.g. 'hi'"
    assert read(pattern, "Can you write to Ann. Say e.g. 'hi'!") == {"who": "Ann"}
    assert read(pattern, "Write to Ann, say e.g. 'hi'") is None
    assert read(pattern, "Write to Ann. Say e?g? 'hi'") is None


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("Move {a:phrase} to {b:phrase}", "Move the call to action to Bob"),
        ("{a:text} {b:text}", "one two three"),
        ("From {a:text} to {b:text} to {c:text}", "From a to b to c to d"),
    ],
)
def test_a_text_with_two_readings_is_none(pattern: str, text: str) -> None:
    assert read(pattern, text) is None


def test_a_value_that_parses_settles_where_a_slot_ends() -> None:
    found = read("On {day:date} and {rest:phrase}", "On December 13 and then and there")
    assert found == {"day": date(2023, 12, 13), "rest": "then and there"}


def test_patterns_that_differ_in_a_value_are_none_and_those_that_agree_are_one() -> None:
    differ = Patterns("Plot {a:phrase}", "Plot {b:phrase}")
    assert differ.match("Plot visits", NOW) is None
    agree = Patterns("Plot {a:phrase}", "Plot {a:word}")
    assert agree.match("Plot visits", NOW) == {"a": "visits"}


def test_a_slot_that_stands_twice_holds_one_text() -> None:
    pattern = "Is {x:word} there? If {x:word} is, call {x:word}"
    assert read(pattern, "Is Ann there? If ann is, call ANN") == {"x": "Ann"}
    assert read(pattern, "Is Ann there? If Bob is, call Ann") is None


def test_two_readings_of_which_one_repeats_the_text_are_one() -> None:
    pattern = "Move {a:phrase} to {b:phrase} and {a:phrase} back"
    assert read(pattern, "Move a to b to c and a back") == {"a": "a", "b": "b to c"}


def test_unknown_wordings_of_a_choice_do_not_fit() -> None:
    patterns = Patterns("Plot {m:choice}", vocabulary={"m": {"visits": "v", "all visits": "a"}})
    assert patterns.match("Plot ALL visits", NOW) == {"m": "a"}
    assert patterns.match("Plot no visits", NOW) is None


def test_braces_and_metacharacters_are_literal() -> None:
    assert read("{{a}} (.*)+ [x]|^$ \\d {n:number}", "{a} (.*)+ [x]|^$ \\d 7") == {"n": 7}
    assert read(".* {n:number}", "anything 7") is None


def test_typographic_quotes_and_spaces_are_as_good_as_plain_ones() -> None:
    found = read("Call Ann's task '{name:quoted}'", "Call\u00a0Ann\u2019s task \u2018it\u2019s on\u2019")
    assert found == {"name": "it\u2019s on"}


@pytest.mark.parametrize(
    "pattern",
    [
        "{a}",
        "{a:}",
        "{:word}",
        "{a:wrod}",
        "{a b:word}",
        "a } b",
        "{",
        "{a:word}{b:word}",
        "{a:word} {a:date}",
        "{m:choice}",
    ],
)
def test_a_malformed_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=re.escape("{") + "|slot|choice"):
        Patterns(pattern)


def test_one_wording_for_two_values_is_refused() -> None:
    with pytest.raises(ValueError, match="two values"):
        Patterns("{m:choice}", vocabulary={"m": {"All": "a", "all": "b"}})


def test_the_nearest_pattern_is_named() -> None:
    patterns = Patterns("Cancel my first meeting on {day:date}", "Plot {m:word} as a chart")
    assert patterns.nearest("cancel the first meeting on Friday") == patterns.texts[0]
    assert patterns.nearest("???") is None


HOSTILE = [
    ("{a:text} {b:text} {c:text} {d:text} x", "a "),
    ("{a:text} {d:date} {b:text} z", "1 "),
    ("{a:text} at {t:time} {b:minutes} {c:number} z", "at 1 "),
    ("{a:text} a{b:text}a{c:text}a q", "a"),
    ("{a:word} {b:word}", " "),
    ("{a:word}a{b:word}a{c:word}ab{d:word}", "a"),
    ("{a:text} {b:text} {a:text} {b:text} x", "a b "),
    ("'{a:quoted}' '{b:quoted}' x", "' "),
    ("{a:phrase}. {b:phrase}. {c:phrase}. x", "a. "),
]


@pytest.mark.parametrize(("pattern", "piece"), HOSTILE)
def test_a_long_hostile_text_takes_little_time(pattern: str, piece: str) -> None:
    text = (piece * 20_000)[:19_990]
    began = clock.process_time()
    for whole in (text, "q" + text, text + " x", "q " + text + " z"):
        read(pattern, whole)
    assert clock.process_time() - began < 3


def test_a_text_beyond_the_cap_fits_nothing() -> None:
    assert read("{a:text}", "a" * 20_000) == {"a": "a" * 20_000}
    assert read("{a:text}", "a" * 20_001) is None


PIECES = st.lists(
    st.sampled_from(["a", "b", "to", "on", "'", ".", ",", "1", "Dec 4", "\u00e9"]), min_size=1, max_size=7
)


def brute(text: str, kinds: tuple[str, str]) -> list[tuple[str, str]]:
    """Every way to read "x {a} to {b}" by trying each " to "."""
    inner = {"word": r"\S*[^\s,;:]", "phrase": r".+", "text": r".+"}
    found = []
    for place in re.finditer(r"(?= to )", text):
        left, right = text[2 : place.start()], text[place.start() + 4 :]
        if all(
            re.fullmatch(inner[kind], part, re.DOTALL) and part == part.strip()
            # A mark before white space ends the sentence, also where the white space is the literal's.
            and not (kind == "phrase" and re.search(r"[.?!]\s", part + after))
            for kind, part, after in zip(kinds, (left, right), (" ", ""), strict=True)
        ):
            found.append((left, right))
    return found


@given(
    PIECES, PIECES, st.sampled_from(["word", "phrase", "text"]), st.sampled_from(["word", "phrase", "text"])
)
@example(["a", ",", "b"], ["to"], "word", "word")
def test_a_match_is_what_trying_every_split_finds_once(
    left: list[str], right: list[str], a: str, b: str
) -> None:
    text = f"x {' '.join(left)} to {' '.join(right)}".rstrip(" .?!")
    splits = brute(text, (a, b))
    expected = {"a": splits[0][0], "b": splits[0][1]} if len(splits) == 1 else None
    assert read(f"x {{a:{a}}} to {{b:{b}}}", text) == expected


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_literal_matches_itself_and_any_text_is_safe(literal: str, text: str) -> None:
    escaped = literal.replace("{", "{{").replace("}", "}}")
    patterns = Patterns(escaped)
    assert patterns.match(literal, NOW) == {}
    patterns.match(text, NOW)


@pytest.mark.parametrize(
    "text",
    [
        "Please cancel the meeting with nia",
        "can you cancel the meeting with nia?",
        "I need to cancel the meeting with nia. Can you do that for me please?",
        "Could you please cancel the meeting with nia",
    ],
)
def test_courtesies_do_not_matter(text: str) -> None:
    assert Patterns("Cancel the meeting with {name:word}").match(text, NOW) == {"name": "nia"}
    wording = Patterns(text.replace("nia", "{name:word}"))
    assert wording.match("cancel the meeting with raj", NOW) == {"name": "raj"}


@pytest.mark.parametrize(
    "text",
    [
        "Please do not cancel the meeting with nia",
        "Cancel the meeting with nia. Can you do that tomorrow?",
        "You can cancel the meeting with nia",
        "Can you say who will cancel the meeting with nia",
    ],
)
def test_what_only_sounds_like_a_courtesy_matters(text: str) -> None:
    assert Patterns("Cancel the meeting with {name:word}").match(text, NOW) is None


def test_thanks_at_the_end_of_a_text_belong_to_it() -> None:
    patterns = Patterns("Reply to {name:word} with {body:text}")
    assert patterns.match("Reply to nia with Got it, thank you!", NOW) == {
        "name": "nia",
        "body": "Got it, thank you",
    }


def test_a_slot_without_a_name_may_hold_anything_of_its_kind() -> None:
    patterns = Patterns("If {_:number} of {_:number} are in, tell {name:word}")
    assert patterns.match("if 3 of 14 are in, tell nia", NOW) == {"name": "nia"}
    assert patterns.match("if 3 of many are in, tell nia", NOW) is None


def test_one_place_may_give_two_values() -> None:
    vocabulary = {"tool": {"visits": "count_visits"}, "metric": {"visits": "total_visits", "users": "user"}}
    patterns = Patterns("Plot {tool&metric:choice} by day", vocabulary=vocabulary)
    assert patterns.match("plot Visits by day", NOW) == {"tool": "count_visits", "metric": "total_visits"}
    assert patterns.match("plot users by day", NOW) is None
