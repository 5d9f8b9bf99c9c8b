"""JSON values, and what else turns into them: records, enums, dates."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, time
from enum import Enum
from typing import TypeAlias, cast

JSON: TypeAlias = bool | int | float | str | list["JSON"] | dict[str, "JSON"] | None
"""Any JSON value."""

_HALF = re.compile("[\ud800-\udfff]")


def as_json(value: object) -> JSON:
    """Turn a value of a harness into JSON: records by their original keys, dates as ISO texts.

    Raises:
        TypeError: The value, or one inside it, has no JSON form.
    """
    # A str or int enum is an instance of both: its value is what counts.
    if isinstance(value, Enum):
        return as_json(value.value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {_key(key): as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(item) for item in value]
    # By duck type: importing pydantic here would cost every harness half a second.
    dump = getattr(value, "model_dump", None)
    if callable(dump):
        # A key that a result lacks is not the same as one that is null.
        return cast(JSON, dump(mode="json", by_alias=True, exclude_unset=True))
    message = f"a {type(value).__name__} has no JSON form"
    raise TypeError(message)


def canonical(value: object) -> str:
    """The one text of a value: equal texts are equal values (1, 1.0 and true are three)."""
    return json.dumps(as_json(value), sort_keys=True, ensure_ascii=False)


def broken_text(value: JSON) -> str | None:
    """Say where a value holds half a character, which no UTF-8 text can; None where it does not."""
    left: list[tuple[tuple[str, ...], JSON]] = [((), value)]
    while left:
        place, held = left.pop()
        match held:
            case str() if _HALF.search(held):
                at = ascii(".".join(place))[1:-1]
                what = f"the text {held[:100]!a} holds half a character (a lone surrogate)"
                return f"{at}: {what}" if place else what
            case dict():
                left += [((*place, key), inner) for key, inner in reversed(held.items())]
                left += [(place, key) for key in held]
            case list():
                left += [((*place, str(number)), inner) for number, inner in reversed([*enumerate(held)])]
            case _:
                pass
    return None


def _key(key: object) -> str:
    if isinstance(key, str):
        return key
    message = f"a key of an object is a {type(key).__name__}, not a text"
    raise TypeError(message)
