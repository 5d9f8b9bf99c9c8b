# Compiled from the 6 runs in traces/cancel-meeting; evidence.json names them.
# Edit freely: the next `compile` merges your changes, and never drops one.

"""Cancel the first meeting on a day, and tell the people whom the other meetings are with."""

from compiler.runtime import (
    Answer3,
    Deviation,
    Limits,
    Patterns,
    Question,
    Retry,
    Run,
    Stopped,
    first,
    harness,
    lowest,
    resume_with_agent,
)

from .tools import CalendarEvent, Request, Tools  # noqa: TID252 - as in every harness

# The request as the traces put it; where no pattern fits, REQUEST asks the model for the same fields.
PATTERNS = Patterns(
    "Cancel my first meeting on {day:date}",
    "Cancel my first meeting with {name:word} on {day:date}",
)
REQUEST = Question("Which day, and which person, does the request name?")
FIRST_EVENT = Question("Which of these events is the first one of that day?")
ALSO_TOLD = Question("Which of the other events need a message to their organiser?")
STILL_DUE = Question("Is a message about this event still to be sent, as the request means it?")


@harness(
    # 6/6 tasks; at most 4 tool calls and 4 questions
    limits=Limits(tool_calls=5, questions=5),
    # 1/6 reads; it timed out; writes are never retried
    retry=Retry(attempts=3, on=TimeoutError),
    on_deviation=resume_with_agent,
)
def cancel_meeting(run: Run[Tools], text: str) -> None:
    """Cancel the first meeting on the day that the request names."""
    request = run.parse(text, PATTERNS, Request, otherwise=REQUEST)
    events = run.tools.calendar_search_events(query=request.name or "", time_min=request.day.isoformat())
    if events == "No events found.":
        # 1/6 tasks
        raise Stopped("there is no meeting on that day")
    if isinstance(events, str):
        # 0/6 tasks
        raise Deviation("calendar.search_events answers with an unknown text")

    # Both explain all 6 tasks; where they differ, the model is asked which is meant.
    event = run.agree(FIRST_EVENT, first(events), lowest(events, by="event_start"))
    run.tools.calendar_delete_event(event_id=event.event_id)

    others = tuple(other for other in events if other.event_id != event.event_id)
    for other in run.select(ALSO_TOLD, options=others):
        # 2/6 tasks; 0 to 2 times
        with run.scope("event", other) as here:
            tell_organiser(here, other)


def tell_organiser(run: Run[Tools], event: CalendarEvent) -> None:
    """Send the organiser of one event a message, if one is still due."""
    if event.organiser is None:
        # 0/3 events
        raise Deviation("the event has no organiser")

    # 2/3 yes; no rule explains it
    due = run.classify(STILL_DUE, Answer3)
    if due is Answer3.NEITHER:
        # 0/3 events
        raise Deviation("the model finds that neither answer fits")
    if due is Answer3.YES:
        # 2/3 events
        run.tools.email_send(recipient=event.organiser, body=f"About {event.event_name}")
