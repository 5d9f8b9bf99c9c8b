"""infer: the mining passes, one after the other: a workload in, a program out, or the reasons why not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from compiler.errors import Declined
from compiler.ir.program import (
    Ask,
    Block,
    CallTool,
    Field,
    ForEach,
    Limits,
    Pattern,
    Program,
    Question,
    Request,
    Support,
)
from compiler.ir.run import JSON, Workload
from compiler.mine.assemble import assemble
from compiler.mine.binding import Binding, Chosen, Open, Tabled, Wired
from compiler.mine.clean import Episode, canonical, clean_runs, without_last_looks
from compiler.mine.draft import Assembly, Evidence
from compiler.mine.forks import learn_forks
from compiler.mine.keys import known_keys, steady_keys
from compiler.mine.nest import nested_route
from compiler.mine.request import Fields, name_fields
from compiler.mine.route import candidate_routes, checking_routes
from compiler.mine.settle import MIN_TASKS, settle
from compiler.mine.sighting import Leaf
from compiler.mine.stated import Statement
from compiler.mine.structured import name_paths
from compiler.mine.trail import Route, Trail, calls_in, roles_in
from compiler.mine.wordings import find_patterns, statements
from compiler.mine.words import phrase

ROUTES_TRIED = 4
SAMPLES_KEPT = 40


def mine(workload: Workload) -> Program:
    """Infer the program of a workload.

    Raises:
        Declined: The workload has too few solved tasks, or too much of it is an open decision.
    """
    # What an agent did on purpose, without its failed attempts and second looks.
    episodes = clean_runs(workload.runs, workload.tools)
    # The calls that the tasks have in common; the best supported routes are tried in turn.
    acting = tuple(map(without_last_looks, episodes))
    routes = [route for route in candidate_routes(acting) if _tasks(route.writing) >= MIN_TASKS]
    # Where the tasks are regular enough, with the loops and forks that they have in common.
    nested = nested_route(episodes)
    routes = routes[:ROUTES_TRIED]
    if nested is not None and _tasks(nested.writing) >= MIN_TASKS and not _is_plain(nested, routes):
        routes.append(nested)
    if not routes:
        # Nothing to learn a change from, but whether there is one to make can still be checked.
        checking = [route for route in checking_routes(episodes) if _tasks(route.stopping) >= MIN_TASKS]
        routes = checking[:ROUTES_TRIED]
    if not routes:
        raise Declined((_why_no_route(workload, episodes),))
    # Where every argument comes from, and what decides every fork; the program that asks least is kept.
    tried: list[tuple[tuple[int, ...], Program]] = []
    reasons: list[tuple[tuple[int, ...], Declined]] = []
    evidence = Evidence(results=_results(workload))
    for route in map(settle, routes):
        rank = _rank(*route)
        try:
            program = _program(workload, evidence, *route)
        except Declined as declined:
            reasons.append((rank, declined))
        else:
            tried.append(((*rank[:3], len(program.questions), *rank[3:]), program))
    if not tried:
        raise min(reasons, key=lambda found: found[0])[1]
    return min(tried, key=lambda found: found[0])[1]


def _why_no_route(workload: Workload, episodes: tuple[Episode, ...]) -> str:
    """Say why the runs cannot carry a program."""
    tasks = len({run.task for run in workload.runs})
    solved = len({episode.run.task for episode in episodes})
    wrote = len({episode.run.task for episode in episodes if episode.writes})
    if not solved:
        return f"no successful run: none of {len(workload.runs)} runs solved any of {tasks} tasks"
    if wrote == 1:
        return f"1 of {tasks} tasks was solved by a change, and one task cannot tell a rule from its example"
    if wrote:
        return f"{wrote} of {tasks} tasks were solved by a change, no two by the same steps: nothing repeats"
    return (
        f"{solved} of {tasks} tasks were solved by doing nothing, no two by the same steps: nothing repeats"
    )


def _tasks(trails: tuple[Trail, ...]) -> int:
    return len({trail.episode.run.task for trail in trails})


def _rank(route: Route, bindings: dict[Leaf, Binding]) -> tuple[int, ...]:
    """Lower is better: few arguments that nothing explains first, then few tasks left aside."""
    # What is written in place of what was refused is asked by its nature: no route without it is better.
    mended = {call.id for role in roles_in(route.roles) if role.repeats for call in calls_in(role.body)}
    open_ = [role for (role, _), binding in bindings.items() if isinstance(binding, Open)]
    unexplained = sum(role not in mended for role in open_)
    asked = len(open_) - unexplained + sum(isinstance(b, Chosen | Tabled) for b in bindings.values())
    trails = (*route.writing, *route.stopping)
    wrote = tuple(trail for trail in trails if trail.episode.writes)
    return (unexplained, -_tasks(wrote), -_tasks(trails), asked, len(route.roles))


def _is_plain(nested: Route, routes: list[Route]) -> bool:
    """Whether a route has neither loops nor forks, and is the same as one that was found before."""
    if not routes or not all(role.is_call for role in nested.roles):
        return False
    same = [role.key for role in nested.roles] == [role.key for role in routes[0].roles]
    return same and len(nested.writing) <= len(routes[0].writing)


def _program(workload: Workload, evidence: Evidence, route: Route, bindings: dict[Leaf, Binding]) -> Program:
    """Name the request's fields, find its wordings, and put the nodes together."""
    _refuse_mixed(route)
    _refuse_open(route, bindings)
    wired = {leaf: binding for leaf, binding in bindings.items() if isinstance(binding, Wired)}
    fields = name_fields(route, wired)
    stated = statements(route, fields)
    state = Assembly(
        route=route,
        whole=route.roles,
        bindings=bindings,
        rivals=fields.rivals,
        rules=learn_forks(route),
        stated=stated,
        evidence=evidence,
    )
    body = assemble(state)
    requests = [trail.episode.run.request for trail in (*route.writing, *route.stopping)]
    structured = [request for request in requests if isinstance(request, dict)]
    if structured:
        # An argument may be called anything, so only the request tells a name from a path.
        body, named = name_paths(body, structured)
        fields = replace(fields, fields=named)
    tested = any(isinstance(node, Ask) and node.tests for node in body)
    decides = _asks_first(body, state.questions)
    request, questions = _request(route, fields, decides=decides, stated=stated if tested else {})
    questions = (*questions, *state.questions)
    trails = (*route.writing, *route.stopping)
    runs = tuple(sorted(trail.episode.run.run_id for trail in trails))
    steady = steady_keys(request, Support(tasks=_tasks(trails), reached=_tasks(trails), runs=runs))
    called = {step.tool for trail in trails for step in trail.steps}
    return Program(
        name=workload.name,
        request=request,
        tools=tuple(tool for tool in workload.tools if tool.name in called),
        body=(*steady, *body),
        questions=questions,
        limits=Limits(
            tool_calls=max(len(trail.steps) for trail in trails),
            questions=len(questions) - len(state.questions) + state.most_asked(),
        ),
        tasks=_tasks(trails),
        runs=runs,
        samples=tuple(
            (tool, results[:SAMPLES_KEPT])
            for tool, results in sorted(evidence.results.items())
            if tool in called
        ),
        notes=tuple(_notes(route)),
    )


def _refuse_mixed(route: Route) -> None:
    """Decline where some requests are texts and others structured: no one program reads both."""
    kinds = {type(trail.episode.run.request) for trail in (*route.writing, *route.stopping)}
    if len(kinds) > 1:
        raise Declined(("some requests are texts and others structured: these are two workloads",))


def _refuse_open(route: Route, bindings: dict[Leaf, Binding]) -> None:
    """Decline where the program would be all questions: containment does not hold."""
    open_ = [leaf for leaf, binding in bindings.items() if isinstance(binding, Open)]
    # What only checks has nothing to offer but its reads: none of them may be a guess.
    if open_ and (not route.writing or 2 * len(open_) > len(bindings)):
        tools = {role.id: role.tool for role in calls_in(route.roles)}
        names = ", ".join(sorted({f"{tools[role]}.{name}" for role, name in open_})[:4])
        raise Declined((f"{len(open_)} of {len(bindings)} arguments are open decisions ({names})",))


def _request(
    route: Route, fields: Fields, *, decides: bool, stated: dict[str, Statement]
) -> tuple[Request, tuple[Question, ...]]:
    """The request's fields and wordings, with the question for a wording that was not seen."""
    trails = (*route.writing, *route.stopping)
    structured = [trail.episode.run.request for trail in trails]
    if requests := [request for request in structured if isinstance(request, dict)]:
        return Request(form="json", fields=known_keys(requests, fields.fields), closed=True), ()
    patterns = find_patterns(route, fields, decides=decides, stated=stated)
    if not fields.fields:
        return Request(form="text", patterns=patterns), ()
    question = Question(
        name="REQUEST",
        kind="extract",
        text="Read from the request: " + ", ".join(_describe(field) for field in fields.fields) + ".",
        fields=fields.fields,
        why="asked only where no wording in PATTERNS fits",
        support=_unworded(trails, patterns),
    )
    return Request(form="text", fields=fields.fields, patterns=patterns, question=question.name), (question,)


def _unworded(trails: tuple[Trail, ...], patterns: tuple[Pattern, ...]) -> Support:
    """The runs whose request no pattern was made of: those that the question is for."""
    worded = {run for pattern in patterns for run in pattern.support.runs}
    left = tuple(trail for trail in trails if trail.episode.run.run_id not in worded)
    runs = tuple(sorted(trail.episode.run.run_id for trail in left))
    return Support(tasks=_tasks(left), reached=_tasks(trails), runs=runs)


def _asks_first(body: Block, questions: list[Question]) -> bool:
    """Whether every run is asked a question, which sees the whole request, before it writes anything."""
    judging = {question.name for question in questions if question.kind in ("classify", "choose", "select")}
    for node in body:
        inner = node.body if isinstance(node, ForEach) else (node,)
        if any(isinstance(step, CallTool) and step.effect == "write" for step in inner):
            return False
        if isinstance(node, Ask) and node.question in judging and not node.if_many:
            return True
    return False


def _describe(field: Field) -> str:
    what = {
        "date": "a date",
        "time": "a time of day",
        "minutes": "a duration in minutes",
        "number": "a number",
    }
    name = phrase(field.name)
    return f"{name} ({what[field.kind]})" if field.kind in what else name


def _results(workload: Workload) -> dict[str, tuple[JSON, ...]]:
    """Every different result of every tool, in an order that the order of runs does not change."""
    found: dict[str, dict[str, JSON]] = defaultdict(dict)
    for run in workload.runs:
        for call in run.calls:
            if call.status == "ok":
                found[call.tool][canonical(call.result)] = call.result
    return {tool: tuple(_varied(results)) for tool, results in found.items()}


def _varied(results: dict[str, JSON]) -> Iterator[JSON]:
    """Results of different shapes first, so that a cut keeps one of each."""
    shapes: dict[str, list[str]] = defaultdict(list)
    for key in sorted(results):
        shapes[shape(results[key])].append(key)
    queues = [shapes[name] for name in sorted(shapes)]
    for depth in range(max(map(len, queues), default=0)):
        for queue in queues:
            if depth < len(queue):
                yield results[queue[depth]]


def shape(value: JSON) -> str:
    """The types of a JSON value without its values; a list counts by the shapes that it holds."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{key}:{shape(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + "|".join(sorted({shape(item) for item in value})) + "]"
    return type(value).__name__


def _notes(route: Route) -> Iterator[str]:
    if route.elsewhere:
        others = ", ".join(route.elsewhere)
        yield f"solved along another route, which taught nothing: {others}"
