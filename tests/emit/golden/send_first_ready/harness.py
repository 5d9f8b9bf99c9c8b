# Compiled from the 6 runs in traces/send_first_ready; evidence.json names them.
# Edit freely: `compile` never overwrites a harness that was edited.

"""Send first ready: send, then report."""

from compiler.runtime import Deviation, Limits, Run, harness

from .tools import Request, Tools


@harness(
    # 6/6 tasks; at most 4 tool calls and 2 questions
    limits=Limits(tool_calls=6, questions=4),
)
def send_first_ready(run: Run[Tools], request: Request) -> None:
    """Find parcels, then send, then report, as the request says.

    Raises:
        Deviation: The run leaves every path that the traces show.
    """
    for parcel in run.tools.depot_find_parcels(depot=request.depot):
        # 6/6 tasks; 1 to 4 times
        # Learnt from the traces; right in at least 90% of cases (95 % bound).
        if parcel.ready:
            # 4/6 tasks
            run.tools.depot_send(parcel_id=parcel.parcel_id)
            break
    else:
        # 0/6 tasks
        raise Deviation("no parcel is the one to look for")

    run.tools.depot_report(depot=request.depot)
