# Compiled from the 6 runs in traces/table_or_question; evidence.json names them.
# Edit freely: `compile` never overwrites a harness that was edited.

"""Table or question: say."""

from compiler.runtime import Limits, Question, Run, harness

from .tools import Request, Tools

SAID = Question("What is said about this topic?")


@harness(
    # 6/6 tasks; at most 4 tool calls and 2 questions
    limits=Limits(tool_calls=6, questions=4),
)
def table_or_question(run: Run[Tools], request: Request) -> None:
    """List gaps, then say, as the request says.

    Raises:
        Deviation: The run leaves every path that the traces show.
    """
    # No step reads phone or seen_at or tags of the request; only
    # questions see it.
    for gap in run.tools.survey_list_gaps(survey=request.survey):
        # 6/6 tasks; 1 to 4 times
        value = values_by_topic(request).get(gap.topic)
        if value is None:
            # 4/6 tasks
            with run.scope("gap", gap) as here:
                value = here.compose(SAID)

        run.tools.survey_say(gap_id=gap.gap_id, text=value)


def values_by_topic(request: Request) -> dict[str, str]:
    """Return what the request holds for each known topic."""
    # 3/6 tasks; the least of any topic
    return {
        "city": request.home.city,
        "town": request.home.city,
        "street": request.home.street,
        "survey": request.survey,
    }
