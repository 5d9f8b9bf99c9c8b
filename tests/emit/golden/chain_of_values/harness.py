# Compiled from the 6 runs in traces/chain_of_values; evidence.json names them.
# Edit freely: `compile` never overwrites a harness that was edited.

"""Chain of values: say."""

from enum import Enum

from compiler.runtime import Deviation, Limits, Question, Run, harness

from .tools import Read, Request, Tools

READ = Question("What is its name?")

MOOD = Question("How does it sound?")


class Mood(Enum):
    """The answers to MOOD."""

    GLAD = "glad"
    SAD = "sad"


@harness(
    # 6/6 tasks; at most 4 tool calls and 2 questions
    limits=Limits(tool_calls=6, questions=4),
)
def chain_of_values(run: Run[Tools], request: Request) -> None:
    """List gaps, then say, as the request says.

    Raises:
        Deviation: The run leaves every path that the traces show.
    """
    # No step reads city or street or phone or seen_at or tags of the
    # request; only questions see it.
    for gap in run.tools.survey_list_gaps(survey=request.survey):
        # 6/6 tasks; 1 to 4 times
        if gap.size == "s":
            # 3/6 tasks
            value = "small"
        elif gap.size is None:
            # 2/6 tasks
            with run.scope("gap", gap) as here:
                read = here.extract(READ, Read)

            value = read.name
        elif gap.size in ("m", "l"):
            # 1/6 tasks
            mood = run.classify(MOOD, Mood)
            value = mood.value
        else:
            # 0/6 tasks
            raise Deviation(f"no run shows the size {gap.size!r}")

        run.tools.survey_say(gap_id=gap.gap_id, text=value)
