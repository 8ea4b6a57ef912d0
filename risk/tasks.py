"""Jobs of the risk room."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from foundation import jobs
from foundation.core.acting import Acting

if TYPE_CHECKING:
    from foundation.jobs.models import Job


@jobs.handler(
    "risk.check_register",
    permission="risk.edit",
    limit_seconds=300,
    title=_("Check a file with a risk register"),
    messages={"reading": _("%(done)s of %(total)s rows understood")},
)
def check_register(job: jobs.JobContext, *, import_id: int, **_later: object) -> None:
    from risk import actions  # noqa: PLC0415 -- leaf

    with job.step() as acting:
        checked = actions.check_register(
            import_id=import_id,
            by=acting,
            now=job.now(),
            progress=lambda done, total: job.progress(done, total, "reading"),
        )
        job.finish(label=_("See what the file would do"), url_name="risk:register_import", reference=checked.reference)


@jobs.handler("risk.import_register", permission="risk.edit", limit_seconds=300, title=_("Import a risk register"))
def import_register(job: jobs.JobContext, *, import_id: int, **_later: object) -> None:
    from foundation.core.exceptions import RuleBroken  # noqa: PLC0415 -- leaf
    from risk import actions  # noqa: PLC0415 -- leaf

    try:
        with job.step() as acting:
            done = actions.import_register(import_id=import_id, by=acting, now=job.now())
            job.finish(label=_("See what was done"), url_name="risk:register_import", reference=done.reference)
    except RuleBroken:
        with job.step() as acting:
            actions.take_back_import(import_id=import_id, by=acting, now=job.now())
        raise


def is_still_wanted(acting: Acting, job: "Job") -> bool:
    """False once a report that failed was asked for again: the new job makes it."""
    from risk.models import RiskReport  # noqa: PLC0415 -- leaf

    return RiskReport.objects.visible_to(acting).filter(job=job).exists()


@jobs.handler(
    "risk.make_report",
    permission="risk.report",
    limit_seconds=900,
    title=_("Report of the risk room"),
    messages={"reading": _("Reading the register"), "drawing": _("Drawing the document"), "keeping": _("Keeping it")},
    still_wanted=is_still_wanted,
)
def make_report(job: jobs.JobContext, *, report_id: int, **_later: object) -> None:
    from risk import report_making  # noqa: PLC0415 -- leaf

    report_making.make(job, report_id=report_id)
