"""decide: where the runs part, and what decides: a rule that passes the gate, else a question."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from compiler.errors import Declined
from compiler.ir.expr import Const, Expr, Ref
from compiler.ir.program import (
    Answered,
    Arm,
    Ask,
    Block,
    Branch,
    Deviate,
    Holds,
    Node,
    Question,
    Stop,
    Support,
)
from compiler.ir.run import JSON
from compiler.mine.absence import may_lack, missing
from compiler.mine.binding import Chosen, Tabled
from compiler.mine.branch import hidden_decision, is_conditional
from compiler.mine.conditions import Instance, learn_condition, sources
from compiler.mine.draft import Assembly, arrivals, support
from compiler.mine.exprs import walk_expr
from compiler.mine.guards import compares
from compiler.mine.loops import lone_rows
from compiler.mine.outlook import outlook
from compiler.mine.rules import Rules, Sample, learn_rules
from compiler.mine.scope import values_in_scope
from compiler.mine.searches import searched
from compiler.mine.trail import Route, Trail, roles_in
from compiler.mine.words import phrase

ENOUGH_FOR_A_CONSTANT = 8
"""Tasks that must look things up with one text which no request says, before that is taken for granted."""

GO, STOP = "go on", "stop"
TESTED = "asked only where the condition that the request states cannot be told"
LABELS = ("yes", "no", "neither")


def stops_by_result(state: Assembly, trail: Trail) -> bool:
    """Whether a trail stopped because its last read found nothing: no rows, or a text in place of rows."""
    return lacks(state, trail) is not None


def lacks(state: Assembly, trail: Trail) -> tuple[str, ...] | None:
    """The keys to what the last read of a trail did not find; None where it found what the others did."""
    place = len(trail.visits) - 1
    if not trail.visits[place].calls or not may_lack(trail.visits[place].result):
        return None
    later = (tuple(s for visit in t.visits[place + 1 :] for s in visit.steps) for t in state.route.writing)
    others = [(t.visits[place].result, steps) for t, steps in zip(state.route.writing, later, strict=True)]
    return missing(trail.visits[place].result, others)


def guard_place(state: Assembly) -> int | None:
    """Before which role the runs part, or must be taken to part; None where nothing hints at a decision.

    Raises:
        Declined: There is a decision, and no step that the tasks share looks up what it depends on.
    """
    roles = state.route.roles
    places = _partings(state)
    writes = [n for n, role in enumerate(roles) if role.effect == "write"]
    if places and state.alone:
        # That a run stopped at once does not say that what the others went on to read decides nothing.
        return writes[0]
    if places:
        return max(sorted(set(places)), key=places.count)
    reason = hidden_decision(state.route, unused_reads(state)) or _why_narrowed(state)
    # Which rows are meant is asked of every write: that none is will do for a "no".
    if reason is None and not all(lone_rows(state, place) for place in writes):
        reason = state.unsure or None
    if reason is None:
        return None
    first_write = writes[0]
    if not any(role.effect == "read" for role in roles[:first_write]):
        raise Declined((f"{reason}, and no step that the tasks share looks up what decides",))
    return first_write


def _partings(state: Assembly) -> list[int]:
    """The place at which each trail stopped for a reason that its last result, or a gate, does not show."""
    roles, places = state.route.roles, []
    for trail in state.route.stopping:
        place = len(trail.visits)
        loops = place < len(roles) and roles[place].walk is not None
        gate = bool(place and roles[place - 1].arms)
        if place < len(roles) and not loops and not gate and not stops_by_result(state, trail):
            places.append(place)
    return places


def _is_all(state: Assembly, place: int) -> bool:
    """Whether all that the tasks decide is decided at one place: else a rule for it would settle too much."""
    return set(_partings(state)) == {place} and not state.route.aside and not state.route.other_writes


def narrowed(state: Assembly) -> tuple[tuple[str, str], ...]:
    """Texts that few tasks look things up with, always the same, although no request says them.

    What "unfinished" means was "In progress" each time; for the next request it may be more.
    """
    tasks = {trail.episode.run.task for trail in state.route.writing}
    if len(tasks) >= ENOUGH_FOR_A_CONSTANT:
        return ()
    reads = {role.id for role in state.route.roles if role.effect == "read"}
    return tuple(
        (name, rivals[0].value)
        for (role, name), rivals in state.rivals.items()
        if role in reads and isinstance(rivals[0], Const) and isinstance(rivals[0].value, str)
    )


def _why_narrowed(state: Assembly) -> str | None:
    if not narrowed(state):
        return None
    return "every run looked things up with words of its own, which no request says"


def unused_reads(state: Assembly) -> tuple[str, ...]:
    """Ids of reads that no argument, row or loop of the route uses."""
    roles = state.route.roles
    exprs = [rival for rivals in state.rivals.values() for rival in rivals]
    exprs += [binding.rows for binding in state.bindings.values() if isinstance(binding, Chosen)]
    tables = [binding for binding in state.bindings.values() if isinstance(binding, Tabled)]
    exprs += [expr for table in tables for expr in table.exprs]
    used = {part.id for expr in exprs for part in walk_expr(expr) if isinstance(part, Ref)}
    used |= {role.walk.source for role in roles_in(roles) if role.walk is not None}
    tests = (test for rules in state.rules.values() for _, guard in rules.arms for test in compares(guard))
    sides = (side for test in tests for side in (test.left, test.right))
    used |= {part.id for side in sides for part in walk_expr(side) if isinstance(part, Ref)}
    return tuple(role.id for role in roles if role.effect == "read" and role.is_call and role.id not in used)


def guard(state: Assembly, place: int) -> list[Node]:
    """Go on or stop: by a rule where one passes the gate, else by a question with the facts so far."""
    came = arrivals(state, place)
    at = range(1, place + 1) if state.alone else (place,)
    stops = [t for t in state.route.stopping if len(t.visits) in at and not stops_by_result(state, t)]
    goes = [trail for trail in came if len(trail.visits) > place]
    decided = _is_all(state, place) and not state.alone
    rule = learn_rules(tuple(_samples(state, place, goes, stops))) if decided else None
    stopped = stops or [Trail(episode=episode, visits=()) for episode in state.route.aside]
    seen = support(stopped, [*came, *stopped])
    if stopped or _all_conditional(state.route):
        # A request that says "if" is the reason to stop, should no run have met the other case.
        stop_body: Block = (Stop(support=seen),)
    else:
        stop_body = (Deviate(message="no run shows what to do then", support=seen),)
    if rule is not None:
        return [_rule_branch(rule, stop_body, support(goes, came), support(stops, came))]
    writes = dict.fromkeys(r.tool for r in state.route.roles[place:] if r.effect == "write")
    todo = " and ".join(phrase(tool) for tool in writes)
    tests = _tests(state, place, goes, stops)
    if not stops or not goes:
        # That a search finds nothing is the reason only if runs show what they do when it finds something.
        tests = tuple(test for test in tests if test.how != "rows")
    question = Question(
        name="GO_ON",
        kind="classify",
        text=f"Given the facts, does the request want this done: {todo}? Answer no if its condition "
        f"does not hold, and neither if that cannot be told.{_looked_up(state)}",
        labels=LABELS,
        why=TESTED if tests else _why_guard(state, place, goes, stops),
        support=support(came, came),
    )
    no = Arm(guard=Answered("", "no"), body=stop_body, support=seen)
    yes = Arm(guard=Answered("", "yes"), body=(), support=support(goes, came))
    return _ask(state, place, question, (no, yes), tests)


def check_only(state: Assembly) -> list[Node]:
    """End a route on which nothing was ever changed: deviate if there is something to change after all."""
    came = list(state.route.stopping)
    question = Question(
        name="ANYTHING_TO_DO",
        kind="classify",
        text="Given the facts, is there anything to change, as the request means it? Answer neither if that "
        f"cannot be told.{_looked_up(state) if state.alone else ''}",
        labels=LABELS,
        why="every run seen found nothing to change; what to do otherwise, no run shows",
        support=support(came, came),
    )
    to_do = Deviate(message="there is something to change, and no run shows how", support=support((), came))
    yes = Arm(guard=Answered("", "yes"), body=(to_do,), support=support((), came))
    no = Arm(guard=Answered("", "no"), body=(Stop(support=support(came, came)),), support=support(came, came))
    place = len(state.route.roles)
    return _ask(state, place, question, (yes, no), _tests(state, place, [], came))


def _tests(state: Assembly, place: int, goes: list[Trail], stops: list[Trail]) -> tuple[Holds, ...]:
    """What tells the answer without asking: the condition that the requests state, of a value in scope."""
    unconditional = any(not is_conditional(episode.run.request) for episode in state.route.aside)
    if unconditional or state.route.other_writes or narrowed(state) or state.alone:
        return ()
    instances = []
    searches = searched(state, place)
    for met, trails in ((True, goes), (False, stops)):
        for trail in trails:
            run = trail.episode.run
            stated, bound = state.stated.get(run.run_id), _bound(state, place, trail)
            if stated is None and not met:
                # It stopped for a reason that no condition gives: then a condition is not all there is.
                return ()
            if stated is not None:
                instances.append(
                    Instance(
                        task=run.task,
                        statement=stated,
                        values=values_in_scope(bound, run.now),
                        sources=sources(bound),
                        searches={expr: dict(bound).get(Ref(id_)) for id_, expr in searches.items()},
                        met=met,
                    )
                )
    return learn_condition(tuple(instances), frozenset(unused_reads(state)))


def _ask(
    state: Assembly, place: int, question: Question, arms: tuple[Arm, ...], tests: tuple[Holds, ...] = ()
) -> list[Node]:
    """A classify question with the reads so far as its facts; each arm is guarded by its label."""
    came = arrivals(state, place)
    name, id_ = state.ask(question), state.new_id("q")
    facts = tuple(r.id for r in state.route.roles[:place] if r.effect == "read" and r.is_call)
    neither = Deviate(message="the model finds that neither answer fits", support=support((), came))
    guarded = tuple(
        replace(arm, guard=Answered(id_, arm.guard.label)) for arm in arms if isinstance(arm.guard, Answered)
    )
    refuse = Arm(guard=Answered(id_, "neither"), body=(neither,), support=support((), came))
    return [
        Ask(id=id_, question=name, facts=facts, support=support(came, came), tests=tests),
        Branch(arms=(refuse, *guarded), unseen="an answer that was not offered"),
    ]


def _all_conditional(route: Route) -> bool:
    return all(is_conditional(trail.episode.run.request) for trail in route.writing)


def _looked_up(state: Assembly) -> str:
    """What a question has to say about words that narrow the facts it sees."""
    words = " and ".join(f"{phrase(name)} {value!r}" for name, value in narrowed(state))
    return (
        f" They were looked up with {words}: answer neither if the request means more than that."
        if words
        else ""
    )


def _why_guard(state: Assembly, place: int, goes: list[Trail], stops: list[Trail]) -> str:
    if not stops:
        return hidden_decision(state.route, unused_reads(state)) or _why_narrowed(state) or state.unsure
    going, stopping = (support(trails, trails).tasks for trails in (goes, stops))
    counted = f"{_counted(going, 'go', 'goes')} on and {_counted(stopping, 'stop', 'stops')}"
    if not _is_all(state, place):
        return f"{counted}, and others part elsewhere, so no rule was learnt"
    names = {role.id: role.tool for role in state.route.roles}
    return f"{counted}; {outlook(tuple(_samples(state, place, goes, stops)), names)}"


def _counted(tasks: int, many: str, one: str) -> str:
    return f"1 task {one}" if tasks == 1 else f"{tasks} tasks {many}"


def _rule_branch(rules: Rules, stop_body: Block, goes: Support, stops: Support) -> Branch:
    guards = dict(rules.arms)
    return Branch(
        arms=(
            Arm(guard=guards[STOP], body=stop_body, support=stops),
            Arm(guard=guards[GO], body=(), support=goes),
        ),
        unseen="a value that no run shows decides here",
        confidence=rules.confidence,
        gaps=rules.gaps,
    )


def _samples(state: Assembly, place: int, goes: list[Trail], stops: list[Trail]) -> Iterable[Sample]:
    """The values in scope at a decision, task by task, with what was decided."""
    for trails, arm in ((goes, GO), (stops, STOP)):
        for trail in trails:
            run, bound = trail.episode.run, _bound(state, place, trail)
            bound.extend(state.said.get(run.run_id, {}).items())
            yield Sample(task=run.task, values=values_in_scope(bound, run.now), arm=arm)


def _bound(state: Assembly, place: int, trail: Trail) -> list[tuple[Expr, JSON]]:
    """What a trail had read before a place, by the nodes that bind it."""
    return [
        (Ref(role.id), visit.result)
        for role, visit in zip(state.route.roles[:place], trail.visits, strict=False)
        if role.is_call and role.effect == "read"
    ]
