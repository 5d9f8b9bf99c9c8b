"""The invariants of a program's parts that hold whatever is in scope, and the report of a broken one.

Every function raises InternalError where what it checks does not hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

from compiler.errors import InternalError
from compiler.ir.program import Field, HandOver, Question, Request, Slot, Support


def broken(invariant: str, found: str) -> NoReturn:
    """Report an invariant that does not hold.

    Raises:
        InternalError: Always; the message starts with the name of the invariant.
    """
    raise InternalError(f"{invariant}: {found}")


def unique(what: str, names: Iterable[str]) -> None:
    """Check that no name stands twice; ``what`` says of what they are the names."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            broken(f"{what} are unique", f"{name!r} stands twice")
        seen.add(name)


def check_support(support: Support, where: str) -> None:
    """Check the counts of a support."""
    if not 0 <= support.tasks <= support.reached:
        broken(
            "support counts no more than reached it",
            f"{support.tasks}/{support.reached} at {where}",
        )


def check_question(question: Question) -> None:
    """Check that a question has what its kind needs, and a name for its constant."""
    name = question.name
    if not (name.isascii() and name.isidentifier() and name.isupper() and not name.startswith("_")):
        broken("a question is named like a constant", repr(name))
    check_support(question.support, name)
    unique(f"labels of {name}", question.labels)
    if (question.kind == "classify") != bool(question.labels):
        broken("a question has labels if it classifies", name)
    if question.fields and question.kind != "extract":
        broken("only an extract has fields", name)
    unique(f"fields of {name}", (one.name for one in question.fields))
    if any(one.kind == "json" for one in question.fields):
        broken("what a question reads from text has a kind of its own", name)


def check_request(request: Request) -> None:
    """Check the fields and the patterns of the request, each with the form of the request."""
    for one in request.fields:
        _check_field(one, request.form)
    if request.form == "json" and (request.patterns or request.question):
        broken("a structured request is not parsed", request.question or "it has patterns")
    if request.closed and request.form != "json":
        broken("only a structured request is closed", request.form)
    if request.unseen and not request.patterns:
        broken("an unseen wording is read by known ones", request.unseen)
    known = {one.name for one in request.fields}
    for pattern in request.patterns:
        check_support(pattern.support, "a pattern")
        slots = [part for part in pattern.parts if isinstance(part, Slot) and part.gap is None]
        strange = [name for slot in slots for name in (slot.field, *slot.also) if name not in known]
        if strange:
            broken("every slot names a field", repr(strange[0]))


def _check_field(one: Field, form: str) -> None:
    structured = one.kind == "json"
    if structured != (form == "json"):
        broken("a field is of kind json if the request is", one.name)
    if structured != bool(one.path):
        broken("a field has a path if it is structured", one.name)
    if one.absent and not structured:
        broken("only a key of a structured request may be absent", one.name)
    if structured and one.optional:
        broken("a structured field says in its schema that it is optional", one.name)
    if (one.kind == "choice") != bool(one.choices):
        broken("a field has choices if it is a choice", one.name)


def check_hand_over(node: HandOver) -> None:
    """Check the counts of a hand-over."""
    if not 0 < node.made <= node.calls or node.runs < 1:
        broken("a hand-over comes after calls that runs made", f"{node.made} of {node.calls}")
