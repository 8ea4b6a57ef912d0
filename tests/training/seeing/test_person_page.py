"""A person's training, what is agreed with them, and what is done for many at once."""

from datetime import date

import pytest

from foundation.core.acting import acting_as
from foundation.organisations.roles import Role
from tests.conftest import make_membership
from tests.factories import asked
from tests.training.browsing import cells as words
from tests.training.browsing import rows
from training.models import Absence, Assignment, Extension, Waiver


def page_of(person, more=""):
    return f"/training/people/{person.reference}/{more}"


def day(name, text):
    return {f"{name}_{part}": each for part, each in enumerate(text.split())}


def test_the_page_says_what_is_asked_why_and_by_when(scene, browser):
    said = words(browser.get(page_of(scene.people["Ola Overdue"])))

    assert "Channel A small course Front line Not started 31 December 2026" in said
    assert "Awareness A small course Everybody is asked Overdue 29 January 2026" in said


def test_the_page_says_what_was_done_and_where_the_record_comes_from(scene, browser):
    said = words(browser.get(page_of(scene.people["Ida Indate"])))

    assert "A small course 1 June 2026 Recorded by a training manager Meg Manager, 1 October 2026 Counts" in said
    assert "Done on 1 June 2026, in date until 1 June 2027" in said


def test_a_waiver_stands_with_who_gave_it_and_why(scene, browser):
    said = words(browser.get(page_of(scene.people["Wes Waived"])))

    assert "Waived from 1 October 2026 until 31 March 2027 · Awareness Does it with another employer" in said
    assert "Meg Manager, 1 October 2026" in said


def test_more_time_is_given_and_told(scene, browser):
    person = scene.people["Ola Overdue"]

    answer = browser.post(
        page_of(person, f"{scene.awareness.reference}/extend/"), {**day("due_on", "31 12 2026"), "reason": "On shift"}
    )

    row = asked.standing_row(scene.manager, person, scene.awareness)
    assert answer.status_code == 302
    assert (row.due_on, row.has_grace) == (date(2026, 12, 31), True)
    assert "Due on 31 December 2026 instead of 29 January 2026" in words(browser.get(page_of(person)))


def test_a_waiver_is_given_and_ended(scene, browser):
    person = scene.people["Ola Overdue"]
    sent = {**day("starts_on", "23 11 2026"), **day("ends_on", "31 12 2026"), "reason": "Done elsewhere"}

    browser.post(page_of(person, f"{scene.awareness.reference}/waive/"), sent)
    waived = asked.standing_row(scene.manager, person, scene.awareness).waived_until
    browser.post(page_of(person, f"{scene.awareness.reference}/end-waiver/"))

    assert waived == date(2026, 12, 31)
    assert asked.standing_row(scene.manager, person, scene.awareness).waived_until is None


def test_a_long_absence_is_recorded_and_ended(scene, browser):
    person = scene.people["Ola Overdue"]

    browser.post(
        page_of(person, "absence/"), {"kind": "leave", **day("starts_on", "1 11 2026"), **day("ends_on", "  ")}
    )
    away = asked.standing_row(scene.manager, person, scene.awareness).absent_from
    browser.post(page_of(person, "absence/end/"))

    assert away == date(2026, 11, 1)
    assert asked.standing_row(scene.manager, person, scene.awareness).absent_from is None


def test_what_the_action_refuses_stands_on_the_form(scene, browser):
    person = scene.people["Ola Overdue"]
    sent = {**day("due_on", "1 1 2020"), "reason": "On shift"}

    response = browser.post(page_of(person, f"{scene.awareness.reference}/extend/"), sent)

    assert "Enter a day after the one on which it is due now." in words(response)


def test_nobody_agrees_with_themself(scene, browser):
    own = page_of(scene.manager.membership, f"{scene.awareness.reference}/waive/")

    assert browser.get(own).status_code == 403
    assert "Waive" not in words(browser.get(page_of(scene.manager.membership)))


@pytest.mark.parametrize("role", list(Role))
def test_who_may_agree_and_who_may_look(scene, client_for, role):
    somebody = make_membership(scene.manager.organisation, role)
    client = client_for(asked.acting_for_person(somebody))
    person = scene.people["Ola Overdue"]

    sees = client.get(page_of(person)).status_code
    agrees = client.get(page_of(person, f"{scene.awareness.reference}/waive/")).status_code

    overseers = {"prevent_lead", "senior_approver", "training_manager", "assurer", "inspector"}
    managers = {"prevent_lead", "training_manager"}
    assert (sees, agrees) == (200 if role in overseers else 404, 200 if role in managers else 403)


def test_another_organisation_has_no_such_person(scene, client_for, other_organisation):
    theirs = asked.acting_for_person(make_membership(other_organisation, Role.TRAINING_MANAGER))

    assert client_for(theirs).get(page_of(scene.people["Ola Overdue"])).status_code == 404
    assert client_for(theirs).get("/training/people/").context["page"].items == []


# ---- For several at once
def together(browser, deed, people, scene, **sent):
    ids = [asked.standing_row(scene.manager, each, scene.awareness).pk for each in people]
    return browser.post("/training/people/together/", {"deed": deed, "row": ids, **sent})


def test_before_it_is_done_for_many_a_page_says_who_is_left_out(scene, browser):
    said = words(together(browser, "waive", [scene.people["Ola Overdue"], scene.manager.membership], scene))

    assert "Ola Overdue: Awareness" in said
    assert "Meg Manager: Awareness (your own training)" in said
    assert rows(scene.manager, Extension) == []


def test_more_time_for_many_leaves_out_who_has_longer(scene, browser):
    people = [scene.people[name] for name in ("Ola Overdue", "Ida Indate")]

    answer = together(browser, "extend", people, scene, sent="1", reason="Strike", **day("due_on", "31 12 2026"))

    told = words(browser.get(answer["Location"]))
    assert [row.membership_id for row in rows(scene.manager, Extension)] == [people[0].pk]
    assert "Done for 1 person. 1 left out: due later anyway." in told


def test_who_left_meanwhile_is_left_out_and_counted(scene, browser):
    person = scene.people["Ola Overdue"]
    pk = asked.standing_row(scene.manager, person, scene.awareness).pk
    with acting_as(scene.manager):
        Assignment.objects.filter(pk=pk).update(known_until="2026-11-20T10:00:00Z")

    said = words(browser.post("/training/people/together/", {"deed": "waive", "row": [pk]}))

    assert "1 row that is no longer asked" in said
    assert "It can be done for none of them." in said


def test_all_that_the_filter_shows_are_waived_at_once(scene, browser):
    sent = {"deed": "waive", "which": "all", "sent": "1", "reason": "Merged", **day("starts_on", "23 11 2026")}
    address = f"/training/people/together/?standing=overdue&requirement={scene.awareness.reference}"

    browser.post(address, {**sent, **day("ends_on", "31 12 2026")})

    given = {row.membership_id for row in rows(scene.manager, Waiver) if row.reason == "Merged"}
    assert given == {scene.people["Ola Overdue"].pk}


def test_nothing_ticked_is_said(scene, browser):
    answer = browser.post("/training/people/together/", {"deed": "waive"})

    assert "Tick at least one row" in words(browser.get(answer["Location"]))


def test_somebody_is_reminded_once_a_day_and_not_of_what_they_did(scene, browser):
    people = [scene.people[name] for name in ("Ola Overdue", "Ida Indate")]

    first = words(browser.get(together(browser, "remind", people, scene, sent="1")["Location"]))
    second = words(browser.get(together(browser, "remind", people, scene, sent="1")["Location"]))

    assert "Done for 1 person. 1 left out: nothing to do now." in first
    assert "1 left out: nothing to do now. 1 left out: reminded today already." in second


def test_a_reminder_by_hand_names_its_course(scene, browser, acting_for, client_for):
    rae = acting_for(Role.STAFF, name="Rae Reminded")
    asked.work_out(scene.manager)

    together(browser, "remind", [rae.membership], scene, sent="1")

    assert "You are reminded to do the course “A small course”" in words(client_for(rae).get("/notifications/"))


def test_absences_tell_no_illness(scene):
    assert {row.reason for row in rows(scene.manager, Absence)} == {"leave"}
