# Compiled from the 6 runs in traces/send_first_light; evidence.json names them.
# Edit freely: `compile` never overwrites a harness that was edited.

"""Send first light: send, then report."""

from compiler.runtime import Limits, Run, harness

from .tools import Request, Tools


@harness(
    # 6/6 tasks; at most 4 tool calls and 2 questions
    limits=Limits(tool_calls=6, questions=4),
)
def send_first_light(run: Run[Tools], request: Request) -> None:
    """Find parcels, then get weigh, then send, then more, as the request says.

    Raises:
        Deviation: The run leaves every path that the traces show.
    """
    for parcel in run.tools.depot_find_parcels(depot=request.depot):
        # 6/6 tasks; 1 to 4 times
        weigh = run.tools.depot_weigh(parcel_id=parcel.parcel_id)
        # Learnt from the traces; right in at least 90% of cases (95 % bound).
        if weigh.grams == 90:
            # 4/6 tasks
            run.tools.depot_send(parcel_id=parcel.parcel_id)
            break
    else:
        # 2/6 tasks
        return

    run.tools.depot_report(depot=request.depot)
