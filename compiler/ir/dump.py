"""dump_program: a program as stable text that a person can follow and that tests compare.

Every line of a node ends in its support. Texts are JSON literals in ASCII, so hostile text stays on its line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import assert_never

from compiler.ir.dump_expr import bare, dump_expr, literal
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
    Holds,
    Leave,
    Let,
    Node,
    OnEmpty,
    OnLength,
    Only,
    OnText,
    Pages,
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


def dump_program(program: Program) -> str:
    """Return a program as text, ending in a newline."""
    return "".join(f"{line}\n" for line in _program(program))


def _program(program: Program) -> Iterator[str]:
    limits = program.limits
    yield f"program {literal(program.name)}"
    yield f"  tasks {program.tasks}, runs {len(program.runs)}"
    attempts = f", {limits.attempts} attempts at a read" if limits.attempts > 1 else ""
    yield f"  at most {limits.tool_calls} tool calls, {limits.questions} questions{attempts}"
    for note in program.notes:
        yield f"  note {literal(note)}"
    yield ""
    yield from _request(program.request)
    for question in program.questions:
        yield ""
        yield from _question(question, program.request)
    yield ""
    yield "body"
    yield from _block(program.body, 1)


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
    yield f"  field {bare(one.name)}: {one.kind}{' or none' if one.optional else ''}"
    if one.path:
        yield f"    at {literal(list(one.path))}{' if there' if one.absent else ''}"
    for said, value in one.choices:
        yield f"    {'only' if one.closed else 'or'} {literal(said)} = {literal(value)}"
    if one.schema is not None:
        yield f"    schema {json.dumps(one.schema, sort_keys=True)}"
    if one.fills:
        yield f"    fills {', '.join(literal(place) for place in one.fills)}"
    if one.examples:
        yield f"    such as {', '.join(literal(example) for example in one.examples)}"


def _pattern(pattern: Pattern) -> str:
    return " ".join(_slot(part) if isinstance(part, Slot) else literal(part) for part in pattern.parts)


def _question(question: Question, request: Request) -> Iterator[str]:
    yield f"question {question.name}: {question.kind}{_support(question.support)}"
    yield f"  text {literal(question.text)}"
    if question.labels:
        yield f"  labels {', '.join(literal(label) for label in question.labels)}"
    if question.fields and question.fields == request.fields:
        yield "  reads the fields of the request"
    else:
        for one in question.fields:
            yield from _field(one)
    if question.why:
        yield f"  why {literal(question.why)}"


def _block(block: Block, depth: int) -> Iterator[str]:
    for node in block:
        yield from _node(node, depth)


def _node(node: Node, depth: int) -> Iterator[str]:
    pad = "  " * depth
    match node:
        case CallTool() | Let() | Only() | Ask():
            yield from _binding(node, pad)
        case Pages():
            yield from _pages(node, pad)
        case CallEither() | Switch():
            yield from _either(node, pad) if isinstance(node, CallEither) else _switch(node, pad)
        case Stop() | Deviate() | HandOver() | Leave():
            yield f"{pad}{_end(node)}{_support(node.support)}"
        case OnLength(rows=rows, cap=cap, support=support):
            yield f"{pad}deviate if {dump_expr(rows)} has {cap} or more{_support(support)}"
        case OnText() | OnEmpty():
            yield from _absent(node, depth)
        case Branch() | ForEach() | Until():
            yield from _nested(node, depth)
        case _:
            assert_never(node)


def _pages(node: Pages, pad: str) -> Iterator[str]:
    most = f"all pages, {node.most} at most{_support(node.support)}"
    yield f"{pad}%{bare(node.id)} = {dump_expr(node.rows)} of {most}"
    yield f"{pad}    {literal(node.argument)}: {dump_expr(node.cursor)} of the last, while there is one"
    yield from _binding(node.call, f"{pad}  ")


def _end(node: Stop | Deviate | HandOver | Leave) -> str:
    match node:
        case Leave():
            return "end the walk"
        case Stop():
            return "stop"
        case Deviate(message=message):
            return f"deviate {literal(message)}"
        case HandOver(reason=reason):
            return f"hand over {literal(reason)}, after {node.made} of {node.calls} calls of {node.runs} runs"
        case _:
            assert_never(node)


def _binding(node: CallTool | Let | Only | Ask, pad: str) -> Iterator[str]:
    name, support = f"{pad}%{bare(node.id)} =", _support(node.support)
    match node:
        case CallTool(tool=tool, effect=effect, arguments=arguments):
            yield f"{name} {effect} {literal(tool)}{_selected(node)}{support}"
            for key, argument in arguments:
                yield f"{pad}    {literal(key)}: {dump_expr(argument)}"
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
    yield f"{pad}%{bare(node.id)} = either{_support(node.support)}"
    for option in node.options:
        yield f"{pad}  given {', '.join(f'request.{bare(name)}' for name in option.needs)}"
        yield from _binding(option.call, f"{pad}    ")


def _selected(node: CallTool) -> str:
    if node.selector is None:
        return ""
    known = ", ".join(literal(tool) for tool in node.alternatives)
    return f" selected by {dump_expr(node.selector)} from {known}"


def _asked(node: Ask) -> str:
    options = "" if node.options is None else f" of {dump_expr(node.options)}"
    facts = f" seeing {', '.join(f'%{bare(fact)}' for fact in node.facts)}" if node.facts else ""
    tests = "".join(map(_tested, node.tests))
    return options + facts + (" if there are several" if node.if_many else "") + tests


def _tested(test: Holds) -> str:
    none = "" if test.none is None else f" or {literal(test.none)}"
    return f" unless stated for {test.how} of {dump_expr(test.value)}{none}"


def _slot(slot: Slot) -> str:
    return f"<a {slot.gap}>" if slot.gap else f"<{' and '.join(map(bare, (slot.field, *slot.also)))}>"


def _switch(node: Switch, pad: str) -> Iterator[str]:
    yield f"{pad}%{bare(node.id)} = by {dump_expr(node.on)}{_support(node.support)}"
    for case in node.cases:
        yield f"{pad}    {', '.join(map(literal, case.values))}: {_case(case)}"
    yield f"{pad}    else {'deviate' if node.otherwise is None else _case(node.otherwise)}"


def _case(case: SwitchCase) -> str:
    value = dump_expr(case.value)
    if case.ask is not None:
        value += f" with %{bare(case.ask.id)} = ask {case.ask.question}{_asked(case.ask)}"
    return value + _support(case.support)


def _absent(node: OnText | OnEmpty, depth: int) -> Iterator[str]:
    pad = "  " * depth
    match node:
        case OnText(ref=ref, cases=(), support=support):
            yield f"{pad}deviate if %{bare(ref)} is a text{_support(support)}"
        case OnEmpty(rows=rows, body=(), support=support):
            yield f"{pad}deviate if {dump_expr(rows)} is empty{_support(support)}"
        case OnText(ref=ref, cases=cases, support=support):
            yield f"{pad}if %{bare(ref)} is a text{_support(support)}"
            for case in cases:
                yield f"{pad}  case {literal(case.text)}{_support(case.support)}"
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
            yield f"{pad}  else deviate {literal(unseen)}"
        case ForEach():
            times = f"{node.least} to {node.most} times"
            yield f"{pad}for %{bare(node.id)} in {dump_expr(node.rows)}, {times}{_support(node.support)}"
            yield from _block(node.body, depth + 1)
            if node.otherwise is not None:
                yield f"{pad}  where no element ended the walk{_support(node.otherwise.support)}"
                yield from _block(node.otherwise.body, depth + 2)
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
            return f"%{bare(id_)} answers {literal(label)}"
        case _:
            assert_never(guard)
