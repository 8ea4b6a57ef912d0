"""Jobs of the training room."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from foundation import jobs
from foundation.core.acting import Acting

if TYPE_CHECKING:
    from foundation.jobs.models import Job


def is_still_wanted(acting: Acting, job: "Job") -> bool:
    """False once a certificate that failed was asked for again: the new job makes it."""
    from training.models import Certificate  # noqa: PLC0415 -- leaf

    return Certificate.objects.visible_to(acting).filter(job=job).exists()


@jobs.handler(
    "training.make_certificate",
    title=_("Certificate"),
    messages={"drawing": _("Drawing the certificate"), "keeping": _("Keeping it")},
    still_wanted=is_still_wanted,
)
def make_certificate(job: jobs.JobContext, *, certificate_id: int, **_later: object) -> None:
    from training import certificate_making  # noqa: PLC0415 -- leaf

    certificate_making.make(job, certificate_id=certificate_id)


@jobs.handler(
    "training.work_out",
    permission="training.manage",
    limit_seconds=1800,
    title=_("Who is asked for a course"),
    messages={"people": _("Working out person %(done)s of %(total)s")},
)
def work_out(job: jobs.JobContext, *, requirement_id: int, **_later: object) -> None:
    from training import requirement_job  # noqa: PLC0415 -- leaf

    requirement_job.work_out(job, requirement_id=requirement_id)
