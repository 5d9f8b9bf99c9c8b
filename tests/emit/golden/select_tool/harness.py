# Compiled from the 6 runs in traces/select_tool; evidence.json names them.
# Edit freely: `compile` never overwrites a harness that was edited.

"""Select tool: create plot."""

from compiler.runtime import Deviation, Limits, Patterns, Run, harness

from .tools import Request, Tools

# The request as the traces put it.
PATTERNS = Patterns(
    "Plot {metric:choice} as {plot:word} since {since:date}",
    vocabulary={
        "metric": {
            "total visits": "analytics.total_visits_count",
            "engaged users": "analytics.engaged_users_count",
        }
    },
)


@harness(
    # 6/6 tasks; at most 3 tool calls and 1 question
    limits=Limits(tool_calls=5, questions=3),
)
def select_tool(run: Run[Tools], text: str) -> None:
    """Get total visits count, then create plot, as the request says.

    Raises:
        Deviation: The run leaves every path that the traces show.
    """
    request = run.parse(text, PATTERNS, Request)
    if request.metric == "analytics.total_visits_count":
        result = run.tools.analytics_total_visits_count(
            time_min=request.since.strftime("%Y-%m-%d")
        )
    elif request.metric == "analytics.engaged_users_count":
        result = run.tools.analytics_engaged_users_count(
            time_min=request.since.strftime("%Y-%m-%d")
        )
    else:
        # 0/6 tasks
        raise Deviation(f"no run calls the tool {request.metric!r}")

    if not result:
        # 1/6 tasks
        run.tools.analytics_create_plot(plot_type="none")

    run.tools.analytics_create_plot(plot_type=request.plot)
