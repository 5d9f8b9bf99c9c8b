"""The logged applicants are what the scripted agent did, and the desk answers as it answered them."""

from __future__ import annotations

import io
import json
from collections import Counter

import pytest

from compiler.ir.run import Run
from compiler.read.native import write_native
from compiler.read.workloads import read_workloads
from traces.applicants import APPLICANTS, LOG, Applicant, applicants, runs
from traces.forms import FORMS, RULES, Desk, NotFoundError, NotReadyError, UnknownToolError, fields_of

RUNS = tuple(runs())
PEOPLE = {one.id: one for one in applicants()}


def applicant_of(run: Run) -> Applicant:
    return PEOPLE[run.task]


def submissions(run: Run) -> Counter[str]:
    return Counter(str(call.arguments["page_id"]) for call in run.calls if call.tool == "submit_page")


def test_the_log_is_what_the_script_writes() -> None:
    stream = io.StringIO()
    write_native(RUNS, stream)
    assert LOG.read_text(encoding="utf-8") == stream.getvalue()


def test_the_folder_reads_as_one_workload() -> None:
    workloads, _ = read_workloads((str(LOG.parent),)), None
    (workload,) = workloads
    assert [run.run_id for run in workload.runs] == [run.run_id for run in RUNS]
    assert [run.request for run in workload.runs] == [run.request for run in RUNS]
    assert [run.calls for run in workload.runs] == [run.calls for run in RUNS]
    effects = {tool.name: tool.effect for tool in workload.tools}
    assert effects.keys() == Desk().tools.keys()
    assert [name for name, effect in sorted(effects.items()) if effect == "read"] == ["get_page", "open_form"]


def test_every_recorded_result_is_reproduced() -> None:
    for run in RUNS:
        desk = Desk()
        for call in run.calls:
            if call.status == "error":
                with pytest.raises(NotFoundError):
                    desk(call.tool, call.arguments)
            else:
                assert desk(call.tool, call.arguments) == call.result, (run.run_id, call)


def test_a_run_is_right_if_the_form_holds_the_truth() -> None:
    for run in RUNS:
        desk = Desk()
        for call in run.calls:
            if call.status == "ok":
                desk(call.tool, call.arguments)
        applicant = applicant_of(run)
        assert run.success == (desk.handed_in == {applicant.form_id: applicant.truth()})
    assert Counter(run.success for run in RUNS) == {True: APPLICANTS - 4, False: 4}


def test_the_log_has_what_makes_it_hard() -> None:
    good = [run for run in RUNS if run.success]
    repairs = Counter(count - 1 for run in good for count in submissions(run).values())
    assert repairs[0] > 50, "most pages are right at once"
    assert repairs[1] > 50, "many are right after a repair"
    assert repairs[2] > 2, "some take two"
    assert max(repairs) == 2
    assert any(call.status == "error" for run in good for call in run.calls), "a call fails"
    reads = [Counter(str(call.arguments) for call in run.calls if call.tool == "get_page") for run in good]
    assert any(count > 1 for counted in reads for count in counted.values()), "a page is read again"
    messages = {
        str(error["message"])
        for run in good
        for call in run.calls
        if call.tool == "submit_page" and isinstance(call.result, dict)
        for error in call.result.get("errors", ())  # type: ignore[union-attr]
        if isinstance(error, dict)
    }
    assert all(messages & set(rule.messages) for rule in RULES.values()), "every rule is broken by somebody"


def test_forms_share_labels_and_differ_in_order() -> None:
    for form in FORMS.values():
        assert 2 <= len(form.pages) <= 5
        assert all(3 <= len(fields) <= 9 for _, fields in form.pages)
    places: dict[str, set[str]] = {}
    for form_id, form in FORMS.items():
        for key, field in fields_of(form_id, form):
            places.setdefault(field.label, set()).add(key)
    assert all(len(keys) > 1 for keys in places.values()), "no label stands in one form only"
    ids = [key for keys in places.values() for key in keys]
    assert len(set(ids)) == len(ids)


def test_what_only_a_reader_knows_is_not_given() -> None:
    for applicant in PEOPLE.values():
        given = json.dumps({key: part for key, part in applicant.request.items() if key != "note"})
        for label in ("Why do you want to join us?", "Earliest start date"):
            assert applicant.read[label] not in given
        assert applicant.read["Why do you want to join us?"] in str(applicant.request["note"])


def test_an_applicant_takes_no_complaint_that_nobody_can_mend() -> None:
    with pytest.raises(LookupError, match="too long"):
        applicants(1)[0].corrected("x", "too long")


def test_a_desk_starts_empty_and_wants_all_pages() -> None:
    desk = Desk()
    with pytest.raises(NotReadyError):
        desk("submit_application", {"form_id": "bakery"})
    assert desk("submit_page", {"page_id": "bakery/1"}) != {"status": "ok"}
    assert desk.handed_in == {}


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("explode", {}, UnknownToolError),
        ("open_form", {"form_id": "circus"}, NotFoundError),
        ("get_page", {"page_id": "bakery/3"}, NotFoundError),
        ("get_page", {"page_id": "bakery/one"}, NotFoundError),
        ("fill_field", {"field_id": "b199", "value": "x"}, NotFoundError),
        ("fill_field", {"field_id": "b101", "value": 3}, TypeError),
        ("fill_field", {"field": "b101"}, TypeError),
    ],
)
def test_a_call_that_makes_no_sense_raises(
    name: str, arguments: dict[str, str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        Desk()(name, dict(arguments))
