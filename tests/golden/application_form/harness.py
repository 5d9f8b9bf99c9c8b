# Compiled from the 56 runs in traces/application_form; evidence.json names them.
# Edit freely: `compile` never overwrites a harness that was edited.

"""Application form: fill field, then submit page, then submit application."""

from compiler.runtime import Deviation, Limits, Question, Run, harness, moment, rows

from .tools import Page, PageField, PageResult, Request, Tools

# No rule explains which option the runs took.
WHICH_OPTION = Question("Which option of this field is right, given the request?")

# The value that the runs gave stands nowhere in scope.
RIGHT_VALUE = Question(
    "What is the right value for this field, given the request? Write dates as "
    "YYYY-MM-DD."
)

# The value that the runs gave stands nowhere in scope.
CORRECTED_VALUE = Question(
    "How is the value corrected that this error is about, given the request?"
)


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
    if not form.pages:
        # 0/56 tasks
        raise Deviation("there are no pages")

    for page in form.pages:
        # 56/56 tasks; 2 to 5 times
        handle_page(run, request, page)

    run.tools.submit_application(form_id=request.form_id)


def handle_page(run: Run[Tools], request: Request, page: Page) -> None:
    """Do for one page what the traces show: fill field, then submit page."""
    page_details = run.tools.get_page(page_id=page.page_id)
    if not page_details.fields:
        # 0/56 tasks
        raise Deviation("there are no fields")

    for field in page_details.fields:
        # 56/56 tasks; 3 to 9 times
        handle_field(run, request, field)

    page_result = run.tools.submit_page(page_id=page.page_id)
    for _ in range(2):
        # 47/56 tasks; 2 times at most
        if page_result.status == "ok":
            break

        # Learnt from the traces; right in at least 97% of cases (95 % bound).
        fill_field(run, page_result)
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
            value = here.choose(WHICH_OPTION, rows(field.options))
    elif field.label in (
        "Earliest start date",
        "Why do you want to join us?",
        "Years of experience",
    ):
        # 56/56 tasks
        with run.scope("field", field) as here:
            value = here.compose(RIGHT_VALUE)
    else:
        # 0/56 tasks
        raise Deviation(f"no run shows the label {field.label!r}")

    if field.format in ("YYYY-MM-DD", None):
        # 56/56 tasks
        formatted = value
    elif field.format == "DD.MM.YYYY":
        # 28/56 tasks
        formatted = moment(value).strftime("%d.%m.%Y")
    else:
        # 0/56 tasks
        raise Deviation(f"no run shows the format {field.format!r}")

    run.tools.fill_field(field_id=field.field_id, value=formatted)


def fill_field(run: Run[Tools], page_result: PageResult) -> None:
    """Fill field."""
    if page_result.status != "invalid":
        # 0/56 tasks
        raise Deviation("submit page answered what no run shows")
    if not rows(page_result.errors):
        # 0/47 tasks
        raise Deviation("there are no errors")

    for error in rows(page_result.errors):
        # 47/47 tasks; 1 to 2 times
        with run.scope("error", error) as here:
            corrected_value = here.compose(CORRECTED_VALUE)

        run.tools.fill_field(field_id=error.field_id, value=corrected_value)


def values_by_label(request: Request) -> dict[str, str]:
    """Return what the request holds for each known label."""
    # 27/56 tasks; the least of any label
    return {
        "City": request.address.city,
        "Country": request.address.country,
        "Current employer": request.work.employer,
        "Current position": request.work.position,
        "Date of birth": request.person.birth_date,
        "Desired salary": request.work.salary,
        "E-mail address": request.person.email,
        "First name": request.person.first_name,
        "Last name": request.person.last_name,
        "Nationality": request.person.nationality,
        "Phone number": request.person.phone,
        "Postcode": request.address.postcode,
        "Street and number": request.address.street,
    }
