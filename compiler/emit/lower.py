"""Program -> plan: the modules harness.py and tools.py, with every name decided."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from compiler.emit.blocks import Lowering
from compiler.emit.evidence import deeds, listed, steps, with_margin
from compiler.emit.names import BUILTINS, KEYWORDS, Names, identifier, words
from compiler.emit.outline import outline
from compiler.emit.prose import plain
from compiler.emit.protocol import Signatures, protocol_class, record_class
from compiler.emit.questions import choice_classes, plan_questions, question_constants
from compiler.emit.records import Records
from compiler.emit.request import PlannedRequest, patterns_constant
from compiler.emit.scope import Scope
from compiler.emit.tidy import tidy
from compiler.emit.types import NONE, RUNTIME, TOOLS, Model, annotation
from compiler.emit.uses import used_fields
from compiler.emit.walk import names as names_read
from compiler.ir import plan
from compiler.ir.program import Block, CallTool, OnText, Program
from compiler.ir.words import hand_over_of, nodes_of

RUNTIME_NAMES: Final = frozenset(
    [
        "Answer3",
        "ClosedRecord",
        "Deviation",
        "Limits",
        "Patterns",
        "Question",
        "Record",
        "Retry",
        "Run",
        "Stopped",
        "average",
        "combine",
        "each",
        "expect",
        "first",
        "first_number",
        "greatest",
        "harness",
        "highest",
        "item",
        "last",
        "last_number",
        "least",
        "lowest",
        "moment",
        "present",
        "reraise",
        "resume_with_agent",
        "rows",
        "slug",
        "tool",
        "total",
        "where",
    ]
)
"""What a harness may import: no local may hide it."""

TAKEN: Final = (
    KEYWORDS
    | BUILTINS
    | RUNTIME_NAMES
    | {"Annotated", "Enum", "Field", "Literal", "Mapping", "PATTERNS", "Protocol", "Tools"}
    | {"done", "dt", "here", "request", "run", "text", "self"}
)

_DOC: Final = 78
"""What the first line of a docstring may take."""

_COMMENT: Final = 86
"""What a comment may take of a line, behind its mark."""

HEADER_EDITS: Final = "Edit freely: `compile` never overwrites a harness that was edited."
HEADER_TOOLS: Final = "Do not edit: the next `compile` writes this file anew from the tools and the traces."


def lower_program(program: Program, source_label: str) -> tuple[plan.Module, plan.Module]:
    """Return the plans of harness.py and tools.py; ``source_label`` says where the runs are."""
    names = Names(TAKEN | {question.name for question in program.questions})
    records = Records(names)
    request = PlannedRequest(program.request, names)
    asked = plan_questions(program, names)
    signatures = Signatures(program, records)
    entry_name = names.take(identifier(program.name, fallback="workload"))
    lowering = Lowering(names=names, signatures=signatures, asked=asked, texts=_texts(program.body))
    body = lowering.block(program.body, Scope(request=request.shape))
    functions = outline(_entry(program, entry_name, request, body), names, _handle())
    header = _header(program, source_label)
    patterns = None if request.model is None else patterns_constant(program, request.attributes)
    harness = plan.Module(
        name=".harness",
        header=(header, HEADER_EDITS),
        doc=_title(program),
        items=(
            *((patterns,) if patterns is not None else ()),
            *question_constants(program),
            *choice_classes(asked),
            *functions,
            *lowering.tables,
        ),
    )
    readings = tuple((one.answer, one.hints) for one in asked.values() if isinstance(one.answer, Model))
    tools = plan.Module(
        name=TOOLS,
        header=(header, HEADER_TOOLS),
        doc="The tools that the harness calls, and the records that they answer.",
        items=(*_classes(records, request, readings), protocol_class(signatures)),
    )
    return harness, tools


def _handle() -> plan.Term:
    return plan.Index(plan.Imported("Run", RUNTIME), (plan.Imported("Tools", TOOLS),))


def _header(program: Program, source_label: str) -> str:
    """Return the line that says where the harness comes from; it fits a line whatever the label."""
    start = f"Compiled from the {_amount(len(program.runs), 'run')} in "
    label = plain(source_label, _COMMENT - len(start) - len("; see evidence.json.")) or "the traces"
    ending = "; evidence.json names them."
    if len(start) + len(label) + len(ending) > _COMMENT:
        ending = "; see evidence.json."
    return f"{start}{label}{ending}"


def _title(program: Program) -> str:
    name = " ".join(words(program.name)).capitalize() or "One workload"
    done = deeds(program.body)
    if hand_over_of(program) is not None:
        return plain(f"{name}: what most runs look up first", 78).rstrip(".") + "."
    return plain(f"{name}: {listed(done)}" if done else name, 78).rstrip(".") + "."


def _entry(
    program: Program, name: str, request: PlannedRequest, body: tuple[plan.Statement, ...]
) -> plan.Function:
    """Return the declared function: read the request, then what the program does."""
    structured = program.request.form == "json"
    whole = tidy((*_unread(program), *_reading(program, request), *body))
    while whole and isinstance(whole[-1], plan.Remark):
        whole = whole[:-1]
    read = names_read(whole)
    given = "request" if structured else "text"
    kind: plan.Term = plan.Name("str")
    if structured and request.model is not None:
        kind = plan.Imported(request.model.name, TOOLS)
    done = steps(program.body)
    said = f"{listed(done).capitalize()}, as the request says" if done else "Call nothing"
    if len(said) > _DOC:
        said = plain(f"{listed(deeds(program.body)).capitalize() or 'Look'}, as the request says", _DOC)
    raises = "Raises:\n    Deviation: The run leaves every path that the traces show."
    if hand_over_of(program) is not None:
        said = "Look up what most runs look up first; the agent does the rest"
        raises += "\n    HandedOver: In the end, with the calls made so far."
    doc = f"{said}."
    return plan.Function(
        name=name,
        decorators=(_declaration(program),),
        parameters=(
            plan.Parameter(name="run" if "run" in read else "_run", annotation=_handle()),
            plan.Parameter(name=given if given in read else f"_{given}", annotation=kind),
        ),
        returns=annotation(NONE),
        doc=(doc, raises),
        body=whole,
    )


def _unread(program: Program) -> tuple[plan.Remark, ...]:
    """Say which parts of a structured request no step reads."""
    used = used_fields(program)
    names = [one.name for one in program.request.fields if one.kind == "json" and one.name not in used]
    if not names:
        return ()
    who = "only questions see it" if program.questions else "nothing sees it"
    return (plan.Remark(f"No step reads {listed(tuple(names), 5, ' or ')} of the request; {who}."),)


def _reading(program: Program, request: PlannedRequest) -> tuple[plan.Statement, ...]:
    """Return how the request becomes a record; a structured one is a record already."""
    if program.request.form == "json" or request.model is None:
        return ()
    arguments = (plan.Name("text"), plan.Name("PATTERNS"), plan.Imported(request.model.name, TOOLS))
    question = program.request.question
    otherwise = () if question is None else (("otherwise", plan.Name(question)),)
    value = plan.Invoke(plan.Member(plan.Name("run"), "parse"), arguments, otherwise)
    return (plan.Assign("request", value),)


def _declaration(program: Program) -> plan.Term:
    """Return the decorator, with the observed maxima beside the limits."""
    limits = program.limits
    calls = _amount(limits.tool_calls, "tool call")
    seen = (
        f"{program.tasks}/{program.tasks} tasks; at most {calls} and {_amount(limits.questions, 'question')}"
    )
    allowed = plan.Invoke(
        plan.Imported("Limits", RUNTIME),
        keywords=(
            ("tool_calls", plan.Scalar(with_margin(limits.tool_calls) + limits.spare_calls)),
            ("questions", plan.Scalar(with_margin(limits.questions))),
        ),
    )
    keywords: tuple[tuple[str, plan.Term], ...] = (("limits", allowed),)
    remarks: tuple[tuple[str, str], ...] = (("limits", seen),)
    if limits.attempts > 1:
        retry = plan.Invoke(
            plan.Imported("Retry", RUNTIME), keywords=(("attempts", plan.Scalar(limits.attempts)),)
        )
        tasks = f"in {_amount(limits.retried, 'task')} a read that failed was made again, and answered"
        keywords, remarks = (*keywords, ("retry", retry)), (*remarks, ("retry", tasks))
    return plan.Invoke(plan.Imported("harness", RUNTIME), keywords=keywords, remarks=remarks)


def _amount(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _classes(
    records: Records, request: PlannedRequest, readings: tuple[tuple[Model, dict[str, str]], ...]
) -> Iterator[plan.Class]:
    base = "ClosedRecord" if request.closed else "Record"
    for model in request.parts:
        yield record_class(
            model, _said(model, "as the request names it"), request.optional[model.name], base=base
        )
    for model in records.models:
        yield record_class(model, _said(model, "as the tools answer it"), records.optional[model.name])
    if request.model is not None:
        optional = request.optional.get(request.model.name, frozenset())
        yield record_class(request.model, "What the request names.", optional, request.hints, base=base)
    for model, hints in readings:
        yield record_class(model, "What a question reads from the text.", frozenset(), hints)


def _said(model: Model, whence: str) -> str:
    return f"{' '.join(words(model.name)).capitalize()}, {whence}."


def _texts(block: Block) -> frozenset[str]:
    """Return the tools that the program knows to answer a text in place of rows."""
    nodes = tuple(nodes_of(block))
    tools = {node.id: node.alternatives or (node.tool,) for node in nodes if isinstance(node, CallTool)}
    return frozenset(tool for node in nodes if isinstance(node, OnText) for tool in tools.get(node.ref, ()))
