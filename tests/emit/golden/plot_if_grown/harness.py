# Compiled from the 6 runs in traces/plot_if_grown; evidence.json names them.
# Edit freely: `compile` never overwrites a harness that was edited.

"""Plot if grown: create plot."""

import datetime as dt

from compiler.runtime import Answer3, Deviation, Limits, Question, Run, harness

from .tools import Tools

# 4/6 yes; no rule with two conditions explains it.
GROWN = Question("Did the visits grow, as the request means it?")


@harness(
    # 6/6 tasks; at most 3 tool calls and 1 question
    limits=Limits(tool_calls=5, questions=3),
)
def plot_if_grown(run: Run[Tools], _text: str) -> None:
    """Get total visits count, then create plot, as the request says.

    Raises:
        Deviation: The run leaves every path that the traces show.
    """
    total_visits_count = run.tools.analytics_total_visits_count(
        time_min=(run.now - dt.timedelta(days=14)).strftime("%Y-%m-%d"),
        time_max=run.now.strftime("%Y-%m-%d"),
    )
    value_2023_11_01 = total_visits_count["2023-11-01"]
    with (
        run.scope("total_visits_count", total_visits_count) as here,
        here.scope("value_2023_11_01", value_2023_11_01) as here,
    ):
        grown = here.classify(GROWN, Answer3)

    if grown is Answer3.NEITHER:
        # 0/6 tasks
        raise Deviation("the model finds that neither answer fits")
    if grown is Answer3.NO:
        # 2/6 tasks
        return

    run.tools.analytics_create_plot(
        time_min=(run.now - dt.timedelta(days=14)).strftime("%Y-%m-%d"),
        plot_type="line",
    )
