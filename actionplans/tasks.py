"""Jobs of the action plans."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from foundation import jobs
from foundation.core.acting import Acting

if TYPE_CHECKING:
    from foundation.jobs.models import Job


def is_still_wanted(acting: Acting, job: "Job") -> bool:
    """False once a report that failed was asked for again: the new job makes it."""
    from actionplans.models import PlanReport  # noqa: PLC0415 -- leaf

    return PlanReport.objects.visible_to(acting).filter(job=job).exists()


@jobs.handler(
    "actionplans.make_report",
    permission="plan.report",
    limit_seconds=900,
    title=_("Report of an action plan"),
    messages={"reading": _("Reading the plan"), "drawing": _("Drawing the document"), "keeping": _("Keeping it")},
    still_wanted=is_still_wanted,
)
def make_report(job: jobs.JobContext, *, report_id: int, **_later: object) -> None:
    from actionplans import report_making  # noqa: PLC0415 -- leaf

    report_making.make(job, report_id=report_id)
