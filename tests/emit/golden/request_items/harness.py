# Compiled from the 6 runs in traces/request_items; evidence.json names them.
# Edit freely: `compile` never overwrites a harness that was edited.

"""Request items: add item."""

from compiler.runtime import Limits, Run, harness

from .tools import Request, Tools


@harness(
    # 6/6 tasks; at most 4 tool calls and 2 questions
    limits=Limits(tool_calls=6, questions=4),
)
def request_items(run: Run[Tools], request: Request) -> None:
    """Add item, as the request says.

    Raises:
        Deviation: The run leaves every path that the traces show.
    """
    # No step reads rush of the request; nothing sees it.
    for order_item in request.order.items:
        # 6/6 tasks; 1 to 3 times
        for mark in order_item.marks:
            # 5/6 tasks; 0 to 2 times
            run.tools.cart_add_item(
                cart=request.order.cart, article=order_item.article, note=mark
            )
