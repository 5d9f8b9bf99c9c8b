from __future__ import annotations

import pytest

from compiler.ir.run import JSON
from compiler.read.moment import now_of


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        ("Today's date is Thursday, 2023-11-30 and the current time is 00:00:00.", "2023-11-30 00:00:00"),
        ("The current time is 2024-05-15 15:00:00 EST.", "2024-05-15 15:00:00"),
        ("Now: 2024-05-15T15:04:05Z", "2024-05-15 15:04:05"),
        ("It is December 3, 2023. You are kind.", "2023-12-03 00:00:00"),
        ("Today is Dec 3rd 2023, 14:30.", "2023-12-03 14:30:00"),
        ("Today is 3 December 2023", "2023-12-03 00:00:00"),
        ("Policy of 2021-01-01. Today is 2024-02-03. Sale ends 2024-03-01.", "2024-02-03 00:00:00"),
        ("2024-02-03. Again: 2024-02-03.", "2024-02-03 00:00:00"),
        # Two dates, and nothing says which is now.
        ("From 2024-02-03 to 2024-02-09.", None),
        ("Today is 2024-02-03. Today is 2024-02-04.", None),
        ("Order 12024-02-031 is open", None),
        ("Today is 2024-13-45", None),
        ("Today is February 30, 2024", None),
        ("Today is 2024-02-03, and 29:99 is no time", "2024-02-03 00:00:00"),
        ("You are kind.", None),
        (None, None),
    ],
)
def test_now_from_the_system_message(system: str | None, expected: str | None) -> None:
    now = now_of(system, None)
    assert (None if now is None else str(now)) == expected


@pytest.mark.parametrize(
    ("started", "expected"),
    [
        ("2024-02-03T10:00:00Z", "2024-02-03 10:00:00"),
        ("2024-02-03 10:00:00.5", "2024-02-03 10:00:00.500000"),
        (86400, "1970-01-02 00:00:00"),
        (1e300, None),
        (-5, None),
        (True, None),
        ("yesterday", None),
        ({}, None),
    ],
)
def test_now_from_a_time_stamp(started: JSON, expected: str | None) -> None:
    now = now_of("no date here", started)
    assert (None if now is None else str(now)) == expected


def test_the_system_message_comes_first() -> None:
    assert str(now_of("Today is 2024-02-03", "2025-01-01T00:00:00")) == "2024-02-03 00:00:00"


def test_a_long_text_of_digits_is_searched_quickly() -> None:
    assert now_of("1234-" * 40_000, None) is None
