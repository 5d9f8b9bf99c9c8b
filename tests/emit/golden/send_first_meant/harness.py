# Compiled from the 6 runs in traces/send_first_meant; evidence.json names them.
# Edit freely: `compile` never overwrites a harness that was edited.

"""Send first meant: send, then report."""

from compiler.runtime import Answer3, Deviation, Limits, Question, Run, harness

from .tools import Request, Tools

DO_SEND = Question("Is this to be sent?")


@harness(
    # 6/6 tasks; at most 4 tool calls and 2 questions
    limits=Limits(tool_calls=6, questions=4),
)
def send_first_meant(run: Run[Tools], request: Request) -> None:
    """Find parcels, then send, then report, as the request says.

    Raises:
        Deviation: The run leaves every path that the traces show.
    """
    for parcel in run.tools.depot_find_parcels(depot=request.depot):
        # 6/6 tasks; 1 to 4 times
        with run.scope("parcel", parcel) as here:
            do_send = here.classify(DO_SEND, Answer3)

        if do_send is Answer3.NEITHER:
            # 0/6 tasks
            raise Deviation("unclear")
        if do_send is Answer3.YES:
            # 4/6 tasks
            run.tools.depot_send(parcel_id=parcel.parcel_id)
            break
    else:
        # 2/6 tasks
        run.tools.depot_report(depot=request.depot)
