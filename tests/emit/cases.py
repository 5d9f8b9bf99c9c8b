"""Programs built by hand, one for each idea that emission has to put well."""

from __future__ import annotations

from compiler.ir.expr import (
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
    ParseTime,
    Pick,
    Piece,
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
    Arm,
    Ask,
    Both,
    Branch,
    CallEither,
    CallTool,
    Compare,
    Deviate,
    Either,
    Field,
    ForEach,
    HandOver,
    Holds,
    Let,
    Limits,
    Node,
    OnEmpty,
    OnLength,
    Only,
    OnText,
    Option,
    Pattern,
    Program,
    Question,
    Request,
    Slot,
    Stop,
    Support,
    TextCase,
)
from compiler.ir.run import JSON, Effect, ToolSchema
from tests.emit.forms import application_form
from tests.emit.repeats import REPEATS
from tests.emit.searches import SEARCHES

RUNS = ("run-1", "run-2", "run-3", "run-4", "run-5", "run-6")


def seen(tasks: int, reached: int = 6) -> Support:
    return Support(tasks=tasks, reached=reached, runs=RUNS[:tasks])


def schema(name: str, effect: Effect = "write", description: str = "", /, **kinds: str) -> ToolSchema:
    """Describe a tool; an argument whose kind ends in ``!`` is required."""
    properties: dict[str, JSON] = {key: {"type": kind.rstrip("!")} for key, kind in kinds.items()}
    required: list[JSON] = [key for key, kind in kinds.items() if kind.endswith("!")]
    parameters: dict[str, JSON] = {"type": "object", "properties": properties, "required": required}
    return ToolSchema(name=name, description=description, parameters=parameters, effect=effect)


def question(name: str, kind: str = "choose", **more: object) -> Question:
    values: dict[str, object] = {"text": f"What about {name.lower()}?", "support": seen(0), **more}
    return Question(name=name, kind=kind, **values)  # type: ignore[arg-type]


def field(name: str, kind: str, *examples: JSON, **more: object) -> Field:
    return Field(name=name, kind=kind, fills=(f"tool.{name}",), examples=examples, **more)  # type: ignore[arg-type]


def program(name: str, body: tuple[Node, ...], **more: object) -> Program:
    values: dict[str, object] = {
        "request": Request(form="text"),
        "tools": (),
        "questions": (),
        "limits": Limits(tool_calls=3, questions=1),
        "tasks": 6,
        "runs": RUNS,
        **more,
    }
    return Program(name=name, body=body, **values)  # type: ignore[arg-type]


def call(
    id_: str, tool: str, effect: Effect, support: Support | None = None, /, **arguments: object
) -> CallTool:
    pairs = tuple(arguments.items())
    return CallTool(id=id_, tool=tool, arguments=pairs, effect=effect, support=support or seen(6))  # type: ignore[arg-type]


def event(number: int) -> JSON:
    return {
        "event_id": f"0000{number}",
        "event_name": "stand-up",
        "participant_email": "sam@example.org",
        "event_start": f"2023-12-0{number} 10:00:00",
        "duration": 30,
    }


SEARCH_EVENTS = schema(
    "calendar.search_events", "read", "Searches the events. At most five.", query="string", time_min="string"
)
DELETE_EVENT = schema("calendar.delete_event", event_id="string!")
EVENTS: tuple[JSON, ...] = ([event(1), event(2)], "No events found.", [event(3)])


def cancel_meeting() -> Program:
    """A parsed request, a text in place of rows, and rivals that are asked about where they differ."""
    return program(
        "cancel-first-meeting",
        (
            call(
                "c1",
                "calendar.search_events",
                "read",
                query=RequestField("name"),
                time_min=FormatTime(RequestField("day"), "%Y-%m-%d 00:00:00"),
            ),
            OnText(
                ref="c1",
                cases=(TextCase(text="No events found.", body=(Stop(support=seen(2)),), support=seen(2)),),
                support=seen(0),
            ),
            OnEmpty(rows=Ref("c1"), body=(), support=seen(0, 4)),
            OnLength(rows=Ref("c1"), cap=5, support=seen(0, 4)),
            Let(
                id="e1",
                rivals=(Pick(Ref("c1"), "first"), Pick(Ref("c1"), "lowest", "event_start")),
                question="FIRST_EVENT",
                support=seen(4, 4),
            ),
            call("c2", "calendar.delete_event", "write", seen(4, 4), event_id=Attr(Ref("e1"), "event_id")),
        ),
        request=Request(
            form="text",
            fields=(field("day", "date", "2023-12-13"), field("name", "quoted", "stand-up")),
            patterns=(
                Pattern(parts=("Cancel the first '", Slot("name"), "' on ", Slot("day")), support=seen(4)),
                Pattern(parts=("Delete '", Slot("name"), "' of ", Slot("day"), " {soon}"), support=seen(2)),
            ),
            question="REQUEST",
        ),
        tools=(SEARCH_EVENTS, DELETE_EVENT),
        questions=(
            question("REQUEST", "extract", text="Which day and which event does the request name?"),
            question(
                "FIRST_EVENT",
                text="Which of these events is the first one of that day, as the request means it? "
                "Choose one of them.",
                why="the first row and the earliest event are the same in every task that was seen",
            ),
        ),
        samples=(("calendar.search_events", EVENTS), ("calendar.delete_event", ("Event deleted.",))),
    )


TASKS: tuple[JSON, ...] = (
    [
        {"task_id": "1", "name": "a", "due": "2023-12-01", "list": {"id": 3, "name": "x"}, "tags": ["a"]},
        {"task_id": "2", "name": "b", "due": None, "list": {"id": 4, "name": "y"}, "tags": [], "points": 2.5},
        {"task_id": "3", "name": "c", "due": None, "list": {"id": 4, "name": "y"}, "tags": [], "points": 2},
    ],
    [],
)


def reassign_tasks() -> Program:
    """A structured request, and a loop over rows that a question selects."""
    return program(
        "reassign_tasks",
        (
            call(
                "c1",
                "project.search_tasks",
                "read",
                assignee=RequestField("from"),
                board=RequestField("board"),
            ),
            Ask(id="q1", question="OPEN_TASKS", options=Ref("c1"), support=seen(6)),
            ForEach(
                id="t",
                rows=Ref("q1"),
                body=(
                    call(
                        "c2",
                        "project.update_task",
                        "write",
                        seen(5),
                        task_id=Attr(Ref("t"), "task_id"),
                        field=Const("assignee"),
                        new_value=RequestField("to"),
                    ),
                ),
                support=seen(5),
                least=0,
                most=4,
            ),
        ),
        request=Request(
            form="json",
            fields=(
                field("from", "json", "sam@example.org", path=("people", "from")),
                field("to", "json", "kim@example.org", path=("people", "to"), schema={"type": "string"}),
                field("board", "json", 3, 4, path=("board",)),
            ),
        ),
        tools=(
            schema("project.search_tasks", "read", assignee="string", board="integer"),
            schema("project.update_task", task_id="string!", field="string!", new_value="string!"),
        ),
        questions=(question("OPEN_TASKS", "select", text="Which of these tasks are still open?"),),
        samples=(("project.search_tasks", TASKS), ("project.update_task", ("Task updated.",))),
    )


VISITS: tuple[JSON, ...] = ({"2023-11-01": 3, "2023-11-02": 4}, {"2023-11-03": 9})
PLOT = schema("analytics.create_plot", time_min="string", time_max="string", plot_type="string")
COUNT = schema("analytics.total_visits_count", "read", time_min="string", time_max="string")


def plot_if_grown() -> Program:
    """A write that only the model's answer releases, from values that nobody else reads."""
    since = FormatTime(Shift(Now(), "days", Const(-14)), "%Y-%m-%d")
    return program(
        "plot_if_grown",
        (
            call(
                "c1",
                "analytics.total_visits_count",
                "read",
                time_min=since,
                time_max=FormatTime(Now(), "%Y-%m-%d"),
            ),
            Let(id="v", rivals=(Attr(Ref("c1"), "2023-11-01"),), support=seen(6)),
            Ask(id="q1", question="GROWN", facts=("c1", "v"), support=seen(6)),
            Branch(
                arms=(
                    Arm(guard=Answered("q1", "yes"), body=(), support=seen(4)),
                    Arm(guard=Answered("q1", "no"), body=(Stop(support=seen(2)),), support=seen(2)),
                ),
                unseen="the model finds that neither answer fits",
            ),
            call("c2", "analytics.create_plot", "write", seen(4, 4), time_min=since, plot_type=Const("line")),
        ),
        tools=(COUNT, PLOT),
        questions=(
            question(
                "GROWN",
                "classify",
                text="Did the visits grow, as the request means it?",
                labels=("yes", "no", "neither"),
                why="4/6 yes; no rule with two conditions explains it",
            ),
        ),
        samples=(("analytics.total_visits_count", VISITS), ("analytics.create_plot", ("plots/1.png",))),
    )


def order(status: str, total: float, *, paid: bool) -> JSON:
    return {"order_id": "7", "status": status, "total": total, "paid": paid, "note": None}


ORDERS: tuple[JSON, ...] = (
    order("open", 4, paid=True),
    order("sent", 5.5, paid=False),
    order("lost", 6, paid=True),
)


def route_order() -> Program:
    """A branch of several ways over what a call answers, with rules of every operator."""
    status, total = Attr(Ref("c1"), "status"), Attr(Ref("c1"), "total")
    refund = call("c2", "shop.refund_order", "write", seen(2), order_id=RequestField("order_id"))
    notify = call("c3", "shop.send_notice", "write", seen(1), text=Template((Const("Order "), status)))
    return program(
        "route_order",
        (
            call("c1", "shop.get_order_details", "read", order_id=RequestField("order_id")),
            Branch(
                arms=(
                    Arm(guard=Compare(status, "==", Const("open")), body=(refund,), support=seen(2)),
                    Arm(guard=Compare(status, "==", Const("sent")), body=(notify,), support=seen(1)),
                    Arm(
                        guard=Compare(status, "==", Const("lost")),
                        body=(Stop(support=seen(3)),),
                        support=seen(3),
                    ),
                ),
                unseen="an order has a status that no run shows",
                confidence=0.6097,
            ),
            Branch(
                arms=(
                    Arm(
                        guard=Both(
                            Compare(total, ">=", Const(5)),
                            Compare(Attr(Ref("c1"), "paid"), "==", Const(value=True)),
                        ),
                        body=(Deviate(message="a paid order is large", support=seen(1, 3)),),
                        support=seen(1, 3),
                    ),
                    Arm(
                        guard=Compare(Attr(Ref("c1"), "note"), "==", Const(None)),
                        body=(),
                        support=seen(1, 3),
                    ),
                    Arm(
                        guard=Compare(status, "in", Const(["open", "sent"])),
                        body=(call("c4", "shop.send_notice", "write", seen(1, 3), text=AsText(total)),),
                        support=seen(1, 3),
                    ),
                ),
                unseen="no rule fits",
            ),
        ),
        request=Request(
            form="text",
            fields=(field("order_id", "word", "7"),),
            patterns=(Pattern(parts=("Handle order ", Slot("order_id")), support=seen(6)),),
        ),
        tools=(
            schema("shop.get_order_details", "read", order_id="string!"),
            schema("shop.refund_order", order_id="string!"),
            schema("shop.send_notice", text="string!"),
        ),
        samples=(("shop.get_order_details", ORDERS), ("shop.refund_order", ({"ok": True},))),
    )


def learnt_rules() -> Program:
    """Rules over what many values come to, and a condition that the request states."""
    order, rows = Ref("c1"), Attr(Ref("c1"), "lines")
    amount = Measure(Each(rows, "amount"), "total")
    old = Shift(Now(), "days", Const(-30))
    ordered = ParseTime(Attr(order, "ordered"))
    return program(
        "learnt_rules",
        (
            call("c1", "shop.get_order", "read", order_id=RequestField("order_id")),
            Branch(
                arms=(
                    Arm(
                        guard=Both(
                            Either(
                                Compare(amount, ">", Const(100)),
                                Compare(Measure(rows, "count"), ">=", Const(3)),
                            ),
                            Compare(ordered, ">", old),
                        ),
                        body=(),
                        support=seen(4),
                    ),
                    Arm(
                        guard=Either(
                            Both(
                                Compare(amount, "<", Const(100)),
                                Compare(Measure(rows, "count"), "<=", Const(2)),
                            ),
                            Compare(ordered, "<=", old),
                        ),
                        body=(Stop(support=seen(2)),),
                        support=seen(2),
                    ),
                ),
                unseen="a value that no run shows decides here",
                confidence=0.61,
                gaps=((amount, 96.5, 104),),
            ),
            call("c2", "stats.visits", "read"),
            Ask(
                id="q1",
                question="GO_ON",
                facts=("c2",),
                support=seen(4),
                tests=(
                    Holds(how="any", value=Ref("c2")),
                    Holds(how="one", value=Measure(Ref("c2"), "greatest")),
                ),
            ),
            Branch(
                arms=(
                    Arm(
                        guard=Answered("q1", "neither"),
                        body=(Deviate(message="neither fits", support=seen(0)),),
                        support=seen(0),
                    ),
                    Arm(guard=Answered("q1", "no"), body=(Stop(support=seen(1)),), support=seen(1)),
                    Arm(guard=Answered("q1", "yes"), body=(), support=seen(3)),
                ),
                unseen="an answer that was not offered",
            ),
            call("c3", "shop.refund_order", "write", seen(3), order_id=RequestField("order_id")),
        ),
        request=Request(
            form="text",
            fields=(field("order_id", "word", "7"),),
            patterns=(
                Pattern(
                    parts=(
                        "Refund ",
                        Slot("order_id"),
                        " if visits were ever ",
                        Slot("", gap="condition"),
                    ),
                    support=seen(6),
                ),
                Pattern(parts=("Refund ", Slot("order_id"), " if ", Slot("", gap="word")), support=seen(1)),
            ),
        ),
        questions=(
            question(
                "GO_ON",
                "classify",
                labels=("yes", "no", "neither"),
                why="asked only where the condition that the request states cannot be told",
            ),
        ),
        tools=(
            schema("shop.get_order", "read", order_id="string!"),
            schema("shop.refund_order", order_id="string!"),
            schema("stats.visits", "read"),
        ),
        samples=(
            ("shop.get_order", (sold("2023-11-20 09:00:00", 60, 70), sold("2023-11-01", 1))),
            ("shop.refund_order", ({"ok": True},)),
            ("stats.visits", VISITS),
        ),
    )


def sold(day: str, *amounts: float) -> JSON:
    return {"order_id": "7", "ordered": day, "lines": [{"amount": amount} for amount in amounts]}


def long_loop() -> Program:
    """A loop body that is long, nests deep, and may end the run: it becomes a function that says so."""
    task = Ref("t")

    def update(number: int) -> CallTool:
        fields = {"field": Const(f"field_{number}"), "new_value": Attr(task, "name")}
        return call(
            f"u{number}", "project.update_task", "write", seen(3), task_id=Attr(task, "task_id"), **fields
        )

    deep: tuple[Node, ...] = (
        ForEach(
            id="g",
            rows=Attr(task, "tags"),
            body=(
                Branch(
                    arms=(
                        Arm(guard=Compare(Ref("g"), "==", Const("a")), body=(update(8),), support=seen(2)),
                        Arm(guard=Compare(Ref("g"), "==", Const("b")), body=(update(9),), support=seen(1)),
                        Arm(
                            guard=Compare(Ref("g"), "==", Const("c")),
                            body=(Stop(support=seen(1)),),
                            support=seen(1),
                        ),
                    ),
                    unseen="a tag that no run shows",
                ),
            ),
            support=seen(3),
            most=2,
        ),
    )
    return program(
        "long_loop",
        (
            call("c1", "project.search_tasks", "read", assignee=RequestField("who")),
            ForEach(
                id="t",
                rows=Ref("c1"),
                body=(
                    Ask(id="q", question="DUE", facts=("t",), support=seen(6)),
                    Branch(
                        arms=(
                            Arm(
                                guard=Answered("q", "late"),
                                body=(*map(update, range(4)), *deep),
                                support=seen(3),
                            ),
                            Arm(
                                guard=Answered("q", "in time"),
                                body=(update(5), Stop(support=seen(1))),
                                support=seen(1),
                            ),
                            Arm(guard=Answered("q", "done"), body=(update(6), update(7)), support=seen(2)),
                        ),
                        unseen="the model finds that no answer fits",
                    ),
                ),
                support=seen(6),
                least=1,
                most=3,
            ),
        ),
        request=Request(
            form="text",
            fields=(field("who", "phrase", "Sam"),),
            patterns=(Pattern(parts=("Update ", Slot("who")), support=seen(6)),),
        ),
        tools=(
            schema("project.search_tasks", "read", assignee="string"),
            schema("project.update_task", task_id="string!", field="string!", new_value="string!"),
        ),
        questions=(question("DUE", "classify", labels=("late", "in time", "done", "neither")),),
        samples=(("project.search_tasks", TASKS), ("project.update_task", ("Task updated.",))),
        limits=Limits(tool_calls=31, questions=3),
    )


def select_tool() -> Program:
    """A word of the request selects the tool, and another word its argument."""
    tools = ("analytics.total_visits_count", "analytics.engaged_users_count")
    choices = (
        ("total visits", "analytics.total_visits_count"),
        ("engaged users", "analytics.engaged_users_count"),
    )
    return program(
        "select_tool",
        (
            CallTool(
                id="c1",
                tool=tools[0],
                arguments=(("time_min", FormatTime(RequestField("since"), "%Y-%m-%d")),),
                effect="read",
                support=seen(6),
                selector=RequestField("metric"),
                alternatives=tools,
            ),
            OnEmpty(
                rows=Ref("c1"),
                body=(call("c2", "analytics.create_plot", "write", seen(1), plot_type=Const("none")),),
                support=seen(1),
            ),
            call("c3", "analytics.create_plot", "write", plot_type=RequestField("plot")),
        ),
        request=Request(
            form="text",
            fields=(
                field("metric", "choice", choices=choices, closed=True),
                field("since", "date", "2023-11-01"),
                field("plot", "word", "bar"),
            ),
            patterns=(
                Pattern(
                    parts=("Plot ", Slot("metric"), " as ", Slot("plot"), " since ", Slot("since")),
                    support=seen(6),
                ),
            ),
        ),
        tools=(
            COUNT,
            PLOT,
            schema("analytics.engaged_users_count", "read", time_min="string", time_max="string"),
        ),
        samples=(
            ("analytics.total_visits_count", VISITS),
            ("analytics.engaged_users_count", ({"2023-11-01": 2},)),
        ),
    )


def write_mail() -> Program:
    """Text that is read and text that is written, dates that are computed, and one row of several."""
    start = Combine(RequestField("day"), RequestField("at"))
    return program(
        "write_mail",
        (
            call("c1", "directory.find_email_address", "read", name=RequestField("who")),
            Only(id="a", rows=Ref("c1"), question="WHICH_ADDRESS", support=seen(6)),
            Ask(id="x", question="DETAILS", facts=("a",), support=seen(6)),
            Ask(id="b", question="BODY", facts=("x",), support=seen(6)),
            call("c2", "calendar.search_events", "read", query=Attr(Ref("x"), "subject"), time_min=Const("")),
            OnText(ref="c2", cases=(), support=seen(0)),
            Let(
                id="w",
                rivals=(Where(Ref("c2"), "event_name", "contains", RequestField("who")),),
                support=seen(6),
            ),
            Let(id="s", rivals=(ParseTime(Attr(Pick(Ref("w"), "last"), "event_start")),), support=seen(6)),
            call(
                "c3",
                "email.send_email",
                "write",
                recipient=Ref("a"),
                subject=Case(Attr(Ref("x"), "subject"), "capitalize"),
                body=Ref("b"),
                copies=Each(Ref("w"), "participant_email"),
                send_at=Template(
                    (
                        FormatTime(Shift(start, "minutes", RequestField("length")), "%Y-%m-%d %H:%M"),
                        Const(" to {"),
                        FormatTime(Ref("s"), "%H:%M"),
                        Const("}"),
                    )
                ),
                labels=ListOf((Const("auto"), Case(RequestField("who"), "slug"))),
                meta=Record((("number", Const(1)), ("who", RequestField("who")))),
            ),
        ),
        request=Request(
            form="text",
            fields=(
                field("who", "phrase", "Sam"),
                field("day", "date", "2023-12-01"),
                field("at", "time", "14:00"),
                field("length", "minutes", 30),
                field("weight", "number", 1, 2.5),
            ),
            question="REQUEST",
        ),
        tools=(
            SEARCH_EVENTS,
            schema("directory.find_email_address", "read", name="string"),
            schema(
                "email.send_email", recipient="string!", subject="string!", body="string!", copies="array"
            ),
        ),
        questions=(
            question("REQUEST", "extract"),
            question("WHICH_ADDRESS"),
            question(
                "DETAILS", "extract", fields=(field("subject", "phrase", "Hello"), field("class", "word"))
            ),
            question("BODY", "compose"),
        ),
        samples=(
            ("calendar.search_events", EVENTS),
            ("directory.find_email_address", (["sam@example.org", "sam.a@example.org"], [])),
            ("email.send_email", ("Sent.",)),
        ),
        limits=Limits(tool_calls=3, questions=4),
    )


EVIL = 'x"""\nimport os  # type: ignore\u202e\ud800 {run} \\'
EVIL_KEY = EVIL.replace("\ud800", "")


def hostile() -> Program:
    """Names and texts that try to become code."""
    weird: dict[str, JSON] = {
        "type": "object",
        "properties": {"from": {"type": "string"}, EVIL: {"type": "string"}},
    }
    return program(
        "class",
        (
            CallTool(
                id="c1",
                tool="class",
                arguments=(
                    ("from", Const(EVIL)),
                    (EVIL, Const("a" * 120)),
                    ("self", Const([1.5, float("nan"), None])),
                ),
                effect="read",
                support=seen(6),
            ),
            OnText(
                ref="c1",
                cases=(TextCase(text=EVIL, body=(Stop(support=seen(1)),), support=seen(1)),),
                support=seen(0),
            ),
            ForEach(
                id="r",
                rows=Ref("c1"),
                body=(
                    call("c2", "a.b-c", "write", **{"import": Attr(Ref("r"), EVIL_KEY)}),
                    call(
                        "c3",
                        "énorme\n",
                        "write",
                        run=Template((Const(EVIL), Attr(Ref("r"), "json"), Const("}"))),
                    ),
                    call("c4", "a.b_c", "write", events=Attr(Ref("r"), "dict")),
                ),
                support=seen(5),
                most=2,
            ),
        ),
        tools=(
            ToolSchema(name="class", description=EVIL * 5, parameters=weird, effect="read"),
            schema("a.b-c"),
            schema("énorme\n"),
            schema("a.b_c"),
        ),
        samples=(
            ("class", ([{EVIL_KEY: "1", EVIL: "4", "json": "2", "dict": 3, "": None}], EVIL)),
            ("a.b-c", (float("inf"),)),
        ),
        notes=(EVIL,),
    )


def checked_forms() -> Program:
    """Values whose type does not allow what the program wants of them are checked where they are used."""
    return program(
        "checked_forms",
        (
            call("c1", "project.search_tasks", "read"),
            call("c2", "store.read_value", "read"),
            Let(id="t", rivals=(Pick(Ref("c1"), "first"),), support=seen(6)),
            call(
                "c3",
                "store.write_value",
                "write",
                text=Attr(Ref("t"), "due"),
                number=Attr(Ref("t"), "points"),
            ),
            call("c4", "store.write_value", "write", text=Attr(Ref("c2"), "name"), number=Const(3)),
            ForEach(
                id="r",
                rows=Attr(Ref("c2"), "rows"),
                body=(call("c5", "store.write_value", "write", text=Ref("r"), number=Const(1)),),
                support=seen(6),
                most=1,
            ),
        ),
        tools=(
            schema("project.search_tasks", "read"),
            schema("store.read_value", "read"),
            schema("store.write_value", text="string!", number="number"),
        ),
        samples=(("project.search_tasks", TASKS),),
    )


def open_account() -> Program:
    """Two ways to one thing, by what the request gives; then all of a list is read, and the agent goes on."""

    def option(number: int, tool: str, tasks: int, *needs: str) -> Option:
        arguments = {name: RequestField(name) for name in needs}
        return Option(needs=needs, call=call(f"a_{number}", tool, "read", seen(tasks), **arguments))

    return program(
        "open_account",
        (
            CallEither(
                id="a",
                options=(
                    option(1, "members.find_id_by_mail", 2, "mail"),
                    option(2, "members.find_id_by_name_zip", 4, "first_name", "last_name", "zip"),
                ),
                support=seen(6),
            ),
            call("b", "members.get_member_details", "read", member_id=Ref("a")),
            OnText(ref="b", cases=(), support=seen(0)),
            ForEach(
                id="r",
                rows=Attr(Ref("b"), "loan_ids"),
                body=(call("c", "loans.get_loan", "read", seen(5), loan_id=Ref("r")),),
                support=seen(5),
                least=1,
                most=4,
            ),
            HandOver(
                reason="the runs go on from here in ways of their own",
                support=seen(5),
                made=27,
                calls=44,
                runs=6,
            ),
        ),
        request=Request(
            form="text",
            fields=(
                field("mail", "word", "a@example.org", optional=True),
                field("first_name", "word", "Ada", optional=True),
                field("last_name", "word", "Abel", optional=True),
                field("zip", "word", "10115", optional=True),
            ),
            question="REQUEST",
        ),
        questions=(
            question(
                "REQUEST",
                "extract",
                fields=(
                    field("mail", "word", "a@example.org", optional=True),
                    field("first_name", "word", "Ada", optional=True),
                    field("last_name", "word", "Abel", optional=True),
                    field("zip", "word", "10115", optional=True),
                ),
                why="the requests are free texts",
            ),
        ),
        tools=(
            schema("members.find_id_by_mail", "read", mail="string!"),
            schema(
                "members.find_id_by_name_zip",
                "read",
                first_name="string!",
                last_name="string!",
                zip="string!",
            ),
            schema("members.get_member_details", "read", member_id="string!"),
            schema("loans.get_loan", "read", loan_id="string!"),
        ),
        samples=(
            ("members.find_id_by_mail", ("M-1",)),
            ("members.find_id_by_name_zip", ("M-2",)),
            ("members.get_member_details", ({"loan_ids": ["L-1", "L-2"]}, "no such member")),
            ("loans.get_loan", ({"title": "Emma", "days": 3},)),
        ),
        limits=Limits(tool_calls=6, questions=1),
    )


DESKS: tuple[JSON, ...] = (
    {
        "owner": "Ada Poe",
        "mail": "ada.poe@shop.example",
        "notice": "Ticket T-77 was opened.",
        "due": "04.03.2031",
        "total": 12.6,
        "desks": {"tool": "D-1", "part": "D-2"},
        "all": ["I-1", "I-2"],
        "sent": ["I-2"],
        "lines": [
            {"kind": "tool", "item": "I-1", "price": 3.5},
            {"kind": "part", "item": "I-2", "price": 4.0},
        ],
    },
)


def computed_values() -> Program:
    """What is made of other values: cut, joined, looked up, counted, scaled, moved."""
    desk = Ref("c1")
    lines = Attr(desk, "lines")
    tools = Where(lines, "kind", "equals", RequestField("kind"))
    due = ParseTime(Attr(desk, "due"), "%d.%m.%Y")
    total = Attr(desk, "total")

    def note(id_: str, text: Expr) -> CallTool:
        return call(id_, "desk.note", "write", text=text)

    return program(
        "computed_values",
        (
            call("c1", "desk.read", "read", order_id=RequestField("order_id")),
            note("n1", Piece(Attr(desk, "mail"), "@", 0)),
            note("n2", Case(Piece(Attr(desk, "owner"), " ", -1), "upper")),
            note("n3", Between(Attr(desk, "notice"), "Ticket ", " was")),
            note("n4", Lookup(Attr(desk, "desks"), RequestField("kind"))),
            note("n5", Attr(Pick(tools, "only"), "item")),
            note("n6", JoinRows(Each(lines, "item"), ", ")),
            note("n7", FormatTime(Shift(due, "days", Const(7)), "%Y-%m-%d")),
            note("n8", AsText(total, ".2f")),
            note(
                "n9", Template((Const("Pay EUR "), AsText(total, ".2f"), Const(" to "), Attr(desk, "owner")))
            ),
            call("n10", "desk.pay", "write", cents=Scaled(total, 100, 0), tax=Scaled(total, 0.19, 2)),
            call(
                "n11",
                "desk.pay",
                "write",
                cents=Measure(lines, "count"),
                tax=Measure(Each(lines, "price"), "total"),
            ),
            call("n12", "desk.send", "write", items=Without(Attr(desk, "all"), Attr(desk, "sent"))),
        ),
        request=Request(
            form="json",
            fields=tuple(field(name, "json", "tool", path=(name,)) for name in ("order_id", "kind")),
        ),
        tools=(
            schema("desk.read", "read", order_id="string!"),
            schema("desk.note", text="string!"),
            schema("desk.pay", cents="integer!", tax="number!"),
            ToolSchema(
                name="desk.send",
                description="desk.send.",
                parameters={
                    "type": "object",
                    "properties": {"items": {"type": "array", "items": {"type": "string"}}},
                    "required": ["items"],
                },
                effect="write",
                idempotent=True,
            ),
        ),
        limits=Limits(tool_calls=13, questions=0),
        samples=(("desk.read", DESKS),),
    )


CASES = {
    build.__name__: build
    for build in (
        application_form,
        cancel_meeting,
        checked_forms,
        computed_values,
        hostile,
        learnt_rules,
        long_loop,
        open_account,
        plot_if_grown,
        reassign_tasks,
        route_order,
        select_tool,
        write_mail,
        *REPEATS,
        *SEARCHES,
    )
}
