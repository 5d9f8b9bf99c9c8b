# Compiled from the 6 runs in traces/write_mail; evidence.json names them.
# Edit freely: `compile` never overwrites a harness that was edited.

"""Write mail: send email."""

import datetime as dt

from compiler.runtime import (
    Deviation,
    Limits,
    Patterns,
    Question,
    Run,
    combine,
    harness,
    last,
    moment,
    slug,
    where,
)

from .tools import Details, Request, Tools

# No two requests share a wording; where no pattern fits, REQUEST asks the model.
PATTERNS = Patterns()

REQUEST = Question("What about request?")

WHICH_ADDRESS = Question("What about which_address?")

DETAILS = Question("What about details?")

BODY = Question("What about body?")


@harness(
    # 6/6 tasks; at most 3 tool calls and 4 questions
    limits=Limits(tool_calls=5, questions=6),
)
def write_mail(run: Run[Tools], text: str) -> None:
    """Find email address, then search events, then send email, as the request says.

    Raises:
        Deviation: The run leaves every path that the traces show.
    """
    request = run.parse(text, PATTERNS, Request, otherwise=REQUEST)
    email_addresses = run.tools.directory_find_email_address(name=request.who)
    email_address = run.only(WHICH_ADDRESS, email_addresses)
    with run.scope("email_address", email_address) as here:
        details = here.extract(DETAILS, Details)

    with run.scope("details", details) as here:
        body = here.compose(BODY)

    events = run.tools.calendar_search_events(query=details.subject, time_min="")
    if isinstance(events, str):
        # 0/6 tasks
        raise Deviation(f"calendar.search_events answers {events!r}")

    events_2 = where(events, "event_name", contains=request.who)
    event_start = moment(last(events_2).event_start)
    run.tools.email_send_email(
        recipient=email_address,
        subject=details.subject.capitalize(),
        body=body,
        copies=tuple(row.participant_email for row in events_2),
        send_at="".join(
            (
                (
                    combine(request.day, request.at)
                    + dt.timedelta(minutes=request.length)
                ).strftime("%Y-%m-%d %H:%M"),
                " to {",
                event_start.strftime("%H:%M"),
                "}",
            )
        ),
        labels=("auto", slug(request.who)),
        meta={"number": 1, "who": request.who},
    )
