"""Say in few words where a value comes from, what a guard tests, and what each node's value is called.

The same value has the same name in the flow graph and in the evidence. Names are those of the program's own
tools and questions, as harness.py has them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import assert_never

from compiler.ir.expr import (
    Amount,
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
    Nth,
    ParseTime,
    Pick,
    Piece,
    Ranked,
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
    Ask,
    Block,
    Both,
    Branch,
    CallEither,
    CallTool,
    Compare,
    Either,
    ForEach,
    Guard,
    HandOver,
    Leave,
    Let,
    Node,
    OnEmpty,
    Only,
    OnText,
    Pages,
    Program,
    QuestionKind,
    Switch,
    Until,
)
from compiler.ir.run import JSON

Names = Mapping[str, str]
"""What to call the value that a node bound, by the node's id."""

SELECTED = "the selected tool"


def value_names(program: Program) -> dict[str, str]:
    """Name what the nodes of a program bind: a result after its tool, an answer after its question.

    Where a tool is called in several places, the later ones are numbered: ``email.send (2nd call)``.
    """
    kinds = {question.name: question.kind for question in program.questions}
    names: dict[str, str] = {}
    calls: Counter[str] = Counter()
    for node in nodes_of(program.body):
        match node:
            case Pages(id=id_, call=CallTool(tool=tool)):
                names[id_] = f"all pages of {tool}"
            case CallTool(id=id_, tool=tool, selector=selector):
                name = tool if selector is None else SELECTED
                calls[name] += 1
                names[id_] = name if calls[name] == 1 else f"{name} ({ordinal(calls[name])} call)"
            case CallEither(id=id_, options=options):
                names[id_] = " or ".join(option.call.tool for option in options)
            case Ask(id=id_, question=question):
                names[id_] = _answer_name(question, kinds.get(question))
            case Let() | Only() | ForEach() | Switch():
                names[node.id] = _settled_name(node, names)
            case _:
                pass
    return names


def _settled_name(node: Let | Only | ForEach | Switch, names: dict[str, str]) -> str:
    match node:
        case Let(rivals=rivals, question=question):
            return describe(rivals[0], names) if question is None else _answer_name(question)
        case Only(rows=rows):
            return f"the one of {describe(rows, names)}"
        case ForEach(rows=rows):
            return f"each of {describe(rows, names)}"
        case Switch(on=on):
            return f"what {describe(on, names)} stands for"
        case _:
            assert_never(node)


def _answer_name(question: str, kind: QuestionKind | None = "choose") -> str:
    match kind:
        case "select":
            return f"those that {question} selects"
        case "choose":
            return f"the one that {question} picks"
        case "extract":
            return f"what {question} reads"
        case "compose":
            return f"the text of {question}"
        case "classify" | None:
            return question
        case _:
            assert_never(kind)


def nodes_of(block: Block) -> Iterator[Node]:
    """Give every node of a block and of those in it, in the order of the program.

    The call of an Until or of Pages and the questions of a Switch count as nodes of their own.
    """
    for node in block:
        yield node
        match node:
            case ForEach(body=body, otherwise=rest):
                yield from nodes_of(body if rest is None else (*body, *rest.body))
            case OnEmpty(body=body):
                yield from nodes_of(body)
            case OnText(cases=ways) | Branch(arms=ways):
                for way in ways:
                    yield from nodes_of(way.body)
            case Until() | Pages():
                yield from nodes_of((node.call, *(node.repair if isinstance(node, Until) else ())))
            case Switch(cases=given, otherwise=otherwise):
                known = given if otherwise is None else (*given, otherwise)
                yield from (case.ask for case in known if case.ask is not None)
            case _:
                pass


def leaves(body: Block) -> bool:
    """Say whether the body of a loop may end its walk; what loops inside it end is their own."""
    for node in body:
        match node:
            case Leave():
                return True
            case ForEach(otherwise=rest):
                found = rest is not None and leaves(rest.body)
            case OnEmpty(body=inner) | Until(repair=inner):
                found = leaves(inner)
            case OnText(cases=ways) | Branch(arms=ways):
                found = any(leaves(way.body) for way in ways)
            case _:
                found = False
        if found:
            return True
    return False


def hand_over_of(program: Program) -> HandOver | None:
    """Give the hand-over that a program ends in; None where it does the whole job."""
    last = program.body[-1] if program.body else None
    return last if isinstance(last, HandOver) else None


def repeated_questions(block: Block) -> frozenset[str]:
    """Give the names of the questions that stand in a loop or a repair: a run may be asked them again."""
    inner = [node.repair for node in nodes_of(block) if isinstance(node, Until)]
    inner += [node.body for node in nodes_of(block) if isinstance(node, ForEach)]
    return frozenset(
        name
        for body in inner
        for node in nodes_of(body)
        if isinstance(node, Ask | Let | Only) and (name := node.question) is not None
    )


def ordinal(number: int) -> str:
    """Give an ordinal number: ``2nd``."""
    teen = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def called(node: CallTool) -> str:
    """Say which tool a call calls: the one, or which ones the request selects from."""
    if node.selector is None:
        return node.tool
    return f"one of {', '.join(node.alternatives)}, by the request's words"


def quoted(value: JSON) -> str:
    """Give a constant as JSON, on one line."""
    return json.dumps(value, ensure_ascii=False)


def describe(expr: Expr, names: Names) -> str:
    """Say where a value comes from: ``first of calendar.search_events``, ``request.day``, ``"Backlog"``."""
    match expr:
        case Const(value):
            said = quoted(value)
        case Ref(id):
            said = names.get(id, id)
        case RequestField(name):
            said = f"request.{name}"
        case Now():
            said = "now"
        case Attr() | Pick() | Nth() | Where() | Each() | Ranked() | Measure():
            said = _taken(expr, names)
        case Template() | ListOf() | Record():
            said = _composed(expr, names)
        case Lookup() | Piece() | Between() | Scaled() | Without() | JoinRows():
            said = _made(expr, names)
        case _:
            said = _changed(expr, names)
    return said


def _taken(expr: Attr | Each | Measure | Pick | Nth | Where | Ranked, names: Names) -> str:
    """Say what is taken out of a value."""
    match expr:
        case Attr(base, key):
            return f"{key} of {describe(base, names)}"
        case Each(rows, key):
            return f"every {key} of {describe(rows, names)}"
        case Measure(base, how):
            return f"{how} of {describe(base, names)}"
        case Pick() | Nth() | Where() | Ranked():
            return _rows_of(expr, names)
        case _:
            assert_never(expr)


def _rows_of(expr: Pick | Nth | Where | Ranked, names: Names) -> str:
    """Say which rows are taken."""
    rows = describe(expr.rows, names)
    match expr:
        case Pick(how=how, by=by):
            return f"{how} of {rows}" + (f" by {by}" if by is not None else "")
        case Nth(how=how, by=by, place=place):
            told = ordinal(place.value) if isinstance(place, Const) and isinstance(place.value, int) else ""
            which = told or f"number {describe(place, names)}"
            order = "" if how == "first" else f" {how}"
            return f"{which}{order} of {rows}" + (f" by {by}" if by is not None else "")
        case Where(key=key, op=op, value=value):
            return f"{rows} whose {key or 'value'} {_TESTS[op]} {describe(value, names)}"
        case Ranked(by=by, descending=descending):
            return f"{rows}, {'highest' if descending else 'lowest'} {by} first"
        case _:
            assert_never(expr)


_TESTS = {
    **{"equals": "equals", "contains": "contains", "names": "is named by", "among": "is among"},
    **{"above": "is above", "at_least": "is at least", "below": "is below", "at_most": "is at most"},
    **{"after": "is after", "since": "is not before", "before": "is before", "until": "is not after"},
}


def _composed(expr: Template | ListOf | Record, names: Names) -> str:
    """Say what a value is put together from."""
    match expr:
        case Template(parts):
            return quoted("".join(_part(part, names) for part in parts))
        case ListOf(items):
            return f"[{', '.join(describe(item, names) for item in items)}]"
        case Record(items):
            return f"{{{', '.join(f'{key}: {describe(value, names)}' for key, value in items)}}}"
        case _:
            assert_never(expr)


def _made(expr: Lookup | Piece | Between | Scaled | Without | JoinRows, names: Names) -> str:
    """Say what is made of other values by cutting, joining, looking up or reckoning."""
    match expr:
        case Lookup(base, wanted):
            return f"what {describe(base, names)} has for {describe(wanted, names)}"
        case Piece(base, separator, index):
            place = f"{ordinal(index + 1)} piece" if index >= 0 else f"{ordinal(-index)} piece from the end"
            return f"{place} of {describe(base, names)}, cut at {quoted(separator)}"
        case Between(base, after, before):
            until = f" up to {quoted(before)}" if before else ""
            return f"what follows {quoted(after)} in {describe(base, names)}{until}"
        case Scaled(base, factor):
            return f"{describe(base, names)} times {factor}"
        case Without(rows, others):
            return f"{describe(rows, names)} without {describe(others, names)}"
        case JoinRows(rows, separator):
            return f"{describe(rows, names)}, joined by {quoted(separator)}"
        case _:
            assert_never(expr)


def _changed(expr: FormatTime | ParseTime | AsText | Amount | Shift | Combine | Case, names: Names) -> str:
    """Say what a value is before it is moved or put in another form; a mere form is not worth a word."""
    match expr:
        case FormatTime(base) | ParseTime(base) | AsText(base):
            return describe(base, names)
        case Shift(base, unit, Const(int(amount))) if not isinstance(amount, bool):
            sign = "-" if amount < 0 else "+"
            return f"{describe(base, names)} {sign} {abs(amount)} {unit}"
        case Shift(base, unit, amount):
            return f"{describe(base, names)} + {describe(amount, names)} {unit}"
        case Combine(day, time):
            return f"{describe(day, names)} at {describe(time, names)}"
        case Amount(base, unit):
            return f"number of {describe(base, names)}" + (f" in {unit}" if unit else "")
        case Case(base, how):
            return f"{describe(base, names)} in {_CASES[how]}"
        case _:
            assert_never(expr)


_CASES = {
    "lower": "lower case",
    "upper": "upper case",
    "capitalize": "lower case with a capital",
    "title": "title case",
    "slug": "snake case",
}


def _part_of(guard: Guard, names: Names) -> str:
    """Say what one of two tests that must both hold is: a choice of two in brackets."""
    said = describe_guard(guard, names)
    return f"({said})" if isinstance(guard, Either) else said


def _part(part: Expr, names: Names) -> str:
    """A constant part of a template stands for itself."""
    if isinstance(part, Const) and isinstance(part.value, str):
        return part.value
    return f"{{{describe(part, names)}}}"


def describe_guard(guard: Guard, names: Names) -> str:
    """Say what a guard tests: ``GO_ON is answered "no"``."""
    match guard:
        case Compare(left, op, right):
            return f"{describe(left, names)} {op} {describe(right, names)}"
        case Both(left, right):
            return f"{_part_of(left, names)} and {_part_of(right, names)}"
        case Either(left, right):
            return f"{describe_guard(left, names)} or {describe_guard(right, names)}"
        case Answered(id, label):
            return f"{names.get(id, id)} is answered {quoted(label)}"
        case _:
            assert_never(guard)
