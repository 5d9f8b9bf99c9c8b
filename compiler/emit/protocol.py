"""tools.py: the typed protocol of the tools, the records they answer, and the request.

Parameters are typed by the tool's schema. Where the program passes what the schema does not mention, or
what it contradicts, the traces are right: the parameter is declared as it was used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from compiler.emit.adapt import as_json, fit
from compiler.emit.names import BUILTINS, Names, identifier, tool_phrase
from compiler.emit.prose import sentence
from compiler.emit.records import Records
from compiler.emit.scope import Typed
from compiler.emit.shapes import ListShape, MapShape, ObjectShape, OneOf, Shape, from_schema, infer, loosen
from compiler.emit.types import (
    ANYTHING,
    RUNTIME,
    STR,
    Model,
    Rows,
    Table,
    Type,
    annotation,
    either,
    parameter,
)
from compiler.emit.uses import used_keys
from compiler.ir import plan
from compiler.ir.program import Program
from compiler.ir.run import JSON, Effect, ToolSchema

METHOD_LIMIT: Final = 48

NO_HINTS: Final[Mapping[str, str]] = MappingProxyType({})

CLASS_BODY: Final = frozenset(("dt", "tool"))
"""What the class body itself refers to: a method of that name would hide it from the methods below."""


@dataclass(slots=True)
class Argument:
    """A parameter of a tool: the name it has in Python, and its type."""

    name: str
    type: Type | None
    required: bool


@dataclass(slots=True)
class Signature:
    """A method of the protocol. Lowering widens its parameters as it meets calls."""

    schema: ToolSchema
    effect: Effect
    method: str
    result: Type
    arguments: dict[str, Argument] = field(default_factory=dict)
    names: Names = field(default_factory=lambda: Names(("self",)))

    def declare(self, key: str, kind: Type | None, *, required: bool) -> None:
        """Add a parameter for the argument ``key``."""
        self.arguments[key] = Argument(self.names.take(identifier(key, fallback="argument")), kind, required)

    def take(self, key: str, value: Typed) -> tuple[str, plan.Term]:
        """Return the keyword and the term that pass a value; widens the parameter if nothing else helps."""
        if key not in self.arguments:
            self.declare(key, None, required=False)
        argument = self.arguments[key]
        if argument.type is None:
            argument.type = _declared(value.type)
        term = fit(value, argument.type)
        if term is None:
            argument.type = either(argument.type, _declared(value.type))
            term = fit(value, argument.type)
        return argument.name, value.term if term is None else term


class Signatures:
    """The tools that a program calls, in the order of their first call."""

    def __init__(self, program: Program, records: Records) -> None:
        self._schemas = {schema.name: schema for schema in program.tools}
        self._samples = dict(program.samples)
        self._records = records
        self._used = used_keys(program)
        self._methods = Names(BUILTINS | CLASS_BODY)
        self.by_tool: dict[str, Signature] = {}

    def of(self, tool: str, effect: Effect, *, texts: bool) -> Signature:
        """Return a tool's signature; ``texts`` says that the program expects a text in place of rows."""
        if tool not in self.by_tool:
            self.by_tool[tool] = self._new(tool, effect)
        signature = self.by_tool[tool]
        if texts and signature.result != ANYTHING:
            signature.result = either(signature.result, STR)
        return signature

    def _new(self, tool: str, effect: Effect) -> Signature:
        schema = self._schemas[tool]
        samples = self._samples.get(tool, ())
        shape = (
            infer(samples) if samples else from_schema(None if schema.result is None else dict(schema.result))
        )
        shape = loosen(shape, self._used)
        method = self._methods.take(identifier(tool, fallback="tool", limit=METHOD_LIMIT))
        signature = Signature(schema, effect, method, self._records.of_tool(tool, effect, shape))
        properties, required = schema.parameters.get("properties"), schema.parameters.get("required")
        needed = required if isinstance(required, list) else []
        for key, value in properties.items() if isinstance(properties, dict) else ():
            signature.declare(key, _parameter_type(value, schema), required=key in needed)
        return signature


def _parameter_type(schema: JSON, tool: ToolSchema) -> Type | None:
    kind = _loose(from_schema(schema, root=dict(tool.parameters)))
    return None if kind == ANYTHING else kind


def _loose(shape: Shape) -> Type:
    """Return the type of an argument: objects are dicts, as a call writes them down."""
    match shape:
        case ObjectShape() | MapShape():
            return Table(ANYTHING)
        case ListShape(item=item):
            return Rows(_loose(item))
        case OneOf(members=shapes):
            return either(*(_loose(member) for member in shapes))
        case _:
            return Records(Names()).of(shape, "value")


def _declared(kind: Type) -> Type:
    """Return the type under which a value that nothing else describes is declared."""
    return as_json(Typed(plan.Dots(), kind)).type


def protocol_class(signatures: Signatures) -> plan.Class:
    """Return the protocol of all tools that the harness calls."""
    methods = tuple(_method(signature) for signature in signatures.by_tool.values())
    return plan.Class(
        name="Tools",
        base=plan.Imported("Protocol", "typing"),
        doc="The tools that the harness calls.",
        methods=methods,
    )


def _method(signature: Signature) -> plan.Function:
    said = [("effect", plan.Scalar(signature.effect))]
    if signature.schema.idempotent:
        said.append(("idempotent", plan.Scalar(value=True)))
    parameters = tuple(
        plan.Parameter(
            name=argument.name,
            annotation=_argument_annotation(key, argument),
            default=None if argument.required else plan.Dots(),
        )
        for key, argument in signature.arguments.items()
    )
    doc = sentence(signature.schema.description) or f"{tool_phrase(signature.schema.name).capitalize()}."
    return plan.Function(
        name=signature.method,
        decorators=(
            plan.Invoke(
                plan.Imported("tool", RUNTIME),
                (plan.Scalar(signature.schema.name),),
                tuple(said),
            ),
        ),
        parameters=(plan.Parameter(name="self"),),
        keyword_only=parameters,
        returns=annotation(signature.result),
        doc=(doc,),
        body=(plan.Do(plan.Dots()),),
    )


def _argument_annotation(key: str, argument: Argument) -> plan.Term:
    """Return the type of an argument, with its original name where that is no identifier."""
    kind = parameter(ANYTHING if argument.type is None else argument.type)
    if key == argument.name:
        return kind
    alias = plan.Invoke(plan.Imported("Field", "pydantic"), keywords=(("alias", plan.Scalar(key)),))
    return plan.Index(plan.Imported("Annotated", "typing"), (kind, alias))


def record_class(
    model: Model,
    doc: str,
    optional: frozenset[str],
    hints: Mapping[str, str] = NO_HINTS,
    *,
    base: str = "Record",
) -> plan.Class:
    """Return a record class; ``hints`` describe fields by their key, ``base`` is a class of the runtime."""
    return plan.Class(
        name=model.name,
        base=plan.Imported(base, RUNTIME),
        doc=doc,
        fields=tuple(
            plan.Attribute(
                name=name,
                annotation=annotation(kind),
                value=_field_value(key, name, missing=key in optional, hint=hints.get(key)),
            )
            for key, name, kind in sorted(model.fields, key=lambda item: item[0] in optional)
        ),
    )


def _field_value(key: str, name: str, *, missing: bool, hint: str | None) -> plan.Term | None:
    """Return what stands behind the annotation: a default, an alias, a description, or nothing."""
    keywords: list[tuple[str, plan.Term]] = []
    if missing:
        keywords.append(("default", plan.Scalar(None)))
    if key != name:
        keywords.append(("alias", plan.Scalar(key)))
    if hint:
        keywords.append(("description", plan.Scalar(hint, 64)))
    if not keywords:
        return None
    if keywords == [("default", plan.Scalar(None))]:
        return plan.Scalar(None)
    return plan.Invoke(plan.Imported("Field", "pydantic"), keywords=tuple(keywords))
