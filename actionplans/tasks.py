"""Jobs of the action plans."""

from django.utils.translation import gettext_lazy as _

from foundation import jobs


@jobs.handler(
    "actionplans.make_report",
    permission="plan.report",
    limit_seconds=300,
    title=_("Report of an action plan"),
    messages={"reading": _("Reading the plan"), "drawing": _("Drawing the document"), "keeping": _("Keeping it")},
)
def make_report(job: jobs.JobContext, *, report_id: int, **_later: object) -> None:
    from actionplans import report_making  # noqa: PLC0415 -- leaf

    report_making.make(job, report_id=report_id)
