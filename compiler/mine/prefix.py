"""prefix: a program of how the runs begin, which ends in the one place where the agent takes over.

Where a workload opens the same way and then scatters, the opening is still worth a program: it looks up what
nearly every run looks up, and hands over with the results. It only reads, so that it can be wrong about what
is worth a look, and never about what is done.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import final

from compiler.errors import Declined
from compiler.ir.expr import Attr, Each, Expr, Nth, Pick, Ranked, Ref, RequestField, Where
from compiler.ir.program import (
    Block,
    CallEither,
    CallTool,
    ForEach,
    HandOver,
    Let,
    Limits,
    Node,
    OnText,
    Option,
    Program,
    Question,
    Request,
    Support,
)
from compiler.ir.run import JSON, Workload
from compiler.mine.clean import Episode
from compiler.mine.draft import support
from compiler.mine.exprs import walk_expr
from compiler.mine.keys import known_keys
from compiler.mine.opening import MIN_TASKS, Opening, Stage, Way, find_opening, tasks_of
from compiler.mine.request import Fields, name_fields
from compiler.mine.samples import results_by_tool, samples_of
from compiler.mine.structured import name_paths
from compiler.mine.trail import Role, Route, Trail, rows_expr
from compiler.mine.wordings import find_patterns
from compiler.mine.words import phrase, question_name

REASON = "the runs go on from here in ways of their own"
QUESTION = "REQUEST"
MIN_WORDED = 2
"""Tasks that must share a wording: of one free text, nothing tells what may differ."""


def mine_prefix(workload: Workload, episodes: tuple[Episode, ...]) -> Program:
    """Infer the program of the opening that at least half of the runs share.

    Raises:
        Declined: There is none; without a reason where too few tasks were solved to look for one.
    """
    alike = len({type(episode.run.request) for episode in episodes}) == 1
    if len({episode.run.task for episode in episodes}) < MIN_TASKS or not alike:
        raise Declined(())
    opening = find_opening(episodes)
    if not opening.stages:
        raise Declined((_why_none(workload, episodes),))
    return _program(workload, episodes, opening)


def _why_none(workload: Workload, episodes: tuple[Episode, ...]) -> str:
    """Say why there is no opening, and which read comes nearest to one."""
    makers: dict[str, set[str]] = defaultdict(set)
    for episode in episodes:
        for step in episode.steps:
            if step.effect == "write":
                break
            makers[step.tool].add(episode.run.run_id)
    if not makers:
        known = any(tool.effect == "read" for tool in workload.tools)
        hint = "" if known else "; no schema says that any tool only reads: give the schemas with --tools"
        return f"no run reads before it writes, so that there is no opening to compile either{hint}"
    tool, runs = min(makers.items(), key=lambda item: (-len(item[1]), item[0]))
    return (
        f"no opening that half of the runs share either: {len(runs)} of {len(episodes)} runs call {tool} "
        "before they write, and no read that half share takes all its arguments from what is known by then"
    )


def _program(workload: Workload, episodes: tuple[Episode, ...], opening: Opening) -> Program:
    """Name the request's fields, and put the nodes together."""
    ways = tuple(way for stage in opening.stages for way in stage.ways)
    begun = opening.stages[0].trails
    # Ways to one thing share an id, and not their arguments.
    roles = tuple(replace(way.role, id=_way_id(n), walk=None, body=()) for n, way in enumerate(ways))
    route = Route(roles=roles, writing=begun, stopping=())
    wired = {(_way_id(n), name): binding for n, way in enumerate(ways) for name, binding in way.wired}
    fields = _optional(opening.stages, name_fields(route, wired))
    results = results_by_tool(workload)
    builder = _Builder(fields=fields, results=results)
    body = builder.body(opening.stages)
    structured = [r for t in begun if isinstance(r := t.episode.run.request, dict)]
    if structured:
        body, named = name_paths(body, structured)
        fields = replace(fields, fields=known_keys(structured, named))
    request, questions = _request(route, fields)
    questions = (*questions, *builder.questions)
    tools = {way.role.tool for way in ways}
    return Program(
        name=workload.name,
        request=request,
        tools=tuple(tool for tool in workload.tools if tool.name in tools),
        body=(*body, _hand_over(episodes, opening)),
        questions=questions,
        limits=Limits(
            tool_calls=max(len(t.steps) for s in opening.stages for t in s.trails),
            questions=len(questions),
        ),
        tasks=len(tasks_of(begun)),
        runs=tuple(sorted(trail.episode.run.run_id for trail in begun)),
        samples=samples_of(results, tools),
    )


def _way_id(number: int) -> str:
    return f"way{number + 1}"


def _hand_over(episodes: tuple[Episode, ...], opening: Opening) -> HandOver:
    everyone = tuple(Trail(episode=episode, visits=()) for episode in episodes)
    return HandOver(
        reason=REASON,
        support=support(opening.stages[-1].trails, everyone),
        made=sum(count for _, count in opening.shared),
        calls=sum(len(episode.run.calls) for episode in episodes),
        runs=len(episodes),
    )


def _optional(stages: tuple[Stage, ...], fields: Fields) -> Fields:
    """Mark the fields that only one of several calls needs: a request may leave them out."""
    always: set[str] = set()
    sometimes: set[str] = set()
    number = 0
    for stage in stages:
        for way in stage.ways:
            read = _fields_of(fields, number, way)
            (always if len(stage.ways) == 1 else sometimes).update(read)
            number += 1
    left_out = sometimes - always
    return replace(fields, fields=tuple(replace(one, optional=one.name in left_out) for one in fields.fields))


def _fields_of(fields: Fields, number: int, way: Way) -> tuple[str, ...]:
    """The request's fields that a call reads, in the order of its arguments."""
    exprs = (rival for name, _ in way.wired for rival in fields.rivals[_way_id(number), name])
    names = (part.name for expr in exprs for part in walk_expr(expr) if isinstance(part, RequestField))
    return tuple(dict.fromkeys(names))


def _request(route: Route, fields: Fields) -> tuple[Request, tuple[Question, ...]]:
    """How the request is read: by a wording that several tasks share, else by asking for the same fields."""
    if any(isinstance(trail.episode.run.request, dict) for trail in route.writing):
        return Request(form="json", fields=fields.fields, closed=True), ()
    if not fields.fields:
        return Request(form="text"), ()
    optional = any(one.optional for one in fields.fields)
    patterns = () if optional else find_patterns(route, fields, decides=True, stated={})
    kept = tuple(pattern for pattern in patterns if pattern.support.tasks >= MIN_WORDED)
    worded = {run for pattern in kept for run in pattern.support.runs}
    asked = [trail for trail in route.writing if trail.episode.run.run_id not in worded]
    names = ", ".join(phrase(one.name) for one in fields.fields)
    question = Question(
        name=QUESTION,
        kind="extract",
        text=f"Read from the request: {names}." + (" Leave out what it does not say." if optional else ""),
        fields=fields.fields,
        why="asked only where no wording in PATTERNS fits" if kept else "the requests are free texts",
        support=support(asked, route.writing),
    )
    return (
        Request(form="text", fields=fields.fields, patterns=kept, question=QUESTION),
        (question,),
    )


@final
@dataclass(slots=True, kw_only=True)
class _Builder:
    """The nodes under construction, and the questions that rivals ask."""

    fields: Fields
    results: dict[str, tuple[JSON, ...]]
    questions: list[Question] = field(default_factory=list)
    number: int = 0
    """How many ways came before: the place of a way among all of them."""

    def body(self, stages: tuple[Stage, ...]) -> Block:
        """The nodes of all stages, each after a look at the result that it takes apart."""
        stepped: list[list[Node]] = []
        came = stages[0].trails
        for stage in stages:
            seen = support(stage.trails, came)
            walk = stage.ways[0].role.walk
            if len(stage.ways) > 1:
                stepped.append([self._either(stage, seen)])
            elif walk is not None:
                rows = rows_expr(walk)
                stepped.append([self._loop(stage.ways[0], rows, seen)])
            else:
                stepped.append(list(self._call(stage.ways[0], seen)))
            came = stage.trails
        taken_apart = _taken_apart(tuple(node for nodes in stepped for node in nodes))
        for stage, nodes in zip(stages, stepped, strict=True):
            if stage.ways[0].role.id in taken_apart and self._may_be_text(stage):
                nodes.append(OnText(ref=stage.ways[0].role.id, cases=(), support=support((), stage.trails)))
        return tuple(node for nodes in stepped for node in nodes)

    def _may_be_text(self, stage: Stage) -> bool:
        return any(isinstance(one, str) for way in stage.ways for one in self.results.get(way.role.tool, ()))

    def _either(self, stage: Stage, seen: Support) -> CallEither:
        """One of several calls, by what the request gives."""
        options: list[Option] = []
        for way in stage.ways:
            needs = _fields_of(self.fields, self.number, way)
            arguments = tuple(
                (name, self.fields.rivals[_way_id(self.number), name][0]) for name, _ in way.wired
            )
            call = CallTool(
                id=f"{way.role.id}_{len(options) + 1}",
                tool=way.role.tool,
                arguments=arguments,
                effect="read",
                support=support(way.trails, stage.trails),
            )
            options.append(Option(needs=needs, call=call))
            self.number += 1
        return CallEither(id=stage.ways[0].role.id, options=tuple(options), support=seen)

    def _loop(self, way: Way, rows: Expr, seen: Support) -> ForEach:
        counts = [len(trail.visits[-1].inner) for trail in way.trails]
        return ForEach(
            id=f"{way.role.id}_row",
            rows=rows,
            body=self._call(way, seen),
            support=seen,
            least=min(counts),
            most=max(counts),
        )

    def _call(self, way: Way, seen: Support) -> Block:
        """The call, after the rivals among its arguments were settled."""
        before: list[Node] = []
        arguments = []
        for name, _ in way.wired:
            rivals = self.fields.rivals[_way_id(self.number), name]
            arguments.append((name, self._settled(way.role, name, rivals, seen, before)))
        self.number += 1
        call = CallTool(
            id=way.role.id, tool=way.role.tool, arguments=tuple(arguments), effect="read", support=seen
        )
        return (*before, call)

    def _settled(
        self, role: Role, name: str, rivals: tuple[Expr, ...], seen: Support, before: list[Node]
    ) -> Expr:
        """One expression for an argument; where rivals differ, the model is asked which is meant."""
        if len(rivals) == 1:
            return rivals[0]
        question = Question(
            name=f"{question_name('WHICH', name)}_{len(self.questions) + 1}",
            kind="choose",
            text=f"Which of these values is meant for {phrase(name)}?",
            why=f"{len(rivals)} explanations fit every task, and differ here",
            support=seen,
        )
        self.questions.append(question)
        id_ = f"{role.id}_{len(self.questions)}v"
        before.append(Let(id=id_, rivals=rivals, support=seen, question=question.name))
        return Ref(id_)


def _taken_apart(nodes: Block) -> frozenset[str]:
    """Ids of results of which some node takes a part."""
    found: set[str] = set()
    exprs: list[Expr] = []
    for node in nodes:
        match node:
            case ForEach(rows=rows, body=body):
                found |= _taken_apart(body) | ({rows.id} if isinstance(rows, Ref) else set())
                exprs.append(rows)
            case CallTool(arguments=arguments):
                exprs += [expr for _, expr in arguments]
            case Let(rivals=rivals):
                exprs += rivals
            case _:
                pass
    for part in (part for expr in exprs for part in walk_expr(expr)):
        match part:
            case Attr(base=Ref(id=id_)) | Pick(rows=Ref(id=id_)) | Where(rows=Ref(id=id_)):
                found.add(id_)
            case Each(rows=Ref(id=id_)) | Nth(rows=Ref(id=id_)) | Ranked(rows=Ref(id=id_)):
                found.add(id_)
            case _:
                pass
    return frozenset(found)
