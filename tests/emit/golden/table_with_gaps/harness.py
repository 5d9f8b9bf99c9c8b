# Compiled from the 6 runs in traces/table_with_gaps; evidence.json names them.
# Edit freely: `compile` never overwrites a harness that was edited.

"""Table with gaps: say."""

from compiler.runtime import Deviation, Limits, Run, harness, present

from .tools import Request, Tools


@harness(
    # 6/6 tasks; at most 4 tool calls and 2 questions
    limits=Limits(tool_calls=6, questions=4),
)
def table_with_gaps(run: Run[Tools], request: Request) -> None:
    """List gaps, then say, as the request says.

    Raises:
        Deviation: The run leaves every path that the traces show.
    """
    # No step reads seen_at or tags of the request; nothing sees it.
    for gap in run.tools.survey_list_gaps(survey=request.survey):
        # 6/6 tasks; 1 to 4 times
        known = values_by_topic(request)
        if gap.topic not in known:
            # 0/6 tasks
            raise Deviation(f"no run shows the topic {gap.topic!r}")

        value = known[gap.topic]
        run.tools.survey_say(gap_id=gap.gap_id, text=present(value))


def values_by_topic(request: Request) -> dict[str, str | None]:
    """Return what the request holds for each known topic."""
    # 3/6 tasks; the least of any topic
    return {
        "city": request.home.city,
        "street": request.home.street,
        "phone": request.phone,
    }
