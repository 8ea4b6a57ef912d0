"""Certificates: one for each completed course, made once, kept as it is, and its holder's alone."""

import hashlib

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction

from foundation import jobs
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from foundation.files.models import StoredFile
from foundation.jobs import actions as job_actions
from foundation.jobs.models import Job
from foundation.ledger.models import Event
from foundation.notifications.models import Notice
from foundation.organisations.roles import Role
from tests.at_once import at_once
from tests.conftest import NOW, acting_of, make_membership
from tests.factories import certificates as factories
from tests.factories.training import make_course
from training import actions
from training.models import Certificate


@pytest.fixture
def learner(acting_for):
    return acting_for(Role.STAFF, name="Siân O’Neill-Żak")


@pytest.fixture
def certificate(learner):
    return factories.issued(learner)


def again(certificate, by):
    with acting_as(by):
        return actions.make_certificate_again(certificate_id=certificate.pk, by=by, now=NOW)


def events(by, verb):
    return Event.objects.using("backup").filter(organisation_id=by.organisation_id, verb=verb).count()


# ---- One, and made once
def test_completing_a_course_issues_one_certificate_with_the_words_of_that_day(learner, certificate):
    said = (certificate.name, certificate.course_title, certificate.organisation_name, str(certificate.completed_on))

    assert said == ("Siân O’Neill-Żak", "Prevent awareness", "Severnshire County Council", "2026-11-23")
    assert (certificate.state, certificate.job.name) == ("requested", "training.make_certificate")


def test_sending_the_last_answer_twice_at_once_issues_one_certificate(committed, learner, backup):
    course = make_course("twice", factories.content())
    with acting_as(learner):
        attempt = actions.begin(course_id=course.pk, by=learner, now=NOW)

    def last_answer():
        with acting_as(learner):
            actions.answer(
                attempt_id=attempt.pk, page="final-check", number=1, chosen={"duty-1": [0]}, by=learner, now=NOW
            )

    results = at_once(last_answer, last_answer)

    assert results == [None, None]
    assert (backup(Certificate).count(), backup(Job).filter(name="training.make_certificate").count()) == (1, 1)


def test_its_job_makes_the_document_and_keeps_its_hash(committed, learner, certificate):
    made = factories.make(learner, certificate)
    content = factories.document(learner, made)

    assert (made.state, content[:5]) == ("ready", b"%PDF-")
    assert made.sha256 == hashlib.sha256(content).hexdigest()
    with acting_as(learner):
        job = Job.objects.get(pk=made.job_id)
        told = Notice.objects.filter(kind="training.certificate_ready", target_reference=made.reference)
        assert (job.status, job.result_reference, told.count()) == ("done", made.reference, 1)


def test_a_job_that_is_delivered_twice_makes_one_document(committed, learner, certificate, backup):
    made = factories.make(learner, certificate)
    with acting_as(learner):
        job = jobs.queue("training.make_certificate", by=learner, now=NOW, certificate_id=made.pk)
        jobs.run_here(job, at=NOW)
        status = Job.objects.get(pk=job.pk).status

    kept = factories.read(learner)
    assert (status, kept.file_id, kept.sha256) == ("done", made.file_id, made.sha256)
    assert (backup(StoredFile).count(), events(learner, "training.certificate_made")) == (1, 1)


def test_a_document_that_is_there_is_never_replaced(learner, certificate, within):
    within(learner)
    first = actions.store_certificate(certificate_id=certificate.pk, pdf=b"%PDF-2.0 first", by=learner, now=NOW)
    second = actions.store_certificate(certificate_id=certificate.pk, pdf=b"%PDF-2.0 second", by=learner, now=NOW)

    assert (second.file_id, second.sha256) == (first.file_id, hashlib.sha256(b"%PDF-2.0 first").hexdigest())


def test_the_database_refuses_half_a_document(learner, certificate, within):
    within(learner)

    with pytest.raises(IntegrityError, match="certificate_document_whole_or_not_at_all"), transaction.atomic():
        Certificate.objects.filter(pk=certificate.pk).update(sha256="0" * 64)


# ---- Once more
def test_after_a_failure_it_is_made_again_by_a_job_of_its_own(committed, learner, certificate):
    failed = factories.fail(certificate)
    state = factories.read(learner).state
    again(certificate, learner)
    asked = factories.read(learner)
    made = factories.make(learner, asked)

    assert (state, asked.state, made.state) == ("failed", "requested", "ready")
    assert asked.job_id != failed.pk
    assert events(learner, "training.certificate_asked_again") == 1


def test_after_being_cancelled_it_is_made_again(committed, learner, certificate):
    with acting_as(learner):
        job_actions.cancel(job_id=certificate.job_id, by=learner, now=NOW)
    state = factories.read(learner).state
    again(certificate, learner)

    assert (state, factories.read(learner).state) == ("cancelled", "requested")


def test_one_that_is_being_made_or_is_there_is_not_asked_for_again(committed, learner, certificate, backup):
    with pytest.raises(RuleBroken, match="being made"):
        again(certificate, learner)
    factories.make(learner, certificate)
    with pytest.raises(RuleBroken, match="ready"):
        again(certificate, learner)

    assert backup(Job).filter(name="training.make_certificate").count() == 1


def test_asked_for_again_twice_at_once_it_gets_one_new_job(committed, learner, certificate, backup):
    factories.fail(certificate)
    results = at_once(lambda: again(certificate, learner), lambda: again(certificate, learner))

    assert sorted(type(each).__name__ for each in results) == ["Certificate", "RuleBroken"]
    assert backup(Job).filter(name="training.make_certificate").count() == 2


def test_the_job_that_failed_and_asking_again_do_not_both_start(committed, learner, certificate, backup):
    failed = factories.fail(certificate)

    def retry():
        with acting_as(learner):
            return job_actions.retry(job_id=failed.pk, by=learner, now=NOW)

    results = at_once(retry, lambda: again(certificate, learner))

    assert sorted(isinstance(each, RuleBroken) for each in results) == [False, True]
    assert backup(Job).filter(name="training.make_certificate", status__in=["queued", "delayed"]).count() == 1


# ---- Whose it is
def test_its_holder_sees_it_ready_and_takes_it_and_the_ledger_says_so(committed, client_for, learner, certificate):
    made = factories.make(learner, certificate)
    client = client_for(learner)
    page = client.get(made.get_absolute_url()).content.decode()
    response = client.get(f"{made.get_absolute_url()}download/")
    taken = b"".join(response.streaming_content)

    assert [text for text in ("Ready", made.reference, made.sha256, "/training/verify/") if text not in page] == []
    assert taken == factories.document(learner, made)
    assert response.headers["Content-Disposition"] == f'attachment; filename="certificate-{made.reference}.pdf"'
    assert response.headers["Content-Security-Policy"] == "sandbox"
    assert events(learner, "file.opened") == 1


def test_before_it_is_made_the_page_leads_to_its_job_and_there_is_nothing_to_take(
    committed, client_for, learner, certificate
):
    client = client_for(learner)
    page = client.get(certificate.get_absolute_url()).content.decode()

    assert f"/jobs/{certificate.job.reference}/" in page
    assert "Download the certificate" not in page
    assert client.get(f"{certificate.get_absolute_url()}download/").status_code == 404


def test_after_a_failure_the_page_says_why_and_makes_it_again(committed, client_for, learner, certificate):
    factories.fail(certificate)
    client = client_for(learner)
    failed = client.get(certificate.get_absolute_url()).content.decode()
    response = client.post(f"{certificate.get_absolute_url()}again/")
    twice = client.post(f"{certificate.get_absolute_url()}again/", follow=True).content.decode()

    assert "The job stopped without a reason three times." in failed
    assert "Make it again" in failed
    assert (response.status_code, response.headers["Location"]) == (302, certificate.get_absolute_url())
    assert "This document is being made, so it cannot be made again." in twice


@pytest.mark.parametrize("role", [Role.STAFF, Role.PREVENT_LEAD, Role.ORGANISATION_ADMIN])
def test_to_everybody_else_it_does_not_exist(committed, client_for, acting_for, other_organisation, certificate, role):
    for other in (acting_for(role), acting_of(make_membership(other_organisation, role))):
        client = client_for(other)

        statuses = [
            client.get(certificate.get_absolute_url()).status_code,
            client.get(f"{certificate.get_absolute_url()}download/").status_code,
            client.post(f"{certificate.get_absolute_url()}again/").status_code,
        ]
        assert statuses == [404, 404, 404]
        with pytest.raises(ObjectDoesNotExist):
            again(certificate, other)


def test_its_document_is_open_to_nobody_else_by_way_of_files(committed, client_for, acting_for, learner, certificate):
    made = factories.make(learner, certificate)

    address = f"/files/{made.file.reference}/"
    other, own = (client_for(by).get(address) for by in (acting_for(Role.PREVENT_LEAD), learner))
    content = b"".join(own.streaming_content)

    assert (other.status_code, own.status_code, content[:5]) == (404, 200, b"%PDF-")
