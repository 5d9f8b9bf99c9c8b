"""Shapes -> types: every object with fields of its own becomes a record class.

Objects of one shape share one class, whichever tool gave them. Classes are named after what they hold:
``calendar.search_events`` answers rows of ``CalendarEvent``; a nested object is named after its field.
"""

from __future__ import annotations

from typing import Final, assert_never

from compiler.emit.names import Names, class_name, identifier, result_noun, singular, tool_noun, tool_space
from compiler.emit.shapes import AnyShape, ListShape, MapShape, ObjectShape, OneOf, Plain, Shape
from compiler.emit.types import ANYTHING, NONE, Atom, Model, Rows, Table, Type, either
from compiler.ir.run import Effect

TAKEN_ATTRIBUTES: Final = frozenset(
    (
        *("None", "bool", "int", "float", "str", "tuple", "dict", "dt"),
        # What pydantic's BaseModel has of its own, and a field must not replace.
        *(
            "construct",
            "copy",
            "dict",
            "from_orm",
            "json",
            "parse_file",
            "parse_obj",
            "parse_raw",
            "schema",
        ),
        *("schema_json", "update_forward_refs", "validate"),
    )
)


class Records:
    """The record classes of one tools.py, in the order in which they must be defined."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._known: dict[ObjectShape, Model] = {}
        self.optional: dict[str, frozenset[str]] = {}
        """By class: the keys that may be missing."""

    @property
    def models(self) -> tuple[Model, ...]:
        """Every class so far; a class stands after those that it refers to."""
        return tuple(self._known.values())

    def of_tool(self, tool: str, effect: Effect, shape: Shape) -> Type:
        """Return the type of a tool's results."""
        noun, space = singular(tool_noun(tool)), tool_space(tool)
        prefix = "" if not space or noun.startswith(space) or space == noun else f"{space}_"
        name = f"{prefix}{noun}"
        return self.of(shape, name, result_noun(name, effect))

    def of(self, shape: Shape, noun: str, instead: str = "") -> Type:
        """Return the type of a shape; ``noun`` names its class if it is an object, or else ``instead``."""
        match shape:
            case Plain(kind=kind):
                return Atom(kind)
            case ListShape(item=item):
                return Rows(self.of(item, singular(noun), instead))
            case MapShape(value=value):
                return Table(self.of(value, singular(noun), instead))
            case OneOf(members=shapes):
                return either(*(self.of(member, noun, instead) for member in shapes))
            case AnyShape():
                return ANYTHING
            case ObjectShape():
                return self._model(shape, noun, instead)
            case _:
                assert_never(shape)

    def _model(self, shape: ObjectShape, noun: str, instead: str) -> Model:
        if shape in self._known:
            return self._known[shape]
        taken = Names(TAKEN_ATTRIBUTES)
        fields: list[tuple[str, str, Type]] = []
        for key, value, missing in shape.fields:
            if not _encodable(key):
                continue
            part = singular(identifier(key, fallback="field"))
            kind = self.of(value, part, f"{noun}_{part}")
            fields.append((key, taken.take(attribute(key)), either(kind, NONE) if missing else kind))
        model = Model(
            self._names.take(class_name(noun), joint="", instead=(class_name(instead),) if instead else ()),
            tuple(fields),
        )
        self._known[shape] = model
        self.optional[model.name] = frozenset(key for key, _, missing in shape.fields if missing)
        return model


def _encodable(key: str) -> bool:
    """Return whether a key is text that UTF-8 can hold: pydantic declares no other."""
    return not any("\ud800" <= char <= "\udfff" for char in key)


def attribute(key: str) -> str:
    """Return the attribute that holds a key of a JSON object."""
    name = identifier(key, fallback="field")
    if name in TAKEN_ATTRIBUTES:
        return f"{name}_"
    return f"the_{name}" if name.startswith(("model_dump", "model_validate")) else name
