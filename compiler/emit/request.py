"""How the request becomes a typed record: the ``Request`` class and the patterns that fill it."""

from __future__ import annotations

from typing import Final, assert_never

from compiler.emit.names import Names, identifier
from compiler.emit.prose import plain
from compiler.emit.records import TAKEN_ATTRIBUTES, Records, attribute
from compiler.emit.scope import RequestShape
from compiler.emit.shapes import ObjectShape, Shape, from_schema, infer, overlay
from compiler.emit.types import DATE, FLOAT, INT, NONE, RUNTIME, STR, TIME, Model, Type, Words, either
from compiler.errors import InternalError
from compiler.ir import plan
from compiler.ir.program import Field, Program, Request
from compiler.ir.wording import pattern_text

REQUEST_CLASS: Final = "Request"

_LINE: Final = 81
"""What a wording may take of a line of its own: the rest is its indent, its quotes and a comma."""


def field_type(field: Field) -> Type:
    """Return the type of a field that is read from text."""
    kind = _solid_type(field)
    return either(kind, NONE) if field.optional else kind


def _solid_type(field: Field) -> Type:
    match field.kind:
        case "choice" if field.closed:
            return Words(tuple(dict.fromkeys(value for _, value in field.choices)))
        case "text" | "phrase" | "word" | "quoted" | "choice":
            return STR
        case "date" | "past_date" | "coming_date":
            return DATE
        case "time":
            return TIME
        case "minutes":
            return INT
        case "number":
            whole = all(isinstance(example, int) for example in field.examples)
            return INT if whole and field.examples else either(INT, FLOAT)
        case "json" | "condition":
            raise InternalError(f"field {field.name!r} of kind {field.kind} stands in a request of form text")


def text_model(name: str, fields: tuple[Field, ...]) -> tuple[Model, dict[str, str], dict[str, str]]:
    """Return the record that fields make, the attribute of each field, and a hint for each attribute."""
    taken = Names(TAKEN_ATTRIBUTES)
    attributes = {
        field.name: taken.take(attribute(identifier(field.name, fallback="field"))) for field in fields
    }
    model = Model(
        name,
        tuple((attributes[field.name], attributes[field.name], field_type(field)) for field in fields),
    )
    return model, attributes, {attributes[field.name]: hint(field) for field in fields}


def hint(field: Field) -> str:
    """Return what a field is, for the model that may have to read it and for the reviewer."""
    fills = " and ".join(_place(place) for place in field.fills[:2])
    said = f"Fills {fills}" if fills else "A part of the request"
    if field.kind == "choice":
        values = dict.fromkeys(plain(value, 40) for _, value in field.choices)
        return f"{said}; one of {', '.join(values)}"
    shown = " or ".join(plain(str(example), 40) for example in field.examples[:2])
    unit = "; in minutes" if field.kind == "minutes" else ""
    return f"{said}{unit}; for example {shown}" if shown else f"{said}{unit}"


def _place(fills: str) -> str:
    """Return an argument with its tool: ``a.tool.name`` -> name of a.tool."""
    tool, _, argument = plain(fills, 70).rpartition(".")
    return f"{argument} of {tool}" if tool else argument


class PlannedRequest:
    """The request of one program: its class, its shape in scope, and what entering the program reads."""

    def __init__(self, request: Request, names: Names) -> None:
        self.form = request.form
        self.closed = request.closed
        self.model: Model | None = None
        self.parts: tuple[Model, ...] = ()
        self.hints: dict[str, str] = {}
        self.attributes: dict[str, str] = {}
        self.optional: dict[str, frozenset[str]] = {}
        """By class: the keys that may be missing."""
        self.shape: RequestShape | None = None
        if request.form == "text" and (request.fields or request.patterns):
            self.model, self.attributes, self.hints = text_model(names.take(REQUEST_CLASS), request.fields)
            left_out = frozenset(self.attributes[one.name] for one in request.fields if one.optional)
            self.optional = {self.model.name: left_out}
            self.shape = RequestShape(
                type=self.model, paths={name: (key,) for name, key in self.attributes.items()}
            )
        if request.form == "json":
            self._structured(request, Records(names))

    def _structured(self, request: Request, records: Records) -> None:
        """Type a structured request by the paths of its fields; no result shares its classes."""
        shape: Shape = ObjectShape(())
        for field in request.fields:
            leaf = infer(field.examples) if field.schema is None else from_schema(field.schema)
            for key in reversed(field.path):
                leaf = ObjectShape(((key, leaf, field.absent),))
            shape = overlay(shape, leaf)
        kind = records.of(shape, REQUEST_CLASS)
        if not isinstance(kind, Model):
            raise InternalError("a structured request has a field without a path")
        self.model = kind
        self.parts = tuple(model for model in records.models if model != kind)
        self.optional = records.optional
        self.hints = {field.path[0]: hint(field) for field in request.fields if len(field.path) == 1}
        self.shape = RequestShape(type=kind, paths={field.name: field.path for field in request.fields})


def patterns_constant(program: Program, attributes: dict[str, str]) -> plan.Constant | None:
    """Return the wordings of the request as the traces put them; None where nothing is read from a text."""
    request = program.request
    if request.form != "text":
        return None
    kinds = {field.name: field.kind for field in request.fields}
    texts = tuple(
        plan.Scalar(pattern_text(pattern, kinds, attributes), _LINE) for pattern in request.patterns
    )
    keywords: tuple[tuple[str, plan.Term], ...] = ()
    vocabulary = _vocabulary(request, attributes)
    if vocabulary is not None:
        keywords = (("vocabulary", vocabulary),)
    if request.unseen is not None:
        keywords = (*keywords, ("unseen", plan.Scalar(request.unseen)))
    value = plan.Invoke(plan.Imported("Patterns", RUNTIME), texts, keywords)
    return plan.Constant(name="PATTERNS", value=value, remarks=_remarks(request))


def _remarks(request: Request) -> tuple[str, ...]:
    """Say what is read without the model, and what happens to the rest."""
    said = "The request as the traces put it" if request.patterns else "No two requests share a wording"
    asked = f"{request.question} asks the model" if request.question is not None else ""
    match request.unseen:
        case None:
            return (f"{said}; where no pattern fits, {asked}." if asked else f"{said}.",)
        case "pieces":
            return (f"{said}, or in pieces of these wordings; where neither fits, {asked}.",)
        case "judged":
            return (
                f"{said}. Another wording is read where its fields stand out,",
                f"for a question judges it before any write; where they do not, {asked}.",
            )
        case _:
            assert_never(request.unseen)


def _vocabulary(request: Request, attributes: dict[str, str]) -> plan.Term | None:
    rows = tuple(
        (
            plan.Scalar(attributes[field.name]),
            plan.Pairs(tuple((plan.Scalar(wording), plan.Scalar(value)) for wording, value in field.choices)),
        )
        for field in request.fields
        if field.kind == "choice"
    )
    return plan.Pairs(rows) if rows else None
