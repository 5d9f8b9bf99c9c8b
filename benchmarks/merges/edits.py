"""What a person may do to the harness of the shop: ten kinds of edits, two of each."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeAlias, final

from compiler.ir.run import JSON

Write: TypeAlias = tuple[str, dict[str, JSON]]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One edit: how it is made, what of it must be found again, and what it does to the writes."""

    kind: str
    make: Callable[[str], str]
    keeps: tuple[str, ...]
    """Pieces of text, layout aside, that a merge must still hold."""
    drops: tuple[str, ...] = ()
    beside: dict[str, str] = field(default_factory=dict)
    effect: Callable[[Write], Write | None] = lambda write: write

    def kept(self, text: str) -> bool:
        """Return whether an edit is in a text."""
        said = _compact(text)
        return all(_compact(one) in said for one in self.keeps) and not any(
            _compact(one) in said for one in self.drops
        )


def _compact(text: str) -> str:
    return re.sub(r",(?=[)\]}])", "", "".join(text.split()))


def _above(marker: str, text: str) -> Callable[[str], str]:
    """Put lines, at the depth of the line that starts so, above it."""

    def make(source: str) -> str:
        lines = source.split("\n")
        place = next(i for i, line in enumerate(lines) if line.strip().startswith(marker))
        margin = lines[place][: len(lines[place]) - len(lines[place].lstrip())]
        return "\n".join([*lines[:place], *(margin + one for one in text.split("\n")), *lines[place:]])

    return make


def _instead(old: str, new: str) -> Callable[[str], str]:
    def make(source: str) -> str:
        if old not in source:
            raise ValueError(f"the harness has no {old!r}")
        return source.replace(old, new)

    return make


def _both(*makes: Callable[[str], str]) -> Callable[[str], str]:
    def make(source: str) -> str:
        for one in makes:
            source = one(source)
        return source

    return make


def _end(text: str) -> Callable[[str], str]:
    return lambda source: f"{source.rstrip()}\n{text}"


EMAIL: Final = '    run.tools.send_email(to=user.email, template="order_changed")\n'
REFUND: Final = (
    "        run.tools.refund_order(\n"
    '            order_id=request.order_id, payment_id=order.payment_id, reason="returned"\n        )\n'
)
NOTES: Final = (
    '"""What the desk wants to remember."""\n\nKEPT: list[str] = []\n\n\n'
    'def remember(order_id: str) -> None:\n    """Remember an order."""\n    KEPT.append(order_id)\n'
)
SEEN: Final = _above("@harness(", "SEEN: list[str] = []\n\n")
IMPORT: Final = _instead("from .tools import", "from .notes import remember\nfrom .tools import")
TELL: Final = (
    '\n\ndef tell(run: Run[Tools], to: str) -> None:\n    """Tell the customer."""\n'
    '    run.tools.send_email(to=to, template="order_changed")\n'
)
BACK: Final = (
    '\n\ndef pay_back(run: Run[Tools], order_id: str, payment_id: str) -> None:\n    """Pay back."""\n'
    '    run.tools.refund_order(order_id=order_id, payment_id=payment_id, reason="returned")\n'
)


def _template(write: Write) -> Write | None:
    tool, given = write
    return (tool, given | {"template": "news"}) if tool == "send_email" else write


def _reason(write: Write) -> Write | None:
    tool, given = write
    return (tool, given | {"reason": "came_back"}) if tool == "refund_order" else write


def _no_email(write: Write) -> Write | None:
    return None if write[0] == "send_email" else write


GUARD: Final = 'if order.order_id.startswith("X"):\n    raise Deviation("that order is not ours")'

EDITS: Final = (
    Edit(
        kind="a line added",
        make=_both(_above("# Learnt", "SEEN.append(order.order_id)"), SEEN),
        keeps=("SEEN: list[str] = []", "SEEN.append(order.order_id)"),
    ),
    Edit(
        kind="a line added",
        make=_both(_above("run.tools.send_email", "SEEN.append(user.email)"), SEEN),
        keeps=("SEEN: list[str] = []", "SEEN.append(user.email)"),
    ),
    Edit(
        kind="a comment",
        make=_above("user = ", "# Agreed with the desk."),
        keeps=("# Agreed with the desk.",),
    ),
    Edit(
        kind="a comment",
        make=_above("run.tools.cancel_order", "# Agreed with the desk."),
        keeps=("# Agreed with the desk.",),
    ),
    Edit(
        kind="other words",
        make=lambda text: re.sub(r'"""Take back: [^"]*"""', '"""Take orders back."""', text),
        keeps=('"""Take orders back."""',),
    ),
    Edit(
        kind="other words",
        make=_instead('"a value that no run shows decides here"', '"an order in an unknown state"'),
        keeps=('"an order in an unknown state"',),
    ),
    Edit(kind="a guard", make=_above("user = ", GUARD), keeps=(GUARD,)),
    Edit(kind="a guard", make=_above("run.tools.send_email", GUARD), keeps=(GUARD,)),
    Edit(
        kind="a name",
        make=_both(_instead("user = ", "buyer = "), _instead("=user.", "=buyer.")),
        keeps=("buyer = ",),
        drops=("user = ", "=user."),
    ),
    Edit(
        kind="a name",
        make=lambda text: re.sub(r"(?<![\w.])order(?=\.| = )", "parcel", text),
        keeps=("parcel = ",),
        drops=("=order.",),
    ),
    Edit(
        kind="a helper cut out",
        make=_both(_instead(EMAIL, "    tell(run, user.email)\n"), _end(TELL)),
        keeps=("tell(run, user.email)", TELL),
    ),
    Edit(
        kind="a helper cut out",
        make=_both(
            _instead(REFUND, "        pay_back(run, request.order_id, order.payment_id)\n"), _end(BACK)
        ),
        keeps=("pay_back(run, request.order_id, order.payment_id)", BACK),
    ),
    Edit(
        kind="a limit",
        make=lambda text: re.sub(r"tool_calls=\d+", "tool_calls=30", text),
        keeps=("tool_calls=30",),
    ),
    Edit(
        kind="a limit",
        make=lambda text: re.sub(r"\bquestions=\d+", "questions=9", text),
        keeps=("questions=9",),
    ),
    Edit(
        kind="another value",
        make=_instead('template="order_changed"', 'template="news"'),
        keeps=('template="news"',),
        effect=_template,
    ),
    Edit(
        kind="another value",
        make=_instead('reason="returned"', 'reason="came_back"'),
        keeps=('reason="came_back"',),
        effect=_reason,
    ),
    Edit(
        kind="a file added",
        make=_both(_above("# Learnt", "remember(order.order_id)"), IMPORT),
        keeps=("from .notes import remember", "remember(order.order_id)"),
        beside={"notes.py": NOTES},
    ),
    Edit(
        kind="a file added",
        make=_both(_above("run.tools.send_email", "remember(order.order_id)"), IMPORT),
        keeps=("from .notes import remember", "remember(order.order_id)"),
        beside={"notes.py": NOTES},
    ),
    Edit(
        kind="a step taken out or guarded",
        make=_instead(EMAIL, ""),
        keeps=(),
        drops=("send_email",),
        effect=_no_email,
    ),
    Edit(
        kind="a step taken out or guarded",
        make=_instead(EMAIL, f"    if user.email:\n    {EMAIL}"),
        keeps=('if user.email: run.tools.send_email(to=user.email, template="order_changed")',),
    ),
)
