"""Text from a trace is read, and never acts."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.present.escape import cell, code, fence, mermaid, plain, prose, shorten, within

HOSTILE = [
    "</details><script>alert(1)</script>",
    "![x](https://evil.example/pixel.png)",
    "[click](javascript:alert(1))",
    "a | b | c",
    "``` \n# heading\n```",
    "`` `",
    "@octocat please merge, fixes #1",
    "www.evil.example and user@evil.example",
    'x"] --> n9["y',
    "\x1b[2J\x1b]0;title\x07",
    "abc\u202edef\u2028ghi",
    "line\nend",
]


@given(st.text())
def test_plain_text_holds_nothing_that_acts(text: str) -> None:
    shown = plain(text)
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("as it is, ä → 日本", "as it is, ä → 日本"),
        ("\x1b[2J", r"\x1b[2J"),
        ("a\nb\tc", r"a\nb\tc"),
        ("a\u202eb", r"a\u202eb"),
        ("\ud800", r"\ud800"),
        ("", ""),
    ],
)
def test_plain_shows_what_is_hidden(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(st.text(alphabet="`a \n|"))
def test_a_code_span_ends_where_its_text_ends(text: str) -> None:
    span = code(text)
    ticks = len(span) - len(span.lstrip("`"))
    runs = [len(run) for run in re.findall("`+", span)]
    # The first run of that length opens the span, the next one closes it: it must be the last of the line.
    assert runs.count(ticks) == 2
    assert runs[0] == runs[-1] == ticks
    assert "\n" not in span


def test_a_bar_does_not_end_a_cell() -> None:
    assert cell("a | b") == "`a \\| b`"


@given(st.text(alphabet="`ab\n", max_size=30))
def test_nothing_closes_a_fence(text: str) -> None:
    first, *lines, last = fence(text).split("\n")
    assert first == f"{last}text"
    assert set(last) == {"`"}
    assert not any(line.startswith(last) for line in lines)


@pytest.mark.parametrize("text", HOSTILE)
def test_prose_has_no_markup_of_its_own(text: str) -> None:
    shown = prose(text).replace("<!-- -->", "\0")
    assert not re.search(r"[<>\n\x1b]", shown)
    assert not re.search(r"(?<!\\)(\\\\)*[\[\]`*_|!]", shown)
    assert not re.search(r"@\w|#\d|://|www\\?\.", shown)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_label_stays_in_its_quotes(text: str) -> None:
    assert not re.search(r"[^\w ,:;#.\-]", mermaid(text))
    assert not re.search(r"#(?!\d+;)", mermaid(text))


def test_a_label_is_readable_where_the_text_is_harmless() -> None:
    assert mermaid("calendar search_events: 3, 4") == "calendar search_events: 3, 4"
    assert mermaid('say "hi"') == "say #34;hi#34;"
    assert mermaid("email.search_emails") == "email.search_emails"
    assert mermaid("1. - x") == "1#46; #45; x"


def test_a_cut_shows() -> None:
    assert shorten("abcdef", 4) == "abc…"
    assert shorten("abcd", 4) == "abcd"


def test_a_long_line_in_a_fence_is_wrapped_between_words() -> None:
    said = " ".join(f"word{number}" for number in range(50))
    lines = fence(said).split("\n")[1:-1]
    assert max(map(len, lines)) <= 100
    assert " ".join(lines) == said


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (" where ", " where "),
        (": ", ": "),
        ("- 3 of 4", "- 3 of 4"),
        (" <b>*x* ", r" &lt;b&gt;\*x\* "),
    ],
)
def test_a_part_of_a_line_keeps_its_ends_and_is_escaped_like_a_line(text: str, shown: str) -> None:
    assert within(text) == shown
