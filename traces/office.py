"""A small office to run the example harnesses against: calendar, mail, analytics, directory.

The tools have the names of ``tools.json`` and answer as the recorded ones did, word for word; the test
suite replays every recorded call. An office starts from the tables in ``tables/`` and keeps its changes
in memory: a new ``Office()`` is a fresh one.

    tracec run HARNESS --tools traces/office.py:office ...
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TypeAlias

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"
Row: TypeAlias = dict[str, str]

TABLES = Path(__file__).resolve().parent / "tables"
MOST_ROWS = 5
"""A search shows no more rows than this, and does not say that there are more."""
EMAIL_FIELDS = {"sender": "sender/recipient", "recipient": "sender/recipient", "sent_date": "sent_datetime"}
"""What callers may call a column of the mailbox, besides its own name."""


class UnknownToolError(LookupError):
    """No tool of the office has this name."""


class Calendar:
    """Events, each with one participant."""

    def __init__(self, events: list[Row]) -> None:
        self.events = events

    def search(self, query: str = "", time_min: str = "", time_max: str = "") -> JSON:
        """Find the events whose name or participant holds the query, earliest first."""
        earliest = moment(time_min) if time_min else datetime.min
        latest = moment(time_max) if time_max else datetime.max
        wanted = query.lower()
        found = [
            event
            for event in self.events
            if wanted in event["event_name"].lower() or wanted in event["participant_email"].lower()
            if earliest <= moment(event["event_start"]) <= latest
        ]
        return rows(found) or "No events found."

    def get(self, event_id: str = "", field: str = "") -> JSON:
        """Look up one field of one event."""
        return look_up(self.events, "event_id", event_id, field) or "Event not found."

    def create(
        self,
        event_name: str = "",
        participant_email: str = "",
        event_start: str = "",
        duration: str | float = "",
    ) -> JSON:
        """Add an event and return its id, the next after the highest."""
        given = {
            "Event name": event_name,
            "Participant email": participant_email,
            "Event start": event_start,
            "Event duration": duration,
        }
        for what, value in given.items():
            if not value:
                return f"{what} not provided."
        event_id = f"{max((int(event['event_id']) for event in self.events), default=-1) + 1:08d}"
        self.events.append(
            {
                "event_id": event_id,
                "event_name": event_name,
                "participant_email": participant_email.lower(),
                "event_start": event_start,
                "duration": str(duration),
            }
        )
        return event_id

    def delete(self, event_id: str = "") -> JSON:
        """Remove an event."""
        event = find(self.events, "event_id", event_id)
        if event is None:
            return "Event not found."
        self.events.remove(event)
        return "Event deleted successfully."


class Mailbox:
    """The mails that came in and went out."""

    def __init__(self, emails: list[Row], now: datetime) -> None:
        self.emails = emails
        self.now = now

    def search(self, query: str = "", date_min: str = "", date_max: str = "") -> JSON:
        """Find the mails that hold every word of the query, newest first; both days count in full."""
        words = query.lower().split()
        first = moment(date_min).date() if date_min else date.min
        last = moment(date_max).date() if date_max else date.max
        found = [
            email
            for email in self.emails
            if first <= moment(email["sent_datetime"]).date() <= last
            if all(word in searchable(email) for word in words)
        ]
        found.sort(key=lambda email: email["sent_datetime"], reverse=True)
        return rows(found) or "No emails found."

    def get(self, email_id: str = "", field: str = "") -> JSON:
        """Look up one field of one mail."""
        return (
            look_up(self.emails, "email_id", email_id, EMAIL_FIELDS.get(field, field)) or "Email not found."
        )

    def send(self, recipient: str = "", subject: str = "", body: str = "") -> JSON:
        """Send a mail."""
        if "@" not in recipient:
            return "Invalid recipient email address."
        self.emails.append(
            {
                "email_id": f"{max((int(email['email_id']) for email in self.emails), default=-1) + 1:08d}",
                "inbox/outbox": "outbox",
                "sender/recipient": recipient.lower(),
                "subject": subject,
                "sent_datetime": f"{self.now}",
                "body": body,
            }
        )
        return "Email sent successfully."

    def reply(self, email_id: str = "", body: str = "") -> JSON:
        """Answer a mail, under its own subject."""
        email = find(self.emails, "email_id", email_id)
        if email is None:
            return "Email not found."
        self.send(email["sender/recipient"], email["subject"], body)
        return "Email replied successfully."


class Analytics:
    """The visits to a web site, counted by day; a day without visits has no entry."""

    def __init__(self, visits: list[Row]) -> None:
        self.visits = visits

    def total_visits(self, time_min: str = "", time_max: str = "") -> JSON:
        """Count the visits of each day."""
        return per_day(Counter(visit["date_of_visit"] for visit in self.between(time_min, time_max)))

    def engaged_users(self, time_min: str = "", time_max: str = "") -> JSON:
        """Count the engaged visitors of each day."""
        counts: Counter[str] = Counter()
        for visit in self.between(time_min, time_max):
            counts[visit["date_of_visit"]] += visit["user_engaged"] == "True"
        return per_day(counts)

    def average_session(self, time_min: str = "", time_max: str = "") -> JSON:
        """Average the length of each day's sessions, in seconds."""
        seconds: defaultdict[str, list[int]] = defaultdict(list)
        for visit in self.between(time_min, time_max):
            seconds[visit["date_of_visit"]].append(int(visit["session_duration_seconds"]))
        return per_day({day: sum(lengths) / len(lengths) for day, lengths in seconds.items()})

    def between(self, time_min: str, time_max: str) -> list[Row]:
        """Select the visits of a range of days, both ends included."""
        first = moment(time_min).date() if time_min else date.min
        last = moment(time_max).date() if time_max else date.max
        return [visit for visit in self.visits if first <= date.fromisoformat(visit["date_of_visit"]) <= last]


class Office:
    """The tools by name, over tables of their own.

    Args:
        tables: The folder with the four CSV files.
        now: When a mail that is sent counts as sent.
    """

    def __init__(self, tables: Path = TABLES, now: datetime = datetime(2023, 11, 30)) -> None:
        self.calendar = Calendar(read_table(tables / "calendar_events.csv"))
        self.mailbox = Mailbox(read_table(tables / "emails.csv"), now)
        self.analytics = Analytics(read_table(tables / "analytics_data.csv"))
        self.addresses = (tables / "email_addresses.csv").read_text(encoding="utf-8").split()
        self.tools: dict[str, Callable[..., JSON]] = {
            "analytics.engaged_users_count": self.analytics.engaged_users,
            "analytics.get_average_session_duration": self.analytics.average_session,
            "analytics.total_visits_count": self.analytics.total_visits,
            "calendar.create_event": self.calendar.create,
            "calendar.delete_event": self.calendar.delete,
            "calendar.get_event_information_by_id": self.calendar.get,
            "calendar.search_events": self.calendar.search,
            "company_directory.find_email_address": self.find_address,
            "email.get_email_information_by_id": self.mailbox.get,
            "email.reply_email": self.mailbox.reply,
            "email.search_emails": self.mailbox.search,
            "email.send_email": self.mailbox.send,
        }

    def __call__(self, name: str, arguments: Mapping[str, JSON]) -> JSON:
        """Call a tool; an argument that is null counts as left out.

        Raises:
            UnknownToolError: No tool has this name.
            TypeError: The tool does not take these arguments.
            ValueError: A date or a time cannot be read.
        """
        tool = self.tools.get(name)
        if tool is None:
            raise UnknownToolError(f"{name} is no tool; there are {', '.join(sorted(self.tools))}")
        return tool(**{key: value for key, value in arguments.items() if value is not None})

    def find_address(self, name: str = "") -> JSON:
        """Find the addresses that hold a name."""
        if not name:
            return "Name not provided."
        return [address for address in self.addresses if name.lower() in address]


def moment(text: str) -> datetime:
    """Read a date, or a date and a time."""
    return datetime.fromisoformat(text)


def read_table(path: Path) -> list[Row]:
    """Read a CSV file with a header."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def find(table: list[Row], key: str, value: str) -> Row | None:
    """Find the row with an id."""
    return next((row for row in table if row[key] == value), None)


def look_up(table: list[Row], key: str, value: str, field: str) -> JSON:
    """Look up one field of the row with an id; None where there is no such row."""
    row = find(table, key, value)
    if row is None:
        return None
    return {field: row[field]} if field in row else "Field not found."


def rows(found: list[Row]) -> list[JSON]:
    """Show the first rows of what was found."""
    return [dict(row) for row in found[:MOST_ROWS]]


def searchable(email: Row) -> str:
    """Put together the texts of a mail that a search looks at."""
    return f"{email['subject']} {email['body']} {email['sender/recipient']}".lower()


def per_day(values: Counter[str] | dict[str, float]) -> JSON:
    """Put the days in order."""
    return {day: values[day] for day in sorted(values)}


office = Office()
"""One office for ``tracec run``; its changes last as long as the process."""
