"""Nodes of the program -> statements of the plan.

What no run shows deviates, and every counted block says how many tasks took it, as its first line.
"""

from __future__ import annotations

from typing import assert_never

from compiler.emit.adapt import as_atom, as_rows
from compiler.emit.branches import lower_branch
from compiler.emit.evidence import counted, deeds, deviation, hand_over, listed, never
from compiler.emit.expressions import RUN, lower_expr, noun_of
from compiler.emit.given import given, given_test
from compiler.emit.names import BUILTINS, Names, identifier, plural, result_noun, singular, tool_noun
from compiler.emit.pages import lower_pages
from compiler.emit.prose import plain
from compiler.emit.protocol import Signatures
from compiler.emit.questions import Asked
from compiler.emit.repairs import lower_until
from compiler.emit.rows import item_type, lower_each, lower_empty, lower_length, lower_text
from compiler.emit.scope import Scope, Typed
from compiler.emit.stated import stated_test
from compiler.emit.switches import Switches
from compiler.emit.types import (
    STR,
    Choice,
    Model,
    Rows,
    Table,
    Type,
    annotation,
    either,
    members,
)
from compiler.emit.walk import ends
from compiler.errors import InternalError
from compiler.ir import plan
from compiler.ir.expr import Expr
from compiler.ir.program import (
    Ask,
    Block,
    Branch,
    CallEither,
    CallTool,
    Deviate,
    ForEach,
    HandOver,
    Leave,
    Let,
    Node,
    OnEmpty,
    OnLength,
    Only,
    OnText,
    Pages,
    Stop,
    Switch,
    Until,
)

_Way = tuple[plan.Term, tuple[plan.Remark, ...], str, Typed]
"""One of several calls: when it is made, what is said above it, its tool, and the call."""

Step = tuple[tuple[plan.Statement, ...], Scope]
"""What a node becomes, and the scope after it."""


class Lowering:
    """Lowers blocks; keeps the names given out so far and the tools met on the way."""

    def __init__(
        self,
        *,
        names: Names,
        signatures: Signatures,
        asked: dict[str, Asked],
        texts: frozenset[str],
    ) -> None:
        self._names = names
        self._signatures = signatures
        self._asked = asked
        self._texts = texts
        self._tools: dict[str, str] = {}
        self._switches = Switches(names, self._ask)

    @property
    def tables(self) -> tuple[plan.Function, ...]:
        """The functions that hold what the lowered blocks look up."""
        return tuple(self._switches.tables)

    def block(self, nodes: Block, scope: Scope) -> tuple[plan.Statement, ...]:
        """Return the statements of a block; what follows an end is left out."""
        statements: tuple[plan.Statement, ...] = ()
        for node in nodes:
            added, scope = self._node(node, scope)
            statements = (*statements, *added)
            if ends(statements):
                break
        return statements

    def nested(self, nodes: Block, scope: Scope) -> plan.Block:
        """Return a block inside another, with what it takes to make it a function."""
        done = deeds(nodes)
        name = identifier(done[0], fallback="go_on") if done else "go_on"
        doc = f"{listed(done).capitalize()}." if done else "Go on from here."
        return plan.Block(
            body=self.block(nodes, scope),
            scope=scope.annotated(),
            function=name,
            doc=plain(doc, 78),
        )

    def _node(self, node: Node, scope: Scope) -> Step:
        match node:
            case CallTool() | CallEither() | Let() | Only() | Ask() | Switch():
                return self._binding(node, scope)
            case OnText() | OnEmpty() | OnLength():
                return self._guard(node, scope)
            case Branch():
                return lower_branch(node, scope, self.nested)
            case ForEach() | Until() | Pages():
                return self._repeated(node, scope)
            case Stop() | Deviate() | HandOver() | Leave():
                return _end(node), scope
            case _:
                assert_never(node)

    def _binding(self, node: CallTool | CallEither | Let | Only | Ask | Switch, scope: Scope) -> Step:
        match node:
            case CallTool():
                return self._call(node, scope)
            case CallEither():
                return self._call_either(node, scope)
            case Let():
                return self._let(node, scope)
            case Only():
                return self._only(node, scope)
            case Ask():
                return self._ask(node, scope)
            case Switch():
                return self._switches.lower(node, scope)
            case _:
                assert_never(node)

    def _guard(self, node: OnText | OnEmpty | OnLength, scope: Scope) -> Step:
        match node:
            case OnText():
                return lower_text(node, scope, self._tools.get(node.ref), self.nested)
            case OnEmpty():
                return lower_empty(node, scope, self.nested)
            case OnLength():
                return lower_length(node, scope)
            case _:
                assert_never(node)

    def _only(self, node: Only, scope: Scope) -> Step:
        rows = as_rows(lower_expr(node.rows, scope))
        value = plan.Invoke(plan.Member(RUN, "only"), (plan.Name(node.question), rows.term))
        return self._bind(node.id, singular(noun_of(node.rows, scope)), Typed(value, item_type(rows)), scope)

    def _bind(self, node: str, noun: str, value: Typed, scope: Scope, name: str | None = None) -> Step:
        """Assign a value to a new local, or to the given one."""
        name = self._local(noun) if name is None else name
        kind = annotation(value.type) if isinstance(value.term, plan.Pairs) else None
        return (plan.Assign(name, value.term, kind),), scope.bind(node, name, value.type)

    def _local(self, noun: str, instead: tuple[str, ...] = ()) -> str:
        """Return the name of a new local: its noun, or what it may be called instead."""
        name = identifier(noun, limit=24)
        others = tuple(identifier(one) for one in instead)
        return self._names.take(f"{name}_" if name in BUILTINS else name, instead=others)

    def _call(self, node: CallTool, scope: Scope) -> Step:
        self._tools[node.id] = node.tool
        if node.selector is not None:
            return self._select_tool(node, node.selector, scope)
        value = self._issue(node, node.tool, scope)
        noun = _result_noun(node.tool, value.type)
        # Rows in the plural are not details of one thing: they are told apart by number.
        instead = (result_noun(noun, node.effect),) if isinstance(value.type, Model) else ()
        return self._bind(node.id, noun, value, scope, self._local(noun, instead))

    def _issue(self, node: CallTool, tool: str, scope: Scope) -> Typed:
        """Return the call of one tool, with the arguments of the node."""
        signature = self._signatures.of(tool, node.effect, texts=tool in self._texts)
        keywords = tuple(signature.take(key, lower_expr(value, scope)) for key, value in node.arguments)
        call = plan.Invoke(plan.Member(plan.Member(RUN, "tools"), signature.method), keywords=keywords)
        return Typed(call, signature.result)

    def _select_tool(self, node: CallTool, selector: Expr, scope: Scope) -> Step:
        """Call the tool that an expression names; a name that no run shows deviates."""
        chosen = as_atom(lower_expr(selector, scope), STR)
        ways = tuple(
            (plan.Test(chosen.term, "==", plan.Scalar(tool)), (), tool, self._issue(node, tool, scope))
            for tool in node.alternatives
        )
        unseen = deviation("no run calls the tool ", plan.Fill(chosen.term, quoted=True))
        return self._one_call(node, ways, unseen, scope)

    def _call_either(self, node: CallEither, scope: Scope) -> Step:
        """Make the first call whose fields the request gives; the others are not read."""
        ways = []
        for option in node.options:
            call, inside = option.call, given(option.needs, scope)
            value = self._issue(call, call.tool, inside)
            remarks = (counted(call.support),)
            ways.append((given_test(option.needs, scope), remarks, call.tool, value))
        wanted = ", nor ".join(_said(option.needs) for option in node.options)
        unseen = deviation(f"the request gives no {wanted}")
        return self._one_call(node, tuple(ways), unseen, scope)

    def _one_call(
        self, node: CallTool | CallEither, ways: tuple[_Way, ...], unseen: plan.Raise, scope: Scope
    ) -> Step:
        """Return the chain of calls of which one is made, all bound to one name."""
        kind = either(*(value.type for _, _, _, value in ways))
        nouns = {_result_noun(tool, value.type) for _, _, tool, value in ways}
        name = self._local(nouns.pop() if len(nouns) == 1 else "result")
        alike = all(value.type == kind for _, _, _, value in ways)
        arms = tuple(
            (
                test,
                plan.Block(
                    body=(
                        *remarks,
                        plan.Assign(name, value.term, None if alike or place else annotation(kind)),
                    ),
                    function="",
                ),
            )
            for place, (test, remarks, _, value) in enumerate(ways)
        )
        otherwise = plan.Block(body=(never(node.support), unseen), function="")
        return (plan.If(arms, otherwise),), scope.bind(node.id, name, kind)

    def _let(self, node: Let, scope: Scope) -> Step:
        values = [lower_expr(rival, scope) for rival in node.rivals]
        noun = noun_of(node.rivals[0], scope)
        if len(values) == 1:
            return self._bind(node.id, noun, values[0], scope)
        if node.question is None:
            raise InternalError(f"the rivals of {node.id!r} have no question")
        kind = either(*(value.type for value in values))
        terms = (plan.Name(node.question), *(value.term for value in values))
        # A list has its name already: what it is cut down to is another.
        name = self._local(f"meant_{noun}" if isinstance(kind, Rows) else noun)
        alike = all(value.type == kind for value in values)
        agree = plan.Invoke(plan.Member(RUN, "agree"), terms)
        count = {2: "Both explain", 3: "All three explain"}.get(len(values), f"All {len(values)} explain")
        tasks = f"{node.support.tasks}/{node.support.reached} tasks"
        why = f"{count} {tasks}; where they differ, the model is asked."
        assign = plan.Assign(name, agree, None if alike else annotation(kind))
        return (plan.Remark(why), assign), scope.bind(node.id, name, kind)

    def _ask(self, node: Ask, scope: Scope, name: str | None = None) -> Step:
        asked = self._asked[node.question]
        options = None if node.options is None else as_rows(lower_expr(node.options, scope))
        arguments, kind = self._ask_arguments(asked, options)
        noun = _answer_noun(node, asked, scope)
        facts = tuple(dict.fromkeys(node.facts))
        handle = plan.Name("here") if facts else RUN
        verb = "meant" if node.if_many else "judge" if node.tests else asked.question.kind
        tests = tuple(stated_test(test, scope) for test in node.tests)
        term = plan.Invoke(plan.Member(handle, verb), (*arguments, *tests))
        statements, scope = self._bind(node.id, noun, Typed(term, kind), scope, name)
        if tests:
            remark = (
                "Told by the condition that the request states; where that is not sure, the model is asked."
            )
            statements = (plan.Remark(remark), *statements)
        if isinstance(kind, Choice):
            scope = scope.narrow(node.id, tuple(label for label, _ in kind.members))
        if not facts:
            return statements, scope
        items = tuple(
            (_scope_call(RUN if place == 0 else handle, scope.local(fact)), "here")
            for place, fact in enumerate(facts)
        )
        return (plan.With(items, statements),), scope

    def _ask_arguments(self, asked: Asked, options: Typed | None) -> tuple[tuple[plan.Term, ...], Type]:
        """Return what the question's method gets, and the type of its answer."""
        constant = plan.Name(asked.question.name)
        if asked.question.kind in ("select", "choose"):
            if options is None:
                raise InternalError(f"question {asked.question.name} offers no options")
            kind = options.type if asked.question.kind == "select" else item_type(options)
            return (constant, options.term), kind
        if asked.answer is None:
            raise InternalError(f"question {asked.question.name} has no type of answer")
        if asked.question.kind == "compose":
            return (constant,), STR
        return (constant, annotation(asked.answer)), asked.answer

    def _repeated(self, node: ForEach | Until | Pages, scope: Scope) -> Step:
        if isinstance(node, Pages):
            return lower_pages(node, scope, self._issue, self._local)
        if isinstance(node, Until):
            return lower_until(node, scope, self._call, self.nested)
        return lower_each(node, scope, self._local, self.nested)


def _end(node: Stop | Deviate | HandOver | Leave) -> tuple[plan.Statement, ...]:
    match node:
        case Stop():
            return (plan.Return(),)
        case Leave():
            return (plan.Break(),)
        case Deviate(message=message, support=support):
            return (counted(support), deviation(message))
        case HandOver():
            return hand_over(node)
        case _:
            assert_never(node)


def _said(names: tuple[str, ...]) -> str:
    """Return the names of fields as words: ``first name, last name and zip``."""
    said = [plain(name.replace("_", " "), 30) for name in names]
    return " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)


def _result_noun(tool: str, result: Type) -> str:
    """Return what a tool's result is called: rows in the plural, one thing in the singular."""
    noun = tool_noun(tool)
    if any(isinstance(kind, Rows) for kind in members(result)):
        return plural(noun)
    return noun if any(isinstance(kind, Table) for kind in members(result)) else singular(noun)


def _answer_noun(node: Ask, asked: Asked, scope: Scope) -> str:
    if node.options is None:
        return asked.question.name.lower().partition("_for_")[0]
    noun = noun_of(node.options, scope)
    return f"chosen_{plural(noun)}" if asked.question.kind == "select" else singular(noun)


def _scope_call(handle: plan.Term, fact: Typed) -> plan.Term:
    name = fact.term.id if isinstance(fact.term, plan.Name) else "fact"
    return plan.Invoke(plan.Member(handle, "scope"), (plan.Scalar(name), fact.term))
