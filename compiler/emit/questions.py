"""Questions of the program -> constants of harness.py, and the types of their answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, assert_never, final

from compiler.emit.names import Names, class_name, constant_name
from compiler.emit.prose import plain
from compiler.emit.request import text_model
from compiler.emit.types import RUNTIME, STR, Choice, Model, Type
from compiler.errors import InternalError
from compiler.ir import plan
from compiler.ir.program import Program, Question

WIDE: Final = 80
"""What a text at the top level of a module may take of a line."""

THREE: Final = ("yes", "no", "neither")
ANSWER3: Final = Choice("Answer3", tuple((label, label.upper()) for label in THREE), RUNTIME)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as harness.py has it, with the type of its answer (None: that of its options)."""

    question: Question
    answer: Type | None
    hints: dict[str, str]


def plan_questions(program: Program, names: Names) -> dict[str, Asked]:
    """Return the questions by name; classes that they need get their names from ``names``."""
    parsing = program.request.question
    return {
        question.name: (
            Asked(question=question, answer=None, hints={})
            if question.name == parsing
            else _asked(question, names)
        )
        for question in program.questions
    }


def _asked(question: Question, names: Names) -> Asked:
    match question.kind:
        case "select" | "choose":
            return Asked(question=question, answer=None, hints={})
        case "compose":
            return Asked(question=question, answer=STR, hints={})
        case "classify":
            return Asked(question=question, answer=_choice(question, names), hints={})
        case "extract":
            name = names.take(class_name(question.name, fallback="Reading"), joint="")
            model, attributes, hints = text_model(name, question.fields)
            keyed = Model(
                model.name,
                tuple((key, attributes[key], _type(model, attributes[key])) for key in attributes),
            )
            return Asked(
                question=question,
                answer=keyed,
                hints={key: hints[attributes[key]] for key in attributes},
            )
        case _:
            assert_never(question.kind)


def _type(model: Model, attribute: str) -> Type:
    found = model.field(attribute)
    if found is None:
        raise InternalError(f"record {model.name} lost its field {attribute}")
    return found[1]


def _choice(question: Question, names: Names) -> Choice:
    if question.labels == THREE:
        return ANSWER3
    taken = Names()
    members = tuple((label, taken.take(constant_name(label, fallback="ANSWER"))) for label in question.labels)
    return Choice(names.take(class_name(question.name, fallback="Answers"), joint=""), members, None)


def question_constants(program: Program) -> tuple[plan.Constant, ...]:
    """Return the constants, in the program's order, each with the reason why it is a question."""
    return tuple(
        plan.Constant(
            name=question.name,
            value=plan.Invoke(plan.Imported("Question", RUNTIME), (plan.Scalar(question.text, WIDE),)),
            remarks=(_stated(question.why),) if question.why else (),
        )
        for question in program.questions
    )


def _stated(why: str) -> str:
    """Return a reason as a sentence."""
    text = plain(why, 400).rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."


def choice_classes(asked: dict[str, Asked]) -> tuple[plan.Class, ...]:
    """Return the enums that harness.py defines itself."""
    return tuple(
        plan.Class(
            name=one.answer.name,
            base=plan.Imported("Enum", "enum"),
            doc=f"The answers to {name}.",
            fields=tuple(
                plan.Attribute(name=member, value=plan.Scalar(label)) for label, member in one.answer.members
            ),
        )
        for name, one in asked.items()
        if isinstance(one.answer, Choice) and one.answer.module is None
    )
