"""programs: a settled route -> a program: its fields and wordings, its nodes and questions."""

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
from compiler.ir.words import nodes_of
from compiler.mine.assemble import assemble
from compiler.mine.binding import TOOL, Binding, Open, Wired
from compiler.mine.clean import read_attempts
from compiler.mine.draft import Assembly, Evidence
from compiler.mine.example import (
    ALONE,
    is_example,
    restrained,
    shared_wordings,
)
from compiler.mine.first_match import unsure_search
from compiler.mine.forks import learn_forks
from compiler.mine.keys import known_keys, steady_keys
from compiler.mine.request import Fields, aligned, name_fields
from compiler.mine.rules import Rules
from compiler.mine.samples import samples_of
from compiler.mine.sighting import Leaf
from compiler.mine.structured import name_paths
from compiler.mine.told import told, with_tested
from compiler.mine.trail import Route, Trail, calls_in, tasks_of
from compiler.mine.unseen import reads_others
from compiler.mine.widen import Requests, free_choices, widen_choices, widen_tool
from compiler.mine.wordings import find_patterns, statements
from compiler.mine.words import phrase
from compiler.runtime.unseen import Manner

REQUESTS_READ, LETTERS_READ = 200, 40_000
"""Requests of all tasks, solved or not, that show which places vary: more tell little more."""


def program_of(
    workload: Workload, evidence: Evidence, route: Route, bindings: dict[Leaf, Binding]
) -> Program:
    """Name the request's fields, find its wordings, and put the nodes together.

    Raises:
        Declined: Too much of the route is an open decision.
    """
    _refuse_mixed(route)
    if is_example(route):
        bindings = restrained(route, bindings)
    _refuse_open(route, bindings)
    requests = _requests(workload)
    bindings = bindings | _widened(workload, route, bindings, requests)
    wired = {leaf: binding for leaf, binding in bindings.items() if isinstance(binding, Wired)}
    alignment = aligned(route)
    fields = name_fields(route, wired, alignment)
    fields = replace(fields, fields=widen_choices(fields.fields, fields.spans, requests, workload.tools))
    stated = statements(route, fields)
    said = told(fields, alignment, fields.texts)
    rules = learn_forks(route, said.values)
    _refuse_unsure(route, rules)
    lone = is_example(route) and any(
        shared_wordings(find_patterns(route, fields, decides=True, stated={}), fields, workload)
    )
    state = Assembly(
        route=route,
        whole=route.roles,
        bindings=bindings,
        rivals=fields.rivals,
        rules=rules,
        spoken=fields.spoken(),
        stated=stated,
        said=said.values,
        evidence=evidence,
        alone=is_example(route),
        unsure=ALONE if lone else "",
    )
    body = assemble(state)
    given = [trail.episode.run.request for trail in (*route.writing, *route.stopping)]
    structured = [request for request in given if isinstance(request, dict)]
    if structured:
        # An argument may be called anything, so only the request tells a name from a path.
        body, named = name_paths(body, structured)
        fields = replace(fields, fields=named)
    fields = with_tested(fields, said, body)
    tested = any(isinstance(node, Ask) and node.tests for node in body)
    # Any question may see what a number means; only a yes or no judges whether all of it is to be done.
    decides = _asks_first(body, state.questions, ("classify", "choose", "select"))
    # A structured request has no wordings: its values would make as many as there are runs.
    worded = not structured and (lone or not is_example(route))
    stated = stated if tested else {}
    patterns = find_patterns(route, fields, decides=decides, stated=stated) if worded else ()
    patterns = shared_wordings(patterns, fields, workload) if lone else patterns
    manner: Manner = "judged" if _asks_first(body, state.questions, ("classify",)) else "pieces"
    fields = replace(fields, fields=free_choices(fields, patterns, requests, workload.tools))
    request, questions = _request(route, fields, patterns, manner)
    questions = (*questions, *state.questions)
    trails = (*route.writing, *route.stopping)
    runs = tuple(sorted(trail.episode.run.run_id for trail in trails))
    steady = steady_keys(request, Support(tasks=tasks_of(trails), reached=tasks_of(trails), runs=runs))
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
            tool_calls=max(sum(step.made for step in trail.steps) for trail in trails),
            questions=len(questions) - len(state.questions) + state.most_asked(),
            spare_calls=state.rows_meant,
            attempts=attempts,
            retried=retried,
        ),
        tasks=tasks_of(trails),
        runs=runs,
        samples=samples_of(evidence.results, called),
        notes=tuple(_notes(route)),
    )


def _requests(workload: Workload) -> Requests:
    """The requests of all tasks, or so many of them that they are read in time."""
    every = sorted({(str(run.request), run.now) for run in workload.runs}, key=repr)
    letters = sum(len(text) for text, _ in every)
    return tuple(every[:: 1 + max(len(every) // REQUESTS_READ, letters // LETTERS_READ)])


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


def _refuse_unsure(route: Route, rules: dict[str, Rules]) -> None:
    """Decline where a loop may end at its first match, or just have met one match only."""
    tool = unsure_search(route, rules)
    if tool is not None:
        raise Declined((f"no run shows that {tool} is meant for the first of several that fit",))


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
        unseen=manner if patterns and reads_others(manner, runs, named.fields, patterns) else None,
    )
    return request, (question,)


def _unworded(trails: tuple[Trail, ...], patterns: tuple[Pattern, ...]) -> Support:
    """The runs whose request no pattern was made of: those that the question is for."""
    worded = {run for pattern in patterns for run in pattern.support.runs}
    left = tuple(trail for trail in trails if trail.episode.run.run_id not in worded)
    runs = tuple(sorted(trail.episode.run.run_id for trail in left))
    return Support(tasks=tasks_of(left), reached=tasks_of(trails), runs=runs)


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
    dates = dict.fromkeys(("date", "past_date", "coming_date"), "date")
    kinds = {**dates, "time": "time of day", "minutes": "duration in minutes", "number": "number"}
    name, kind = phrase(field.name), kinds.get(field.kind, "")
    return f"the {kind} for {name}" if kind and kind not in name else f"the {name}"


def _notes(route: Route) -> Iterator[str]:
    if route.elsewhere:
        others = ", ".join(route.elsewhere)
        yield f"solved along another route, which taught nothing: {others}"
