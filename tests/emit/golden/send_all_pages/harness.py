# Compiled from the 6 runs in traces/send_all_pages; evidence.json names them.
# Edit freely: `compile` never overwrites a harness that was edited.

"""Send all pages: send."""

from compiler.runtime import Deviation, Limits, Run, harness

from .tools import Request, Tools


@harness(
    # 6/6 tasks; at most 4 tool calls and 2 questions
    limits=Limits(tool_calls=6, questions=4),
)
def send_all_pages(run: Run[Tools], request: Request) -> None:
    """List parcels, then send, as the request says.

    Raises:
        Deviation: The run leaves every path that the traces show.
    """
    page = run.tools.depot_list_parcels(depot=request.depot)
    parcels = page.parcels
    for _ in range(5):
        # 6/6 tasks; 3 pages at most
        cursor = page.next
        if cursor is None:
            break

        page = run.tools.depot_list_parcels(depot=request.depot, cursor=cursor)
        parcels = parcels + page.parcels
    else:
        # 0/6 tasks
        raise Deviation("depot.list_parcels gives more pages than any run read")

    for parcel in parcels:
        # 6/6 tasks; 1 to 4 times
        run.tools.depot_send(parcel_id=parcel.parcel_id)
