"""infer: the mining passes, one after the other: a workload in, a program out, or the reasons why not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from compiler.errors import Declined
from compiler.ir.program import (
    Ask,
    Block,
    CallTool,
    Field,
    Limits,
    Pattern,
    Program,
    Question,
    Request,
    Support,
)
from compiler.ir.run import Workload
from compiler.ir.words import hand_over_of, nodes_of
from compiler.mine.assemble import assemble
from compiler.mine.binding import TOOL, Binding, Chosen, Open, Tabled, Wired
from compiler.mine.clean import Episode, clean_runs, read_attempts, without_last_looks
from compiler.mine.draft import Assembly, Evidence
from compiler.mine.forks import learn_forks
from compiler.mine.keys import known_keys, steady_keys
from compiler.mine.nest import nested_route
from compiler.mine.prefix import mine_prefix
from compiler.mine.request import Fields, name_fields
from compiler.mine.route import candidate_routes, checking_routes
from compiler.mine.samples import results_by_tool, samples_of
from compiler.mine.settle import MIN_TASKS, settle
from compiler.mine.sighting import Leaf
from compiler.mine.structured import name_paths
from compiler.mine.trail import Route, Trail, calls_in, roles_in
from compiler.mine.unseen import reads_others
from compiler.mine.widen import Requests, free_choices, widen_choices, widen_tool
from compiler.mine.wordings import find_patterns, statements
from compiler.mine.words import phrase
from compiler.runtime.unseen import Manner

ROUTES_TRIED = 4
REQUESTS_READ, LETTERS_READ = 200, 40_000
"""Requests of all tasks, solved or not, that show which places vary: more tell little more."""


def mine(workload: Workload) -> Program:
    """Infer the program of a workload: the whole job, else how it begins.

    Raises:
        Declined: The workload has too few solved tasks, or too much of it is an open decision, and its runs
            have no opening in common that would be worth a program.
    """
    # What an agent did on purpose, without its failed attempts and second looks.
    episodes = clean_runs(workload.runs, workload.tools)
    try:
        whole = _mine_whole(workload, episodes)
    except Declined as declined:
        # What cannot be compiled to its end may still begin the same way in most runs.
        try:
            return mine_prefix(workload, episodes)
        except Declined as short:
            raise Declined((*declined.reasons, *short.reasons)) from None
    return whole if _stands_for_most(whole, episodes) else _longer(whole, workload, episodes)


def _stands_for_most(whole: Program, episodes: tuple[Episode, ...]) -> bool:
    """Whether a program of the whole job was learnt from runs that made at least half of all calls."""
    return 2 * _calls_of(whole, episodes) >= sum(len(episode.run.calls) for episode in episodes)


def _calls_of(whole: Program, episodes: tuple[Episode, ...]) -> int:
    learnt = frozenset(whole.runs)
    return sum(len(episode.run.calls) for episode in episodes if episode.run.run_id in learnt)


def _longer(whole: Program, workload: Workload, episodes: tuple[Episode, ...]) -> Program:
    """Give the opening in the place of a program of few runs, if it stands for more of the calls.

    Where 8 of 73 tasks are done by the same steps and 56 begin alike, a program of those steps is of no use
    to nine requests in ten: it asks, and then deviates.
    """
    try:
        opening = mine_prefix(workload, episodes)
    except Declined:
        return whole
    end = hand_over_of(opening)
    return opening if end is not None and end.made > _calls_of(whole, episodes) else whole


def mine_opening(workload: Workload) -> Program:
    """Infer the program of how the runs begin, whether or not the whole job could be compiled.

    Raises:
        Declined: The runs have no opening in common that would be worth a program.
    """
    return mine_prefix(workload, clean_runs(workload.runs, workload.tools))


def _mine_whole(workload: Workload, episodes: tuple[Episode, ...]) -> Program:
    # The calls that the tasks have in common; the best supported routes are tried in turn.
    # Where the tasks are regular enough, with the loops and forks that they have in common.
    nested, damaged = nested_route(episodes)
    episodes = tuple(episode for episode in episodes if episode.run.run_id not in damaged)
    acting = tuple(map(without_last_looks, episodes))
    routes = [route for route in candidate_routes(acting) if _tasks(route.writing) >= MIN_TASKS]
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
    evidence = Evidence(results=results_by_tool(workload))
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
    best = min(tried, key=lambda found: found[0])[1]
    return _with_damage(best, damaged, len(damaged) + len(episodes)) if damaged else best


def _with_damage(program: Program, damaged: frozenset[str], runs: int) -> Program:
    """Say in a program which runs were set aside for what happened to them."""
    said = (
        f"{len(damaged)} of {runs} runs lack, repeat or move a call at places where the others agree, about "
        "as often at one as at another: set aside as damaged"
    )
    return replace(program, damaged=tuple(sorted(damaged)), notes=(*program.notes, said))


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
    were = "was" if solved == 1 else "were"
    return (
        f"{solved} of {tasks} tasks {were} solved by doing nothing, no two by the same steps: nothing repeats"
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
    every = sorted({(str(run.request), run.now) for run in workload.runs}, key=repr)
    letters = sum(len(text) for text, _ in every)
    requests = tuple(every[:: 1 + max(len(every) // REQUESTS_READ, letters // LETTERS_READ)])
    bindings = bindings | _widened(workload, route, bindings, requests)
    wired = {leaf: binding for leaf, binding in bindings.items() if isinstance(binding, Wired)}
    fields = name_fields(route, wired)
    fields = replace(fields, fields=widen_choices(fields.fields, fields.spans, requests, workload.tools))
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
    given = [trail.episode.run.request for trail in (*route.writing, *route.stopping)]
    structured = [request for request in given if isinstance(request, dict)]
    if structured:
        # An argument may be called anything, so only the request tells a name from a path.
        body, named = name_paths(body, structured)
        fields = replace(fields, fields=named)
    tested = any(isinstance(node, Ask) and node.tests for node in body)
    # Any question may see what a number means; only a yes or no judges whether all of it is to be done.
    decides = _asks_first(body, state.questions, ("classify", "choose", "select"))
    # A structured request has no wordings: its values would make as many as there are runs.
    stated = stated if tested else {}
    patterns = () if structured else find_patterns(route, fields, decides=decides, stated=stated)
    manner: Manner = "judged" if _asks_first(body, state.questions, ("classify",)) else "pieces"
    fields = replace(fields, fields=free_choices(fields, patterns, requests, workload.tools))
    request, questions = _request(route, fields, patterns, manner)
    questions = (*questions, *state.questions)
    trails = (*route.writing, *route.stopping)
    runs = tuple(sorted(trail.episode.run.run_id for trail in trails))
    steady = steady_keys(request, Support(tasks=_tasks(trails), reached=_tasks(trails), runs=runs))
    attempts, retried = read_attempts(trail.episode for trail in trails)
    called = {step.tool for trail in trails for step in trail.steps}
    called.update(tool for (_, name), choice in wired.items() if name == TOOL for _, tool in choice.wordings)
    return Program(
        name=workload.name,
        request=request,
        tools=tuple(tool for tool in workload.tools if tool.name in called),
        body=(*steady, *body),
        questions=questions,
        limits=Limits(
            tool_calls=max(len(trail.steps) for trail in trails),
            questions=len(questions) - len(state.questions) + state.most_asked(),
            attempts=attempts,
            retried=retried,
        ),
        tasks=_tasks(trails),
        runs=runs,
        samples=samples_of(evidence.results, called),
        notes=tuple(_notes(route)),
    )


def _widened(
    workload: Workload, route: Route, bindings: dict[Leaf, Binding], requests: Requests
) -> dict[Leaf, Wired]:
    """Let a request's words select a tool that no solved task needed, if any run shows what it answers."""
    answered = {call.tool for run in workload.runs for call in run.calls if call.status == "ok"}
    choices = {leaf: one for leaf, one in bindings.items() if leaf[1] == TOOL and isinstance(one, Wired)}
    known = tuple(pair for choice in choices.values() for pair in choice.wordings)
    families = {role.id: set(role.key[0].split("|")) for role in calls_in(route.roles)}
    return {
        leaf: widen_tool(choice, known, sorted(answered & families[leaf[0]]), requests)
        for leaf, choice in choices.items()
    }


def _refuse_mixed(route: Route) -> None:
    """Decline where some requests are texts and others structured: no one program reads both."""
    kinds = {type(trail.episode.run.request) for trail in (*route.writing, *route.stopping)}
    if len(kinds) > 1:
        raise Declined(("some requests are texts and others structured: these are two workloads",))


def _refuse_open(route: Route, bindings: dict[Leaf, Binding]) -> None:
    """Decline where the program would be all questions: containment does not hold."""
    open_ = [leaf for leaf, binding in bindings.items() if isinstance(binding, Open)]
    roles = {role.id: role for role in calls_in(route.roles)}
    unsaid = [roles[id_] for id_, name in open_ if name not in roles[id_].key[1]]
    if unsaid:
        # The program would call the commonest of them, whatever the request says.
        either = ", ".join(sorted({tool for role in unsaid for tool in role.key[0].split("|")}))
        raise Declined((f"nothing tells which of these tools a request means: {either}",))
    # What only checks has nothing to offer but its reads: none of them may be a guess.
    if open_ and (not route.writing or 2 * len(open_) > len(bindings)):
        names = ", ".join(sorted({f"{roles[id_].tool}.{name}" for id_, name in open_})[:4])
        raise Declined((f"{len(open_)} of {len(bindings)} arguments are open decisions ({names})",))


def _request(
    route: Route, named: Fields, patterns: tuple[Pattern, ...], manner: Manner
) -> tuple[Request, tuple[Question, ...]]:
    """The request's fields and wordings, with the question for a wording that cannot be read."""
    trails = (*route.writing, *route.stopping)
    structured = [trail.episode.run.request for trail in trails]
    if requests := [request for request in structured if isinstance(request, dict)]:
        return Request(form="json", fields=known_keys(requests, named.fields), closed=True), ()
    if not named.fields:
        return Request(form="text", patterns=patterns), ()
    question = Question(
        name="REQUEST",
        kind="extract",
        text=f"Read from the request {_describe(named.fields)}.",
        fields=named.fields,
        why="asked only where no wording in PATTERNS fits",
        support=_unworded(trails, patterns),
    )
    runs = tuple(trail.episode.run for trail in trails)
    request = Request(
        form="text",
        fields=named.fields,
        patterns=patterns,
        question=question.name,
        unseen=manner if reads_others(manner, runs, named.fields, patterns) else None,
    )
    return request, (question,)


def _unworded(trails: tuple[Trail, ...], patterns: tuple[Pattern, ...]) -> Support:
    """The runs whose request no pattern was made of: those that the question is for."""
    worded = {run for pattern in patterns for run in pattern.support.runs}
    left = tuple(trail for trail in trails if trail.episode.run.run_id not in worded)
    runs = tuple(sorted(trail.episode.run.run_id for trail in left))
    return Support(tasks=_tasks(left), reached=_tasks(trails), runs=runs)


def _asks_first(body: Block, questions: list[Question], kinds: tuple[str, ...]) -> bool:
    """Whether every run is asked a question of these kinds, which sees the request, before it writes."""
    judging = {question.name for question in questions if question.kind in kinds}
    for node in body:
        if any(isinstance(step, CallTool) and step.effect == "write" for step in nodes_of((node,))):
            return False
        if isinstance(node, Ask) and node.question in judging and not node.if_many:
            return True
    return False


def _describe(fields: tuple[Field, ...]) -> str:
    """Name the fields in a sentence: ``the date for time min, the query and the due date``."""
    *most, last = [_described(field) for field in fields]
    return f"{', '.join(most)} and {last}" if most else last


def _described(field: Field) -> str:
    kinds = {"date": "date", "time": "time of day", "minutes": "duration in minutes", "number": "number"}
    name, kind = phrase(field.name), kinds.get(field.kind, "")
    return f"the {kind} for {name}" if kind and kind not in name else f"the {name}"


def _notes(route: Route) -> Iterator[str]:
    if route.elsewhere:
        others = ", ".join(route.elsewhere)
        yield f"solved along another route, which taught nothing: {others}"
