"""What people do and who leads them, as a file of people says it."""

import pytest
from django.db import IntegrityError

from foundation.core.exceptions import RuleBroken
from foundation.ledger.models import Event
from foundation.organisations import actions
from foundation.organisations.actions import imports
from foundation.organisations.models import Membership, PeopleImportRow
from foundation.organisations.people_files.cleaning import PROBLEMS
from tests.conftest import NOW
from tests.factories import organisations as factories
from tests.foundation.organisations.people_file import apply, as_csv, check, counted, people, problems, run, upload

HEADINGS = ["Staff number", "Name", "E-mail", "Staff group", "Employment", "Line manager"]
BOSS = ["1", "Bo Ahn", "bo@example.org", "Managers", "Permanent", ""]
ANN = ["2", "Ann Bowen", "", "Front line", "Fixed Term Temp", "1"]
DEV = ["3", "Dev Patel", "", "Clinical", "Bank", "BO@example.org"]


def read(admin, rows):
    return check(admin, upload(admin, as_csv(rows, headings=HEADINGS)))


def led_by(admin):
    return {number: person.line_manager_id for number, person in people(admin).items()}


def test_a_file_brings_new_people_with_their_line_manager_who_is_new_too(admin):
    done = run(admin, [ANN, DEV, BOSS], headings=HEADINGS)

    assert counted(done) == {"create": 3}
    found = people(admin)
    assert [(found[key].staff_group, found[key].employment) for key in "123"] == [
        ("Managers", "permanent"),
        ("Front line", "fixed_term"),
        ("Clinical", "casual"),
    ]
    assert led_by(admin) == {"1": None, "2": found["1"].pk, "3": found["1"].pk}


def test_the_same_file_with_line_managers_again_changes_nothing(admin):
    run(admin, [ANN, DEV, BOSS], headings=HEADINGS)
    before = list(Membership.objects.order_by("pk").values())

    again = read(admin, [ANN, DEV, BOSS])

    assert counted(again) == {"unchanged": 3}
    assert list(Membership.objects.order_by("pk").values()) == before


def test_what_changes_is_counted_and_named_in_the_log(admin):
    run(admin, [ANN, BOSS], headings=HEADINGS)
    other = factories.person(admin, name="Cai Rees", staff_number="9")

    done = run(admin, [["2", "Ann Bowen", "", "Office", "Agency", "9"]], headings=HEADINGS)

    assert counted(done) == {"update": 1}
    ann = people(admin)["2"]
    assert (ann.staff_group, ann.employment, ann.line_manager_id) == ("Office", "agency", other.pk)
    assert Event.objects.get(verb="person.changed").facts == (
        f'{{"fields":["employment","line_manager","staff_group"],"import":"{done.reference}"}}'
    )


def test_an_empty_cell_keeps_what_is_known(admin):
    run(admin, [ANN, BOSS], headings=HEADINGS)
    before = people(admin)["2"]

    done = run(admin, [["2", "Ann Jones", "", "", "", ""]], headings=HEADINGS)

    after = people(admin)["2"]
    assert counted(done) == {"update": 1}
    assert (after.name, after.staff_group, after.employment, after.line_manager_id) == (
        "Ann Jones",
        before.staff_group,
        before.employment,
        before.line_manager_id,
    )


def test_a_line_manager_is_found_by_the_staff_number_that_the_same_file_gives_them(admin):
    boss = factories.person(admin, name="Bo Ahn", email="bo@example.org", staff_number="")

    done = run(admin, [ANN, BOSS], headings=HEADINGS)

    assert counted(done) == {"create": 1, "update": 1}
    assert led_by(admin)["2"] == boss.pk


@pytest.mark.parametrize(
    ("named", "problem"),
    [
        ("404", "manager_unknown"),
        ("nobody@example.org", "manager_unknown"),
        ("several@example.org", "manager_ambiguous"),
        ("2", "manager_self"),
        ("=1", "formula"),
        ("x" * 255, "too_long"),
    ],
)
def test_a_line_manager_who_is_not_one_person_is_refused_with_a_sentence(admin, named, problem):
    for _each in range(2):
        factories.person(admin, email="several@example.org")

    checked = read(admin, [["2", "Ann Bowen", "", "", "", named]])

    assert problems(checked) == [(2, problem)]
    assert str(PROBLEMS[problem])


def test_a_line_manager_of_another_organisation_is_not_found(admin, acting_for, other_organisation):
    factories.person(acting_for("organisation_admin", organisation=other_organisation), staff_number="1")

    checked = read(admin, [ANN])

    assert problems(checked) == [(2, "manager_unknown")]


def test_two_people_of_a_file_do_not_report_to_each_other(admin):
    checked = read(admin, [["1", "Bo Ahn", "", "", "", "2"], ["2", "Ann Bowen", "", "", "", "1"]])

    assert problems(checked) == [(2, "manager_pair"), (3, "manager_pair")]


def test_two_people_may_change_places_in_one_file(admin):
    run(admin, [BOSS, ANN], headings=HEADINGS)
    chief = factories.person(admin, staff_number="0")

    run(admin, [["1", "Bo Ahn", "", "", "", "2"], ["2", "Ann Bowen", "", "", "", "0"]], headings=HEADINGS)

    assert (led_by(admin)["1"], led_by(admin)["2"]) == (people(admin)["2"].pk, chief.pk)


def test_who_names_somebody_new_whose_row_is_refused_is_refused_and_so_on_down_the_line(admin):
    boss = ["1", "Bo Ahn", "", "", "", "404"]

    checked = read(
        admin, [["4", "Eve", "", "", "", "3"], ["3", "Dev", "", "", "", "1"], boss, ["5", "Flo", "", "", "", ""]]
    )
    done = apply(admin, checked, leave_out_refused=True)

    assert counted(done) == {"create": 1, "refused": 3}
    assert list(people(admin)) == ["5"]


def test_who_names_somebody_whose_row_could_not_be_read_is_refused(admin):
    checked = read(admin, [["1", "Bo Ahn", "", "", "Astronaut", ""], ANN])

    assert problems(checked) == [(2, "employment"), (3, "manager_unknown")]


def test_somebody_here_stays_a_line_manager_though_their_own_row_is_refused(admin):
    run(admin, [BOSS], headings=HEADINGS)

    checked = read(admin, [["1", "Bo Ahn", "", "", "Astronaut", ""], ANN])

    assert problems(checked) == [(2, "employment")]
    assert counted(checked) == {"create": 1, "refused": 1}


def test_the_line_manager_who_is_meant_is_looked_for_again_if_people_changed_since_the_check(admin):
    run(admin, [BOSS], headings=HEADINGS)
    checked = read(admin, [ANN])
    actions.confirm_import(import_id=checked.pk, leave_out_refused=False, by=admin, now=NOW)
    boss = people(admin)["1"]
    details = actions.Person(name=boss.name, starts_on=boss.starts_on, staff_number="77")
    actions.change_person(membership_id=boss.pk, version=boss.version, person=details, by=admin, now=NOW)

    with pytest.raises(RuleBroken, match="changed since the file was checked"):
        actions.apply_import(import_id=checked.pk, by=admin, now=NOW)

    assert list(people(admin)) == ["77"]


def test_only_what_somebody_else_took_meanwhile_is_told_as_a_change_of_people(admin, monkeypatch):
    checked = read(admin, [BOSS])
    actions.confirm_import(import_id=checked.pk, leave_out_refused=False, by=admin, now=NOW)
    monkeypatch.setattr(imports.staging, "match", lambda **_asked: checked.counts)
    PeopleImportRow.objects.update(outcome="create", name="x", ends_on="1900-01-01", starts_on="1901-01-01")

    with pytest.raises(IntegrityError, match="membership_ends_after_it_begins"):
        actions.apply_import(import_id=checked.pk, by=admin, now=NOW)


def test_a_staff_number_that_was_taken_while_the_file_was_applied_is_told_as_that(admin, monkeypatch):
    checked = read(admin, [BOSS])
    actions.confirm_import(import_id=checked.pk, leave_out_refused=False, by=admin, now=NOW)
    factories.person(admin, staff_number="1")
    monkeypatch.setattr(imports.staging, "match", lambda **_asked: checked.counts)

    with pytest.raises(RuleBroken, match="changed while the file was applied"):
        actions.apply_import(import_id=checked.pk, by=admin, now=NOW)
