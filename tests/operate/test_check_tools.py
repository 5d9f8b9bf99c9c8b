"""What has become of the tools that a harness was compiled against."""

from __future__ import annotations

import pytest

from compiler.operate.check_tools import compare
from compiler.runtime import ToolSpec
from compiler.runtime.jsons import JSON


def spec(effect: str = "read", required: tuple[str, ...] = ("name",), **properties: JSON) -> ToolSpec:
    parameters: dict[str, JSON] = {
        "type": "object",
        "properties": properties or {"name": {"type": "string"}},
        "required": list(required),
    }
    return ToolSpec(name="shop.price", method="price", effect=effect, parameters=parameters)  # type: ignore[arg-type]


def differences(live: ToolSpec | None, known: ToolSpec | None = None) -> list[tuple[str, str]]:
    found = compare([known or spec()], [live] if live else [])
    return [(one.weight, one.what) for one in found]


def test_equal_and_wider_tools_are_no_difference() -> None:
    assert differences(spec()) == []
    assert differences(spec(name={"type": ["string", "integer"]}, unit={"type": "string"})) == []
    assert differences(spec(name={"anyOf": [{"type": "string"}, {"type": "null"}]})) == []
    assert differences(spec(name={}, required=())) == []
    assert differences(spec(name={"type": "number"}), spec(name={"type": "integer"})) == []
    assert compare([spec()], [spec(), ToolSpec(name="new", method="new", effect="write")]) == ()


@pytest.mark.parametrize(
    ("live", "known", "found"),
    [
        (None, None, [("breaks", "is gone")]),
        (
            spec(required=(), query={"type": "string"}),
            None,
            [("breaks", "takes no 'name' any more")],
        ),
        (
            spec(required=("name", "unit"), name={"type": "string"}, unit={"type": "string"}),
            None,
            [("breaks", "needs 'unit', which is new, in every call")],
        ),
        (spec(), spec(required=()), [("breaks", "needs 'name' in every call")]),
        (spec(name={"type": "integer"}), None, [("breaks", "takes 'name' as integer, not as string")]),
        (
            spec(name={"type": "string", "enum": ["a"]}),
            spec(name={"type": "string", "enum": ["a", "b"]}),
            [("breaks", "takes 'name' no longer as \"b\"")],
        ),
        (spec(name={"enum": ["a"]}), None, [("risk", "takes 'name' only from \"a\"")]),
        (
            spec("write"),
            None,
            [("risk", "was a read, and does not say so any more: it may be retried, and may change things")],
        ),
        (spec("read"), spec("write"), []),
    ],
)
def test_what_a_harness_relies_on_is_compared(
    live: ToolSpec | None, known: ToolSpec | None, found: list[tuple[str, str]]
) -> None:
    assert differences(live, known) == found
