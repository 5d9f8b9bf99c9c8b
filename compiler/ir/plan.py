"""The plan: the Python that will be written, as values, with every name decided.

Lowering makes a plan from a program; emission turns it into syntax and decides nothing. A plan knows no
layout and no libcst. Names that come from another module say so (``Imported``), so that the imports of a
module are what its plan uses.

Invariants, which emission relies on: names are ASCII identifiers; a ``Block`` lists in ``scope`` every local
name that it may read and did not bind itself; a ``Remark`` stands before another statement.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias, final

NARROW: Final = 48
"""What a text may take of a line where nothing says that there is more room."""

# ------------------------------------------------------------------------------------------- expressions


@final
@dataclass(frozen=True, slots=True)
class Name:
    """A local or module-level name, or a builtin."""

    id: str


@final
@dataclass(frozen=True, slots=True)
class Imported:
    """A name of another module; ``module`` None means that ``name`` is a module, imported as ``alias``."""

    name: str
    module: str | None
    alias: str | None = None


@final
@dataclass(frozen=True, slots=True)
class Scalar:
    """A scalar constant. ``width`` is how many columns a text may take before it is split."""

    value: str | int | float | bool | None
    width: int = NARROW


@final
@dataclass(frozen=True, slots=True)
class Dots:
    """The ellipsis."""


@final
@dataclass(frozen=True, slots=True)
class Member:
    """``base.name``."""

    base: Term
    name: str


@final
@dataclass(frozen=True, slots=True)
class Invoke:
    """``function(args, key=value)``."""

    function: Term
    args: tuple[Term, ...] = ()
    keywords: tuple[tuple[str, Term], ...] = ()
    remarks: tuple[tuple[str, str], ...] = ()
    """Comment lines that stand above a keyword, by keyword."""


@final
@dataclass(frozen=True, slots=True)
class Index:
    """``base[keys]``."""

    base: Term
    keys: tuple[Term, ...]


@final
@dataclass(frozen=True, slots=True)
class Fill:
    """A value inside a text; ``format`` is its format specification, ``quoted`` shows its repr."""

    value: Term
    format: str = ""
    quoted: bool = False


@final
@dataclass(frozen=True, slots=True)
class Text:
    """A text with values in it (an f-string)."""

    parts: tuple[str | Fill, ...]


@final
@dataclass(frozen=True, slots=True)
class Test:
    """A comparison."""

    left: Term
    op: Literal["==", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "is not"]
    right: Term


@final
@dataclass(frozen=True, slots=True)
class Every:
    """``a and b``."""

    parts: tuple[Term, ...]


@final
@dataclass(frozen=True, slots=True)
class Some:
    """``a or b``."""

    parts: tuple[Term, ...]


@final
@dataclass(frozen=True, slots=True)
class Not:
    """``not value``."""

    value: Term


@final
@dataclass(frozen=True, slots=True)
class Operate:
    """Two operands: a sum, a difference, or a union of types."""

    left: Term
    op: Literal["+", "-", "|"]
    right: Term


@final
@dataclass(frozen=True, slots=True)
class Items:
    """A tuple."""

    items: tuple[Term, ...]


@final
@dataclass(frozen=True, slots=True)
class Pairs:
    """A dict."""

    items: tuple[tuple[Term, Term], ...]


@final
@dataclass(frozen=True, slots=True)
class Gather:
    """``tuple(item for name in rows)``."""

    item: Term
    name: str
    rows: Term


Term: TypeAlias = (
    Name
    | Imported
    | Scalar
    | Dots
    | Member
    | Invoke
    | Index
    | Text
    | Test
    | Every
    | Some
    | Not
    | Operate
    | Items
    | Pairs
    | Gather
)

# -------------------------------------------------------------------------------------------- statements


@final
@dataclass(frozen=True, slots=True)
class Remark:
    """A comment line of its own."""

    text: str


@final
@dataclass(frozen=True, slots=True)
class Assign:
    """``name = value``, annotated where the type would not be inferred."""

    name: str
    value: Term
    annotation: Term | None = None


@final
@dataclass(frozen=True, slots=True)
class Do:
    """An expression for its effect; ``leaves`` says that control never comes back from it."""

    value: Term
    leaves: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A nested block, and what it takes to make it a function of its own.

    ``scope`` are the local names around it with their types at its start, in the order they were bound;
    ``function`` and ``doc`` are how the function would be called. Without a name it is never made one.
    """

    body: tuple[Statement, ...]
    scope: tuple[tuple[str, Term], ...] = ()
    function: str = "go_on"
    doc: str = "Go on."


@final
@dataclass(frozen=True, slots=True)
class If:
    """``if``, ``elif`` for each further arm, and ``else`` unless ``otherwise`` is None."""

    arms: tuple[tuple[Term, Block], ...]
    otherwise: Block | None = None


@final
@dataclass(frozen=True, slots=True)
class For:
    """Walk rows; ``else`` unless ``otherwise`` is None."""

    name: str
    rows: Term
    block: Block
    otherwise: Block | None = None


@final
@dataclass(frozen=True, slots=True)
class With:
    """One ``with`` over several context managers; its body is never made a function."""

    items: tuple[tuple[Term, str], ...]
    body: tuple[Statement, ...]


@final
@dataclass(frozen=True, slots=True)
class Tail:
    """A block that is not nested but may become a function: the rest of a body after its guards."""

    block: Block


@final
@dataclass(frozen=True, slots=True)
class Raise:
    """Raise."""

    value: Term


@final
@dataclass(frozen=True, slots=True)
class Return:
    """Return."""

    value: Term | None = None


@final
@dataclass(frozen=True, slots=True)
class Break:
    """Leave the loop around it. The blocks between the two are never made functions."""


@final
@dataclass(frozen=True, slots=True)
class Pass:
    """Do nothing."""


Statement: TypeAlias = Remark | Assign | Do | If | For | With | Tail | Raise | Return | Break | Pass

# ----------------------------------------------------------------------------------------------- modules


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter; ``default`` None means that there is none."""

    name: str
    annotation: Term | None = None
    default: Term | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function or a method."""

    name: str
    parameters: tuple[Parameter, ...]
    returns: Term
    doc: tuple[str, ...]
    """Its docstring: the first line, then further lines after an empty one."""
    body: tuple[Statement, ...]
    keyword_only: tuple[Parameter, ...] = ()
    decorators: tuple[Term, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """A field of a class; without an annotation it is a member of an enum."""

    name: str
    annotation: Term | None = None
    value: Term | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """A class: its fields, then its methods."""

    name: str
    base: Term
    doc: str
    fields: tuple[Attribute, ...] = ()
    methods: tuple[Function, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A module-level constant, with comment lines above it."""

    name: str
    value: Term
    remarks: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A module. Its imports are what its items use; ``name`` is how its siblings import it."""

    name: str
    header: tuple[str, ...]
    doc: str
    items: tuple[Constant | Class | Function, ...] = field(default=())
