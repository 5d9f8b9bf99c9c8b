"""The libcst constructors that emission uses: all Python of the project is made here, node by node.

Nothing here takes Python as text. libcst keeps precedence only where parentheses say so, hence every
operand that binds less tightly than its place is parenthesised.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

import libcst as cst

Expression = cst.BaseExpression
Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement
Scalar = str | int | float | bool | None
_PARENS: Final = {"lpar": [cst.LeftParen()], "rpar": [cst.RightParen()]}
_TIGHT = (
    cst.Name,
    cst.Attribute,
    cst.Call,
    cst.Subscript,
    cst.SimpleString,
    cst.Integer,
    cst.Tuple,
    cst.Dict,
)


def name(text: str) -> cst.Name:
    """Return a name."""
    return cst.Name(text)


def attribute(base: Expression, text: str) -> cst.Attribute:
    """Return ``base.text``."""
    return cst.Attribute(tight(base), cst.Name(text))


def scalar(value: Scalar, width: int) -> Expression:
    """Return a literal; a text longer than ``width`` columns comes as adjacent literals in parentheses."""
    match value:
        case None | bool():
            return cst.Name(repr(value))
        case str():
            return string(value, width)
        case int():
            return _negated(cst.Integer(repr(abs(value))), negative=value < 0)
        case float():
            return _float(value)


def _float(value: float) -> Expression:
    if not math.isfinite(value):
        return call(cst.Name("float"), [argument(string(repr(value), 20))])
    return _negated(cst.Float(repr(abs(value))), negative=repr(value).startswith("-"))


def _negated(value: Expression, *, negative: bool) -> Expression:
    return cst.UnaryOperation(cst.Minus(), value) if negative else value


def string(value: str, width: int) -> Expression:
    """Return a text literal. ``repr`` escapes what does not print: controls, surrogates, bidi marks."""
    pieces = [cst.SimpleString(quoted(piece)) for piece in split(value, width)]
    return _joined(pieces)


def quoted(text: str) -> str:
    """Return the literal of a text, in double quotes unless single ones save escapes."""
    return repr(text) if '"' in text and "'" not in text else f'"{_body(text)}"'


def _body(text: str) -> str:
    """Return a text as it stands between double quotes; ``repr`` escapes what does not print."""
    return "".join({'"': '\\"', "'": "'"}.get(char, repr(char)[1:-1]) for char in text)


def split(text: str, width: int) -> list[str]:
    """Return a text in pieces whose literals take at most ``width`` columns, cut after spaces."""
    pieces: list[str] = []
    start = 0
    while start < len(text):
        end, used, space = start, 2, -1
        while end < len(text) and used + (cost := _columns(text[end])) <= width:
            used += cost
            end += 1
            if text[end - 1] == " ":
                space = end
        if end < len(text) and space > start:
            end = space
        pieces.append(text[start : max(end, start + 1)])
        start = max(end, start + 1)
    return pieces or [""]


def _columns(char: str) -> int:
    shown = repr(char)[1:-1]
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in shown) + (char in "'\"")


def _joined(pieces: Sequence[cst.SimpleString | cst.FormattedString]) -> Expression:
    if len(pieces) == 1:
        return pieces[0]
    joined: cst.SimpleString | cst.FormattedString | cst.ConcatenatedString = pieces[-1]
    for piece in reversed(pieces[:-1]):
        joined = cst.ConcatenatedString(piece, joined)
    return joined.with_changes(**_PARENS)


def formatted(parts: Iterable[str | tuple[Expression, str, bool]], width: int) -> Expression:
    """Return an f-string of texts and (value, format, shown by repr); long texts are split."""
    pieces: list[cst.SimpleString | cst.FormattedString] = []
    held: list[cst.BaseFormattedStringContent] = []
    used = 0
    for part in parts:
        if isinstance(part, str):
            for place, piece in enumerate(split(part, width)):
                if held and (place or used + len(piece) > width):
                    pieces.append(_formatted(held))
                    held, used = [], 0
                held.append(cst.FormattedStringText(_escaped(piece)))
                used += len(piece)
        else:
            value, format_, by_repr = part
            spec = [cst.FormattedStringText(format_)] if format_ else None
            conversion = "r" if by_repr else None
            held.append(cst.FormattedStringExpression(value, conversion=conversion, format_spec=spec))
            used += 12
    pieces.append(_formatted(held))
    return _joined(pieces)


def _formatted(
    held: list[cst.BaseFormattedStringContent],
) -> cst.SimpleString | cst.FormattedString:
    return cst.FormattedString(list(held), start='f"')


def _escaped(text: str) -> str:
    """Return a text as it stands inside a double-quoted f-string."""
    return _body(text).replace("{", "{{").replace("}", "}}")


def argument(value: Expression, keyword: str | None = None) -> cst.Arg:
    """Return an argument of a call; adjacent literals need no parentheses of their own there."""
    bare = value.with_changes(lpar=[], rpar=[]) if isinstance(value, cst.ConcatenatedString) else value
    if keyword is None:
        return cst.Arg(bare)
    tight_equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    return cst.Arg(bare, keyword=cst.Name(keyword), equal=tight_equal)


def call(
    function: Expression, arguments: Sequence[cst.Arg], remarks: Sequence[tuple[int, str]] = ()
) -> cst.Call:
    """Return a call; ``remarks`` are comment lines above the argument of that number."""
    if not remarks:
        return cst.Call(tight(function), list(arguments))
    above = dict(remarks)
    inner = cst.ParenthesizedWhitespace(indent=True, last_line=cst.SimpleWhitespace("    "))
    lines = {place: _comment_above(above.get(place)) for place in range(len(arguments))}
    spaced = [
        one.with_changes(
            comma=(
                cst.Comma(whitespace_after=lines.get(place + 1, inner))
                if place + 1 < len(arguments)
                else cst.Comma(whitespace_after=cst.ParenthesizedWhitespace(indent=True))
            )
        )
        for place, one in enumerate(arguments)
    ]
    return cst.Call(tight(function), spaced, whitespace_before_args=lines[0])


def _comment_above(text: str | None) -> cst.ParenthesizedWhitespace:
    lines = [] if text is None else [comment_line(text).with_changes(whitespace=cst.SimpleWhitespace("    "))]
    return cst.ParenthesizedWhitespace(empty_lines=lines, indent=True, last_line=cst.SimpleWhitespace("    "))


def subscript(base: Expression, keys: Sequence[Expression]) -> cst.Subscript:
    """Return ``base[keys]``."""
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    elements = [
        cst.SubscriptElement(
            cst.Index(key), comma=comma if place + 1 < len(keys) else cst.MaybeSentinel.DEFAULT
        )
        for place, key in enumerate(keys)
    ]
    return cst.Subscript(tight(base), elements)


_COMPARE: Final[dict[str, type[cst.BaseCompOp]]] = {
    "==": cst.Equal, "!=": cst.NotEqual, "<": cst.LessThan, "<=": cst.LessThanEqual, ">": cst.GreaterThan,
    ">=": cst.GreaterThanEqual, "in": cst.In, "not in": cst.NotIn, "is": cst.Is, "is not": cst.IsNot,
}  # fmt: skip


def comparison(left: Expression, operator: str, right: Expression) -> cst.Comparison:
    """Return a comparison."""
    return cst.Comparison(operand(left), [cst.ComparisonTarget(_COMPARE[operator](), operand(right))])


def conjunction(parts: Sequence[Expression]) -> Expression:
    """Return ``a and b and c``."""
    return _chained(cst.And(), parts)


def disjunction(parts: Sequence[Expression]) -> Expression:
    """Return ``a or b or c``."""
    return _chained(cst.Or(), parts)


def _chained(operator: cst.And | cst.Or, parts: Sequence[Expression]) -> Expression:
    joined = _condition(parts[0])
    for part in parts[1:]:
        joined = cst.BooleanOperation(joined, operator, _condition(part))
    return joined


def _condition(value: Expression) -> Expression:
    return (
        value.with_changes(**_PARENS) if isinstance(value, cst.BooleanOperation) and not value.lpar else value
    )


def negation(value: Expression) -> Expression:
    """Return ``not value``."""
    return cst.UnaryOperation(cst.Not(), _condition(value))


_OPERATORS: Final[dict[str, type[cst.BaseBinaryOp]]] = {
    "+": cst.Add,
    "-": cst.Subtract,
    "|": cst.BitOr,
}


def operation(left: Expression, operator: str, right: Expression) -> Expression:
    """Return a sum, difference or union; a chain leans to the left."""
    leaning = left if isinstance(left, cst.BinaryOperation) else operand(left)
    return cst.BinaryOperation(leaning, _OPERATORS[operator](), operand(right))


def operand(value: Expression) -> Expression:
    """Return a value in parentheses unless it binds more tightly than an operator."""
    loose = (cst.Comparison, cst.BooleanOperation, cst.BinaryOperation, cst.GeneratorExp)
    needs = isinstance(value, loose) or (
        isinstance(value, cst.UnaryOperation) and isinstance(value.operator, cst.Not)
    )
    return value.with_changes(**_PARENS) if needs and not value.lpar else value


def tight(value: Expression) -> Expression:
    """Return a value in parentheses unless it may stand before a dot or a bracket."""
    return value if isinstance(value, _TIGHT) or value.lpar else value.with_changes(**_PARENS)


def tuple_of(items: Sequence[Expression]) -> cst.Tuple:
    """Return a tuple in parentheses."""
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace("" if len(items) == 1 else " "))
    last = comma if len(items) == 1 else cst.MaybeSentinel.DEFAULT
    elements = [
        cst.Element(
            item,
            comma=(cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")) if place + 1 < len(items) else last),
        )
        for place, item in enumerate(items)
    ]
    return cst.Tuple(elements)


def dict_of(items: Sequence[tuple[Expression, Expression]]) -> cst.Dict:
    """Return a dict."""
    return cst.Dict([cst.DictElement(key, value) for key, value in items])


def generator(item: Expression, target: str, rows: Expression) -> cst.GeneratorExp:
    """Return ``item for target in rows``, bare: it stands as the only argument of a call."""
    return cst.GeneratorExp(item, cst.CompFor(cst.Name(target), operand(rows)), lpar=[], rpar=[])


def dots() -> cst.Ellipsis:
    """Return the ellipsis."""
    return cst.Ellipsis()


# ------------------------------------------------------------------------------------------- statements


def line(statement: cst.BaseSmallStatement) -> cst.SimpleStatementLine:
    """Return a statement on a line of its own."""
    return cst.SimpleStatementLine([statement])


def do(value: Expression) -> cst.SimpleStatementLine:
    """Return an expression as a statement."""
    return line(cst.Expr(value))


def assign(target: str, value: Expression, annotation: Expression | None = None) -> cst.SimpleStatementLine:
    """Return an assignment."""
    if annotation is None:
        return line(cst.Assign([cst.AssignTarget(cst.Name(target))], value))
    return line(cst.AnnAssign(cst.Name(target), cst.Annotation(annotation), value))


def declare(target: str, annotation: Expression) -> cst.SimpleStatementLine:
    """Return an annotated name without a value."""
    return line(cst.AnnAssign(cst.Name(target), cst.Annotation(annotation), None))


def give_up(value: Expression) -> cst.SimpleStatementLine:
    """Return ``raise value``."""
    return line(cst.Raise(value))


def give_back(value: Expression | None) -> cst.SimpleStatementLine:
    """Return ``return value``."""
    return line(cst.Return(value))


def leave() -> cst.SimpleStatementLine:
    """Return ``break``."""
    return line(cst.Break())


def nothing() -> cst.SimpleStatementLine:
    """Return ``pass``."""
    return line(cst.Pass())


def if_chain(
    arms: Sequence[tuple[Expression, cst.IndentedBlock]], otherwise: cst.IndentedBlock | None
) -> cst.If:
    """Return ``if``, ``elif`` and ``else``."""
    after: cst.If | cst.Else | None = None if otherwise is None else cst.Else(otherwise)
    for test, block in reversed(arms[1:]):
        after = cst.If(test, block, orelse=after)
    return cst.If(arms[0][0], arms[0][1], orelse=after)


def loop(
    target: str, rows: Expression, block: cst.IndentedBlock, otherwise: cst.IndentedBlock | None
) -> cst.For:
    """Return a ``for`` loop, with its ``else`` if it has one."""
    return cst.For(cst.Name(target), rows, block, orelse=None if otherwise is None else cst.Else(otherwise))


def with_(items: Sequence[tuple[Expression, str]], block: cst.IndentedBlock) -> cst.With:
    """Return a ``with`` over several context managers."""
    held = [cst.WithItem(value, cst.AsName(cst.Name(target))) for value, target in items]
    return cst.With(held, block)


def comment_line(text: str) -> cst.EmptyLine:
    """Return a comment line."""
    return cst.EmptyLine(comment=cst.Comment(f"# {text}"))


def led(statement: Statement, lines: Sequence[cst.EmptyLine]) -> Statement:
    """Return a statement below comment lines and empty lines."""
    return statement.with_changes(leading_lines=list(lines)) if lines else statement


def empty_line() -> cst.EmptyLine:
    """Return an empty line."""
    return cst.EmptyLine(indent=False)


def docstring(text: str) -> cst.SimpleStatementLine:
    """Return a docstring of sanitised text; further paragraphs are its further lines."""
    return line(cst.Expr(cst.SimpleString(f'"""{text}"""')))
