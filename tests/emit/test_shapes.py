from __future__ import annotations

import pytest

from compiler.emit.shapes import (
    AnyShape,
    ListShape,
    MapShape,
    ObjectShape,
    OneOf,
    Plain,
    Shape,
    from_schema,
    infer,
    overlay,
)
from compiler.ir.run import JSON

STR, INT, FLOAT, NONE = Plain("str"), Plain("int"), Plain("float"), Plain("None")


@pytest.mark.parametrize(
    ("values", "shape"),
    [
        ([], AnyShape()),
        ([1, 2], INT),
        ([1, 2.5], OneOf((INT, FLOAT))),
        ([True], Plain("bool")),
        ([None, "a"], OneOf((STR, NONE))),
        ([[]], ListShape(AnyShape())),
        ([["a"], []], ListShape(STR)),
        ([[1], "none"], OneOf((ListShape(INT), STR))),
        ([{}], MapShape(AnyShape())),
        ([{"a": 1}, {"a": 2, "b": "x"}], ObjectShape((("a", INT, False), ("b", STR, True)))),
        ([{"2023-11-01": 1}, {"2023-11-02": 2}], MapShape(INT)),
        ([{"kim@example.org": [1]}], MapShape(ListShape(INT))),
        ([{"line1": "a", "line2": "b"}], ObjectShape((("line1", STR, False), ("line2", STR, False)))),
    ],
)
def test_values_have_a_shape(values: list[JSON], shape: Shape) -> None:
    assert infer(values) == shape


def test_keys_that_hardly_two_objects_share_are_data() -> None:
    assert infer([{f"{letter}{n}": 1 for n in range(3)} for letter in "abcdef"]) == MapShape(INT)


def test_deep_values_end_in_anything() -> None:
    value: JSON = 1
    for _ in range(3000):
        value = [value]
    shape = infer([value])
    while isinstance(shape, ListShape):
        shape = shape.item
    assert shape == AnyShape()


@pytest.mark.parametrize(
    ("schema", "shape"),
    [
        (None, AnyShape()),
        ({"type": "string", "format": "date"}, STR),
        ({"type": "number"}, OneOf((INT, FLOAT))),
        ({"type": ["string", "null"]}, OneOf((STR, NONE))),
        ({"enum": ["a", 1]}, OneOf((STR, INT))),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, OneOf((INT, NONE))),
        ({"type": "array", "items": {"type": "string"}}, ListShape(STR)),
        ({"type": "object"}, MapShape(AnyShape())),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, MapShape(INT)),
        ({"properties": {"a": {"type": "string"}}, "required": ["a"]}, ObjectShape((("a", STR, False),))),
        ({"$defs": {"A": {"type": "string"}}, "$ref": "#/$defs/A"}, STR),
        ({"$ref": "#"}, AnyShape()),
        ({"type": "banana"}, AnyShape()),
    ],
)
def test_a_schema_has_a_shape(schema: JSON, shape: Shape) -> None:
    assert from_schema(schema) == shape


def test_overlay_keeps_the_fields_of_both() -> None:
    one = ObjectShape((("a", ObjectShape((("x", INT, False),)), False),))
    other = ObjectShape((("a", ObjectShape((("y", STR, False),)), False), ("b", INT, True)))
    both = ObjectShape((("x", INT, False), ("y", STR, False)))
    assert overlay(one, other) == ObjectShape((("a", both, False), ("b", INT, True)))
