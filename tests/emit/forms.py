"""The program of the application forms, as a person would write it down: see ``traces/forms.py``."""

from __future__ import annotations

from compiler.ir.expr import Attr, Const, Expr, FormatTime, ParseTime, Ref, RequestField
from compiler.ir.program import (
    Arm,
    Ask,
    Branch,
    CallTool,
    Compare,
    Field,
    ForEach,
    Limits,
    Program,
    Question,
    Request,
    Support,
    Switch,
    SwitchCase,
    Until,
)
from compiler.ir.run import JSON, Effect, ToolSchema
from traces.applicants import applicants
from traces.applicants import runs as logged_runs
from traces.forms import FORMS, Desk, fields_of

GOOD = tuple(run for run in logged_runs() if run.success)
RUNS = tuple(run.run_id for run in GOOD)
REPAIRED = tuple(
    run.run_id
    for run in GOOD
    if any(call.tool == "submit_page" and call.result != {"status": "ok"} for call in run.calls)
)
ASKED_OPTIONS = ("Highest degree", "How did you hear about us?")
ASKED_TEXTS = ("Why do you want to join us?", "Years of experience", "Earliest start date")
LABELS = {
    "First name": "first_name",
    "Last name": "last_name",
    "Date of birth": "birth_date",
    "Nationality": "nationality",
    "E-mail address": "email",
    "Phone number": "phone",
    "Street and number": "street",
    "City": "city",
    "Postcode": "postcode",
    "Country": "country",
    "Current employer": "employer",
    "Current position": "position",
    "Desired salary": "salary",
}
"""What the label of a field determines: the field of the request that goes into it."""


def seen(runs: tuple[str, ...] = RUNS) -> Support:
    return Support(tasks=len(runs), reached=len(RUNS), runs=runs)


def with_labels(*labels: str) -> Support:
    """Count the runs on forms that have one of the labels."""
    forms = {key for key, form in FORMS.items() for _, one in fields_of(key, form) if one.label in labels}
    return seen(tuple(run.run_id for run in GOOD if look(run.request, ("form_id",)) in forms))


def with_formats(*formats: str | None) -> Support:
    """Count the runs on forms that have a field of one of the formats."""
    forms = {key for key, form in FORMS.items() for _, one in fields_of(key, form) if one.format in formats}
    return seen(tuple(run.run_id for run in GOOD if look(run.request, ("form_id",)) in forms))


def application_form() -> Program:
    """A loop over pages, a loop over fields, a question where no label decides, a bounded repair."""
    page, field, error = Ref("page"), Ref("field"), Ref("error")
    shown = call("shown", "get_page", "read", page_id=Attr(page, "page_id"))
    fields = ForEach(
        id="field",
        rows=Attr(Ref("shown"), "fields"),
        body=(
            value_of(field),
            as_wanted(field),
            call("filled", "fill_field", "write", field_id=Attr(field, "field_id"), value=Ref("written")),
        ),
        support=seen(),
        least=3,
        most=9,
    )
    return Program(
        name="application_form",
        request=request(),
        tools=tools(),
        body=(
            call("form", "open_form", "read", form_id=RequestField("form_id")),
            ForEach(
                id="page",
                rows=Attr(Ref("form"), "pages"),
                body=(shown, fields, submitted(page, error)),
                support=seen(),
                least=2,
                most=5,
            ),
            call("done", "submit_application", "write", form_id=RequestField("form_id")),
        ),
        questions=questions(),
        limits=Limits(tool_calls=34, questions=9),
        tasks=len(RUNS),
        runs=RUNS,
        samples=samples(),
    )


def value_of(field: Expr) -> Switch:
    """What goes into a field: what its label says, or what the model reads in the request."""
    options, texts = with_labels(*ASKED_OPTIONS), with_labels(*ASKED_TEXTS)
    choose = Ask(
        id="chosen",
        question="CHOSEN_OPTION",
        options=Attr(field, "options"),
        facts=("field",),
        support=options,
    )
    write = Ask(id="answer", question="ANSWER", facts=("field",), support=texts)
    return Switch(
        id="value",
        on=Attr(field, "label"),
        cases=(
            *(
                SwitchCase(values=(label,), value=RequestField(name), support=with_labels(label))
                for label, name in LABELS.items()
            ),
            SwitchCase(values=ASKED_OPTIONS, value=Ref("chosen"), ask=choose, support=options),
            SwitchCase(values=ASKED_TEXTS, value=Ref("answer"), ask=write, support=texts),
        ),
        support=seen(),
    )


def as_wanted(field: Expr) -> Switch:
    """The value in the form that the field announces."""
    value = Ref("value")
    return Switch(
        id="written",
        on=Attr(field, "format"),
        cases=(
            SwitchCase(values=(None, "YYYY-MM-DD"), value=value, support=seen()),
            SwitchCase(
                values=("DD.MM.YYYY",),
                value=FormatTime(ParseTime(value), "%d.%m.%Y"),
                support=with_formats("DD.MM.YYYY"),
            ),
        ),
        support=seen(),
    )


def submitted(page: Expr, error: Expr) -> Until:
    """Submit a page; where it is refused, correct what the errors name, and submit it again."""
    invalid = Arm(
        guard=Compare(Attr(Ref("submission"), "status"), "==", Const("invalid")),
        body=(
            ForEach(
                id="error",
                rows=Attr(Ref("submission"), "errors"),
                body=(
                    Ask(id="corrected", question="CORRECTED", facts=("error",), support=seen(REPAIRED)),
                    call(
                        "refilled",
                        "fill_field",
                        "write",
                        seen(REPAIRED),
                        field_id=Attr(error, "field_id"),
                        value=Ref("corrected"),
                    ),
                ),
                support=seen(REPAIRED),
                least=1,
                most=2,
            ),
        ),
        support=seen(REPAIRED),
    )
    return Until(
        call=call("submission", "submit_page", "write", page_id=Attr(page, "page_id")),
        done=Compare(Attr(Ref("submission"), "status"), "==", Const("ok")),
        repair=(Branch(arms=(invalid,), unseen="a page is neither ok nor invalid"),),
        most=2,
        support=seen(REPAIRED),
    )


def call(
    id_: str, tool: str, effect: Effect, support: Support | None = None, /, **arguments: Expr
) -> CallTool:
    return CallTool(
        id=id_, tool=tool, arguments=tuple(arguments.items()), effect=effect, support=support or seen()
    )


def request() -> Request:
    """The request, with the note that no argument takes, and nothing else."""
    fills: dict[str, tuple[str, ...]] = {
        **dict.fromkeys(LABELS.values(), ("fill_field.value",)),
        "form_id": ("open_form.form_id", "submit_application.form_id"),
    }
    held = [one.request for one in applicants()]
    paths: dict[str, tuple[str, ...]] = {}
    for key, value in held[0].items():
        paths |= {name: (key, name) for name in value} if isinstance(value, dict) else {key: (key,)}
    return Request(
        form="json",
        closed=True,
        fields=tuple(
            Field(
                name=name,
                kind="json",
                fills=fills.get(name, ()),
                path=path,
                examples=tuple(dict.fromkeys(str(look(one, path)) for one in held))[:3],
            )
            for name, path in paths.items()
        ),
    )


def look(value: JSON, path: tuple[str, ...]) -> JSON:
    for key in path:
        assert isinstance(value, dict)
        value = value[key]
    return value


def questions() -> tuple[Question, ...]:
    return (
        Question(
            name="CHOSEN_OPTION",
            kind="choose",
            text="Which of its options does this field get, as the request says?",
            why="no rule explains which option the runs took",
            support=with_labels(*ASKED_OPTIONS),
        ),
        Question(
            name="ANSWER",
            kind="compose",
            text="What goes into this field, as the request says? Write dates as YYYY-MM-DD.",
            why="what the runs wrote stands in no field of the request",
            support=seen(),
        ),
        Question(
            name="CORRECTED",
            kind="compose",
            text="How is this value written so that the error is mended?",
            why="what the runs wrote instead follows from the message, in words",
            support=seen(REPAIRED),
        ),
    )


def tools() -> tuple[ToolSchema, ...]:
    def tool(name: str, effect: Effect, description: str, *arguments: str) -> ToolSchema:
        parameters: dict[str, JSON] = {
            "type": "object",
            "properties": {argument: {"type": "string"} for argument in arguments},
            "required": [*arguments],
        }
        return ToolSchema(name=name, description=description, parameters=parameters, effect=effect)

    return (
        tool("open_form", "read", "Opens a form and lists its pages.", "form_id"),
        tool("get_page", "read", "Shows the fields of a page.", "page_id"),
        tool("fill_field", "write", "Writes a value into a field.", "field_id", "value"),
        tool("submit_page", "write", "Checks a page.", "page_id"),
        tool("submit_application", "write", "Hands in a form whose pages are all ok.", "form_id"),
    )


def samples() -> tuple[tuple[str, tuple[JSON, ...]], ...]:
    """What the tools answer, taken from a desk."""
    desk = Desk()
    pages = [f"{form_id}/{place + 1}" for form_id, form in FORMS.items() for place in range(len(form.pages))]
    refused = [desk.submit_page(page) for page in pages]
    form_id, form = next(iter(FORMS.items()))
    saved = [desk.fill_field(key, "1") for key, _ in fields_of(form_id, form)]
    return (
        ("open_form", tuple(desk.open_form(form_id) for form_id in FORMS)),
        ("get_page", tuple(desk.get_page(page) for page in pages)),
        ("fill_field", (saved[0],)),
        ("submit_page", ({"status": "ok"}, *refused)),
        ("submit_application", ({"status": "received"},)),
    )
