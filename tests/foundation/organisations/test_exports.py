import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied

from foundation import jobs
from foundation.core.exceptions import RuleBroken
from foundation.jobs.models import Job
from foundation.ledger.models import Event
from foundation.organisations import actions
from foundation.organisations.models import PeopleExport
from foundation.organisations.roles import Role
from tests.conftest import NOW, acting_of, make_membership
from tests.factories import organisations as factories
from tests.foundation.organisations import people_file

MAY_SEE = {"organisation_admin", "prevent_lead", "senior_approver", "training_manager"}


def ask(by, *, search="", format="csv", **filters):
    return actions.request_people_export(
        purpose="Training day", format=format, filters=filters, search=search, by=by, now=NOW
    )


def content(export, by, *, now=NOW):
    return actions.open_people_export(export_id=export.pk, by=by, now=now).bytes.open().read()


def rows(export, by):
    return list(csv.DictReader(io.StringIO(content(export, by).decode("utf-8-sig"))))


def test_the_file_holds_exactly_the_people_that_the_list_shows_in_its_order(admin):
    library = factories.team(admin, "Libraries")
    for name in ("Ann", "Dev", "Zoë"):
        factories.person(admin, name=name, team_id=library.pk)
    factories.person(admin, name="Elsewhere")

    export = ask(admin, team=str(library.pk), sort="-name")
    actions.make_people_export(export_id=export.pk, by=admin, now=NOW)

    exported = rows(export, admin)
    assert [row["Name"] for row in exported] == ["Zoë", "Dev", "Ann"]
    assert {row["Export"] for row in exported} == {export.reference}


def test_the_search_narrows_the_file_and_is_not_in_the_job_nor_in_the_ledger(admin):
    factories.person(admin, name="Rhian Pugh")
    factories.person(admin, name="Dev Patel")

    export = ask(admin, search="pugh rhian")
    jobs.run_here(Job.objects.get(name="organisations.export_people"), at=NOW)

    assert [row["Name"] for row in rows(export, admin)] == ["Rhian Pugh"]
    assert Job.objects.get(name="organisations.export_people").arguments == {"export_id": export.pk}
    assert "rhian" not in "".join(Event.objects.values_list("facts", flat=True)).lower()


def test_asking_making_and_opening_are_recorded(admin):
    export = ask(admin)
    actions.make_people_export(export_id=export.pk, by=admin, now=NOW)
    content(export, admin)

    verbs = Event.objects.filter(target_id=export.pk, verb__startswith="people_export").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == [
        "people_export.requested",
        "people_export.made",
        "people_export.opened",
    ]


def test_an_export_is_made_once(admin):
    export = ask(admin)

    first = actions.make_people_export(export_id=export.pk, by=admin, now=NOW).stored_file_id
    second = actions.make_people_export(export_id=export.pk, by=admin, now=NOW).stored_file_id

    assert first == second


def test_nobody_else_may_open_it_and_after_a_day_nobody_at_all(admin, acting_for):
    colleague = acting_for(Role.ORGANISATION_ADMIN, name="Second")
    export = ask(admin)
    actions.make_people_export(export_id=export.pk, by=admin, now=NOW)

    with pytest.raises(PermissionDenied, match="Only the person who asked"):
        content(export, colleague)
    with pytest.raises(RuleBroken, match="no longer open"):
        content(export, admin, now=NOW + timedelta(hours=24))

    assert content(export, admin, now=NOW + timedelta(hours=23))


def test_somebody_who_lost_the_right_gets_no_file(organisation, acting_for, within):
    by = acting_for(Role.ORGANISATION_ADMIN)
    membership = make_membership(organisation, Role.SENIOR_APPROVER)
    within(by)
    export = ask(acting_of(membership))
    grant = membership.role_grants.get()
    actions.end_role(grant_id=grant.pk, last_day=None, reason="", by=by, now=NOW)

    done = jobs.run_here(Job.objects.get(name="organisations.export_people"), at=NOW)

    assert (done.status, done.failure_code) == ("failed", "refused")
    assert PeopleExport.objects.get(pk=export.pk).made_at is None


@pytest.mark.parametrize("role", sorted(set(Role.values) - MAY_SEE))
def test_whoever_may_not_see_the_list_cannot_take_it_out(acting_for, within, role):
    by = within(acting_for(role))

    with pytest.raises(PermissionDenied):
        ask(by)

    assert PeopleExport.objects.count() == 0


def test_a_filter_that_no_longer_fits_fails_rather_than_give_everybody(admin):
    export = ask(admin, team="999999")

    with pytest.raises(RuleBroken, match="filters do not fit"):
        actions.make_people_export(export_id=export.pk, by=admin, now=NOW)


def test_no_cell_of_either_file_is_run_by_a_spreadsheet(admin):
    factories.person(admin, name="=HYPERLINK(1)", job_title="@SUM(1)", staff_number="+1")
    text, book = ask(admin), ask(admin, format="xlsx")
    for export in (text, book):
        actions.make_people_export(export_id=export.pk, by=admin, now=NOW)

    (row,) = [row for row in rows(text, admin) if "HYPERLINK" in row["Name"]]
    sheet = openpyxl.load_workbook(io.BytesIO(content(book, admin))).active

    assert (row["Name"], row["Job title"], row["Staff number"]) == ("'=HYPERLINK(1)", "'@SUM(1)", "'+1")
    assert {cell.data_type for line in sheet.iter_rows() for cell in line} <= {"s", "d", "n"}
    assert "=HYPERLINK(1)" in {cell.value for line in sheet.iter_rows() for cell in line}


def test_a_file_taken_out_names_what_people_do_so_that_it_can_be_brought_back_in(admin):
    boss = factories.person(admin, name="Bo Ahn", staff_number="1")
    factories.person(
        admin, name="Ann", staff_number="2", staff_group="Front line", employment="casual", line_manager_id=boss.pk
    )

    export = ask(admin, staff_group="front")
    actions.make_people_export(export_id=export.pk, by=admin, now=NOW)
    taken = content(export, admin)
    row = next(csv.DictReader(io.StringIO(taken.decode("utf-8-sig"))))
    checked = people_file.check(admin, people_file.upload(admin, taken))

    assert (row["Staff group"], row["Employment"], row["Line manager"]) == ("Front line", "Casual or bank", "Bo Ahn")
    assert people_file.counted(checked) == {"unchanged": 1}
