# Compiled from the 6 runs in traces/cancel_meeting; evidence.json names them.
# Edit freely: `compile` never overwrites a harness that was edited.

"""Cancel first meeting: delete event."""

from compiler.runtime import (
    Deviation,
    Limits,
    Patterns,
    Question,
    Run,
    first,
    harness,
    lowest,
)

from .tools import Request, Tools

# The request as the traces put it; where no pattern fits, REQUEST asks the model.
PATTERNS = Patterns(
    "Cancel the first '{name:quoted}' on {day:date}",
    "Delete '{name:quoted}' of {day:date} {{soon}}",
)

REQUEST = Question("Which day and which event does the request name?")

# The first row and the earliest event are the same in every task that was seen.
FIRST_EVENT = Question(
    "Which of these events is the first one of that day, as the request means it? "
    "Choose one of them."
)


@harness(
    # 6/6 tasks; at most 3 tool calls and 1 question
    limits=Limits(tool_calls=5, questions=3),
)
def cancel_first_meeting(run: Run[Tools], text: str) -> None:
    """Search events, then delete event, as the request says.

    Raises:
        Deviation: The run leaves every path that the traces show.
    """
    request = run.parse(text, PATTERNS, Request, otherwise=REQUEST)
    events = run.tools.calendar_search_events(
        query=request.name, time_min=request.day.strftime("%Y-%m-%d 00:00:00")
    )
    if isinstance(events, str):
        if events == "No events found.":
            # 2/6 tasks
            return

        # 0/6 tasks
        raise Deviation(f"calendar.search_events answers {events!r}")
    if not events:
        # 0/4 tasks
        raise Deviation("there are no events")
    if len(events) >= 5:
        # 0/4 tasks
        raise Deviation("there are 5 events or more, and the list may be cut off")

    # Both explain 4/4 tasks; where they differ, the model is asked.
    event = run.agree(FIRST_EVENT, first(events), lowest(events, by="event_start"))
    run.tools.calendar_delete_event(event_id=event.event_id)
