"""The steps of making a certificate, with nothing long inside a transaction."""

from django.utils.translation import gettext as _

from foundation import jobs
from foundation.jobs.reports import draw
from training import actions, certificates
from training.models import Certificate


def make(job: "jobs.JobContext", *, certificate_id: int) -> None:
    """Read, draw, keep. Run twice, it keeps one document."""
    with job.step() as acting:
        certificate = Certificate.objects.visible_to(acting).select_related("completion").get(pk=certificate_id)
        if certificate.file_id is not None:
            _finish(job, certificate)
            return
    job.progress(0, 2, "drawing")
    content = certificates.build(certificate, now=job.now())
    pdf = draw(job, certificates.TEMPLATE, content.document, {"content": content})
    job.progress(1, 2, "keeping")
    with job.step() as acting:
        certificate = actions.store_certificate(certificate_id=certificate_id, pdf=pdf, by=acting, now=job.now())
        _finish(job, certificate)


def _finish(job: "jobs.JobContext", certificate: Certificate) -> None:
    job.finish(
        label=_("Open the certificate"),
        url_name="training:certificate",
        reference=certificate.reference,
        file_label=_("Download the certificate"),
        file_url_name="training:download_certificate",
    )
