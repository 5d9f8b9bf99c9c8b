"""Sixty applicants, a scripted agent that fills in their forms, and the log of its runs.

    .venv/bin/python -m traces.applicants        writes application_form/applicants.jsonl anew

The agent stands for a model in control of the loop: page by page and field by field, with answers read out of
each applicant's note, a repair for each complaint, and, by a seeded coin, a step too many, a call that fails
or a run that goes wrong. The same script answers the questions of a harness: ``Reader`` is a model.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final

from compiler.ir.run import JSON, Call, Run
from compiler.read.native import write_native
from compiler.runtime import Answer, Ask
from traces.forms import DEGREES, FORMS, RULES, SOURCES, Desk, Field, complaint, fields_of

LOG: Final = Path(__file__).resolve().parent / "application_form" / "applicants.jsonl"
APPLICANTS: Final = 60
NOW: Final = datetime(2031, 1, 15, 9, 0)
MOST_SUBMISSIONS: Final = 4
"""The agent submits a page this often, then gives up."""

OPENS_TWICE: Final = 0.05
NAMES_NO_FIELD: Final = 0.01
READS_AGAIN: Final = 0.1
"""How likely the agent is to open the form twice, to name a field that is not there, to read a page again."""

_FIRST = (
    "Ada", "Bela", "Chidi", "Dunya", "Emre", "Freya", "Goran", "Hana", "Ilse",
    "Jonas", "Kaito", "Lena", "Mira", "Noor", "Otis", "Pilar", "Remy", "Sana"
)  # fmt: skip
_LAST = (
    "Abel", "Brandt", "Costa", "Duval", "Eriksen", "Falk", "Gruber",
    "Haas", "Iversen", "Jansen", "Keller", "Lund", "Moreau", "Novak", "Ortiz"
)  # fmt: skip
_COUNTRIES = {
    "Austria": ("AT", "43", "A-", ("Graz", "Linz", "Wels")),
    "France": ("FR", "33", "F-", ("Lille", "Nantes", "Tours")),
    "Germany": ("DE", "49", "D-", ("Bremen", "Jena", "Ulm")),
    "Italy": ("IT", "39", "I-", ("Bari", "Pisa", "Udine")),
}
_STREETS = ("Mill Lane", "Station Road", "Bridge Street", "Garden Row", "Market Square")
_JOBS = ("baker", "bookkeeper", "carpenter", "cook", "driver", "nurse", "teacher", "technician")
_FIRMS = ("Alder & Sons", "Blue Door", "Corner Works", "Delta Print", "Elm House")
_MOTIVES = (
    "I want to work with people again, not with screens.",
    "I have admired your team since my first visit.",
    "I would like to do something that my town needs.",
    "I want to learn from people who love their trade.",
    "I am looking for a place where I can stay for good.",
)
_YEARS = (
    "I have been a {job} for {years} years.",
    "My {years} years as a {job} taught me patience.",
    "For the last {years} years I worked as a {job}.",
)
_STARTS = (
    "I could begin on {start:%d %B %Y}.",
    "My notice ends so that {start:%B %d, %Y} would be my first day.",
    "From {start:%d %B %Y} on I am free.",
)
_DEGREES = dict(
    zip(
        DEGREES,
        ("I left school early.", "I learnt my trade as an apprentice.", "I hold a bachelor's degree.",
         "After that I took a master's degree.", "I wrote a doctoral thesis on the side."),
        strict=True,
    )
)  # fmt: skip
_SOURCES = dict(
    zip(
        SOURCES,
        ("I saw your advertisement in the paper.", "A friend of mine told me about you.",
         "We met at the job fair in spring.", "I found the position on your website."),
        strict=True,
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """What is known of an applicant: the request, and what only a reader of the note knows, by label."""

    id: str
    request: dict[str, JSON]
    read: dict[str, str]

    @property
    def form_id(self) -> str:
        """The form that the applicant fills in."""
        return str(self.request["form_id"])

    def said(self, label: str) -> str:
        """Give what goes into a field, before anybody complains."""
        return self.read[label] if label in self.read else _given(self.request)[label]

    def final(self, wanted: Field, wording: int = 0) -> str:
        """Give what stands in a field in the end."""
        value = formatted(self.said(wanted.label), wanted.format)
        while (message := complaint(wanted, value, wording)) is not None:
            value = self.corrected(value, message)
        return value

    def corrected(self, value: str, message: str) -> str:
        """Do what a complaint asks for.

        Raises:
            LookupError: It is none that a value can be corrected for.
        """
        rule = next((name for name, rule in RULES.items() if message in rule.messages), None)
        country, dial, *_ = _COUNTRIES[_given(self.request)["Country"]]
        match rule:
            case "international":
                return f"+{value[2:]}" if value.startswith("00") else f"+{dial} {value.removeprefix('0')}"
            case "bare":
                return re.sub(r"[^0-9+]", "", value)
            case "german_date":
                return formatted(value, "DD.MM.YYYY")
            case "american_date":
                return formatted(value, "MM/DD/YYYY")
            case "digits":
                return re.sub(r"[^0-9]", "", value)
            case "code":
                return country
            case _:
                raise LookupError(message)

    def truth(self) -> dict[str, str]:
        """Give what a right application holds, by field id."""
        form = FORMS[self.form_id]
        return {key: self.final(wanted, form.wording) for key, wanted in fields_of(self.form_id, form)}


def formatted(value: str, form: str | None) -> str:
    """Write an ISO date as a field wants it."""
    if form is None:
        return value
    codes = {"YYYY-MM-DD": "%Y-%m-%d", "DD.MM.YYYY": "%d.%m.%Y", "MM/DD/YYYY": "%m/%d/%Y"}
    return date.fromisoformat(value).strftime(codes[form])


def _given(request: dict[str, JSON]) -> dict[str, str]:
    """Give the values that the request holds, by the label of the field that takes each."""
    person, address, work = (_part(request, key) for key in ("person", "address", "work"))
    return {
        "First name": person["first_name"],
        "Last name": person["last_name"],
        "Date of birth": person["birth_date"],
        "Nationality": person["nationality"],
        "E-mail address": person["email"],
        "Phone number": person["phone"],
        "Street and number": address["street"],
        "City": address["city"],
        "Postcode": address["postcode"],
        "Country": address["country"],
        "Current employer": work["employer"],
        "Current position": work["position"],
        "Desired salary": work["salary"],
    }


def _part(request: dict[str, JSON], key: str) -> dict[str, str]:
    part = request[key]
    assert isinstance(part, dict)
    return {name: str(value) for name, value in part.items()}


def applicants(count: int = APPLICANTS, seed: int = 20310115) -> list[Applicant]:
    """Make applicants up; another seed gives others."""
    chance = random.Random(seed)
    forms = sorted(FORMS)
    return [_applicant(chance, place, forms[place % len(forms)]) for place in range(count)]


def _applicant(chance: random.Random, place: int, form_id: str) -> Applicant:
    first, last = chance.choice(_FIRST), chance.choice(_LAST)
    country = chance.choice(sorted(_COUNTRIES))
    _code, dial, prefix, cities = _COUNTRIES[country]
    number = f"{chance.randrange(11, 99)} {chance.randrange(100000, 999999)}"
    job = chance.choice(_JOBS)
    read = {
        "Years of experience": str(chance.randrange(1, 30)),
        "Earliest start date": date(2031, chance.randrange(2, 10), chance.randrange(1, 29)).isoformat(),
        "Highest degree": chance.choice(DEGREES),
        "How did you hear about us?": chance.choice(SOURCES),
        "Why do you want to join us?": chance.choice(_MOTIVES),
    }
    email = f"{first}.{last}{chance.randrange(10, 99)}@example.{chance.choice(('com', 'net', 'org'))}"
    request: dict[str, JSON] = {
        "form_id": form_id,
        "person": {
            "first_name": first,
            "last_name": last,
            "birth_date": date(
                chance.randrange(1965, 2012), chance.randrange(1, 13), chance.randrange(1, 29)
            ).isoformat(),
            "nationality": chance.choice(sorted(_COUNTRIES)),
            "email": email.lower(),
            "phone": chance.choice((f"+{dial} {number}", f"00{dial} {number}", f"0{number}")),
        },
        "address": {
            "street": f"{chance.choice(_STREETS)} {chance.randrange(1, 99)}",
            "postcode": f"{chance.choice(('', prefix))}{chance.randrange(10000, 99999)}",
            "city": chance.choice(cities),
            "country": country,
        },
        "work": {
            "employer": chance.choice(_FIRMS),
            "position": job,
            "salary": str(chance.randrange(28, 80) * 1000),
        },
        "note": _note(chance, read, job),
    }
    return Applicant(id=f"applicant-{place + 1:02}", request=request, read=read)


def _note(chance: random.Random, read: dict[str, str], job: str) -> str:
    """Write down what a reader knows, in some order."""
    sentences = [
        chance.choice(_YEARS).format(years=read["Years of experience"], job=job),
        chance.choice(_STARTS).format(start=date.fromisoformat(read["Earliest start date"])),
        _DEGREES[read["Highest degree"]],
        _SOURCES[read["How did you hear about us?"]],
        read["Why do you want to join us?"],
    ]
    chance.shuffle(sentences)
    return " ".join(sentences)


# ------------------------------------------------------------------------------------------ the agent


@dataclass(slots=True)
class Agent:
    """Fills in one form, tool call by tool call, as a model in control would; keeps a log."""

    applicant: Applicant
    chance: random.Random
    fault: str | None = None
    """What goes wrong for good: "misread" a label, or "forgets" the last step."""
    desk: Desk = field(default_factory=Desk)
    log: list[Call] = field(default_factory=list)

    def work(self) -> None:
        """Go through the form."""
        form_id = self.applicant.form_id
        opened = self.call("open_form", form_id=form_id)
        if self.chance.random() < OPENS_TWICE:
            opened = self.call("open_form", form_id=form_id)
        for page in _rows(opened, "pages"):
            if not self.page(page):
                return
        if self.fault != "forgets":
            self.call("submit_application", form_id=form_id)

    def page(self, page: dict[str, JSON]) -> bool:
        """Fill in one page, and submit it until nobody complains."""
        page_id = str(page["page_id"])
        fields = _rows(self.call("get_page", page_id=page_id), "fields")
        for row in fields:
            key, value = str(row["field_id"]), self.value(row)
            if self.chance.random() < NAMES_NO_FIELD:
                self.call("fill_field", field_id=str(row["label"]), value=value)
            self.call("fill_field", field_id=key, value=value)
        for _ in range(MOST_SUBMISSIONS):
            submitted = self.call("submit_page", page_id=page_id)
            errors = _rows(submitted, "errors")
            if not errors:
                return True
            if self.chance.random() < READS_AGAIN:
                self.call("get_page", page_id=page_id)
            for row in errors:
                value = self.applicant.corrected(str(row["value"]), str(row["message"]))
                self.call("fill_field", field_id=str(row["field_id"]), value=value)
        return False

    def value(self, row: dict[str, JSON]) -> str:
        """Decide what goes into a field."""
        label, form = str(row["label"]), row.get("format")
        if self.fault == "misread" and label == "Last name":
            label = "First name"
        return formatted(self.applicant.said(label), form if isinstance(form, str) else None)

    def call(self, tool: str, **arguments: JSON) -> JSON:
        """Call a tool, and keep what came back."""
        try:
            result: JSON = self.desk(tool, dict(arguments))
        except LookupError as error:
            self.log.append(
                Call(tool=tool, arguments=arguments, result=str(error), status="error", decode="text")
            )
            return None
        self.log.append(Call(tool=tool, arguments=arguments, result=result, decode="json"))
        return result


def _rows(value: JSON, key: str) -> list[dict[str, JSON]]:
    held = value.get(key, []) if isinstance(value, dict) else []
    return [row for row in held if isinstance(row, dict)] if isinstance(held, list) else []


def runs(people: list[Applicant] | None = None, seed: int = 7) -> Iterator[Run]:
    """Give the logged run of every applicant; a few go wrong."""
    for place, applicant in enumerate(applicants() if people is None else people):
        fault = {17: "misread", 30: "forgets", 41: "misread", 52: "forgets"}.get(place)
        agent = Agent(applicant, random.Random(seed * 1000 + place), fault)
        agent.work()
        right = agent.desk.handed_in == {applicant.form_id: applicant.truth()}
        yield Run(
            run_id=f"run-{place + 1:02}",
            request=applicant.request,
            calls=tuple(agent.log),
            task_id=applicant.id,
            now=NOW,
            success=right,
            agent="scripted",
        )


# ------------------------------------------------------------------------------------------ the reader


@dataclass(slots=True)
class Reader:
    """A model that has read the note of one applicant, and sees no more than what it is asked.

    A question is about a complaint, if one of its facts is, or else about a field.
    """

    applicant: Applicant
    asks: list[Ask] = field(default_factory=list)

    def answer(self, ask: Ask) -> Answer:
        """Answer a question.

        Raises:
            LookupError: It is about neither a complaint nor a field.
        """
        self.asks.append(ask)
        facts = [fact.value for fact in reversed(ask.facts) if isinstance(fact.value, dict)]
        for fact in facts:
            if "message" in fact:
                return Answer(self.applicant.corrected(str(fact["value"]), str(fact["message"])))
            if "label" in fact:
                said = self.applicant.said(str(fact["label"]))
                return Answer(ask.options.index(said) if ask.options else said)
        raise LookupError(f"{ask.question} is about nothing that the note says")


def main() -> None:
    """Write the log anew."""
    with LOG.open("w", encoding="utf-8", newline="\n") as stream:
        write_native(runs(), stream)


if __name__ == "__main__":
    main()
