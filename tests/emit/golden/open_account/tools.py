# Compiled from the 6 runs in traces/open_account; evidence.json names them.
# Do not edit: the next `compile` writes this file anew from the tools and the traces.

"""The tools that the harness calls, and the records that they answer."""

from typing import Protocol

from compiler.runtime import Record, tool
from pydantic import Field


class MembersMember(Record):
    """Members member, as the tools answer it."""

    loan_ids: tuple[str, ...]


class LoansLoan(Record):
    """Loans loan, as the tools answer it."""

    title: str | None = None
    days: int | None = None


class Request(Record):
    """What the request names."""

    mail: str | None = Field(
        default=None, description="Fills mail of tool; for example a@example.org"
    )
    first_name: str | None = Field(
        default=None, description="Fills first_name of tool; for example Ada"
    )
    last_name: str | None = Field(
        default=None, description="Fills last_name of tool; for example Abel"
    )
    zip: str | None = Field(
        default=None, description="Fills zip of tool; for example 10115"
    )


class Tools(Protocol):
    """The tools that the harness calls."""

    @tool("members.find_id_by_mail", effect="read")
    def members_find_id_by_mail(self, *, mail: str) -> str:
        """Find id by mail."""
        ...

    @tool("members.find_id_by_name_zip", effect="read")
    def members_find_id_by_name_zip(
        self, *, first_name: str, last_name: str, zip: str
    ) -> str:
        """Find id by name zip."""
        ...

    @tool("members.get_member_details", effect="read")
    def members_get_member_details(self, *, member_id: str) -> MembersMember | str:
        """Get member details."""
        ...

    @tool("loans.get_loan", effect="read")
    def loans_get_loan(self, *, loan_id: str) -> LoansLoan:
        """Get loan."""
        ...
