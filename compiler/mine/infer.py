"""infer: the mining passes, one after the other: a workload in, a program out, or the reasons why not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

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
from compiler.mine.binding import Binding, Chosen, Open, Wired
from compiler.mine.clean import Episode, canonical, clean_runs
from compiler.mine.draft import Assembly, Evidence
from compiler.mine.request import Fields, Leaf, name_fields
from compiler.mine.route import Route, Trail, candidate_routes, checking_routes
from compiler.mine.settle import MIN_TASKS, settle
from compiler.mine.wordings import find_patterns
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
    routes = [route for route in candidate_routes(episodes) if _tasks(route.writing) >= MIN_TASKS]
    if not routes:
        # Nothing to learn a change from, but whether there is one to make can still be checked.
        routes = [route for route in checking_routes(episodes) if _tasks(route.stopping) >= MIN_TASKS]
    if not routes:
        raise Declined((_why_no_route(workload, episodes),))
    # Where every argument comes from.
    settled = [settle(route) for route in routes[:ROUTES_TRIED]]
    route, bindings = min(settled, key=lambda pair: _rank(*pair))
    return _program(workload, route, bindings)


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
    """Lower is better: few tasks left aside first, then few arguments that nothing explains."""
    unexplained = sum(isinstance(b, Open) for b in bindings.values())
    asked = sum(isinstance(b, Chosen) for b in bindings.values())
    return (unexplained, -_tasks(route.writing), -_tasks(route.stopping), asked, len(route.roles))


def _program(workload: Workload, route: Route, bindings: dict[Leaf, Binding]) -> Program:
    """Name the request's fields, find its wordings, and put the nodes together."""
    _refuse_mixed(route)
    _refuse_open(route, bindings)
    wired = {leaf: binding for leaf, binding in bindings.items() if isinstance(binding, Wired)}
    fields = name_fields(route, wired)
    evidence = Evidence(results=_results(workload))
    state = Assembly(route=route, bindings=bindings, rivals=fields.rivals, evidence=evidence)
    body = assemble(state)
    request, questions = _request(route, fields, decides=_asks_first(body, state.questions))
    questions = (*questions, *state.questions)
    trails = (*route.writing, *route.stopping)
    called = {visit.calls[0].tool for trail in trails for visit in trail.visits}
    return Program(
        name=workload.name,
        request=request,
        tools=tuple(tool for tool in workload.tools if tool.name in called),
        body=body,
        questions=questions,
        limits=Limits(
            tool_calls=max(sum(len(v.calls) for v in trail.visits) for trail in trails),
            questions=len(questions),
        ),
        tasks=_tasks(trails),
        runs=tuple(sorted(trail.episode.run.run_id for trail in trails)),
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
    unsaid = [place for place, name in open_ if name not in route.roles[place].key[1]]
    if unsaid:
        # The program would call the commonest of them, whatever the request says.
        tools = ", ".join(sorted({tool for place in unsaid for tool in route.roles[place].key[0].split("|")}))
        raise Declined((f"nothing tells which of these tools a request means: {tools}",))
    # What only checks has nothing to offer but its reads: none of them may be a guess.
    if open_ and (not route.writing or 2 * len(open_) > len(bindings)):
        names = ", ".join(sorted({f"{route.roles[place].tool}.{name}" for place, name in open_})[:4])
        raise Declined((f"{len(open_)} of {len(bindings)} arguments are open decisions ({names})",))


def _request(route: Route, fields: Fields, *, decides: bool) -> tuple[Request, tuple[Question, ...]]:
    """The request's fields and wordings, with the question for a wording that was not seen."""
    trails = (*route.writing, *route.stopping)
    if any(isinstance(trail.episode.run.request, dict) for trail in trails):
        return Request(form="json", fields=fields.fields), ()
    patterns = find_patterns(route, fields, decides=decides)
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
