"""dump_program: a program as stable text that a person can follow and that tests compare.

Every line of a node ends in its support. Texts are JSON literals in ASCII, so hostile text stays on its line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import assert_never

from compiler.ir.expr import (
    AsText,
    Attr,
    Between,
    Case,
    Combine,
    Const,
    Each,
    Expr,
    FormatTime,
    JoinRows,
    ListOf,
    Lookup,
    Measure,
    Now,
    ParseTime,
    Pick,
    Piece,
    Record,
    Ref,
    RequestField,
    Scaled,
    Shift,
    Template,
    Where,
    Without,
)
from compiler.ir.program import (
    Answered,
    Arm,
    Ask,
    Block,
    Both,
    Branch,
    CallEither,
    CallTool,
    Compare,
    Deviate,
    Either,
    Field,
    ForEach,
    Guard,
    HandOver,
    Let,
    Node,
    OnEmpty,
    OnLength,
    Only,
    OnText,
    Pattern,
    Program,
    Question,
    Request,
    Slot,
    Stop,
    Support,
    Switch,
    SwitchCase,
    Until,
)
from compiler.ir.run import JSON


def dump_program(program: Program) -> str:
    """Return a program as text, ending in a newline."""
    return "".join(f"{line}\n" for line in _program(program))


def _program(program: Program) -> Iterator[str]:
    limits = program.limits
    yield f"program {_text(program.name)}"
    yield f"  tasks {program.tasks}, runs {len(program.runs)}"
    attempts = f", {limits.attempts} attempts at a read" if limits.attempts > 1 else ""
    yield f"  at most {limits.tool_calls} tool calls, {limits.questions} questions{attempts}"
    for note in program.notes:
        yield f"  note {_text(note)}"
    yield ""
    yield from _request(program.request)
    for question in program.questions:
        yield ""
        yield from _question(question, program.request)
    yield ""
    yield "body"
    yield from _block(program.body, 1)


def _text(value: JSON) -> str:
    return json.dumps(value, ensure_ascii=True)


def _support(support: Support) -> str:
    return f"  # {support.tasks}/{support.reached}"


def _request(request: Request) -> Iterator[str]:
    yield f"request {request.form}{', no other keys' if request.closed else ''}"
    for one in request.fields:
        yield from _field(one)
    for pattern in request.patterns:
        yield f"  pattern {_pattern(pattern)}{_support(pattern.support)}"
    if request.unseen is not None:
        yield f"  unseen {request.unseen}"
    if request.question is not None:
        yield f"  otherwise {request.question}"


def _field(one: Field) -> Iterator[str]:
    yield f"  field {_id(one.name)}: {one.kind}{' or none' if one.optional else ''}"
    if one.path:
        yield f"    at {_text(list(one.path))}{' if there' if one.absent else ''}"
    for said, value in one.choices:
        yield f"    {'only' if one.closed else 'or'} {_text(said)} = {_text(value)}"
    if one.schema is not None:
        yield f"    schema {json.dumps(one.schema, sort_keys=True)}"
    if one.fills:
        yield f"    fills {', '.join(_text(place) for place in one.fills)}"
    if one.examples:
        yield f"    such as {', '.join(_text(example) for example in one.examples)}"


def _pattern(pattern: Pattern) -> str:
    return " ".join(_slot(part) if isinstance(part, Slot) else _text(part) for part in pattern.parts)


def _question(question: Question, request: Request) -> Iterator[str]:
    yield f"question {question.name}: {question.kind}{_support(question.support)}"
    yield f"  text {_text(question.text)}"
    if question.labels:
        yield f"  labels {', '.join(_text(label) for label in question.labels)}"
    if question.fields and question.fields == request.fields:
        yield "  reads the fields of the request"
    else:
        for one in question.fields:
            yield from _field(one)
    if question.why:
        yield f"  why {_text(question.why)}"


def _block(block: Block, depth: int) -> Iterator[str]:
    for node in block:
        yield from _node(node, depth)


def _node(node: Node, depth: int) -> Iterator[str]:
    pad = "  " * depth
    match node:
        case CallTool() | Let() | Only() | Ask():
            yield from _binding(node, pad)
        case CallEither() | Switch():
            yield from _either(node, pad) if isinstance(node, CallEither) else _switch(node, pad)
        case Stop() | Deviate() | HandOver():
            yield f"{pad}{_end(node)}{_support(node.support)}"
        case OnLength(rows=rows, cap=cap, support=support):
            yield f"{pad}deviate if {dump_expr(rows)} has {cap} or more{_support(support)}"
        case OnText() | OnEmpty():
            yield from _absent(node, depth)
        case Branch() | ForEach() | Until():
            yield from _nested(node, depth)
        case _:
            assert_never(node)


def _end(node: Stop | Deviate | HandOver) -> str:
    match node:
        case Stop():
            return "stop"
        case Deviate(message=message):
            return f"deviate {_text(message)}"
        case HandOver(reason=reason):
            return f"hand over {_text(reason)}, after {node.made} of {node.calls} calls of {node.runs} runs"
        case _:
            assert_never(node)


def _binding(node: CallTool | Let | Only | Ask, pad: str) -> Iterator[str]:
    name, support = f"{pad}%{_id(node.id)} =", _support(node.support)
    match node:
        case CallTool(tool=tool, effect=effect, arguments=arguments):
            yield f"{name} {effect} {_text(tool)}{_selected(node)}{support}"
            for key, argument in arguments:
                yield f"{pad}    {_text(key)}: {dump_expr(argument)}"
        case Let(rivals=(value,)):
            yield f"{name} {dump_expr(value)}{support}"
        case Let(rivals=rivals, question=question):
            yield f"{name} what these agree on, else ask {question}{support}"
            for rival in rivals:
                yield f"{pad}    {dump_expr(rival)}"
        case Only(rows=rows, question=question):
            yield f"{name} the only one of {dump_expr(rows)}, else ask {question}{support}"
        case Ask(question=question):
            yield f"{name} ask {question}{_asked(node)}{support}"
        case _:
            assert_never(node)


def _either(node: CallEither, pad: str) -> Iterator[str]:
    yield f"{pad}%{_id(node.id)} = either{_support(node.support)}"
    for option in node.options:
        yield f"{pad}  given {', '.join(f'request.{_id(name)}' for name in option.needs)}"
        yield from _binding(option.call, f"{pad}    ")


def _selected(node: CallTool) -> str:
    if node.selector is None:
        return ""
    known = ", ".join(_text(tool) for tool in node.alternatives)
    return f" selected by {dump_expr(node.selector)} from {known}"


def _asked(node: Ask) -> str:
    options = "" if node.options is None else f" of {dump_expr(node.options)}"
    facts = f" seeing {', '.join(f'%{_id(fact)}' for fact in node.facts)}" if node.facts else ""
    tests = "".join(f" unless stated for {test.how} of {dump_expr(test.value)}" for test in node.tests)
    return options + facts + (" if there are several" if node.if_many else "") + tests


def _slot(slot: Slot) -> str:
    return f"<a {slot.gap}>" if slot.gap else f"<{' and '.join(map(_id, (slot.field, *slot.also)))}>"


def _switch(node: Switch, pad: str) -> Iterator[str]:
    yield f"{pad}%{_id(node.id)} = by {dump_expr(node.on)}{_support(node.support)}"
    for case in node.cases:
        yield f"{pad}    {', '.join(map(_text, case.values))}: {_case(case)}"
    yield f"{pad}    else {'deviate' if node.otherwise is None else _case(node.otherwise)}"


def _case(case: SwitchCase) -> str:
    value = dump_expr(case.value)
    if case.ask is not None:
        value += f" with %{_id(case.ask.id)} = ask {case.ask.question}{_asked(case.ask)}"
    return value + _support(case.support)


def _absent(node: OnText | OnEmpty, depth: int) -> Iterator[str]:
    pad = "  " * depth
    match node:
        case OnText(ref=ref, cases=(), support=support):
            yield f"{pad}deviate if %{_id(ref)} is a text{_support(support)}"
        case OnEmpty(rows=rows, body=(), support=support):
            yield f"{pad}deviate if {dump_expr(rows)} is empty{_support(support)}"
        case OnText(ref=ref, cases=cases, support=support):
            yield f"{pad}if %{_id(ref)} is a text{_support(support)}"
            for case in cases:
                yield f"{pad}  case {_text(case.text)}{_support(case.support)}"
                yield from _block(case.body, depth + 2)
            yield f"{pad}  else deviate"
        case OnEmpty(rows=rows, body=body, support=support):
            yield f"{pad}if {dump_expr(rows)} is empty{_support(support)}"
            yield from _block(body, depth + 1)
        case _:
            assert_never(node)


def _nested(node: Branch | ForEach | Until, depth: int) -> Iterator[str]:
    pad = "  " * depth
    match node:
        case Branch(arms=arms, unseen=unseen, confidence=confidence):
            bound = "" if confidence is None else f", right at least {confidence:.4f}"
            for value, low, high in node.gaps:
                bound += f", {dump_expr(value)} not seen between {low} and {high}"
            yield f"{pad}branch{bound}"
            for arm in arms:
                yield from _arm(arm, depth + 1)
            yield f"{pad}  else deviate {_text(unseen)}"
        case ForEach():
            times = f"{node.least} to {node.most} times"
            yield f"{pad}for %{_id(node.id)} in {dump_expr(node.rows)}, {times}{_support(node.support)}"
            yield from _block(node.body, depth + 1)
        case Until(call=call, done=done, repair=repair, most=most, support=support):
            yield f"{pad}until {dump_guard(done)}, else repair at most {most} times{_support(support)}"
            yield from _node(call, depth + 1)
            yield f"{pad}  repair"
            yield from _block(repair, depth + 2)
        case _:
            assert_never(node)


def _arm(arm: Arm, depth: int) -> Iterator[str]:
    yield f"{'  ' * depth}when {dump_guard(arm.guard)}{_support(arm.support)}"
    yield from _block(arm.body, depth + 1)


def dump_guard(guard: Guard) -> str:
    """Return a guard on one line."""
    match guard:
        case Compare(left=left, op=op, right=right):
            return f"{dump_expr(left)} {op} {dump_expr(right)}"
        case Both(left=left_guard, right=right_guard):
            return f"({dump_guard(left_guard)} and {dump_guard(right_guard)})"
        case Either(left=left_guard, right=right_guard):
            return f"({dump_guard(left_guard)} or {dump_guard(right_guard)})"
        case Answered(id=id_, label=label):
            return f"%{_id(id_)} answers {_text(label)}"
        case _:
            assert_never(guard)


def dump_expr(expr: Expr) -> str:
    """Return an expression on one line."""
    match expr:
        case Const() | Ref() | RequestField() | Now():
            return _leaf(expr)
        case Attr() | Pick() | Each() | Where() | Measure():
            return _row_expr(expr)
        case FormatTime() | ParseTime() | Shift() | Combine():
            return _time_expr(expr)
        case Case() | AsText() | Template():
            return _text_expr(expr)
        case Lookup() | Piece() | Between() | Scaled() | Without() | JoinRows():
            return _made_expr(expr)
        case ListOf() | Record():
            return _composed_expr(expr)
        case _:
            assert_never(expr)


def _leaf(expr: Const | Ref | RequestField | Now) -> str:
    match expr:
        case Const(value=value):
            return _text(value)
        case Ref(id=id_):
            return f"%{_id(id_)}"
        case RequestField(name=name):
            return f"request.{_id(name)}"
        case Now():
            return "now"
        case _:
            assert_never(expr)


def _composed_expr(expr: ListOf | Record) -> str:
    match expr:
        case ListOf(items=items):
            return f"[{', '.join(dump_expr(item) for item in items)}]"
        case Record(items=pairs):
            return f"{{{', '.join(f'{_text(key)}: {dump_expr(value)}' for key, value in pairs)}}}"
        case _:
            assert_never(expr)


def _row_expr(expr: Attr | Pick | Each | Where | Measure) -> str:
    match expr:
        case Attr(base=base, key=key):
            return f"{dump_expr(base)}.{_id(key)}"
        case Pick(rows=rows, how=how, by=by):
            return f"{how}({dump_expr(rows)}{'' if by is None else f', by {_id(by)}'})"
        case Each(rows=rows, key=key):
            return f"each({dump_expr(rows)}, {_id(key)})"
        case Where(rows=rows, key=place, op=op, value=value):
            shown = "itself" if place is None else _id(place)
            return f"where({dump_expr(rows)}, {shown} {op} {dump_expr(value)})"
        case Measure(base=base, how=how):
            return f"{how}({dump_expr(base)})"
        case _:
            assert_never(expr)


def _made_expr(expr: Lookup | Piece | Between | Scaled | Without | JoinRows) -> str:
    match expr:
        case Lookup(base=base, key=wanted):
            return f"{dump_expr(base)}[{dump_expr(wanted)}]"
        case Piece(base=base, separator=separator, index=index):
            return f"piece({dump_expr(base)}, {_text(separator)}, {index})"
        case Between(base=base, after=after, before=before):
            return f"between({dump_expr(base)}, {_text(after)}, {_text(before)})"
        case Scaled(base=base, factor=factor, digits=digits):
            return f"scaled({dump_expr(base)}, {factor}{'' if digits is None else f', {digits} digits'})"
        case Without(rows=rows, others=others):
            return f"without({dump_expr(rows)}, {dump_expr(others)})"
        case JoinRows(rows=rows, separator=separator):
            return f"join({dump_expr(rows)}, by {_text(separator)})"
        case _:
            assert_never(expr)


def _text_expr(expr: Case | AsText | Template) -> str:
    match expr:
        case Case(base=base, how=how):
            return f"{how}({dump_expr(base)})"
        case AsText(base=base, format=format_):
            return f"text({dump_expr(base)}{f', {_text(format_)}' if format_ else ''})"
        case Template(parts=parts):
            return f"join({', '.join(dump_expr(part) for part in parts)})"
        case _:
            assert_never(expr)


def _time_expr(expr: FormatTime | ParseTime | Shift | Combine) -> str:
    match expr:
        case FormatTime(base=base, format=format_):
            return f"format({dump_expr(base)}, {_text(format_)})"
        case ParseTime(base=base, format=written):
            return f"moment({dump_expr(base)}{'' if written is None else f', {_text(written)}'})"
        case Shift(base=base, unit=unit, amount=amount):
            return f"shift({dump_expr(base)}, {unit} {dump_expr(amount)})"
        case Combine(day=day, time=time):
            return f"combine({dump_expr(day)}, {dump_expr(time)})"
        case _:
            assert_never(expr)


def _id(name: str) -> str:
    """Return a name bare where it is an ASCII identifier, else as a literal."""
    return name if name.isascii() and name.isidentifier() else _text(name)
