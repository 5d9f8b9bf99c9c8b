"""Static types of the emitted Python, and how they are written as annotations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, assert_never, final

from compiler.ir import plan

RUNTIME: Final = "compiler.runtime"
TOOLS: Final = ".tools"

AtomKind = Literal["None", "bool", "int", "float", "str", "date", "time", "datetime"]


@final
@dataclass(frozen=True, slots=True)
class Atom:
    """A builtin scalar, or a date or time."""

    kind: AtomKind


@final
@dataclass(frozen=True, slots=True)
class Rows:
    """``tuple[item, ...]``."""

    item: Type


@final
@dataclass(frozen=True, slots=True)
class Table:
    """``dict[str, value]``."""

    value: Type


@final
@dataclass(frozen=True, slots=True)
class Model:
    """A record class of tools.py; ``fields`` are (key in JSON, attribute, type)."""

    name: str
    fields: tuple[tuple[str, str, Type], ...]

    def field(self, key: str) -> tuple[str, Type] | None:
        """Return the attribute that holds ``key``, with its type."""
        return next(((attribute, kind) for name, attribute, kind in self.fields if name == key), None)


@final
@dataclass(frozen=True, slots=True)
class Choice:
    """An enum of answers: (label, member). ``module`` None means that harness.py defines it."""

    name: str
    members: tuple[tuple[str, str], ...]
    module: str | None


@final
@dataclass(frozen=True, slots=True)
class Either:
    """A union; no member is an Either."""

    members: tuple[Type, ...]


@final
@dataclass(frozen=True, slots=True)
class Words:
    """``Literal[...]``: a text that is one of a few. Only fields are declared so; a use is a str."""

    values: tuple[str, ...]


@final
@dataclass(frozen=True, slots=True)
class Anything:
    """``object``: any JSON value, of which nothing is known. The last resort."""


Type: TypeAlias = Atom | Rows | Table | Model | Choice | Either | Words | Anything

NONE: Final = Atom("None")
BOOL: Final = Atom("bool")
INT: Final = Atom("int")
FLOAT: Final = Atom("float")
STR: Final = Atom("str")
DATE: Final = Atom("date")
TIME: Final = Atom("time")
MOMENT: Final = Atom("datetime")
ANYTHING: Final = Anything()


def members(kind: Type) -> tuple[Type, ...]:
    """Return the members of a union, or the type alone."""
    return kind.members if isinstance(kind, Either) else (kind,)


def either(*kinds: Type) -> Type:
    """Return the union of types, None last; no type, or one of which nothing is known, is ``object``."""
    flat = list(dict.fromkeys(member for kind in kinds for member in members(kind)))
    if not flat or (ANYTHING in flat and all(_is_json(member) for member in flat)):
        return ANYTHING
    flat.sort(key=lambda member: member == NONE)
    return flat[0] if len(flat) == 1 else Either(tuple(flat))


def without(kind: Type, *dropped: Type) -> Type:
    """Return a union without some members; what would be empty is JsonValue."""
    return either(*(member for member in members(kind) if member not in dropped))


def _is_json(kind: Type) -> bool:
    match kind:
        case Atom(kind=name):
            return name not in ("date", "time", "datetime")
        case Rows(item=inner) | Table(value=inner):
            return all(_is_json(member) for member in members(inner))
        case Anything():
            return True
        case Model() | Choice() | Either() | Words():
            return False
        case _:
            assert_never(kind)


def fits(kind: Type, wanted: Type) -> bool:
    """Return whether every value of ``kind`` may be passed as an argument declared as ``wanted``."""
    return all(any(_member_fits(one, other) for other in members(wanted)) for one in members(kind))


def _member_fits(kind: Type, wanted: Type) -> bool:
    if kind == wanted or (kind, wanted) in ((BOOL, INT), (INT, FLOAT), (MOMENT, DATE)):
        return True
    match kind, wanted:
        case Rows(item=item), Rows(item=other):
            return fits(item, other)
        case Table(value=value), Table(value=other):
            return other == ANYTHING or fits(value, other)
        case _, Anything():
            return kind not in (DATE, TIME, MOMENT) and not isinstance(kind, Choice)
        case _:
            return False


def parameter(kind: Type) -> plan.Term:
    """Return a type as a tool's parameter is annotated: a mapping, as no dict is a subtype of another."""
    match kind:
        case Anything():
            return plan.Name("object")
        case Table(value=value):
            mapping = plan.Imported("Mapping", "collections.abc")
            return plan.Index(mapping, (plan.Name("str"), parameter(value)))
        case Rows(item=item):
            return plan.Index(plan.Name("tuple"), (parameter(item), plan.Dots()))
        case Either(members=kinds):
            return _union(tuple(parameter(one) for one in kinds))
        case _:
            return annotation(kind)


def _union(terms: tuple[plan.Term, ...]) -> plan.Term:
    union = terms[0]
    for other in terms[1:]:
        union = plan.Operate(union, "|", other)
    return union


def annotation(kind: Type) -> plan.Term:
    """Return a type as it is written in an annotation of harness.py."""
    match kind:
        case Atom(kind=name):
            return _atom(name)
        case Rows() | Table():
            return _container(kind)
        case Model() | Choice():
            module = TOOLS if isinstance(kind, Model) else kind.module
            return plan.Name(kind.name) if module is None else plan.Imported(kind.name, module)
        case Words(values=values):
            return plan.Index(
                plan.Imported("Literal", "typing"), tuple(plan.Scalar(value) for value in values)
            )
        case Anything():
            return plan.Name("object")
        case Either(members=kinds):
            return _union(tuple(annotation(one) for one in kinds))
        case _:
            assert_never(kind)


def _atom(name: AtomKind) -> plan.Term:
    match name:
        case "None":
            return plan.Scalar(None)
        case "date" | "time" | "datetime":
            return plan.Member(plan.Imported("datetime", None, "dt"), name)
        case _:
            return plan.Name(name)


def _container(kind: Rows | Table) -> plan.Term:
    if isinstance(kind, Rows):
        return plan.Index(plan.Name("tuple"), (annotation(kind.item), plan.Dots()))
    return plan.Index(plan.Name("dict"), (plan.Name("str"), annotation(kind.value)))
