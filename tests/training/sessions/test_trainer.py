"""A trainer who runs no training: what they do with a session they teach, and all that stays closed to them."""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from foundation import jobs
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from foundation.organisations.roles import Role
from tests.conftest import NOW, acting_of, make_membership
from tests.factories.sessions import AFTERWARDS, booked, came, closed, file_of, plan, planned
from tests.training.browsing import words
from tests.training.sessions.test_session_pages import BEFORE, begun, soon
from training import permissions
from training import sessions as reads
from training.actions import attendance, reporting, sessions
from training.models import Completion, Evaluation, Place, TaughtSession, TrainingReport
from training.workflow import PlaceStatus

REFUSED = "Only a training manager, a Prevent lead or the trainer of this session"


@pytest.fixture
def trainer(acting_for):
    return acting_for("staff", name="Tess Trainer")


@pytest.fixture
def session(manager, trainer, course, people):
    """Two people have a place in it; it is over."""
    session = planned(manager, course, trainer_id=trainer.membership_id)
    booked(manager, session, *people(2))
    return session


@pytest.fixture
def elsewhere(manager, course, people):
    """A session that somebody else teaches."""
    session = planned(manager, course, title="Elsewhere")
    booked(manager, session, *people(1))
    return session


def places(by, session):
    with acting_as(by):
        return list(Place.objects.visible_to(by).filter(session=session).order_by("pk"))


def from_file(by, session, *addresses):
    with acting_as(by):
        return attendance.record_attendance_from_file(
            session_id=session.pk, version=TaughtSession.objects.get(pk=session.pk).version,
            examined=file_of([["", each, "70"] for each in addresses]), with_walk_ins=True, by=by, now=AFTERWARDS,
        )  # fmt: skip


def walk_in(by, session, person, **more):
    with acting_as(by):
        return attendance.add_walk_in(session_id=session.pk, membership_id=person.pk, by=by, now=AFTERWARDS, **more)


def sheet(by, session):
    with acting_as(by):
        return reporting.request_sheet(session_id=session.pk, by=by, now=NOW)


# ---- What they do
def test_the_trainer_records_who_came_with_scores_and_closes(committed, trainer, session, backup):
    first, second = places(trainer, session)

    came(trainer, session, first, scores={first.pk: 80})
    closed(trainer, session)

    row = backup(Completion).get()
    assert (row.membership_id, row.score, row.recorded_by_id) == (first.membership_id, 80, trainer.membership_id)
    assert backup(Place).get(pk=second.pk).status == PlaceStatus.ABSENT
    assert backup(TaughtSession).get().ended_by_id == trainer.membership_id


def test_the_trainer_records_by_file_and_adds_who_walked_in(committed, trainer, session, people, backup):
    [ann] = people(1, email="ann@example.org")
    [bo] = people(1)

    from_file(trainer, session, "ann@example.org")
    walk_in(trainer, session, bo)

    there = backup(Place).filter(status=PlaceStatus.ATTENDED).order_by("pk")
    assert list(there.values_list("membership_id", "score", "is_walk_in")) == [(ann.pk, 70, True), (bo.pk, None, True)]


def test_the_trainer_prints_the_sign_in_sheet_and_takes_it(trainer, session, client_for):
    report = sheet(trainer, session)
    with acting_as(trainer):
        done = jobs.run_here(report.job)
    browser = client_for(trainer)

    page = browser.get(report.get_absolute_url())
    document = browser.get(f"{report.get_absolute_url()}download/")

    assert done.failure_code == ""
    assert session.get_absolute_url() in page.content.decode()
    assert b"".join(document.streaming_content)[:5] == b"%PDF-"


def test_the_trainer_finds_the_session_sees_its_people_and_is_offered_what_they_may_do(
    manager, trainer, course, people, client_for
):
    session, _places = begun(manager, course, *people(2), trainer_id=trainer.membership_id)
    browser = client_for(trainer)

    mine = words(browser.get("/training/"))
    page = words(browser.get(session.get_absolute_url()))
    ticked = browser.get(f"{session.get_absolute_url()}attendance/")

    assert "You teach it" in mine
    offered = ("Person 01", "Record who came", "Upload who came", "Add somebody who came", "Make the sign-in sheet")
    withheld = ("Change the session", "Cancel the session", "Book places for people", "CSV")
    assert [text in page for text in (*offered, *withheld)] == [True] * len(offered) + [False] * len(withheld)
    assert ticked.status_code == 200


def test_the_trainer_does_it_all_through_the_pages(committed, manager, trainer, course, people, client_for, backup):
    session, [first, _second] = begun(manager, course, *people(2), trainer_id=trainer.membership_id)
    browser, address = client_for(trainer), session.get_absolute_url()
    [ann, bo] = people(2, email="")

    browser.post(f"{address}attendance/", {"came": [str(first.pk)], "version": "1", f"score_{first.pk}": "90"})
    browser.post(f"{address}attendance/walk-in/", {"membership_id": str(ann.pk)})
    done = browser.post(f"{address}attendance/close/", follow=True)
    late = browser.post(f"{address}attendance/walk-in/", {"membership_id": str(bo.pk), "reason": "Came too."})

    assert "The attendance is closed" in words(done)
    assert backup(Completion).count() == 2
    assert late.status_code == 403
    assert "Correct" not in words(done)


def test_the_trainer_uploads_a_file(committed, manager, trainer, course, people, client_for, backup):
    session, _places = begun(manager, course, *people(1, staff_number="1001"), trainer_id=trainer.membership_id)
    sent = {"file": SimpleUploadedFile("came.csv", b"Staff number\n1001\n", content_type="text/csv"), "version": "1"}

    answer = client_for(trainer).post(f"{session.get_absolute_url()}attendance/upload/", sent, follow=True)

    assert "The file is recorded" in words(answer)
    assert backup(Place).get().status == PlaceStatus.ATTENDED


# ---- What they do not do
@pytest.mark.parametrize("role", sorted(set(Role.values) - {"training_manager", "prevent_lead"}))
def test_nobody_else_runs_the_session_whatever_their_role(committed, session, organisation, people, backup, role):
    other = acting_of(make_membership(organisation, role, name="Somebody else"))
    [ann] = people(1, email="ann@example.org")

    for deed in (
        lambda: came(other, session),
        lambda: from_file(other, session, "ann@example.org"),
        lambda: walk_in(other, session, ann),
        lambda: closed(other, session),
        lambda: sheet(other, session),
    ):
        with pytest.raises(PermissionDenied, match=REFUSED):
            deed()

    assert set(backup(Place).values_list("status", flat=True)) == {PlaceStatus.BOOKED}
    assert backup(TrainingReport).count() == 0


def test_the_trainer_of_one_session_does_nothing_with_another(trainer, session, elsewhere, client_for):
    browser = client_for(trainer)
    address = elsewhere.get_absolute_url()

    for deed in (came, closed, sheet):
        with pytest.raises(PermissionDenied, match=REFUSED):
            deed(trainer, elsewhere)

    assert "Person 01" not in words(browser.get(address))
    assert places(trainer, elsewhere) == []
    for page in ("attendance/", "attendance/upload/", "attendance/walk-in/"):
        assert browser.get(f"{address}{page}").status_code == 403


def test_the_trainer_plans_changes_cancels_and_books_nothing(trainer, session, course, people):
    [ann] = people(1)
    deeds = {
        "plan": lambda: sessions.plan_session(plan=plan(course), by=trainer, now=NOW),
        "change": lambda: sessions.change_session(
            session_id=session.pk, version=session.version, plan=plan(course), by=trainer, now=NOW
        ),
        "cancel": lambda: sessions.cancel_session(session_id=session.pk, reason="Ill", by=trainer, now=NOW),
        "book": lambda: sessions.book_people(session_id=session.pk, membership_ids=[ann.pk], by=trainer, now=NOW),
        "give back": lambda: sessions.give_back(place_id=places(trainer, session)[0].pk, by=trainer, now=NOW),
    }

    for deed in deeds.values():
        with acting_as(trainer), pytest.raises(PermissionDenied):
            deed()


def test_once_closed_the_trainer_corrects_nothing_and_adds_nobody(trainer, session, people):
    first, _second = places(trainer, session)
    came(trainer, session, first)
    closed(trainer, session)

    with acting_as(trainer), pytest.raises(PermissionDenied):
        attendance.correct_attendance(place_id=first.pk, came=False, reason="No.", by=trainer, now=AFTERWARDS)
    with pytest.raises(PermissionDenied, match="Only a training manager or a Prevent lead"):
        walk_in(trainer, session, people(1)[0], reason="Came too.")


def test_the_trainer_gives_no_training_to_themself(manager, trainer, course):
    session = planned(manager, course, trainer_id=trainer.membership_id)
    [own] = booked(manager, session, trainer.membership)
    address = trainer.membership.email

    for deed in (
        lambda: came(trainer, session, own),
        lambda: walk_in(trainer, session, trainer.membership),
        lambda: from_file(trainer, session, address),
    ):
        with pytest.raises(RuleBroken, match="You cannot record of yourself that you came"):
            deed()


def test_a_session_without_a_trainer_of_the_organisation_is_nobodys(trainer, elsewhere):
    """A name alone is no person: nobody gains by having none."""
    assert elsewhere.trainer_id is None

    with pytest.raises(PermissionDenied, match=REFUSED):
        closed(trainer, elsewhere)


def test_who_no_longer_teaches_it_no_longer_runs_it(manager, trainer, session, course):
    report = sheet(trainer, session)
    with acting_as(manager):
        sessions.change_session(session_id=session.pk, version=session.version, plan=plan(course), by=manager, now=NOW)

    with pytest.raises(PermissionDenied, match=REFUSED):
        came(trainer, session)
    assert places(trainer, session) == []
    with acting_as(trainer):
        assert list(TrainingReport.objects.visible_to(trainer)) == []
        assert jobs.run_here(report.job).result_label == ""


def test_the_trainer_sees_no_other_report_of_training(manager, trainer, session, elsewhere, client_for):
    theirs, other = sheet(manager, session), sheet(manager, elsewhere)
    with acting_as(manager):
        figures = reporting.request_report(kind="figures", as_at=NOW.date(), marking="official", by=manager, now=NOW)
    browser = client_for(trainer)

    answers = [browser.get(each.get_absolute_url()).status_code for each in (theirs, other, figures)]

    assert answers == [200, 404, 404]
    assert browser.get("/training/reports/").status_code == 403


def test_what_people_say_of_it_is_for_who_runs_training(manager, trainer, course, people, client_for):
    """They were told that the training manager reads it; the trainer, who knows who came, does not."""
    session, given = begun(manager, course, *people(5), trainer_id=trainer.membership_id)
    came(manager, session, *given, now=timezone.now())
    closed(manager, session, now=timezone.now())
    with acting_as(manager):
        for place in given:
            Evaluation.objects.create(
                organisation_id=session.organisation_id, session=session, place=place, useful=5, clear=5, confident=5,
                words="Too fast.",
            )  # fmt: skip

    read = {who: words(client_for(who).get(session.get_absolute_url())) for who in (manager, trainer)}

    assert ["Too fast." in each for each in read.values()] == [True, False]
    assert "How people found it" not in read[trainer]
    with acting_as(trainer):
        assert reads.evaluation(trainer, session).answers == 0


def test_the_list_of_people_is_no_file_for_the_trainer(manager, trainer, course, people, client_for):
    session = soon(manager, course, trainer_id=trainer.membership_id)
    booked(manager, session, *people(1), now=BEFORE)

    answer = client_for(trainer).get(f"{session.get_absolute_url()}?export=csv")

    assert answer.headers["Content-Type"].startswith("text/html")


def test_another_organisations_manager_finds_nothing(session, other_organisation):
    stranger = acting_of(make_membership(other_organisation, "training_manager", name="Theirs"))

    with pytest.raises(TaughtSession.DoesNotExist):
        closed(stranger, session)
    with acting_as(stranger), pytest.raises(PermissionDenied, match="another organisation"):
        permissions.check_can_run_session(stranger, session)
