"""A file that names either entry of somebody who was joined finds the one that was kept."""

from foundation.organisations import actions
from foundation.organisations.models import Membership
from tests.conftest import NOW
from tests.factories import organisations as factories
from tests.foundation.organisations.people_file import HEADINGS, check, counted, problems, run, upload
from tests.foundation.organisations.people_file import as_csv as written
from tests.foundation.organisations.test_joining import join


def pair(admin, **kept):
    """Joined: kept H1 with rhys@, ended N7 with r.morgan@."""
    mine = {"name": "Rhys Morgan", "staff_number": "H1", "email": "rhys@example.org"} | kept
    one = factories.person(admin, **mine)
    other = factories.person(admin, name="R Morgan", staff_number="N7", email="r.morgan@example.org")
    join(admin, one, other)
    return one, other


def row(number="", name="Rhys Morgan", email="", job=""):
    return [number, name, email, "", job, "", ""]


def standing(entry):
    return Membership.objects.values_list("name", "staff_number", "email", "job_title").get(pk=entry.pk)


def test_by_either_staff_number_and_either_address_the_kept_one_is_found(admin):
    kept, ended = pair(admin)

    for each in (row("H1"), row("N7"), row("N7", email="r.morgan@example.org"), row(email="R.Morgan@example.org")):
        done = run(admin, [[*each[:4], f"Driver {each[0]}{each[2]}", *each[5:]]])

        assert counted(done) == {"update": 1}
        assert standing(kept) == ("Rhys Morgan", "H1", "rhys@example.org", f"Driver {each[0]}{each[2]}")
        assert standing(ended) == ("R Morgan", "N7", "r.morgan@example.org", "")


def test_a_row_that_says_no_more_than_the_joined_number_changes_nothing(admin):
    pair(admin)

    checked = check(admin, upload(admin, written([row("N7", email="r.morgan@example.org")])))

    assert counted(checked) == {"unchanged": 1}


def test_a_file_with_both_is_refused_for_the_second_row(admin):
    pair(admin)

    checked = check(admin, upload(admin, written([row("H1"), row("N7")])))

    assert problems(checked) == [(3, "person_twice")]


def test_a_number_that_somebody_has_today_goes_before_a_joined_one(admin):
    kept, _ended = pair(admin)
    new = factories.person(admin, name="Somebody New", staff_number="N7")

    run(admin, [row("N7", "Somebody Newer")])

    assert standing(new)[0] == "Somebody Newer"
    assert standing(kept)[0] == "Rhys Morgan"


def test_an_address_of_a_joined_one_that_another_person_has_too_is_ambiguous(admin):
    pair(admin)
    factories.person(admin, email="R.MORGAN@example.org")

    checked = check(admin, upload(admin, written([row(email="r.morgan@example.org")])))

    assert problems(checked) == [(2, "email_ambiguous")]


def test_an_unknown_number_with_the_address_of_a_joined_one_is_refused(admin):
    pair(admin)

    checked = check(admin, upload(admin, written([row("X9", email="r.morgan@example.org")])))

    assert problems(checked) == [(2, "email_of_other")]


def test_the_number_of_a_joined_one_names_the_kept_one_as_line_manager(admin):
    kept, _ended = pair(admin)
    led = [["L1", "Led One", "", "", "", "", "", "N7"], ["L2", "Led Two", "", "", "", "", "", "r.morgan@example.org"]]

    run(admin, led, headings=[*HEADINGS, "Line manager"])

    managers = Membership.objects.filter(staff_number__in=["L1", "L2"]).values_list("line_manager_id", flat=True)
    assert set(managers) == {kept.pk}


def test_a_file_that_was_checked_before_two_were_joined_is_matched_anew(admin):
    one = factories.person(admin, name="Rhys Morgan", staff_number="H1")
    other = factories.person(admin, name="R Morgan", staff_number="N7")
    checked = check(admin, upload(admin, written([row("N7", "R Morgan", job="Driver")])))
    actions.confirm_import(import_id=checked.pk, leave_out_refused=False, by=admin, now=NOW)

    join(admin, one, other)
    actions.apply_import(import_id=checked.pk, by=admin, now=NOW)

    assert standing(one) == ("R Morgan", "H1", "", "Driver")
    assert standing(other) == ("R Morgan", "N7", "", "")
