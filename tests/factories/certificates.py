"""Somebody who completed a course, and the certificate that came of it."""

from datetime import datetime
from typing import Any

from foundation import jobs
from foundation.core.acting import Acting, acting_as
from foundation.core.models import new_reference
from foundation.jobs import actions as job_actions
from foundation.jobs.models import Job
from foundation.jobs.workflow import Failure
from tests.conftest import NOW
from tests.factories.training import make_course, question, small_content
from training import actions
from training.content import Check, Content, Module, Page
from training.models import Certificate

TITLE = "Prevent awareness"


def content(title: str = TITLE) -> Content:
    """The shortest course that can be completed: one check of one question."""
    page = Page("final-check", "Final check", check=Check(draw=1, from_course=True))
    module = Module("Final check", (page,), (question("duty-1"),))
    return small_content(title=title, minutes=35, modules=(module,))


def issued(by: Acting, title: str = TITLE, now: datetime = NOW) -> Certificate:
    """The certificate of somebody who completed a course just now. Its job waits."""
    row = make_course(new_reference().lower(), content(title))
    with acting_as(by):
        attempt = actions.begin(course_id=row.pk, by=by, now=now)
        actions.answer(attempt_id=attempt.pk, page="final-check", number=1, chosen={"duty-1": [0]}, by=by, now=now)
    return read(by)


def read(by: Acting, **wanted: Any) -> Certificate:
    """The newest certificate of this person, as its page reads it."""
    with acting_as(by):
        rows = Certificate.objects.visible_to(by).with_state().select_related("completion", "job", "file")
        return rows.filter(**wanted).order_by("-pk")[:1].get()


def make(by: Acting, certificate: Certificate, now: datetime = NOW) -> Certificate:
    """Have its job make the document."""
    with acting_as(by):
        jobs.run_here(Job.objects.get(pk=certificate.job_id), at=now)
    return read(by, pk=certificate.pk)


def made(by: Acting, title: str = TITLE, now: datetime = NOW) -> Certificate:
    """A certificate whose document is there."""
    return make(by, issued(by, title, now), now)


def document(by: Acting, certificate: Certificate) -> bytes:
    """The bytes of its document."""
    with acting_as(by):
        file = read(by, pk=certificate.pk).file
        assert file is not None
        assert file.bytes is not None
        with file.bytes.open() as opened:
            return bytes(opened.read())


def fail(certificate: Certificate) -> Job:
    """Let its job fail for good."""
    assert certificate.job is not None
    job = certificate.job
    claimed = job_actions.claim(job_id=job.pk, organisation_id=job.organisation_id, now=NOW)
    assert claimed is not None
    job_actions.failed(claimed, code=Failure.CRASHED, now=NOW)
    return job
