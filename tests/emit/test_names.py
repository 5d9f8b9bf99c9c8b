from __future__ import annotations

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.emit.names import (
    Names,
    class_name,
    constant_name,
    identifier,
    plural,
    singular,
    tool_noun,
    tool_phrase,
)
from compiler.emit.prose import plain, sentence, wrapped


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("event_id", "event_id"),
        ("orderId", "order_id"),
        ("HTTPServer", "http_server"),
        ("sender/recipient", "sender_recipient"),
        ("énorme", "enorme"),
        ("class", "class_"),
        ("2023-11-01", "value_2023_11_01"),
        ("漢字", "value"),
        ("", "value"),
        ("__init__", "init"),
    ],
)
def test_identifiers(text: str, name: str) -> None:
    assert identifier(text) == name


@given(st.text())
def test_every_text_has_names(text: str) -> None:
    for name in (identifier(text), class_name(text), constant_name(text), tool_noun(text)):
        assert name.isascii() and name.isidentifier() and not keyword.iskeyword(name) and len(name) <= 41


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("event", "events"),
        ("address", "addresses"),
        ("entry", "entries"),
        ("box", "boxes"),
        ("match", "matches"),
        ("email_address", "email_addresses"),
        ("day", "days"),
    ],
)
def test_singular_and_plural(one: str, many: str) -> None:
    assert (plural(one), singular(many), plural(many), singular(one)) == (many, one, many, one)


@pytest.mark.parametrize("noun", ["status", "analysis", "news", "class", "gas"])
def test_words_that_only_look_plural(noun: str) -> None:
    assert singular(noun) == noun


@pytest.mark.parametrize(
    ("tool", "noun"),
    [
        ("calendar.search_events", "events"),
        ("find_user_id_by_email", "user_id"),
        ("list_all_product_types", "product_types"),
        ("get_order_details", "order"),
        ("searchFlights", "flights"),
        ("search", "search"),
        ("", "result"),
    ],
)
def test_what_a_tool_is_about(tool: str, noun: str) -> None:
    assert tool_noun(tool) == noun


def test_a_tool_without_words_still_has_a_phrase() -> None:
    assert tool_phrase("!!") == "use a tool"


def test_a_name_is_given_once() -> None:
    names = Names(("run",))
    assert [names.take(name) for name in ("run", "task", "task", "task", "class_", "class_")] == [
        "run_2", "task", "task_2", "task_3", "class_", "class_2"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb\t c", "a b c"),
        ('say """stop"""', "say '''stop'''"),
        ("énorme \u201cquoted\u201d \u2013 \u202e", "enorme 'quoted' - ?"),
        ("x # type: ignore", "x type - ignore"),
        ("-*- coding: utf-7 -*-", "-*- coding - utf-7 -*-"),
        ("fmt: off", "fmt - off"),
        ("C:\\new", "C:/new"),
    ],
)
def test_prose_is_plain(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(st.text(), st.integers(10, 80))
def test_prose_is_one_short_line_of_ascii(text: str, limit: int) -> None:
    shown = plain(text, limit)
    assert len(shown) <= limit
    assert all(" " <= char <= "~" and char not in '"\\#' for char in shown)


def test_comments_are_wrapped() -> None:
    assert all(len(line) <= 20 for line in wrapped("word " * 30, 20))


def test_a_sentence_is_the_first_one() -> None:
    assert sentence("returns the events. At most five.") == "Returns the events."
