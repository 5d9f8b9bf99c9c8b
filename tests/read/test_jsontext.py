from __future__ import annotations

import pytest

from compiler.ir.run import JSON
from compiler.read.jsontext import MAX_DEPTH, MAX_LITERAL, decode_result, decode_text, dumps, loads, shown

BIG = 123456789012345678901234567890


@pytest.mark.parametrize(
    ("text", "value", "how"),
    [
        ('{"id": 7}', {"id": 7}, "json"),
        ("[]", [], "json"),
        ("true", True, "json"),
        ('"quoted"', "quoted", "json"),
        (str(BIG), BIG, "json"),
        (f'{{"id": {BIG}}}', {"id": BIG}, "json"),
        ("1.5", 1.5, "json"),
        ("{'city': 'Paris', 'sky': None}", {"city": "Paris", "sky": None}, "literal"),
        ("[('a', 1)]", [["a", 1]], "literal"),
        ("None", None, "literal"),
        ("False", False, "literal"),
        ("", "", "text"),
        ("Not found.", "Not found.", "text"),
        # Numbers that do not print back the same are more likely ids or amounts than numbers.
        ("1.50", "1.50", "text"),
        ("1e5", "1e5", "text"),
        ("-0", "-0", "text"),
        ("007", "007", "text"),
        ("1_000", "1_000", "text"),
        ("0x1F", "0x1F", "text"),
        ("'a'", "'a'", "text"),
        # What JSON has no value for.
        ("NaN", "NaN", "text"),
        ("-Infinity", "-Infinity", "text"),
        ("1e999", "1e999", "text"),
        ('{"a": NaN, "b": 1e999}', {"a": "NaN", "b": "1e999"}, "json"),
        ("{1: 2}", "{1: 2}", "text"),
        ("{'a'}", "{'a'}", "text"),
        ("[b'x']", "[b'x']", "text"),
        ("[1e999]", ["1e999"], "json"),
        ("(1e999,)", "(1e999,)", "text"),
        ("[__import__('os')]", "[__import__('os')]", "text"),
    ],
)
def test_the_ladder(text: str, value: JSON, how: str) -> None:
    decoded = decode_text(text)
    assert (decoded.value, decoded.how) == (value, how)
    assert type(decoded.value) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1),
        "(" * 5_000 + ")" * 5_000,
        "{'a': " * 300 + "1" + "}" * 300,
        "9" * 10_000,
        "['" + "a" * MAX_LITERAL + "']",
        "\x00",
    ],
)
def test_what_is_too_deep_or_too_long_stays_text(text: str) -> None:
    assert decode_text(text).value == text


def test_the_deepest_value_that_is_allowed() -> None:
    assert decode_text("[" * MAX_DEPTH + "]" * MAX_DEPTH).how == "json"


def test_text_parts_are_joined_and_other_parts_kept() -> None:
    text: JSON = {"type": "text", "text": '{"id":'}
    assert decode_result([text, {"type": "text", "text": "7}"}]).value == {"id": 7}
    image: JSON = {"type": "image", "source": {}}
    assert decode_result([text, image]).value == [text, image]
    assert decode_result([{"id": 7}]).value == [{"id": 7}]


def test_lone_surrogates_survive_writing() -> None:
    assert loads(dumps("\ud800")) == "\ud800"


def test_shown_is_one_printable_line() -> None:
    assert shown("a\nb\u202e") == r"'a\nb\u202e'"
    assert shown("x" * 100, limit=5) == "'xxxxx'..."
