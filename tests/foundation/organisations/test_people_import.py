"""A file of people from upload to what it did."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from foundation import jobs
from foundation.core.exceptions import RuleBroken
from foundation.jobs.models import Job
from foundation.ledger.models import Event
from foundation.organisations import actions
from foundation.organisations.models import Membership, PeopleImport, PeopleImportRow, RoleGrant, Team
from foundation.organisations.roles import Role
from tests.conftest import NOW, make_membership
from tests.factories import organisations as factories
from tests.foundation.organisations.people_file import (
    ANN,
    DEV,
    apply,
    as_csv,
    check,
    counted,
    people,
    problems,
    run,
    upload,
)


def test_new_people_and_their_teams_are_created_and_each_has_an_event(admin):
    done = run(admin, [ANN, DEV])

    assert counted(done) == {"create": 2, "new_teams": 1}
    ann, dev = people(admin)["1001"], people(admin)["1002"]
    assert (ann.name, ann.email, ann.team.name, ann.job_title, ann.starts_on, ann.ends_on) == (
        "Ann Bowen",
        "ann@example.org",
        "Libraries",
        "Librarian",
        date(2026, 1, 5),
        None,
    )
    assert (dev.team, dev.starts_on, dev.user_id) == (None, NOW.date(), None)
    assert set(Event.objects.filter(verb="person.added").values_list("target_reference", "facts")) == {
        (person.reference, f'{{"import":"{done.reference}"}}') for person in (ann, dev)
    }


def test_references_of_imported_people_look_like_all_others(admin):
    run(admin, [[str(number), f"Person {number}", "", "", "", "", ""] for number in range(300)])

    references = [person.reference for person in people(admin).values()]
    assert len(set(references)) == 300
    assert all(len(r) == 9 and r[4] == "-" and set(r) <= set("23456789BCDFGHJKMNPQRSTVWXYZ-") for r in references)
    assert set("".join(references)) == set("23456789BCDFGHJKMNPQRSTVWXYZ-")


def test_the_same_file_again_changes_nothing(admin):
    run(admin, [ANN, DEV])
    before = list(Membership.objects.order_by("pk").values())

    again = check(admin, upload(admin, as_csv([ANN, DEV])))

    assert counted(again) == {"unchanged": 2}
    with pytest.raises(RuleBroken, match="changes nothing"):
        actions.confirm_import(import_id=again.pk, leave_out_refused=False, by=admin, now=NOW)
    assert list(Membership.objects.order_by("pk").values()) == before


def test_checking_changes_nobody(admin):
    checked = check(admin, upload(admin, as_csv([ANN])))

    assert counted(checked) == {"create": 1, "new_teams": 1}
    assert people(admin) == {}
    assert Team.objects.count() == 0


def test_a_person_is_found_by_staff_number_and_only_what_differs_changes(admin):
    run(admin, [ANN])

    done = run(admin, [["1001", "Ann Jones", "", "libraries", "", "", ""]])

    ann = people(admin)["1001"]
    assert counted(done) == {"update": 1}
    assert (ann.name, ann.email, ann.team.name, ann.job_title, ann.version) == (
        "Ann Jones",
        "ann@example.org",
        "Libraries",
        "Librarian",
        2,
    )
    assert Event.objects.get(verb="person.changed").facts == f'{{"fields":["name"],"import":"{done.reference}"}}'


def test_somebody_without_a_staff_number_is_found_by_e_mail_and_gets_it(admin):
    added = factories.person(admin, name="Ann Bowen", email="ANN@example.org", staff_number="")

    done = run(admin, [ANN])

    assert counted(done) == {"update": 1, "new_teams": 1}
    assert people(admin)["1001"].pk == added.pk


def test_an_e_mail_address_of_somebody_with_another_staff_number_is_refused(admin):
    factories.person(admin, email="ann@example.org", staff_number="9999")

    checked = check(admin, upload(admin, as_csv([ANN])))

    assert problems(checked) == [(2, "email_of_other")]


def test_a_last_day_ends_somebody_with_their_roles_and_sessions(admin):
    leaver = make_membership(admin.organisation, Role.PREVENT_LEAD, name="Lead")
    Membership.objects.filter(pk=leaver.pk).update(staff_number="7")
    before = leaver.user.sessions_valid_from

    done = run(admin, [["7", "Lead", "", "", "", "", "30/11/2026"]])

    leaver.refresh_from_db()
    leaver.user.refresh_from_db()
    assert counted(done) == {"update": 1, "leaving": 1}
    assert leaver.ends_on == date(2026, 11, 30)
    assert RoleGrant.objects.get(membership=leaver).ends_on == date(2026, 11, 30)
    assert leaver.user.sessions_valid_from != before
    assert Event.objects.get(verb="person.ended").facts == (f'{{"import":"{done.reference}","last_day":"2026-11-30"}}')


def test_nobody_leaves_because_they_are_missing_from_the_file(admin):
    run(admin, [ANN, DEV])

    run(admin, [["1001", "Ann Jones", "", "", "", "", ""]])

    assert people(admin)["1002"].ends_on is None


def test_an_administrator_is_not_ended_by_a_file(admin):
    Membership.objects.filter(pk=admin.membership_id).update(staff_number="1")

    checked = check(admin, upload(admin, as_csv([["1", "Administrator", "", "", "", "", "30/11/2026"]])))

    assert problems(checked) == [(2, "administrator")]


def test_somebody_who_left_is_not_brought_back_by_a_file(admin):
    gone = factories.person(admin, name="Gone", staff_number="5")
    actions.end_person(membership_id=gone.pk, last_day=date(2026, 10, 1), by=admin, now=NOW)

    checked = check(admin, upload(admin, as_csv([["5", "Gone", "", "", "", "", ""]])))
    repeated = check(admin, upload(admin, as_csv([["5", "Gone", "", "", "", "", "1/10/2026"]])))

    assert problems(checked) == []  # its rows went when the second file came
    assert counted(repeated) == {"unchanged": 1}
    assert checked.counts["refused"] == 1


def test_refused_rows_stand_in_the_way_unless_they_are_left_out(admin):
    checked = check(admin, upload(admin, as_csv([ANN, ["", "No Key", "", "", "", "", ""]])))

    with pytest.raises(RuleBroken, match="Some rows are refused"):
        actions.confirm_import(import_id=checked.pk, leave_out_refused=False, by=admin, now=NOW)
    done = apply(admin, checked, leave_out_refused=True)

    assert counted(done) == {"create": 1, "new_teams": 1, "refused": 1}
    assert list(people(admin)) == ["1001"]


def test_if_people_changed_since_the_check_nothing_is_applied(admin):
    checked = check(admin, upload(admin, as_csv([ANN, DEV])))
    actions.confirm_import(import_id=checked.pk, leave_out_refused=False, by=admin, now=NOW)
    factories.person(admin, staff_number="1002", name="Somebody else came first")

    with pytest.raises(RuleBroken, match="changed since the file was checked"):
        actions.apply_import(import_id=checked.pk, by=admin, now=NOW)

    assert list(people(admin)) == ["1002"]


def test_applying_twice_does_it_once(admin):
    done = run(admin, [ANN])

    again = actions.apply_import(import_id=done.pk, by=admin, now=NOW)

    assert again.status == "applied"
    assert Event.objects.filter(verb="person.added").count() == 1


def test_what_was_typed_in_the_file_is_forgotten_once_it_is_applied_or_put_aside(admin):
    done = run(admin, [ANN])
    aside = check(admin, upload(admin, as_csv([DEV])))

    actions.abandon_import(import_id=aside.pk, by=admin, now=NOW)

    assert PeopleImportRow.objects.count() == 0
    assert {each.stored_file.status for each in PeopleImport.objects.filter(pk__in=[done.pk, aside.pk])} == {
        "withdrawn"
    }


def test_a_new_file_puts_aside_the_one_that_was_not_applied(admin):
    first = check(admin, upload(admin, as_csv([ANN])))

    upload(admin, as_csv([DEV]))

    first.refresh_from_db()
    assert first.status == "abandoned"


def test_the_file_is_checked_and_applied_by_jobs_with_the_requesters_rights(admin):
    uploaded = upload(admin, as_csv([ANN]))
    actions.choose_columns(import_id=uploaded.pk, chosen=uploaded.columns, by=admin, now=NOW)

    checked = jobs.run_here(Job.objects.get(name="organisations.check_people_import"), at=NOW)
    actions.confirm_import(import_id=uploaded.pk, leave_out_refused=False, by=admin, now=NOW)
    applied = jobs.run_here(Job.objects.get(name="organisations.apply_people_import"), at=NOW)

    assert (checked.status, checked.result_url_name, checked.result_reference) == (
        "done",
        "organisations:import",
        uploaded.reference,
    )
    assert applied.status == "done"
    assert list(people(admin)) == ["1001"]


@pytest.mark.parametrize("role", sorted(set(Role.values) - {Role.ORGANISATION_ADMIN}))
def test_nobody_but_an_administrator_uploads_people(acting_for, within, role):
    by = within(acting_for(role))

    with pytest.raises(PermissionDenied, match="Only an organisation administrator"):
        upload(by, as_csv([ANN]))

    assert PeopleImport.objects.count() == 0
