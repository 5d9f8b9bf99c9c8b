# Compiled from the 6 runs in traces/computed_values; evidence.json names them.
# Edit freely: `compile` never overwrites a harness that was edited.

"""Computed values: note, then pay, then send."""

import datetime as dt

from compiler.runtime import (
    Limits,
    Run,
    between,
    expect,
    harness,
    item,
    joined,
    moment,
    only,
    piece,
    scaled,
    total,
    where,
    whole,
    without,
)

from .tools import Request, Tools


@harness(
    # 6/6 tasks; at most 13 tool calls and 0 questions
    limits=Limits(tool_calls=20, questions=2),
)
def computed_values(run: Run[Tools], request: Request) -> None:
    """Read, then note, then pay, then more, as the request says.

    Raises:
        Deviation: The run leaves every path that the traces show.
    """
    read = run.tools.desk_read(order_id=request.order_id)
    run.tools.desk_note(text=piece(read.mail, "@", 0))
    run.tools.desk_note(text=piece(read.owner, " ", -1).upper())
    run.tools.desk_note(text=between(read.notice, after="Ticket ", before=" was"))
    run.tools.desk_note(text=expect(item(read.desks, request.kind), str))
    run.tools.desk_note(text=only(where(read.lines, "kind", equals=request.kind)).item)
    run.tools.desk_note(text=joined(tuple(row.item for row in read.lines), ", "))
    run.tools.desk_note(
        text=(moment(read.due, "%d.%m.%Y") + dt.timedelta(days=7)).strftime("%Y-%m-%d")
    )
    run.tools.desk_note(text=f"{read.total:.2f}")
    run.tools.desk_note(text=f"Pay EUR {read.total:.2f} to {read.owner}")
    run.tools.desk_pay(
        cents=whole(read.total, by=100), tax=scaled(read.total, by=0.19, digits=2)
    )
    run.tools.desk_pay(
        cents=len(read.lines), tax=total(tuple(row.price for row in read.lines))
    )
    run.tools.desk_send(items=without(read.all, read.sent))
