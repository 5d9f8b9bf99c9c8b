"""Records: what they take, and what they do not."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from compiler.runtime import ClosedRecord, Record


class Part(ClosedRecord):
    """A part of a request."""

    id: str
    note: str | None = None


class Whole(ClosedRecord):
    """A request."""

    parts: tuple[Part, ...]


class Row(Record):
    """What a tool answers."""

    id: str


def test_a_record_passes_over_what_it_does_not_declare() -> None:
    assert Row.model_validate_json('{"id": "1", "more": 2}') == Row(id="1")


@pytest.mark.parametrize(
    "text",
    ['{"parts": [], "more": 1}', '{"parts": [{"id": "1", "more": null}]}', '{"parts": [{"note": "x"}]}'],
)
def test_a_closed_record_takes_its_own_keys_only(text: str) -> None:
    with pytest.raises(ValidationError):
        Whole.model_validate_json(text, strict=True)


def test_a_closed_record_is_as_strict_and_as_frozen_as_any() -> None:
    whole = Whole.model_validate_json('{"parts": [{"id": "1"}]}', strict=True)
    assert whole.parts == (Part(id="1"),)
    with pytest.raises(ValidationError):
        whole.parts[0].id = "2"
    with pytest.raises(ValidationError):
        Row.model_validate({"id": 1})


def test_its_schema_says_so() -> None:
    assert Whole.model_json_schema()["additionalProperties"] is False
    assert "additionalProperties" not in Row.model_json_schema()
