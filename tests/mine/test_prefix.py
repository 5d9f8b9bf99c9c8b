"""How the runs begin, where they scatter after it: the opening, and the hand-over at its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from compiler.emit import emit_harness
from compiler.errors import Declined
from compiler.ir.dump import dump_program
from compiler.ir.program import CallEither, CallTool, HandOver, Program
from compiler.ir.run import JSON, Call, Run, ToolSchema
from compiler.runtime import Handover, RunResult, ScriptedModel, load_source
from tests.mine.build import DONE, NOW, call, mined, run, shape, tool, walk

TOOLS = (
    tool("members.by_mail", "read", "mail"),
    tool("members.by_name", "read", "first", "last"),
    tool("members.get", "read", "member_id"),
    tool("loans.get", "read", "loan_id"),
    tool("branches.get", "read", "branch_id"),
    *(
        tool(f"loans.{what}", "write", "loan_id")
        for what in ("renew", "end", "fine", "waive", "move", "lend")
    ),
)
WRITES = tuple(one.name for one in TOOLS if one.effect == "write")
NAMES = ("Ada Abel", "Bea Bond", "Cy Cole", "Di Dorn", "Ed Egan", "Flo Finn", "Gus Gray", "Hal Hunt")


def loans(number: int) -> list[str]:
    """The loans of one member: two or three."""
    return [f"L-{number}0{place}" for place in range(2 + number % 2)]


def found(number: int, *, mail: bool) -> Call:
    """Find a member by mail or by name."""
    first, last = NAMES[number].split()
    if mail:
        return call("members.by_mail", f"M-{number}77", mail=f"{first.lower()}@example.org")
    return call("members.by_name", f"M-{number}77", first=first, last=last)


def got(number: int) -> Call:
    return call("members.get", {"loans": [*loans(number)], "level": "gold"}, member_id=f"M-{number}77")


def read(loan: str) -> Call:
    return call("loans.get", {"title": f"title of {loan}", "days": 3}, loan_id=loan)


def told(number: int, *, mail: bool) -> str:
    """Say who it is, each in words of their own."""
    first, last = NAMES[number].split()
    who = f"my mail is {first.lower()}@example.org" if mail else f"I am {first} {last}"
    return f"Hello, {'well ' * number}I have a question no. {number}.\n\nSure, {who}."


def visit(number: int, *more: Call, mail: bool = False, every: bool = True) -> Run:
    """One run: find the member, read some or all loans, and then write in a way that no other run does."""
    kept = loans(number) if every else loans(number)[:1]
    last = call(WRITES[number % len(WRITES)], DONE, loan_id=loans(number)[0])
    seen = tuple(read(loan) for loan in kept)
    again = (call("loans.lend", DONE, loan_id=f"X-{number}"),) * (number // len(WRITES))
    calls = (found(number, mail=mail), got(number), *more, *seen, last, *again)
    return run(told(number, mail=mail), *calls, task=str(number))


SCATTERED = tuple(visit(number, mail=number in (1, 4)) for number in range(6))


def opening(*runs: Run) -> Program:
    return mined(*runs, tools=TOOLS)


def the_end(program: Program) -> HandOver:
    """Give the hand-over, which is the last node and the only one of its kind."""
    (end,) = (node for node in walk(program.body) if isinstance(node, HandOver))
    assert program.body[-1] is end
    return end


def declined(*runs: Run, tools: tuple[ToolSchema, ...] = TOOLS) -> tuple[str, ...]:
    with pytest.raises(Declined) as refused:
        mined(*runs, tools=tools)
    return refused.value.reasons


def test_the_opening_is_compiled_and_ends_in_one_hand_over() -> None:
    program = opening(*SCATTERED)
    assert shape(program) == ["CallEither", "members.get", "ForEach", "loans.get", "HandOver"]
    end = the_end(program)
    # Each run finds, gets, reads two or three loans, and writes once.
    assert (end.made, end.calls, end.runs) == (27, 33, 6)
    assert (end.support.tasks, end.support.reached) == (6, 6)


def test_an_opening_writes_nothing() -> None:
    calls = [node for node in walk(opening(*SCATTERED).body) if isinstance(node, CallTool)]
    assert {one.effect for one in calls} == {"read"}
    assert not {one.name for one in opening(*SCATTERED).tools} & set(WRITES)


def test_two_calls_for_one_thing_are_chosen_by_what_the_request_gives() -> None:
    program = opening(*SCATTERED)
    either = program.body[0]
    assert isinstance(either, CallEither)
    assert [(one.call.tool, one.needs) for one in either.options] == [
        ("members.by_mail", ("mail",)),
        ("members.by_name", ("first", "last")),
    ]
    assert {one.name for one in program.request.fields if one.optional} == {"mail", "first", "last"}


def test_a_call_that_leads_elsewhere_is_no_other_way_to_one_thing() -> None:
    # The same kind of result, but nobody reads a member after it.
    strays = tuple(
        run(
            told(number, mail=True),
            found(number, mail=True),
            call(WRITES[number % len(WRITES)], DONE, loan_id=loans(number)[0]),
            task=str(number),
        )
        for number in (6, 7)
    )
    program = opening(*(visit(number) for number in range(6)), *strays)
    assert shape(program)[:2] == ["members.by_name", "members.get"]
    assert not any(one.optional for one in program.request.fields)


def test_reads_in_another_order_are_the_same_opening() -> None:
    def turned(one: Run) -> Run:
        *opened, last = one.calls
        return run(str(one.request), *opened[:2], *reversed(opened[2:]), last, task=one.task_id)

    mixed = (*SCATTERED[:3], *map(turned, SCATTERED[3:]))
    assert shape(opening(*mixed)) == shape(opening(*SCATTERED))


def test_the_order_of_runs_changes_nothing() -> None:
    assert dump_program(opening(*SCATTERED)) == dump_program(opening(*reversed(SCATTERED)))


def test_a_list_that_few_walk_to_its_end_is_not_walked() -> None:
    firsts = tuple(visit(number, every=number == 0) for number in range(6))
    assert shape(opening(*firsts)) == ["members.by_name", "members.get", "loans.get", "HandOver"]
    # One loan of several, by no rule: what the agent decides is not read for it.
    some = tuple(
        run(
            str(one.request),
            *one.calls[:2],
            read(loans(n)[(0, 1, 1, 1, 0, 1)[n]]),
            one.calls[-1],
            task=one.task_id,
        )
        for n, one in enumerate(firsts)
    )
    assert shape(opening(*some)) == ["members.by_name", "members.get", "HandOver"]


def test_what_runs_made_of_a_walk_counts_as_made() -> None:
    runs = tuple(visit(number, every=number != 0) for number in range(6))
    end = the_end(opening(*runs))
    # Run 0 reads one of its two loans: the harness reads it too, and one more.
    assert (end.made, end.calls, end.support.tasks) == (26, 32, 5)


def test_a_step_that_less_than_half_of_the_runs_make_is_left_to_the_agent() -> None:
    branch = call("branches.get", {"city": "Rome"}, branch_id="gold")
    runs = tuple(visit(number, *((branch,) if number < 2 else ())) for number in range(6))
    assert "branches.get" not in shape(opening(*runs))


def test_what_is_read_after_a_write_is_no_part_of_the_opening() -> None:
    def late(number: int) -> Run:
        one = visit(number)
        extra = tuple(read(f"{loan}-late") for loan in loans(number))
        return run(str(one.request), one.calls[0], one.calls[-1], *one.calls[1:-1], *extra, task=str(number))

    assert shape(opening(*(late(number) for number in range(6)))) == ["members.by_name", "HandOver"]


def test_a_value_that_nobody_said_is_not_read_from_the_request() -> None:
    silent = tuple(run("Hello there", *one.calls, task=one.task_id) for one in SCATTERED)
    assert "no opening that half of the runs share" in declined(*silent)[-1]


def test_an_opening_that_too_few_share_is_declined_with_the_numbers() -> None:
    alone = tuple(
        run(f"Note {n}", call(WRITES[n % 6], DONE, loan_id=f"Q-{n}{n}"), *(x,) * (n // 6), task=f"n{n}")
        for n in range(8)
        for x in [call("loans.lend", DONE, loan_id=f"Y-{n}")]
    )
    reasons = declined(*SCATTERED[:3], *alone)
    assert "no opening that half of the runs share" in reasons[-1]
    assert "3 of 11 runs call" in reasons[-1]


def test_tools_of_unknown_effect_open_nothing() -> None:
    unknown = tuple(ToolSchema(name=one.name, parameters=one.parameters) for one in TOOLS)
    assert declined(*SCATTERED, tools=unknown)[-1].endswith("give the schemas with --tools")


def test_a_whole_job_that_most_runs_do_is_not_cut_down_to_its_opening() -> None:
    def renewed(number: int) -> Run:
        calls = (found(number, mail=False), got(number), call("loans.renew", DONE, member_id=f"M-{number}77"))
        return run(told(number, mail=False), *calls, task=str(number))

    assert "loans.renew" in shape(opening(*(renewed(number) for number in range(6))))


def test_a_job_that_few_runs_do_gives_way_to_what_most_begin_with() -> None:
    twins = tuple(
        run(
            told(number, mail=False),
            found(number, mail=False),
            call("loans.end", DONE, member_id=f"M-{number}77"),
            task=str(number),
        )
        for number in (6, 7)
    )
    assert shape(opening(*twins))[-1] == "loans.end"
    assert shape(opening(*SCATTERED, *twins))[-1] == "HandOver"


def test_a_structured_request_opens_as_well() -> None:
    runs = tuple(
        run({"member": f"M-{number}77", "note": f"n{number}"}, *one.calls[1:], task=one.task_id)
        for number, one in enumerate(SCATTERED)
    )
    program = opening(*runs)
    assert shape(program) == ["members.get", "ForEach", "loans.get", "HandOver"]
    assert (program.request.form, [one.path for one in program.request.fields]) == (
        "json",
        [("member",), ("note",)],
    )
    assert program.questions == ()


def test_sources_that_may_differ_are_asked_about() -> None:
    def twice(number: int) -> Run:
        one = visit(number)
        member: JSON = {"member_id": f"M-{number}77", "home": f"B-{number}5", "base": f"B-{number}5"}
        looked = call("members.get", member, member_id=f"M-{number}77")
        branch = call("branches.get", {"city": "Rome"}, branch_id=f"B-{number}5")
        return run(str(one.request), one.calls[0], looked, branch, one.calls[-1], task=one.task_id)

    program = opening(*(twice(number) for number in range(6)))
    assert shape(program) == ["members.by_name", "members.get", "Let", "branches.get", "HandOver"]
    assert [(one.name, one.kind) for one in program.questions] == [
        ("REQUEST", "extract"),
        ("WHICH_BRANCH_ID_1", "choose"),
    ]


def test_a_text_in_place_of_a_record_deviates() -> None:
    strange = run("Who?", call("members.get", "There is none.", member_id="M-0"), task="none")
    program = opening(*SCATTERED, strange)
    assert shape(program)[1:3] == ["members.get", "OnText"]


# -------------------------------------------------------------------------------------- the harness, run


def world(name: str, arguments: Mapping[str, object]) -> JSON:
    """Answer for member 7, who is in no run."""
    match name:
        case "members.by_mail" | "members.by_name":
            return "M-777"
        case "members.get":
            return {"loans": ["L-1", "L-2"], "level": "gold"} if arguments == {"member_id": "M-777"} else {}
        case _:
            return {"title": "a title", "days": 1}


def start(said: dict[str, JSON], agent: object = None) -> RunResult:
    files = emit_harness(opening(*SCATTERED), source_label="runs")
    harness = load_source("shop", files)
    return harness.run("Hi", call=world, model=ScriptedModel([said]), now=NOW, agent=agent)  # type: ignore[arg-type]


MAIL: dict[str, JSON] = {"mail": "hal@example.org", "first": None, "last": None}


def test_the_harness_reads_and_then_says_that_it_hands_over() -> None:
    result = start(MAIL)
    assert (result.outcome, result.deviation) == ("handed_over", None)
    assert [(name, arguments) for name, arguments, _ in result.calls] == [
        ("members.by_mail", {"mail": "hal@example.org"}),
        ("members.get", {"member_id": "M-777"}),
        ("loans.get", {"loan_id": "L-1"}),
        ("loans.get", {"loan_id": "L-2"}),
    ]


def test_the_agent_gets_the_calls_already_made() -> None:
    given: list[Handover] = []

    def agent(handover: Handover) -> str:
        given.append(handover)
        return "renewed"

    result = start({"mail": None, "first": "Hal", "last": "Hunt"}, agent)
    assert (result.outcome, result.value) == ("handed_over", "renewed")
    (handover,) = given
    assert handover.deviation is None
    assert handover.request == "Hi"
    assert [name for name, _, _ in handover.calls] == [
        "members.by_name",
        "members.get",
        "loans.get",
        "loans.get",
    ]


@pytest.mark.parametrize("said", [{}, {"mail": None, "first": "Hal", "last": None}])
def test_a_request_that_gives_too_little_deviates_before_any_call(said: dict[str, JSON]) -> None:
    result = start(said)
    assert result.outcome == "deviated"
    assert result.calls == ()
    assert result.deviation is not None
    assert result.deviation.message == "the request gives no mail, nor first and last"


EVIL = {
    "members.by_mail": 'by"mail\nimport os  #',
    "members.by_name": "class",
    "mail": "from\n",
    "first": "None",
    "last": "'''",
    "loans": "def",
}


def test_names_from_traces_stay_names() -> None:
    def renamed(one: Call) -> Call:
        held = one.result
        result = (
            {EVIL.get(key, key): value for key, value in held.items()} if isinstance(held, dict) else held
        )
        arguments = {EVIL.get(key, key): value for key, value in one.arguments.items()}
        return replace(one, tool=EVIL.get(one.tool, one.tool), arguments=arguments, result=result)

    tools = tuple(
        tool(EVIL.get(one.name, one.name), one.effect, *(EVIL.get(key, key) for key in keys))
        for one in TOOLS
        if isinstance(keys := one.parameters["properties"], dict)
    )
    runs = tuple(replace(one, calls=tuple(map(renamed, one.calls))) for one in SCATTERED)
    program = mined(*runs, tools=tools)
    assert shape(program)[1:] == ["members.get", "ForEach", "loans.get", "HandOver"]
    harness = load_source("shop", emit_harness(program, source_label="runs"))
    answers: dict[str, JSON] = {
        EVIL["members.by_mail"]: "M-777",
        "members.get": {"def": ["L-1"], "level": "x"},
    }
    loan: JSON = {"title": "a title", "days": 1}
    fields = harness.request_schema["properties"]
    assert isinstance(fields, dict)
    model = ScriptedModel([{next(iter(fields)): "hal@example.org"}])
    result = harness.run("Hi", call=lambda name, _: answers.get(name, loan), model=model, now=NOW)
    assert result.outcome == "handed_over", result.deviation
    assert [name for name, _, _ in result.calls] == [EVIL["members.by_mail"], "members.get", "loans.get"]


def test_without_a_model_nothing_is_called() -> None:
    harness = load_source("shop", emit_harness(opening(*SCATTERED), source_label="runs"))
    result = harness.run("I am Ada Abel", call=world, now=NOW)
    assert (result.outcome, result.calls) == ("deviated", ())


def test_the_comment_above_the_hand_over_gives_the_share() -> None:
    text = emit_harness(opening(*SCATTERED), source_label="runs")["harness.py"]
    assert "# 6/6 tasks make all of these calls;\n" in text
    assert "# 27 of the 33 calls of 6 runs lie before this line (82%).\n    run.hand_over(" in text
