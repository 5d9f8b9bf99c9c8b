# Compiled from the 56 runs in traces/application_form; evidence.json names them.
# Edit freely: `compile` never overwrites a harness that was edited.

"""Application form: fill field, then submit page, then submit application."""

from compiler.runtime import Deviation, Limits, Question, Run, harness, moment, rows

from .tools import Page, PageField, Request, Tools

# No rule explains which option the runs took.
CHOSEN_OPTION = Question(
    "Which of its options does this field get, as the request says?"
)

# What the runs wrote stands in no field of the request.
ANSWER = Question(
    "What goes into this field, as the request says? Write dates as YYYY-MM-DD."
)

# What the runs wrote instead follows from the message, in words.
CORRECTED = Question("How is this value written so that the error is mended?")


@harness(
    # 56/56 tasks; at most 34 tool calls and 9 questions
    limits=Limits(tool_calls=51, questions=14),
)
def application_form(run: Run[Tools], request: Request) -> None:
    """Open form, then get page, then fill field, then more, as the request says.

    Raises:
        Deviation: The run leaves every path that the traces show.
    """
    # No step reads note of the request; only questions see it.
    form = run.tools.open_form(form_id=request.form_id)
    for page in form.pages:
        # 56/56 tasks; 2 to 5 times
        handle_page(run, request, page)

    run.tools.submit_application(form_id=request.form_id)


def handle_page(run: Run[Tools], request: Request, page: Page) -> None:
    """Do for one page what the traces show: fill field, then submit page."""
    page_details = run.tools.get_page(page_id=page.page_id)
    for field in page_details.fields:
        # 56/56 tasks; 3 to 9 times
        handle_field(run, request, field)

    page_result = run.tools.submit_page(page_id=page.page_id)
    for _ in range(2):
        # 47/56 tasks; 2 times at most
        if page_result.status == "ok":
            break
        if page_result.status != "invalid":
            # 0/56 tasks
            raise Deviation("a page is neither ok nor invalid")

        for error in rows(page_result.errors):
            # 47/56 tasks; 1 to 2 times
            with run.scope("error", error) as here:
                corrected = here.compose(CORRECTED)

            run.tools.fill_field(field_id=error.field_id, value=corrected)

        page_result = run.tools.submit_page(page_id=page.page_id)

    if page_result.status != "ok":
        # 0/56 tasks
        raise Deviation("submit_page is still not done after 2 repairs")


def handle_field(run: Run[Tools], request: Request, field: PageField) -> None:
    """Do for one field what the traces show: fill field."""
    known = values_by_label(request)
    if field.label in known:
        # 56/56 tasks
        value = known[field.label]
    elif field.label in ("Highest degree", "How did you hear about us?"):
        # 47/56 tasks
        with run.scope("field", field) as here:
            value = here.choose(CHOSEN_OPTION, rows(field.options))
    elif field.label in (
        "Why do you want to join us?",
        "Years of experience",
        "Earliest start date",
    ):
        # 56/56 tasks
        with run.scope("field", field) as here:
            value = here.compose(ANSWER)
    else:
        # 0/56 tasks
        raise Deviation(f"no run shows the label {field.label!r}")

    if field.format in (None, "YYYY-MM-DD"):
        # 56/56 tasks
        formatted = value
    elif field.format == "DD.MM.YYYY":
        # 28/56 tasks
        formatted = moment(value).strftime("%d.%m.%Y")
    else:
        # 0/56 tasks
        raise Deviation(f"no run shows the format {field.format!r}")

    run.tools.fill_field(field_id=field.field_id, value=formatted)


def values_by_label(request: Request) -> dict[str, str]:
    """Return what the request holds for each known label."""
    # 27/56 tasks; the least of any label
    return {
        "First name": request.person.first_name,
        "Last name": request.person.last_name,
        "Date of birth": request.person.birth_date,
        "Nationality": request.person.nationality,
        "E-mail address": request.person.email,
        "Phone number": request.person.phone,
        "Street and number": request.address.street,
        "City": request.address.city,
        "Postcode": request.address.postcode,
        "Country": request.address.country,
        "Current employer": request.work.employer,
        "Current position": request.work.position,
        "Desired salary": request.work.salary,
    }
