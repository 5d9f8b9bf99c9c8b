"""Application forms to fill in: pages, fields, validation, and what was handed in.

The tools are those of ``application_form/tools.json``. A desk starts with empty forms and keeps what is
filled in; a new ``Desk()`` is a fresh one.

    tracec run HARNESS --tools traces/forms.py:desk ...
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"


class UnknownToolError(LookupError):
    """No tool of the desk has this name."""


class NotFoundError(LookupError):
    """There is no such form, page or field."""


class NotReadyError(RuntimeError):
    """A form is handed in before all its pages are."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a page wants of a value, and what it says where that is not so."""

    pattern: str
    messages: tuple[str, ...]


RULES: Final = {
    "international": Rule(
        r"\+.*",
        ("Phone must start with +", "Please give the number in international form, starting with +"),
    ),
    "bare": Rule(r"\+?[0-9]+", ("Phone may hold no spaces", "Only + and digits, please")),
    "german_date": Rule(
        r"\d\d\.\d\d\.\d{4}", ("Date must be DD.MM.YYYY", "Please write the date as DD.MM.YYYY")
    ),
    "american_date": Rule(
        r"\d\d/\d\d/\d{4}", ("Date must be MM/DD/YYYY", "Please write the date as MM/DD/YYYY")
    ),
    "digits": Rule(r"[0-9]+", ("Postcode may hold digits only", "Leave out the letters of the postcode")),
    "code": Rule(r"[A-Z]{2}", ("Use the two-letter code of the country", "Country must be a code like IS")),
}
DATES: Final = {"YYYY-MM-DD": r"\d{4}-\d\d-\d\d", "DD.MM.YYYY": r"\d\d\.\d\d\.\d{4}"}
"""The date formats that a field may announce."""

DEGREES: Final = ("None", "Apprenticeship", "Bachelor", "Master", "Doctorate")
SOURCES: Final = ("Advertisement", "Friend or colleague", "Job fair", "Our website")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a page: what it shows, and the rules that it keeps to itself."""

    label: str
    type: str = "text"
    format: str | None = None
    options: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """A form: its title, its pages by title, and which wording its messages have."""

    title: str
    pages: tuple[tuple[str, tuple[Field, ...]], ...]
    wording: int = 0


FIRST, LAST, EMAIL = Field("First name"), Field("Last name"), Field("E-mail address", "email")
PHONE, NATIONALITY = Field("Phone number", "phone"), Field("Nationality")
STREET, CITY, POSTCODE = Field("Street and number"), Field("City"), Field("Postcode")
COUNTRY, EMPLOYER, POSITION = Field("Country"), Field("Current employer"), Field("Current position")
SALARY, YEARS = Field("Desired salary", "number"), Field("Years of experience", "number")
MOTIVE = Field("Why do you want to join us?", "long text")
DEGREE = Field("Highest degree", "choice", options=DEGREES)
SOURCE = Field("How did you hear about us?", "choice", options=SOURCES)


def born(form: str | None = None, *rules: str) -> Field:
    """Make a field for the date of birth, which may announce its format, or not."""
    return Field("Date of birth", "date", form, rules=rules)


def start(form: str | None = None, *rules: str) -> Field:
    """Make a field for the first possible day of work."""
    return Field("Earliest start date", "date", form, rules=rules)


def strict(field: Field, *rules: str) -> Field:
    """Make a field that checks its value."""
    return Field(field.label, field.type, field.format, field.options, rules)


FORMS: Final = {
    "bakery": Form(
        "Harbour Bakery",
        (
            ("You", (FIRST, LAST, born("DD.MM.YYYY"), strict(PHONE, "international"))),
            ("Your work", (YEARS, EMPLOYER, MOTIVE)),
        ),
    ),
    "library": Form(
        "City Library",
        (
            ("Contact", (EMAIL, strict(PHONE, "international", "bare"), LAST, FIRST)),
            ("Address", (STREET, strict(POSTCODE, "digits"), CITY, strict(COUNTRY, "code"))),
            ("Background", (DEGREE, YEARS, start("YYYY-MM-DD"))),
        ),
        wording=1,
    ),
    "railway": Form(
        "Coast Railway",
        (
            ("About you", (LAST, FIRST, born(None, "german_date"), NATIONALITY, EMAIL)),
            ("Where you live", (CITY, POSTCODE, STREET, COUNTRY)),
            ("Your job", (POSITION, EMPLOYER, SALARY)),
            ("Your plans", (MOTIVE, start("DD.MM.YYYY"), SOURCE)),
        ),
    ),
    "clinic": Form(
        "Hill Clinic",
        (
            (
                "Person",
                (
                    FIRST,
                    LAST,
                    NATIONALITY,
                    born("YYYY-MM-DD"),
                    EMAIL,
                    strict(PHONE, "international"),
                    STREET,
                    strict(POSTCODE, "digits"),
                    CITY,
                ),
            ),
            ("Profession", (DEGREE, POSITION, YEARS, SALARY)),
        ),
    ),
    "theatre": Form(
        "Old Theatre",
        (
            ("Name", (LAST, FIRST, born(None, "american_date"))),
            ("Reach you", (strict(PHONE, "bare"), EMAIL, strict(COUNTRY, "code"))),
            ("Experience", (POSITION, YEARS, DEGREE)),
            ("Motivation", (MOTIVE, SOURCE, SALARY)),
            ("Start", (start(None, "american_date"), EMPLOYER, CITY)),
        ),
        wording=1,
    ),
    "school": Form(
        "Lake School",
        (
            ("You", (FIRST, LAST, EMAIL, born("DD.MM.YYYY"), NATIONALITY)),
            ("Address", (COUNTRY, CITY, strict(POSTCODE, "digits"), STREET)),
            ("Work", (MOTIVE, YEARS, start("DD.MM.YYYY"), DEGREE, SOURCE)),
        ),
    ),
}
"""The forms by id: every label stands in several of them, and nowhere in the same place."""


def field_id(form_id: str, page: int, place: int) -> str:
    """Name a field; the name says nothing of what the field is for."""
    return f"{form_id[0]}{page + 1}{place + 1:02}"


class Desk:
    """The tools by name, over forms of their own."""

    def __init__(self, forms: Mapping[str, Form] = FORMS) -> None:
        self.forms = forms
        self.values: dict[str, str] = {}
        """What stands in each field, by its id."""
        self.passed: set[str] = set()
        self.handed_in: dict[str, dict[str, str]] = {}
        """By form: what stood in its fields when it was handed in."""
        self.tools: dict[str, Callable[..., JSON]] = {
            "open_form": self.open_form,
            "get_page": self.get_page,
            "fill_field": self.fill_field,
            "submit_page": self.submit_page,
            "submit_application": self.submit_application,
        }

    def __call__(self, name: str, arguments: Mapping[str, JSON]) -> JSON:
        """Call a tool.

        Raises:
            UnknownToolError: No tool has this name.
            TypeError: The tool does not take these arguments.
            NotFoundError: There is no such form, page or field.
            NotReadyError: A form is handed in before all its pages are.
        """
        tool = self.tools.get(name)
        if tool is None:
            raise UnknownToolError(f"{name} is no tool; there are {', '.join(sorted(self.tools))}")
        return tool(**arguments)

    def open_form(self, form_id: str) -> JSON:
        """List the pages of a form."""
        form = self._form(form_id)
        pages: list[JSON] = [
            {"page_id": f"{form_id}/{place + 1}", "title": title}
            for place, (title, _) in enumerate(form.pages)
        ]
        return {"form_id": form_id, "title": form.title, "pages": pages}

    def get_page(self, page_id: str) -> JSON:
        """Show the fields of a page."""
        return {"page_id": page_id, "fields": [shown(key, field) for key, field in self._fields(page_id)]}

    def fill_field(self, field_id: str, value: str) -> JSON:
        """Write a value into a field; nothing is checked yet."""
        if not isinstance(value, str):
            raise TypeError("a value is a text")
        if all(field_id != key for form in self.forms for key, _ in fields_of(form, self.forms[form])):
            raise NotFoundError(f"there is no field {field_id}")
        self.values[field_id] = value
        return {"saved": True}

    def submit_page(self, page_id: str) -> JSON:
        """Check a page: it is ok, or some fields are wrong, each for one reason at a time."""
        form = self._form(page_id.partition("/")[0])
        errors: list[JSON] = []
        for key, field in self._fields(page_id):
            value = self.values.get(key, "")
            message = complaint(field, value, form.wording)
            if message is not None:
                errors.append({"field_id": key, "value": value, "message": message})
        if errors:
            return {"status": "invalid", "errors": errors}
        self.passed.add(page_id)
        return {"status": "ok"}

    def submit_application(self, form_id: str) -> JSON:
        """Hand in a form whose pages are all ok."""
        form = self._form(form_id)
        if not all(f"{form_id}/{place + 1}" in self.passed for place in range(len(form.pages))):
            raise NotReadyError("not all pages are submitted")
        self.handed_in[form_id] = {key: self.values[key] for key, _ in fields_of(form_id, form)}
        return {"status": "received"}

    def _form(self, form_id: str) -> Form:
        if form_id not in self.forms:
            raise NotFoundError(f"there is no form {form_id}")
        return self.forms[form_id]

    def _fields(self, page_id: str) -> list[tuple[str, Field]]:
        form_id, _, number = page_id.partition("/")
        pages = self._form(form_id).pages
        if not number.isdigit() or not 0 < int(number) <= len(pages):
            raise NotFoundError(f"there is no page {page_id}")
        page = int(number) - 1
        return [(field_id(form_id, page, place), field) for place, field in enumerate(pages[page][1])]


def fields_of(form_id: str, form: Form) -> list[tuple[str, Field]]:
    """List the fields of a form, with their ids, in order."""
    return [
        (field_id(form_id, page, place), field)
        for page, (_, fields) in enumerate(form.pages)
        for place, field in enumerate(fields)
    ]


def shown(key: str, field: Field) -> dict[str, JSON]:
    """Give what a page shows of a field."""
    row: dict[str, JSON] = {"field_id": key, "label": field.label, "type": field.type}
    if field.format is not None:
        row["format"] = field.format
    if field.options:
        row["options"] = list(field.options)
    return row


def complaint(field: Field, value: str, wording: int) -> str | None:
    """Say the first thing that is wrong with a value, if anything is."""
    if not value.strip():
        return f"{field.label}: please fill in this field"
    if field.format is not None and not re.fullmatch(DATES[field.format], value):
        return f"{field.label}: please write {field.format}"
    if field.options and value not in field.options:
        return f"{field.label}: please choose one of the options"
    if field.type == "number" and not value.isdigit():
        return f"{field.label}: please give a whole number"
    broken = next((name for name in field.rules if not re.fullmatch(RULES[name].pattern, value)), None)
    return None if broken is None else RULES[broken].messages[wording]


desk = Desk()
"""One desk for ``tracec run``; what is filled in lasts as long as the process."""
