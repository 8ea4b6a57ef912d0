"""The pages of training done elsewhere, as people see them."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from foundation.core.acting import acting_as
from foundation.organisations.models import Membership
from tests.conftest import NOW
from tests.factories.records import brought_in, checked, declared, file_of, partner_return, recorded
from tests.foundation.files import samples
from tests.training.browsing import words
from training.models import Completion, CompletionImport, PartnerReturn

ON = {"completed_on_0": "27", "completed_on_1": "3", "completed_on_2": "2026"}


def typed(course, **more):
    return {"course_id": str(course.pk), "mode": "e_learning", "provider": "", "number": ""} | ON | more


@pytest.fixture
def line_manager(acting_for, manager, learner):
    boss = acting_for("staff", name="Bo Boss")
    with acting_as(manager):
        Membership.objects.filter(pk=learner.membership_id).update(line_manager_id=boss.membership_id)
    return boss


def test_a_person_says_what_they_did_and_sees_it_wait(learner, course, client_for, within):
    browser = client_for(learner)
    certificate = SimpleUploadedFile("certificate.png", samples.png(), content_type="image/png")

    saved = browser.post("/training/records/elsewhere/", typed(course, certificate=certificate), follow=True)

    assert "Sent to be checked" in words(saved)
    assert "Waits to be checked" in words(browser.get("/training/"))
    within(learner)
    record = Completion.objects.get()
    assert saved.redirect_chain == [(f"/training/records/{record.reference}/", 302)]
    assert (record.proof.file_type, record.proof.purpose) == ("png", "training.proof")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("certificate.pdf", b"MZ\x90\x00 not a PDF", "PDF"),
        ("certificate.exe", b"MZ\x90\x00", "PDF, JPG or PNG"),
        ("certificate.png", b"", "empty"),
    ],
)
def test_a_certificate_that_is_none_is_refused_and_nothing_typed_is_lost(
    learner, course, client_for, within, name, content, sentence
):
    browser = client_for(learner)
    wrong = SimpleUploadedFile(name, content, content_type="application/pdf")

    sent = typed(course, number="K-17", provider="A college", certificate=wrong)
    page = browser.post("/training/records/elsewhere/", sent)
    later = browser.get("/training/records/elsewhere/")

    assert (page.status_code, later.context["editor"].has_draft) == (200, True)
    assert sentence in str(page.context["form"].errors["certificate"])
    assert later.context["form"]["number"].value() == "K-17"
    within(learner)
    assert Completion.objects.count() == 0


def test_neither_certificate_nor_number_is_said_at_the_field(learner, course, client_for):
    page = client_for(learner).post("/training/records/elsewhere/", typed(course))

    assert page.context["form"].errors["certificate"] == ["Select your certificate, or enter its number"]


def test_a_line_manager_accepts_what_waits(learner, line_manager, course, client_for, within):
    record = declared(learner, course)
    browser = client_for(line_manager)

    listed = browser.get("/training/records/")
    done = browser.post(f"/training/records/{record.reference}/accept/", follow=True)

    assert "1 waits to be checked" in words(listed)
    assert "Leila Learner: Prevent awareness course" in words(listed)
    assert "The record counts now" in words(done)
    assert "Counts" in words(client_for(learner).get("/training/"))


def test_refused_the_person_reads_why(learner, manager, course, client_for):
    record = declared(learner, course)
    browser = client_for(manager)

    empty = browser.post(f"/training/records/{record.reference}/refuse/", {"reason": ""})
    browser.post(f"/training/records/{record.reference}/refuse/", {"reason": "It is about fire safety."})

    assert empty.context["form"].errors["reason"] == ["Say why"]
    page = client_for(learner).get(f"/training/records/{record.reference}/")
    assert "Not accepted" in words(page)
    assert "It is about fire safety." in words(page)


def test_who_comes_second_is_told_and_nothing_changes(learner, manager, course, client_for, within):
    record = declared(learner, course)
    browser = client_for(manager)
    browser.post(f"/training/records/{record.reference}/accept/")

    second = browser.post(f"/training/records/{record.reference}/refuse/", {"reason": "No."})

    assert "so it cannot become" in words(second)
    within(manager)
    assert Completion.objects.get().status == "counts"


def test_a_person_takes_back_what_waits(learner, course, client_for):
    record = declared(learner, course)
    browser = client_for(learner)

    page = browser.get(f"/training/records/{record.reference}/")
    done = browser.post(f"/training/records/{record.reference}/take-back/", follow=True)

    assert "Take it back" in words(page)
    assert "Yes, count it" not in words(page)
    assert "You took the record back" in words(done)


def test_a_colleague_finds_no_record_and_no_list(learner, acting_for, course, client_for):
    record = declared(learner, course)
    browser = client_for(acting_for("staff"))

    assert browser.get(f"/training/records/{record.reference}/").status_code == 404
    assert browser.get("/training/records/").headers["Location"] == "/training/"


def test_who_oversees_sees_the_record_and_no_way_to_decide_or_open(learner, acting_for, course, client_for):
    record = declared(learner, course)
    browser = client_for(acting_for("senior_approver"))

    page = browser.get(f"/training/records/{record.reference}/")

    assert page.status_code == 200
    assert "Yes, count it" not in words(page)
    assert browser.post(f"/training/records/{record.reference}/accept/").status_code == 403


def test_a_manager_records_for_several_people(manager, people, course, client_for, within):
    ann, dev = people("Ann Bowen"), people("Dev Patel")
    sent = typed(course, member_ids=[str(ann.pk), str(dev.pk)], notes="Team day.")

    page = client_for(manager).post("/training/records/add/", sent, follow=True)

    assert "Recorded for 2 people" in words(page)
    within(manager)
    assert Completion.objects.count() == 2


def test_recorded_already_keeps_what_was_typed(manager, people, course, client_for):
    ann = people("Ann Bowen")
    recorded(manager, ann, course)

    page = client_for(manager).post("/training/records/add/", typed(course, member_ids=[str(ann.pk)], notes="Room 4"))

    assert "recorded already for: Ann Bowen" in words(page)
    assert page.context["form"]["notes"].value() == "Room 4"


# ---- Files
def test_a_file_goes_through_its_steps(manager, people, course, organisation, client_for, within):
    people(staff_number="1001")
    found = checked(manager, file_of([["1001", "", "WRAP", "27/03/2026", "", ""], ["404", "", "WRAP", "x", "", ""]]))
    browser = client_for(manager)

    shown = browser.get(f"/training/records/imports/{found.reference}/")
    names = browser.get(f"/training/records/imports/{found.reference}/names/")
    explained = browser.post(f"/training/records/imports/{found.reference}/names/", {"name_0": str(course.pk)})

    assert "1 course in the file is not known" in words(shown)
    assert "No course called “WRAP” is known" in words(shown)
    assert "“WRAP” is …" in words(names)
    assert explained.status_code == 302
    within(manager)
    assert CompletionImport.objects.get().status == "checking"


def test_refused_rows_come_as_csv(manager, people, course, client_for):
    people(staff_number="1001")
    found = checked(manager, file_of([["404", "", course.title, "27/03/2026", "", ""]]))

    answer = client_for(manager).get(f"/training/records/imports/{found.reference}/errors/")
    rows = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()

    assert rows[1:] == ["2,Staff number,404,Nobody here has this staff number or e-mail address."]


def test_a_file_that_was_recorded_can_be_withdrawn(manager, people, course, client_for, within):
    people(staff_number="1001")
    found = brought_in(manager, file_of([["1001", "", course.title, "27/03/2026", "", ""]]))
    browser = client_for(manager)

    page = browser.get(f"/training/records/imports/{found.reference}/")
    asked = browser.post(f"/training/records/imports/{found.reference}/withdraw/", {"reason": "The wrong export."})

    assert "1, of 1 person" in words(page)
    assert asked.headers["Location"].startswith("/jobs/")
    within(manager)
    assert CompletionImport.objects.get().status == "leaving"


def test_staff_find_no_page_of_files(learner, client_for):
    assert client_for(learner).get("/training/records/imports/").status_code == 403


# ---- Numbers of partners
def numbers(**more):
    on = {"as_at_0": "30", "as_at_1": "9", "as_at_2": "2026"}
    return (
        {"partner_name": "Severn Ferries", "group": "Crew", "in_scope": "40", "in_date": "31", "note": ""} | on | more
    )


def test_a_partners_numbers_are_recorded_and_corrected(manager, client_for, within):
    browser = client_for(manager)

    saved = browser.post("/training/records/returns/add/", numbers(), follow=True)
    address = saved.redirect_chain[0][0]
    corrected = browser.post(f"{address}correct/", numbers(in_date="30"), follow=True)

    assert "31 (77%)" in words(saved)
    assert "30 (75%)" in words(corrected)
    assert "31 of 40 in date, as at 30 September 2026" in words(corrected)
    assert "These numbers were corrected" in words(browser.get(address))
    within(manager)
    assert PartnerReturn.objects.standing().count() == 1


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"in_date": "41"}, "in_date", "There cannot be more people in date than in scope"),
        ({"as_at_2": "2199"}, "as_at", "The day must not be in the future"),
        ({"group": ""}, "group", "Select a requirement, or enter the role group"),
        ({"partner_name": ""}, "partner_name", "Enter the partner"),
    ],
)
def test_numbers_that_cannot_be_are_refused_at_their_field(manager, client_for, wrong, field, sentence):
    page = client_for(manager).post("/training/records/returns/add/", numbers(**wrong))

    assert page.context["form"].errors[field] == [sentence]


def test_who_oversees_reads_partners_numbers_and_records_none(manager, acting_for, client_for):
    row = partner_return(manager, now=NOW - timedelta(days=1))
    browser = client_for(acting_for("senior_approver"))

    assert "Severn Ferries" in words(browser.get("/training/records/returns/"))
    assert "Correct these numbers" not in words(browser.get(row.get_absolute_url()))
    assert browser.get("/training/records/returns/add/").status_code == 403
