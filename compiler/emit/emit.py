"""Plan -> Python text. Decides nothing: names, order and imports are the plan's.

The text is proved as it is written: it parses back to the tree that was built (which catches lost
parentheses and keywords taken as names), and formatting leaves its syntax tree as it was.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, assert_never

import libcst as cst

from compiler.emit import syntax
from compiler.emit.imports import imports
from compiler.emit.prose import wrapped
from compiler.emit.same import same_syntax
from compiler.errors import InternalError
from compiler.ir import plan

LINE_LENGTH: Final = 88
_DEEPEST: Final = 20
"""The columns before an argument in a body that is nested as deep as outlining allows."""

LONG_NAMES: Final = "ruff: noqa: E501"

Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement


def emit_module(module: plan.Module, *, format: bool = True) -> str:
    """Return the text of a module, formatted by Black unless ``format`` is false.

    Raises:
        InternalError: The text is not the tree that was built.
    """
    text = _emit(module, format=format)
    if format and any(len(line) > LINE_LENGTH for line in text.splitlines()):
        # Only a name that is longer than a line may be cannot be split.
        text = _emit(module, format=format, extra=(LONG_NAMES,))
    return text


def _emit(module: plan.Module, *, format: bool, extra: tuple[str, ...] = ()) -> str:
    tree = _module(module, extra)
    text = tree.code
    try:
        parsed = cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        raise InternalError(f"the text of {module.name} is no Python: {error.message}") from error
    if not same_syntax(parsed, tree):
        raise InternalError(f"the text of {module.name} does not parse to the tree that was built")
    return formatted(text) if format else text


def formatted(text: str) -> str:
    """Return a text as Black formats it, with the same syntax tree."""
    # Half of the time that emission takes; a harness that nobody reads goes without.
    from black import Mode, format_str
    from black.mode import TargetVersion

    mode = Mode(target_versions={TargetVersion.PY311}, line_length=LINE_LENGTH)
    after = format_str(text, mode=mode)
    if ast.dump(ast.parse(text)) != ast.dump(ast.parse(after)):
        raise InternalError("formatting changed the meaning of the emitted text")
    return after


def _module(module: plan.Module, extra: tuple[str, ...]) -> cst.Module:
    head = [syntax.comment_line(line) for line in (*module.header, *extra)]
    title = syntax.docstring(module.doc)
    found = imports(module)
    body: list[Statement] = [title]
    for place, statement in enumerate(found):
        body.append(statement.with_changes(leading_lines=[syntax.empty_line()]) if place == 0 else statement)
    for item in module.items:
        body.append(_item(item))
    return cst.Module(body=body, header=[*head, syntax.empty_line()])


def _item(item: plan.Constant | plan.Class | plan.Function) -> Statement:
    match item:
        case plan.Constant(name=name, value=value, remarks=remarks):
            lines = [
                syntax.comment_line(line) for remark in remarks for line in wrapped(remark, LINE_LENGTH - 2)
            ]
            return syntax.led(syntax.assign(name, term(value)), [syntax.empty_line(), *lines])
        case plan.Class():
            return _class(item)
        case plan.Function():
            return _function(item, depth=0)
        case _:
            assert_never(item)


def _class(item: plan.Class) -> cst.ClassDef:
    body: list[Statement] = [syntax.docstring(item.doc)]
    for place, field in enumerate(item.fields):
        statement = _attribute(field)
        body.append(statement.with_changes(leading_lines=[syntax.empty_line()]) if place == 0 else statement)
    body.extend(_function(method, depth=1) for method in item.methods)
    return cst.ClassDef(
        name=cst.Name(item.name),
        bases=[cst.Arg(term(item.base))],
        body=cst.IndentedBlock(body),
        leading_lines=[syntax.empty_line(), syntax.empty_line()],
        lpar=cst.LeftParen(),
        rpar=cst.RightParen(),
    )


def _attribute(field: plan.Attribute) -> cst.SimpleStatementLine:
    if field.annotation is None:
        if field.value is None:
            raise InternalError(f"field {field.name} has neither a type nor a value")
        return syntax.assign(field.name, term(field.value))
    if field.value is None:
        return syntax.declare(field.name, term(field.annotation))
    return syntax.assign(field.name, term(field.value), term(field.annotation))


def _function(item: plan.Function, depth: int) -> cst.FunctionDef:
    doc = syntax.docstring(_doc_text(item.doc, indent="    " * (depth + 1)))
    parameters = cst.Parameters(
        params=[_parameter(one) for one in item.parameters],
        star_arg=cst.ParamStar() if item.keyword_only else cst.MaybeSentinel.DEFAULT,
        kwonly_params=[_parameter(one) for one in item.keyword_only],
    )
    gap = [syntax.empty_line()] * (1 if depth else 2)
    return cst.FunctionDef(
        name=cst.Name(item.name),
        params=parameters,
        body=cst.IndentedBlock([doc, *statements(item.body)]),
        decorators=[cst.Decorator(term(one)) for one in item.decorators],
        returns=cst.Annotation(term(item.returns)),
        leading_lines=gap,
    )


def _doc_text(doc: tuple[str, ...], indent: str) -> str:
    if len(doc) == 1:
        return doc[0]
    further = "\n\n".join("\n".join(f"{indent}{line}" for line in part.splitlines()) for part in doc[1:])
    return f"{doc[0]}\n\n{further}\n{indent}"


def _parameter(parameter: plan.Parameter) -> cst.Param:
    spaced = cst.SimpleWhitespace(" ")
    with_default = parameter.default is not None and parameter.annotation is not None
    equal = cst.AssignEqual(spaced, spaced) if with_default else cst.MaybeSentinel.DEFAULT
    return cst.Param(
        name=cst.Name(parameter.name),
        annotation=(None if parameter.annotation is None else cst.Annotation(term(parameter.annotation))),
        default=None if parameter.default is None else term(parameter.default),
        equal=equal,
        star="",
    )


# ------------------------------------------------------------------------------------------- statements


def statements(body: Sequence[plan.Statement]) -> list[Statement]:
    """Return the statements of a body; an empty line follows what is nested, except between guards."""
    made: list[Statement] = []
    remarks: list[cst.EmptyLine] = []
    before: plan.Statement | None = None
    for place, statement in enumerate(body):
        if isinstance(statement, plan.Remark):
            if place and statement == body[place - 1]:
                continue
            remarks.extend(syntax.comment_line(line) for line in wrapped(statement.text, 68))
            continue
        nested = isinstance(before, plan.If | plan.For | plan.With)
        guards = _is_guard(before) and isinstance(statement, plan.If) and not remarks
        gap = [syntax.empty_line()] if nested and not guards else []
        made.append(syntax.led(_statement(statement), [*gap, *remarks]))
        remarks, before = [], statement
    if not made:
        made.append(syntax.led(syntax.nothing(), remarks))
    return made


def _is_guard(statement: plan.Statement | None) -> bool:
    """Return whether a statement is one test and what follows from it: such tests stand together."""
    return isinstance(statement, plan.If) and len(statement.arms) == 1 and statement.otherwise is None


def _block(body: Sequence[plan.Statement]) -> cst.IndentedBlock:
    return cst.IndentedBlock(statements(body))


def _statement(statement: plan.Statement) -> Statement:
    match statement:
        case plan.Assign() | plan.Do() | plan.Raise() | plan.Return() | plan.Break() | plan.Pass():
            return _simple(statement)
        case plan.If(arms=arms, otherwise=otherwise):
            chain = [(term(test), _block(block.body)) for test, block in arms]
            return syntax.if_chain(chain, None if otherwise is None else _block(otherwise.body))
        case plan.For(name=name, rows=rows, block=block, otherwise=otherwise):
            rest = None if otherwise is None else _block(otherwise.body)
            return syntax.loop(name, term(rows), _block(block.body), rest)
        case plan.With(items=items, body=body):
            return syntax.with_([(term(value), name) for value, name in items], _block(body))
        case plan.Remark() | plan.Tail():
            raise InternalError(f"{type(statement).__name__} is no statement of its own")
        case _:
            assert_never(statement)


def _simple(
    statement: plan.Assign | plan.Do | plan.Raise | plan.Return | plan.Break | plan.Pass,
) -> cst.SimpleStatementLine:
    match statement:
        case plan.Assign(name=name, value=value, annotation=annotation):
            return syntax.assign(name, term(value), _maybe(annotation))
        case plan.Do(value=value):
            return syntax.do(term(value))
        case plan.Raise(value=value):
            return syntax.give_up(term(value))
        case plan.Return(value=result):
            return syntax.give_back(_maybe(result))
        case plan.Break():
            return syntax.leave()
        case plan.Pass():
            return syntax.nothing()
        case _:
            assert_never(statement)


def _maybe(value: plan.Term | None) -> syntax.Expression | None:
    return None if value is None else term(value)


# ------------------------------------------------------------------------------------------- expressions


def term(value: plan.Term) -> syntax.Expression:
    """Return a term as syntax."""
    match value:
        case plan.Name() | plan.Imported() | plan.Scalar() | plan.Dots():
            return _leaf(value)
        case plan.Member(base=base, name=name):
            return syntax.attribute(term(base), name)
        case plan.Invoke():
            return _call(value)
        case plan.Index(base=base, keys=keys):
            return syntax.subscript(term(base), [term(key) for key in keys])
        case plan.Test() | plan.Every() | plan.Some() | plan.Not() | plan.Operate():
            return _operation(value)
        case plan.Text() | plan.Items() | plan.Pairs() | plan.Gather():
            return _display(value)
        case _:
            assert_never(value)


def _leaf(value: plan.Name | plan.Imported | plan.Scalar | plan.Dots) -> syntax.Expression:
    match value:
        case plan.Name(id=name):
            return syntax.name(name)
        case plan.Imported(name=name, alias=alias):
            return syntax.name(alias or name)
        case plan.Scalar(value=scalar, width=width):
            return syntax.scalar(scalar, width)
        case plan.Dots():
            return syntax.dots()
        case _:
            assert_never(value)


def _operation(value: plan.Test | plan.Every | plan.Some | plan.Not | plan.Operate) -> syntax.Expression:
    match value:
        case plan.Test(left=left, op=op, right=right):
            return syntax.comparison(term(left), op, term(right))
        case plan.Every(parts=parts):
            return syntax.conjunction([term(part) for part in parts])
        case plan.Some(parts=parts):
            return syntax.disjunction([term(part) for part in parts])
        case plan.Not(value=inner):
            return syntax.negation(term(inner))
        case plan.Operate(left=left, op=sign, right=right):
            return syntax.operation(term(left), sign, term(right))
        case _:
            assert_never(value)


def _display(value: plan.Text | plan.Items | plan.Pairs | plan.Gather) -> syntax.Expression:
    match value:
        case plan.Text(parts=parts):
            return syntax.formatted(_text_parts(parts), 58)
        case plan.Items(items=items):
            return syntax.tuple_of([term(item) for item in items])
        case plan.Pairs(items=pairs):
            return syntax.dict_of([(term(key), term(item)) for key, item in pairs])
        case plan.Gather(item=item, name=name, rows=rows):
            gathered = syntax.generator(term(item), name, term(rows))
            return syntax.call(syntax.name("tuple"), [syntax.argument(gathered)])
        case _:
            assert_never(value)


def _text_parts(
    parts: tuple[str | plan.Fill, ...],
) -> list[str | tuple[syntax.Expression, str, bool]]:
    return [part if isinstance(part, str) else (term(part.value), part.format, part.quoted) for part in parts]


def _call(value: plan.Invoke) -> cst.Call:
    above = dict(value.remarks)
    arguments = [syntax.argument(term(one)) for one in value.args]
    arguments.extend(syntax.argument(term(_roomy(one, key)), key) for key, one in value.keywords)
    places = [
        (len(value.args) + place, above[key]) for place, (key, _) in enumerate(value.keywords) if key in above
    ]
    return syntax.call(term(value.function), arguments, places)


def _roomy(value: plan.Term, key: str) -> plan.Term:
    """Return a text that takes as much of a line as its keyword leaves, however deep it stands."""
    if isinstance(value, plan.Scalar) and value.width == plan.NARROW:
        return replace(value, width=max(plan.NARROW // 2, LINE_LENGTH - _DEEPEST - len(key) - len('="",')))
    return value
