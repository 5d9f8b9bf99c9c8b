# Compiled from the 56 runs in traces/application_form; evidence.json names them.
# Do not edit: the next `compile` writes this file anew from the tools and the traces.

"""The tools that the harness calls, and the records that they answer."""

from typing import Protocol

from compiler.runtime import ClosedRecord, Record, tool
from pydantic import Field


class Address(ClosedRecord):
    """Address, as the request names it."""

    city: str
    country: str
    postcode: str
    street: str


class Work(ClosedRecord):
    """Work, as the request names it."""

    employer: str
    position: str
    salary: str


class Person(ClosedRecord):
    """Person, as the request names it."""

    birth_date: str
    email: str
    first_name: str
    last_name: str
    nationality: str
    phone: str


class Page(Record):
    """Page, as the tools answer it."""

    page_id: str
    title: str | None = None


class Form(Record):
    """Form, as the tools answer it."""

    pages: tuple[Page, ...]
    form_id: str | None = None
    title: str | None = None


class PageField(Record):
    """Page field, as the tools answer it."""

    field_id: str
    label: str
    type: str | None = None
    options: tuple[str, ...] | None = None
    format: str | None = None


class PageDetails(Record):
    """Page details, as the tools answer it."""

    page_id: str
    fields: tuple[PageField, ...]


class FieldResult(Record):
    """Field result, as the tools answer it."""

    saved: bool | None = None


class Error(Record):
    """Error, as the tools answer it."""

    field_id: str
    value: str | None = None
    message: str | None = None


class PageResult(Record):
    """Page result, as the tools answer it."""

    status: str
    errors: tuple[Error, ...] | None = None


class Application(Record):
    """Application, as the tools answer it."""

    status: str


class Request(ClosedRecord):
    """What the request names."""

    form_id: str = Field(
        description="Fills form_id of open_form and form_id of submit_application; "
        "for example bakery or clinic"
    )
    address: Address
    work: Work
    person: Person
    note: str = Field(
        description="A part of the request; for example A friend of mine told me "
        "about you. I... or A friend of mine told me about you. I..."
    )


class Tools(Protocol):
    """The tools that the harness calls."""

    @tool("open_form", effect="read")
    def open_form(self, *, form_id: str) -> Form:
        """Opens a form and lists its pages."""
        ...

    @tool("get_page", effect="read")
    def get_page(self, *, page_id: str) -> PageDetails:
        """Shows the fields of a page."""
        ...

    @tool("fill_field", effect="write")
    def fill_field(self, *, field_id: str, value: str) -> FieldResult:
        """Writes a value into a field."""
        ...

    @tool("submit_page", effect="write")
    def submit_page(self, *, page_id: str) -> PageResult:
        """Checks a page."""
        ...

    @tool("submit_application", effect="write")
    def submit_application(self, *, form_id: str) -> Application:
        """Hands in a form whose pages are all ok."""
        ...
