"""A register out of a spreadsheet, from its upload to what it did."""

import csv
import io
import json
import tracemalloc
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import IntegrityError, transaction

from foundation import jobs
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from foundation.files.examination import SPREADSHEETS, examine
from foundation.files.models import StoredFile
from foundation.jobs.models import Job
from foundation.ledger.models import Event
from foundation.notifications.models import Notice
from foundation.organisations.roles import Role
from risk import actions
from risk.models import (
    Assessment,
    Control,
    Entry,
    EntryRevision,
    RegisterImport,
    RegisterImportRow,
    RememberedColumns,
    Risk,
    ScoreChange,
)
from risk.workflow import Status
from tests.at_once import at_once
from tests.conftest import NOW, acting_of, make_membership
from tests.factories import risk as factories

REGISTERS = Path(__file__).parent / "registers"
HEADINGS = ["Ref", "Risk", "Likelihood", "Impact", "Existing controls", "Owner"]
ONLINE = ["N1", "Drawn in online", "3", "4", "Filter", ""]
TENSION = ["N2", "Tension after an event", "High", "2", "", ""]


def as_csv(rows, *, headings=HEADINGS):
    text = io.StringIO(newline="")
    csv.writer(text).writerows([headings, *rows])
    return text.getvalue().encode()


def as_xlsx(rows, *, headings=HEADINGS):
    book = openpyxl.Workbook()
    for row in [headings, *rows]:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def upload(by, to, content, name="register.csv"):
    examined = examine(io.BytesIO(content), name, SPREADSHEETS)
    with acting_as(by):
        return actions.upload_register(examined=examined, assessment_id=to and to.pk, by=by, now=NOW)


def check(by, row, *, when_there="stop", columns=None):
    fields = columns or {int(at): name for at, name in row.columns.items()}
    with acting_as(by):
        actions.choose_columns(
            import_id=row.pk,
            chosen=fields,
            theme="people",
            source="professional",
            when_there=when_there,
            by=by,
            now=NOW,
        )
        return actions.check_register(import_id=row.pk, by=by, now=NOW)


def confirm(by, row, **options):
    with acting_as(by):
        return actions.confirm_register(import_id=row.pk, by=by, now=NOW, **options)


def bring_in(by, row, **options):
    confirm(by, row, **options)
    with acting_as(by):
        return actions.import_register(import_id=row.pk, by=by, now=NOW)


def run(by, to, rows, *, when_there="stop", **options):
    return bring_in(by, check(by, upload(by, to, as_csv(rows)), when_there=when_there), **options)


def do(by, job):
    with acting_as(by):
        return jobs.run_here(job, at=NOW)


def counted(row):
    names = ("create", "join", "update", "unchanged", "skipped", "refused", "falls")
    return {name: row.counts[name] for name in names if row.counts[name]}


def remarks(by, row):
    with acting_as(by):
        rows = RegisterImportRow.objects.visible_to(by).filter(register_import=row)
        return [(each.number, field, code) for each in rows for field, _read, code in each.remarks]


def entries(by, to):
    with acting_as(by):
        rows = Entry.objects.visible_to(by).filter(assessment=to).select_related("risk", "owner")
        return {entry.risk.code: entry for entry in rows.prefetch_related("controls")}


# ---- What comes in
def test_risks_come_in_whole_with_scores_controls_revisions_and_one_event_each(lead, draft):
    done = run(lead, draft, [ONLINE, TENSION])

    found = entries(lead, draft)
    assert (counted(done), done.status) == ({"create": 2}, "applied")
    assert {code: (each.title, each.score("residual"), each.theme, each.source) for code, each in found.items()} == {
        "N1": ("Drawn in online", 12, "people", "professional"),
        "N2": ("Tension after an event", 8, "people", "professional"),
    }
    assert [control.text for control in found["N1"].controls.all()] == ["Filter"]
    with acting_as(lead):
        revision = EntryRevision.objects.visible_to(lead).get(entry=found["N1"])
        assert (revision.number, revision.controls) == (1, [{"text": "Filter", "strength": "untested"}])
        assert ScoreChange.objects.visible_to(lead).filter(kind="residual", before_impact=None).count() == 2
        added = Event.objects.filter(verb="risk.added").order_by("pk").values_list("target_reference", "facts")
        facts = f'{{"assessment":"{draft.reference}","import":"{done.reference}"}}'
        assert list(added) == [(found[code].risk.reference, facts) for code in ("N1", "N2")]


def test_nothing_from_the_file_is_in_the_ledger_but_counts(lead, draft):
    done = run(lead, draft, [["N1", "Canary title", "3", "4", "Canary control", "Canary owner"]])

    with acting_as(lead):
        facts = " ".join(Event.objects.values_list("facts", flat=True))
        applied = json.loads(Event.objects.get(verb="register_import.applied").facts)
    assert "Canary" not in facts
    assert applied == {**done.counts, "assessment": draft.reference, "new_assessment": False}


def test_the_file_and_its_rows_are_gone_when_it_is_done(lead, draft):
    done = run(lead, draft, [ONLINE])

    with acting_as(lead):
        row = RegisterImport.objects.visible_to(lead).get(pk=done.pk)
        assert RegisterImportRow.objects.visible_to(lead).count() == 0
        assert StoredFile.objects.visible_to(lead).get(pk=row.stored_file_id).status == "withdrawn"
    assert (row.layouts, row.headings, row.columns, row.understood, row.left_out, row.sheet) == ([], [], {}, [], [], "")


def test_checking_changes_no_risk(lead, draft):
    checked = check(lead, upload(lead, draft, as_csv([ONLINE])))

    assert counted(checked) == {"create": 1}
    assert entries(lead, draft) == {}


def test_rows_without_a_number_get_the_next_free_ones_of_the_register(lead, draft, entry):
    run(
        lead,
        draft,
        [["", "First", "1", "1", "", ""], ["R7", "Second", "1", "1", "", ""], ["", "Third", "", "", "", ""]],
    )

    assert {code: each.title for code, each in entries(lead, draft).items()} == {
        "R1": entry.title,
        "R7": "Second",
        "R8": "First",
        "R9": "Third",
    }


def test_a_new_assessment_is_made_with_the_risks_or_not_at_all(lead):
    content = as_csv([ONLINE])
    examined = examine(io.BytesIO(content), "register.csv", SPREADSHEETS)
    days = {"title": "Risk 2027", "period_from": date(2027, 1, 1), "period_to": date(2027, 12, 31)}
    with acting_as(lead):
        row = actions.upload_register(examined=examined, assessment_id=None, by=lead, now=NOW, **days)

    done = bring_in(lead, check(lead, row))

    assert (done.assessment.title, done.assessment.status, done.assessment.template) == ("Risk 2027", "draft", "scored")
    assert list(entries(lead, done.assessment)) == ["N1"]


def test_a_form_without_scores_takes_controls_as_how_it_is_managed(lead):
    prompts = factories.assessment(lead, template="prompts")
    row = upload(lead, prompts, (REGISTERS / "prompts-without-scores.xlsx").read_bytes(), "prompts.xlsx")

    bring_in(lead, check(lead, row))

    found = entries(lead, prompts)["R1"]
    assert (found.management, found.further_action, found.target_on) == (
        "Poster in every room\nNamed in induction", "Repeat it each term", date(2026, 12, 18),
    )  # fmt: skip
    assert list(found.controls.all()) == []


def test_a_register_of_libreoffice_comes_in_as_it_was_understood(lead, draft):
    row = upload(lead, draft, (REGISTERS / "merged-cells.xlsx").read_bytes(), "merged.xlsx")

    done = bring_in(lead, check(lead, row))

    found = entries(lead, draft)
    assert {code: (each.title, each.theme, each.controls.count()) for code, each in found.items()} == {
        "A1": ("Residents are drawn in online", "online", 3),
        "A2": ("Staff devices open harmful content", "online", 1),
        "B1": ("A hall is hired by an extremist group", "premises", 1),
        "B2": ("A park is used without a booking", "premises", 1),
    }
    assert (done.counts["filled_down"], done.counts["joined"], done.counts["notes"]) == (2, 2, 2)


# ---- Owners
def test_an_owner_is_found_by_exact_name_or_address_and_told_once(lead, draft, acting_for):
    owner = acting_for(Role.PREVENT_LEAD, name="Priya Ravindran")
    rows = [
        ["N1", "By name", "1", "1", "", " priya  ravindran "],
        ["N2", "By address", "1", "1", "", owner.user.email.upper()],
    ]

    run(lead, draft, rows)

    assert {each.owner_id for each in entries(lead, draft).values()} == {owner.membership_id}
    with acting_as(owner):
        told = Notice.objects.visible_to(owner).values_list("kind", flat=True)
        assert list(told) == ["risk.owns_imported"]


def test_an_owner_nobody_knows_is_a_warning_and_nobody_is_made_up(lead, draft, acting_for):
    gone, *_twice = (make_membership(lead.organisation, name=name) for name in ("Gone", "Ann Bowen", "Ann Bowen"))
    with acting_as(lead):
        type(gone).objects.filter(pk=gone.pk).update(ends_on=date(2026, 1, 1))
    rows = [["N1", "A", "", "", "", "Gone"], ["N2", "B", "", "", "", "Ann Bowen"], ["N3", "C", "", "", "", "Head"]]

    checked = check(lead, upload(lead, draft, as_csv(rows)))

    assert remarks(lead, checked) == [
        (2, "owner", "unknown_owner"),
        (3, "owner", "several_owners"),
        (4, "owner", "unknown_owner"),
    ]
    bring_in(lead, checked)
    assert {each.owner_id for each in entries(lead, draft).values()} == {None}


# ---- Stop, skip, update
def test_stop_refuses_rows_whose_number_is_there(lead, draft):
    run(lead, draft, [ONLINE])

    checked = check(lead, upload(lead, draft, as_csv([ONLINE, TENSION])))

    assert counted(checked) == {"create": 1, "refused": 1}
    assert remarks(lead, checked) == [(2, "code", "there_already")]
    with pytest.raises(RuleBroken, match="Some rows are refused"):
        confirm(lead, checked)


@pytest.mark.parametrize("numbered", [True, False])
def test_the_same_file_twice_with_skip_changes_nothing(lead, draft, numbered):
    rows = [ONLINE, TENSION] if numbered else [["", *row[1:]] for row in (ONLINE, TENSION)]
    run(lead, draft, rows, when_there="skip")
    with acting_as(lead):
        before = list(Entry.objects.order_by("pk").values())

    checked = check(lead, upload(lead, draft, as_csv(rows)), when_there="skip")

    assert counted(checked) == {"skipped": 2}
    with pytest.raises(RuleBroken, match="changes nothing"):
        confirm(lead, checked)
    with acting_as(lead):
        assert list(Entry.objects.order_by("pk").values()) == before


def test_the_same_file_twice_with_update_changes_nothing_either(lead, draft):
    run(lead, draft, [ONLINE, TENSION])

    checked = check(lead, upload(lead, draft, as_csv([ONLINE, TENSION])), when_there="update")

    assert counted(checked) == {"unchanged": 2}


def test_update_changes_what_the_file_says_and_keeps_what_it_does_not(lead, draft):
    run(lead, draft, [ONLINE])

    done = run(
        lead, draft, [["n1", "Drawn in online and alone", "5", "4", "filter; Awareness week", ""]], when_there="update"
    )

    found = entries(lead, draft)["N1"]
    assert counted(done) == {"update": 1}
    assert (found.title, found.score("residual"), found.version) == ("Drawn in online and alone", 20, 2)
    assert [control.text for control in found.controls.all()] == ["Filter", "Awareness week"]
    with acting_as(lead):
        event = Event.objects.get(verb="risk.changed_by_import")
        assert json.loads(event.facts)["fields"] == ["title", "residual", "controls"]


def test_a_score_that_falls_by_update_needs_a_reason_and_keeps_it(lead, draft):
    run(lead, draft, [ONLINE])
    checked = check(
        lead, upload(lead, draft, as_csv([["N1", "Drawn in online", "1", "1", "", ""]])), when_there="update"
    )

    with pytest.raises(RuleBroken, match="Say why scores fall"):
        confirm(lead, checked, reason=" ")
    bring_in(lead, checked, reason="Filter tested")

    with acting_as(lead):
        change = ScoreChange.objects.visible_to(lead).order_by("-pk")[0]
        assert (change.before_likelihood, change.likelihood, change.reason) == (3, 1, "Filter tested")


def test_a_known_risk_comes_into_the_next_assessment_as_the_same_risk(lead, draft):
    run(lead, draft, [ONLINE])
    following = factories.assessment(lead, "Risk 2027", period_from=date(2027, 1, 1), period_to=date(2027, 12, 31))

    done = run(lead, following, [ONLINE], when_there="update")

    assert counted(done) == {"join": 1}
    assert entries(lead, following)["N1"].risk_id == entries(lead, draft)["N1"].risk_id


def test_a_closed_risk_and_one_taken_out_are_not_brought_back_by_a_file(lead, draft):
    run(lead, draft, [ONLINE, TENSION])
    found = entries(lead, draft)
    with acting_as(lead):
        actions.close_risk(risk_id=found["N1"].risk_id, version=1, reason="Gone", by=lead, now=NOW)
        actions.remove_entry(entry_id=found["N2"].pk, version=1, reason="Twice", by=lead, now=NOW)
        actions.reopen_risk(risk_id=found["N2"].risk_id, version=2, reason="Not so", by=lead, now=NOW)
        actions.remove_entry(entry_id=found["N2"].pk, version=3, reason="Twice", by=lead, now=NOW)

    checked = check(lead, upload(lead, draft, as_csv([ONLINE, TENSION])), when_there="update")

    assert remarks(lead, checked) == [(2, "code", "closed"), (3, "code", "closed")]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([ONLINE, ["N1", "Other", "", "", "", ""]], [(3, "code", "code_twice")]),
        (
            [["", "Same", "", "", "", ""], ["", "same ", "", "", "", ""]],
            [(2, "title", "title_twice"), (3, "title", "title_twice")],
        ),
        ([["N1", "", "1", "1", "", ""]], [(2, "title", "no_title")]),
        ([["N1", "A", "9", "1", "", ""]], [(2, "residual_likelihood", "outside_the_matrix")]),
        ([["N1", "A", "3", "", "", ""]], [(2, "residual_impact", "half_a_score")]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_row_is_said_and_where(lead, draft, rows, expected):
    checked = check(lead, upload(lead, draft, as_csv(rows)))

    assert remarks(lead, checked) == expected
    assert checked.counts["refused"] == len(expected)


def test_refused_rows_are_left_out_only_on_purpose(lead, draft):
    checked = check(lead, upload(lead, draft, as_csv([ONLINE, ["N2", "", "", "", "", ""]])))

    bring_in(lead, checked, leave_out_refused=True)

    assert list(entries(lead, draft)) == ["N1"]


# ---- Columns
def test_columns_are_remembered_for_the_same_headings_in_any_order(lead, draft):
    first = upload(lead, draft, as_csv([["x", "y"]], headings=["What worries us", "Ward or team"]))
    with acting_as(lead):
        actions.choose_headings(import_id=first.pk, sheet="", heading_row=1, by=lead, now=NOW)
    check(lead, first, columns={0: "title", 1: "source_note"})

    again = upload(lead, draft, as_csv([["y", "x"]], headings=["WARD or TEAM", "What worries us:"]))

    assert again.columns == {"0": "source_note", "1": "title"}
    with acting_as(lead):
        assert RememberedColumns.objects.visible_to(lead).count() == 1


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({0: "title", 1: "title"}, "Two columns are “Risk, in a few words”"),
        ({0: "code"}, "Choose the column with the risk"),
        ({0: "title", 77: "code"}, "Choose among the columns"),
        ({0: "no such field"}, "Choose among the columns"),
    ],
)
def test_a_choice_of_columns_that_cannot_be_is_refused(lead, draft, columns, sentence):
    row = upload(lead, draft, as_csv([ONLINE]))

    with pytest.raises(RuleBroken, match=sentence):
        check(lead, row, columns=columns)


def test_another_sheet_and_row_can_hold_the_headings(lead, draft):
    row = upload(lead, draft, (REGISTERS / "several-sheets.xlsx").read_bytes(), "sheets.xlsx")

    with acting_as(lead):
        chosen = actions.choose_headings(import_id=row.pk, sheet="Action log", heading_row=1, by=lead, now=NOW)

    assert (row.sheet, row.heading_row) == ("Risks 2026", 1)
    assert (chosen.sheet, chosen.headings) == ("Action log", ["Action", "Who", "When"])


def test_a_row_that_is_not_in_the_file_cannot_hold_the_headings(lead, draft):
    row = upload(lead, draft, as_csv([ONLINE]))

    with acting_as(lead), pytest.raises(RuleBroken, match="Choose a row of headings"):
        actions.choose_headings(import_id=row.pk, sheet="", heading_row=99, by=lead, now=NOW)


# ---- Files that cannot be
def test_a_file_with_too_many_rows_says_how_many_there_may_be(lead, draft):
    row = upload(lead, draft, as_xlsx([[f"N{n}", f"Risk {n}"] for n in range(50_000)]), "register.xlsx")

    checked = check(lead, row)

    assert (checked.status, entries(lead, draft)) == ("failed", {})
    assert checked.problem.startswith("The file has more than 2,000 rows.")


def test_a_formula_is_never_worked_out(lead, draft):
    row = upload(lead, draft, as_xlsx([["N1", "A risk", "=2+1", 4]]), "register.xlsx")

    checked = check(lead, row)

    assert remarks(lead, checked) == [(2, "residual_likelihood", "formula_without_value")]


@pytest.mark.parametrize("content", [b"Ref,Risk\n", b"only one line\n"])
def test_a_file_without_a_table_is_refused_and_not_kept(lead, draft, content):
    with pytest.raises(RuleBroken, match="The file has no table"):
        upload(lead, draft, content)

    with acting_as(lead):
        assert StoredFile.objects.visible_to(lead).count() == 0


# ---- Who, where and when
@pytest.mark.parametrize("role", [Role.SENIOR_APPROVER, Role.BOARD_MEMBER, Role.ORGANISATION_ADMIN, Role.STAFF])
def test_only_who_writes_assessments_imports(acting_for, draft, role):
    with pytest.raises(PermissionDenied, match="Only a Prevent or safeguarding lead"):
        upload(acting_for(role), draft, as_csv([ONLINE]))


def test_another_organisation_finds_neither_the_file_nor_the_assessment(lead, draft, other_organisation):
    row = upload(lead, draft, as_csv([ONLINE]))
    other = acting_of(make_membership(other_organisation, Role.PREVENT_LEAD))

    with acting_as(other), pytest.raises(ObjectDoesNotExist):
        actions.put_aside(import_id=row.pk, by=other, now=NOW)
    with pytest.raises(ObjectDoesNotExist):
        upload(other, draft, as_csv([ONLINE]))


def test_an_assessment_in_review_takes_no_file(lead, approver, draft, entry):
    factories.send(lead, draft, approver)

    with pytest.raises(RuleBroken, match="This assessment is in review"):
        upload(lead, draft, as_csv([ONLINE]))


def test_what_was_approved_meanwhile_is_not_changed(lead, approver, draft, entry):
    checked = check(lead, upload(lead, draft, as_csv([ONLINE])))
    confirm(lead, checked)
    factories.send(lead, draft, approver)
    factories.approve(approver, draft)

    with acting_as(lead), pytest.raises(RuleBroken, match="is approved"):
        actions.import_register(import_id=checked.pk, by=lead, now=NOW)

    assert list(entries(lead, draft)) == ["R1"]


def test_a_register_that_changed_since_the_check_is_checked_again(lead, draft):
    run(lead, draft, [ONLINE])
    checked = check(lead, upload(lead, draft, as_csv([["N1", "New words", "5", "5", "", ""]])), when_there="update")
    confirm(lead, checked)
    factories.score(lead, entries(lead, draft)["N1"], residual=(5, 5))

    with acting_as(lead), pytest.raises(RuleBroken, match="changed since the file was checked"):
        actions.import_register(import_id=checked.pk, by=lead, now=NOW)

    assert entries(lead, draft)["N1"].title == "Drawn in online"


def test_the_job_takes_the_confirmation_back_where_it_cannot_finish(committed, lead, draft):
    checked = check(lead, upload(lead, draft, as_csv([ONLINE])))
    confirmed = confirm(lead, checked)
    factories.risk(lead, draft)
    with acting_as(lead):
        Risk.objects.visible_to(lead).update(code="N1")

    done = do(lead, confirmed.job)

    with acting_as(lead):
        assert (done.status, RegisterImport.objects.visible_to(lead).get().status) == ("failed", "checked")


def test_both_jobs_bring_a_file_in(committed, lead, draft):
    row = upload(lead, draft, as_csv([ONLINE, TENSION]))
    with acting_as(lead):
        fields = {int(at): name for at, name in row.columns.items()}
        queued = actions.choose_columns(
            import_id=row.pk, chosen=fields, theme="people", source="ctlp", when_there="stop", by=lead, now=NOW
        )

    checked = do(lead, queued.job)
    imported = do(lead, confirm(lead, row).job)

    assert (checked.status, checked.result_url_name) == ("done", "risk:register_import")
    assert (imported.status, len(entries(lead, draft))) == ("done", 2)


def test_confirmed_by_two_at_once_it_comes_in_once(committed, lead, acting_for, draft):
    colleague = acting_for(Role.PREVENT_LEAD, name="Colleague")
    checked = check(lead, upload(lead, draft, as_csv([ONLINE])))

    results = at_once(lambda: confirm(lead, checked), lambda: confirm(colleague, checked))

    refused = [each for each in results if isinstance(each, RuleBroken)]
    assert [str(each) for each in refused] == [
        "Check the file first. It may have been imported or put aside meanwhile."
    ]
    with acting_as(lead):
        assert Job.objects.filter(name="risk.import_register").count() == 1


def test_put_aside_it_leaves_nothing_and_cannot_be_confirmed(lead, draft):
    checked = check(lead, upload(lead, draft, as_csv([ONLINE])))

    with acting_as(lead):
        actions.put_aside(import_id=checked.pk, by=lead, now=NOW)

    with acting_as(lead):
        assert RegisterImportRow.objects.visible_to(lead).count() == 0
    with pytest.raises(RuleBroken, match="Check the file first"):
        confirm(lead, checked)


def test_the_next_upload_puts_ones_own_unfinished_file_aside_and_not_a_colleagues(lead, acting_for, draft):
    colleague = acting_for(Role.PREVENT_LEAD, name="Colleague")
    first, theirs = upload(lead, draft, as_csv([ONLINE])), upload(colleague, draft, as_csv([ONLINE]))

    upload(lead, draft, as_csv([TENSION]))

    with acting_as(lead):
        standing = dict(RegisterImport.objects.visible_to(lead).values_list("pk", "status"))
    assert (standing[first.pk], standing[theirs.pk]) == ("abandoned", "uploaded")


def test_the_database_refuses_an_import_that_goes_nowhere(lead, draft):
    row = upload(lead, draft, as_csv([ONLINE]))

    with acting_as(lead), pytest.raises(IntegrityError, match="goes_somewhere"), transaction.atomic():
        RegisterImport.objects.visible_to(lead).filter(pk=row.pk).update(assessment=None)


def test_a_thousand_rows_come_in_within_bounded_memory(lead, draft):
    rows = [[f"N{n}", f"Risk number {n}", n % 5 + 1, 3, "Filter; Training; Checks", ""] for n in range(1_000)]
    row = upload(lead, draft, as_xlsx(rows), "register.xlsx")
    tracemalloc.start()

    done = bring_in(lead, check(lead, row))
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert counted(done) == {"create": 1_000}
    assert most < 60_000_000
    with acting_as(lead):
        assert (Control.objects.visible_to(lead).count(), Assessment.objects.visible_to(lead).get().status) == (
            3_000,
            Status.DRAFT,
        )
