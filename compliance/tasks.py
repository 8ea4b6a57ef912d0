"""Jobs of the assessment."""

from django.utils.translation import gettext_lazy as _

from foundation import jobs


@jobs.handler(
    "compliance.make_report",
    permission="compliance.report",
    limit_seconds=300,
    title=_("Compliance report"),
    messages={"reading": _("Reading the assessment"), "drawing": _("Drawing the document"), "keeping": _("Keeping it")},
)
def make_report(job: jobs.JobContext, *, report_id: int, **_later: object) -> None:
    from compliance import report_making  # noqa: PLC0415 -- leaf

    report_making.make(job, report_id=report_id)
