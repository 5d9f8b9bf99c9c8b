# Compiled from the 6 runs in traces/open_account; evidence.json names them.
# Edit freely: `compile` never overwrites a harness that was edited.

"""Open account: what most runs look up first."""

from compiler.runtime import Deviation, Limits, Patterns, Question, Run, harness

from .tools import Request, Tools

# No two requests share a wording; where no pattern fits, REQUEST asks the model.
PATTERNS = Patterns()

# The requests are free texts.
REQUEST = Question("What about request?")


@harness(
    # 6/6 tasks; at most 6 tool calls and 1 question
    limits=Limits(tool_calls=9, questions=3),
)
def open_account(run: Run[Tools], text: str) -> None:
    """Look up what most runs look up first; the agent does the rest.

    Raises:
        Deviation: The run leaves every path that the traces show.
        HandedOver: In the end, with the calls made so far.
    """
    request = run.parse(text, PATTERNS, Request, otherwise=REQUEST)
    if request.mail is not None:
        # 2/6 tasks
        id_ = run.tools.members_find_id_by_mail(mail=request.mail)
    elif (
        request.first_name is not None
        and request.last_name is not None
        and request.zip is not None
    ):
        # 4/6 tasks
        id_ = run.tools.members_find_id_by_name_zip(
            first_name=request.first_name, last_name=request.last_name, zip=request.zip
        )
    else:
        # 0/6 tasks
        raise Deviation("the request gives no mail, nor first name, last name and zip")

    member = run.tools.members_get_member_details(member_id=id_)
    if isinstance(member, str):
        # 0/6 tasks
        raise Deviation(f"members.get_member_details answers {member!r}")

    for loan_id in member.loan_ids:
        # 5/6 tasks; 1 to 4 times
        run.tools.loans_get_loan(loan_id=loan_id)

    # 5/6 tasks make all of these calls;
    # 27 of the 44 calls of 6 runs lie before this line (61%).
    run.hand_over("the runs go on from here in ways of their own")
