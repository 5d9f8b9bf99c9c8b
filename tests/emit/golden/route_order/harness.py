# Compiled from the 6 runs in traces/route_order; evidence.json names them.
# Edit freely: `compile` never overwrites a harness that was edited.

"""Route order: refund order, then send notice."""

from compiler.runtime import Deviation, Limits, Patterns, Run, harness

from .tools import Request, Tools

# The request as the traces put it.
PATTERNS = Patterns("Handle order {order_id:word}")


@harness(
    # 6/6 tasks; at most 3 tool calls and 1 question
    limits=Limits(tool_calls=5, questions=3),
)
def route_order(run: Run[Tools], text: str) -> None:
    """Get order details, then refund order, then send notice, as the request says.

    Raises:
        Deviation: The run leaves every path that the traces show.
    """
    request = run.parse(text, PATTERNS, Request)
    order = run.tools.shop_get_order_details(order_id=request.order_id)
    # Learnt from the traces; right in at least 61% of cases (95 % bound).
    if order.status == "lost":
        # 3/6 tasks
        return
    if order.status == "open":
        # 2/6 tasks
        run.tools.shop_refund_order(order_id=request.order_id)
    elif order.status == "sent":
        # 1/6 tasks
        run.tools.shop_send_notice(text=f"Order {order.status}")
    else:
        # 0/6 tasks
        raise Deviation("an order has a status that no run shows")

    if order.total >= 5 and order.paid:
        # 1/3 tasks
        raise Deviation("a paid order is large")
    if order.note is None:
        # 1/3 tasks
        pass
    elif order.status in ("open", "sent"):
        # 1/3 tasks
        run.tools.shop_send_notice(text=str(order.total))
    else:
        # 0/3 tasks
        raise Deviation("no rule fits")
