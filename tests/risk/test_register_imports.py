"""A register out of a spreadsheet, from its upload to what it did."""

import io
import json
import tracemalloc
from datetime import date

import pytest

from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from foundation.files.examination import SPREADSHEETS, examine
from foundation.files.models import StoredFile
from foundation.ledger.models import Event
from foundation.notifications.models import Notice
from foundation.organisations.roles import Role
from risk import actions
from risk.models import (
    Assessment,
    Control,
    EntryRevision,
    RegisterImport,
    RegisterImportRow,
    RememberedColumns,
    ScoreChange,
)
from risk.workflow import Status
from tests.conftest import NOW, make_membership
from tests.factories import risk as factories
from tests.risk.register_file import (
    ONLINE,
    REGISTERS,
    TENSION,
    as_csv,
    as_xlsx,
    bring_in,
    check,
    counted,
    entries,
    remarks,
    run,
    upload,
)


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
