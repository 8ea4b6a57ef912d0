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


@jobs.handler(
    "training.check_completions",
    permission="training.manage",
    limit_seconds=600,
    title=_("Check a file of training"),
    messages={"reading": _("%(done)s rows read")},
)
def check_completions(job: jobs.JobContext, *, import_id: int, **_later: object) -> None:
    from training import actions  # noqa: PLC0415 -- leaf

    with job.step() as acting:
        checked = actions.check_completions(
            import_id=import_id, by=acting, now=job.now(), progress=lambda done: job.progress(done, 0, "reading")
        )
        job.finish(
            label=_("See what the file would do"), url_name="training:record_import", reference=checked.reference
        )


@jobs.handler(
    "training.record_completions",
    permission="training.manage",
    limit_seconds=600,
    title=_("Record training from a file"),
    messages={"recording": _("%(done)s records written")},
)
def record_completions(job: jobs.JobContext, *, import_id: int, **_later: object) -> None:
    from foundation.core.exceptions import RuleBroken  # noqa: PLC0415 -- leaf
    from training import actions  # noqa: PLC0415 -- leaf

    try:
        with job.step() as acting:
            done = actions.record_completions(
                import_id=import_id,
                by=acting,
                now=job.now(),
                progress=lambda count: job.progress(count, 0, "recording"),
            )
            job.finish(label=_("See what was recorded"), url_name="training:record_import", reference=done.reference)
    except RuleBroken:
        with job.step() as acting:
            actions.take_confirmation_back(import_id=import_id, by=acting, now=job.now())
        raise


@jobs.handler(
    "training.withdraw_completions",
    permission="training.manage",
    limit_seconds=600,
    title=_("Withdraw the records of a file"),
)
def withdraw_completions(job: jobs.JobContext, *, import_id: int, **_later: object) -> None:
    from training import actions  # noqa: PLC0415 -- leaf

    with job.step() as acting:
        gone = actions.withdraw_completions(import_id=import_id, by=acting, now=job.now())
        job.finish(label=_("See the file"), url_name="training:record_import", reference=gone.reference)


def is_report_still_wanted(acting: Acting, job: "Job") -> bool:
    """False once a report that failed was asked for again: the new job makes it."""
    from training.models import TrainingReport  # noqa: PLC0415 -- leaf

    return TrainingReport.objects.visible_to(acting).filter(job=job).exists()


@jobs.handler(
    "training.make_report",
    permission="training.report",
    limit_seconds=900,
    title=_("Report of training"),
    messages={"reading": _("Reading the training"), "drawing": _("Drawing the document"), "keeping": _("Keeping it")},
    still_wanted=is_report_still_wanted,
)
def make_report(job: jobs.JobContext, *, report_id: int, **_later: object) -> None:
    from training import report_making  # noqa: PLC0415 -- leaf

    report_making.make(job, report_id=report_id)


@jobs.handler(
    "training.make_sheet",
    limit_seconds=900,
    title=_("Sign-in sheet"),
    messages={"reading": _("Reading the list"), "drawing": _("Drawing the document"), "keeping": _("Keeping it")},
    still_wanted=is_report_still_wanted,
)
def make_sheet(job: jobs.JobContext, *, report_id: int, **_later: object) -> None:
    """A trainer may ask for it, whose role knows no reports: so it is a job of its own."""
    from training import report_making  # noqa: PLC0415 -- leaf

    report_making.make(job, report_id=report_id)
