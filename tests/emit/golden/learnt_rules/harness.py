# Compiled from the 6 runs in traces/learnt_rules; evidence.json names them.
# Edit freely: `compile` never overwrites a harness that was edited.

"""Learnt rules: refund order."""

import datetime as dt

from compiler.runtime import (
    Answer3,
    Deviation,
    Limits,
    Patterns,
    Question,
    Run,
    greatest,
    harness,
    moment,
    total,
)

from .tools import Request, Tools

# The request as the traces put it.
PATTERNS = Patterns(
    "Refund {order_id:word} if visits were ever {_:condition}",
    "Refund {order_id:word} if {_:word}",
)

# Asked only where the condition that the request states cannot be told.
GO_ON = Question("What about go_on?")


@harness(
    # 6/6 tasks; at most 3 tool calls and 1 question
    limits=Limits(tool_calls=5, questions=3),
)
def learnt_rules(run: Run[Tools], text: str) -> None:
    """Get order, then get visits, then refund order, as the request says.

    Raises:
        Deviation: The run leaves every path that the traces show.
    """
    request = run.parse(text, PATTERNS, Request)
    order = run.tools.shop_get_order(order_id=request.order_id)
    # Learnt from the traces; right in at least 61% of cases (95 % bound).
    # No run shows total amounts between 96.5 and 104.
    if (
        total(tuple(row.amount for row in order.lines)) < 100 and len(order.lines) <= 2
    ) or moment(order.ordered) <= (run.now - dt.timedelta(days=30)):
        # 2/6 tasks
        return
    if (
        total(tuple(row.amount for row in order.lines)) <= 100 and len(order.lines) < 3
    ) or moment(order.ordered) <= (run.now - dt.timedelta(days=30)):
        # 0/6 tasks
        raise Deviation("a value that no run shows decides here")

    visits = run.tools.stats_visits()
    with run.scope("visits", visits) as here:
        # Told by the condition that the request states; where that is not
        # sure, the model is asked.
        go_on = here.judge(
            GO_ON,
            Answer3,
            run.condition.holds_for_any(visits),
            run.condition.holds_for(visits, of=greatest),
        )

    if go_on is Answer3.NEITHER:
        # 0/6 tasks
        raise Deviation("neither fits")
    if go_on is Answer3.NO:
        # 1/6 tasks
        return

    run.tools.shop_refund_order(order_id=request.order_id)
