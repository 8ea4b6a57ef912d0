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
