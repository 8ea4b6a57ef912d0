"""Certificates: issued with a completion, made by a job, kept with their hash."""

import hashlib
from datetime import datetime

from django.db import transaction

from foundation import jobs, ledger, notifications
from foundation.core.acting import Acting
from foundation.files import actions as files
from foundation.files.examination.types import FileType
from foundation.jobs.actions.reporting import lock_for_another_try
from training import permissions
from training.models import Certificate, Completion

JOB = "training.make_certificate"
PURPOSE = "training.certificate"


def issue(completion: Completion, *, by: Acting, now: datetime) -> Certificate:
    """Give a completed course its certificate and have it made, in the transaction that completes the course."""
    certificate = Certificate.objects.create(
        organisation_id=completion.organisation_id,
        membership=completion.membership,
        completion=completion,
        name=completion.membership.name,
        course_title=completion.course_title,
        organisation_name=by.organisation.name,
        completed_on=completion.completed_on,
        issued_at=now,
    )
    ledger.record("training.certificate_issued", actor=by, target=certificate, at=now)
    return _queue(certificate, by, now)


@transaction.atomic
def store_certificate(*, certificate_id: int, pdf: bytes, by: Acting, now: datetime) -> Certificate:
    """Keep the finished document and its hash. A second delivery of the same job finds it there and keeps the first."""
    permissions.check_can_learn(by)
    certificate = _locked(certificate_id, by)
    if certificate.file_id is not None:
        return certificate
    certificate.file = files.keep_made(
        content=pdf, file_type=FileType.PDF, name=f"{certificate.reference}.pdf", purpose=PURPOSE, by=by, now=now
    )
    certificate.sha256, certificate.made_at = hashlib.sha256(pdf).hexdigest(), now
    certificate.save(update_fields=["file", "sha256", "made_at"])
    ledger.record("training.certificate_made", actor=by, target=certificate, at=now, sha256=certificate.sha256)
    notifications.notify(
        membership_id=certificate.membership_id, kind="training.certificate_ready", target=certificate, by=by, now=now
    )
    return certificate


@transaction.atomic
def make_certificate_again(*, certificate_id: int, by: Acting, now: datetime) -> Certificate:
    """Have a certificate made once more whose job failed or was cancelled. A job of its own makes it.

    Raises RuleBroken for one that is there and for one that is being made.
    """
    permissions.check_can_learn(by)
    certificate = _locked(certificate_id, by)
    lock_for_another_try(certificate, Certificate.objects.visible_to(by).with_state(), by)
    ledger.record("training.certificate_asked_again", actor=by, target=certificate, at=now)
    return _queue(certificate, by, now)


def _queue(certificate: Certificate, by: Acting, now: datetime) -> Certificate:
    certificate.job = jobs.queue(JOB, by=by, now=now, certificate_id=certificate.pk)
    certificate.save(update_fields=["job"])
    return certificate


def _locked(certificate_id: int, by: Acting) -> Certificate:
    rows = Certificate.objects.visible_to(by).select_for_update(no_key=True, of=("self",))
    return rows.select_related("membership").get(pk=certificate_id)
