"""Programs with tables, repeated calls and structured requests, one for each idea that has to be put well."""

from __future__ import annotations

from compiler.ir.expr import Attr, Const, Expr, Ref, RequestField
from compiler.ir.program import (
    Answered,
    Arm,
    Ask,
    Branch,
    CallTool,
    Compare,
    Field,
    ForEach,
    Limits,
    Node,
    Pattern,
    Program,
    Question,
    QuestionKind,
    Request,
    Slot,
    Stop,
    Support,
    Switch,
    SwitchCase,
    Until,
)
from compiler.ir.run import JSON, Effect, ToolSchema

RUNS = ("run-1", "run-2", "run-3", "run-4", "run-5", "run-6")


def seen(tasks: int, reached: int = 6) -> Support:
    return Support(tasks=tasks, reached=reached, runs=RUNS[:tasks])


def tool(name: str, effect: Effect, *arguments: str) -> ToolSchema:
    properties: dict[str, JSON] = {argument: {"type": "string"} for argument in arguments}
    parameters: dict[str, JSON] = {"type": "object", "properties": properties, "required": [*arguments]}
    return ToolSchema(name=name, description="", parameters=parameters, effect=effect)


def call(id_: str, name: str, effect: Effect, tasks: int = 6, /, **arguments: Expr) -> CallTool:
    return CallTool(id=id_, tool=name, arguments=tuple(arguments.items()), effect=effect, support=seen(tasks))


def question(name: str, kind: QuestionKind, text: str, **more: object) -> Question:
    return Question(name=name, kind=kind, text=text, support=seen(4), **more)  # type: ignore[arg-type]


def field(
    name: str, *path: str, examples: tuple[JSON, ...], fills: bool = True, absent: bool = False
) -> Field:
    return Field(
        name=name,
        kind="json",
        fills=(f"tool.{name}",) if fills else (),
        path=path,
        examples=examples,
        absent=absent,
    )


def program(name: str, body: tuple[Node, ...], **more: object) -> Program:
    values: dict[str, object] = {"questions": (), "limits": Limits(tool_calls=4, questions=2), **more}
    return Program(name=name, body=body, tasks=6, runs=RUNS, **values)  # type: ignore[arg-type]


def case(*values: JSON, value: Expr, ask: Ask | None = None, tasks: int = 3) -> SwitchCase:
    return SwitchCase(values=values, value=value, ask=ask, support=seen(tasks))


GAPS = tool("survey.list_gaps", "read", "survey")
SAY = tool("survey.say", "write", "gap_id", "text")
FOUND: tuple[JSON, ...] = (
    [{"gap_id": "1", "topic": "city", "size": "s"}, {"gap_id": "2", "topic": "pet", "size": None}],
)
PERSON = Request(
    form="json",
    closed=True,
    fields=(
        field("survey", "survey", examples=("north",)),
        field("city", "home", "city", examples=("Ulm",)),
        field("street", "home", "street", examples=("Mill Lane",)),
        field("phone", "phone", examples=("12", None)),
        field("seen_at", "seen_at", examples=(3,), fills=False),
        field("tags", "meta", "tags", examples=(["a"],), fills=False, absent=True),
    ),
)


def gaps(name: str, switch: Switch, *questions: Question) -> Program:
    say = call("c2", SAY.name, "write", gap_id=Attr(Ref("gap"), "gap_id"), text=Ref(switch.id))
    return program(
        name,
        (
            call("c1", GAPS.name, "read", survey=RequestField("survey")),
            ForEach(id="gap", rows=Ref("c1"), body=(switch, say), support=seen(6), least=1, most=4),
        ),
        tools=(GAPS, SAY),
        request=PERSON,
        questions=questions,
        samples=((GAPS.name, FOUND), (SAY.name, ("ok",))),
    )


def table_or_question() -> Program:
    """A value that the request holds for each known topic, and that is asked for where it does not."""
    ask = Ask(id="said", question="SAID", facts=("gap",), support=seen(4))
    switch = Switch(
        id="text",
        on=Attr(Ref("gap"), "topic"),
        cases=(
            case("city", "town", value=RequestField("city")),
            case("street", value=RequestField("street")),
            case("survey", value=RequestField("survey")),
        ),
        otherwise=case(value=Ref("said"), ask=ask, tasks=4),
        support=seen(6),
    )
    return gaps("table_or_question", switch, question("SAID", "compose", "What is said about this topic?"))


def table_with_gaps() -> Program:
    """A table of values that may be missing, and a topic that no run shows."""
    switch = Switch(
        id="text",
        on=Attr(Ref("gap"), "topic"),
        cases=(
            case("city", value=RequestField("city")),
            case("street", value=RequestField("street")),
            case("phone", value=RequestField("phone")),
        ),
        support=seen(6),
    )
    return gaps("table_with_gaps", switch)


def chain_of_values() -> Program:
    """Constants, a reading of several fields, a label and a null among what a value stands for."""
    read = Ask(id="read", question="READ", facts=("gap",), support=seen(2))
    mood = Ask(id="mood", question="MOOD", support=seen(1))
    switch = Switch(
        id="text",
        on=Attr(Ref("gap"), "size"),
        cases=(
            case("s", value=Const("small")),
            case(None, value=Attr(Ref("read"), "name"), ask=read, tasks=2),
            case("m", "l", value=Ref("mood"), ask=mood, tasks=1),
        ),
        support=seen(6),
    )
    name = Field(name="name", kind="phrase", fills=(), examples=("Rex",))
    return gaps(
        "chain_of_values",
        switch,
        question("READ", "extract", "What is its name?", fields=(name,)),
        question("MOOD", "classify", "How does it sound?", labels=("glad", "sad")),
    )


JOBS = (tool("jobs.start_job", "write", "name"), tool("jobs.get_job", "read", "job_id"))
REPORT = tool("jobs.send_report", "write", "url")
JOB_ID = Attr(Ref("c1"), "job_id")
READY = Compare(Attr(Ref("c2"), "state"), "==", Const("ready"))
NAMED = Request(
    form="text",
    fields=(Field(name="name", kind="word", fills=("jobs.start_job.name",), examples=("x",)),),
    patterns=(Pattern(parts=("Run ", Slot("name")), support=seen(6)),),
)
JOB_SAMPLES: tuple[tuple[str, tuple[JSON, ...]], ...] = (
    (JOBS[0].name, ({"job_id": "7"},)),
    (JOBS[1].name, ({"job_id": "7", "state": "busy"}, {"job_id": "7", "state": "ready", "url": "u"})),
    (REPORT.name, ("sent",)),
)


def jobs(name: str, repair: tuple[Node, ...], *questions: Question, most: int = 3) -> Program:
    return program(
        name,
        (
            call("c1", JOBS[0].name, "write", name=RequestField("name")),
            Until(
                call=call("c2", JOBS[1].name, "read", job_id=JOB_ID),
                done=READY,
                repair=repair,
                most=most,
                support=seen(4),
            ),
            call("c3", REPORT.name, "write", url=Attr(Ref("c2"), "url")),
        ),
        tools=(*JOBS, REPORT),
        request=NAMED,
        questions=questions,
        samples=JOB_SAMPLES,
    )


def poll_until_ready() -> Program:
    """A call that is only made again: a poll, or a retry."""
    return jobs("poll_until_ready", ())


def repair_or_stop() -> Program:
    """A repair that may end the run, and a way on that it shares with the others."""
    give_up = Ask(id="q", question="GO_ON", facts=("c2",), support=seen(4))
    ways = Branch(
        arms=(
            Arm(
                guard=Answered("q", "yes"),
                body=(call("c4", JOBS[0].name, "write", 3, name=JOB_ID),),
                support=seen(3),
            ),
            Arm(guard=Answered("q", "no"), body=(Stop(support=seen(1)),), support=seen(1)),
        ),
        unseen="the model finds that neither answer fits",
    )
    asked = question("GO_ON", "classify", "Is the job to be started again?", labels=("yes", "no", "neither"))
    return jobs("repair_or_stop", (give_up, ways), asked, most=1)


def never_done_twice() -> Program:
    """A repair that never comes to its end: the call is not made again."""
    return jobs("never_done_twice", (Stop(support=seen(4)),))


ADD = tool("cart.add_item", "write", "cart", "article", "note")


def request_items() -> Program:
    """A loop over a list of the request, of records with a list of their own."""
    items: JSON = [{"article": "nut", "marks": ["a", "b"]}, {"article": "bolt", "marks": []}]
    add = call(
        "c1",
        ADD.name,
        "write",
        cart=RequestField("cart"),
        article=Attr(Ref("item"), "article"),
        note=Ref("mark"),
    )
    marks = ForEach(id="mark", rows=Attr(Ref("item"), "marks"), body=(add,), support=seen(5), most=2)
    return program(
        "request_items",
        (ForEach(id="item", rows=RequestField("items"), body=(marks,), support=seen(6), least=1, most=3),),
        tools=(ADD,),
        request=Request(
            form="json",
            closed=True,
            fields=(
                field("cart", "order", "cart", examples=("k1",)),
                field("items", "order", "items", examples=(items,)),
                field("rush", "rush", examples=(True, False), fills=False),
            ),
        ),
        samples=((ADD.name, ({"size": 1},)),),
    )


REPEATS = (
    chain_of_values,
    never_done_twice,
    poll_until_ready,
    repair_or_stop,
    request_items,
    table_or_question,
    table_with_gaps,
)
