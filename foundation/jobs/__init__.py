"""Background jobs. A row in PostgreSQL is the truth; a message in Redis only says that there is work.

Asking for a job, inside an action's transaction::

    job = jobs.queue("compliance.report", by=acting, now=now, report_id=report.pk)

Doing it, in the app's ``tasks.py``::

    @jobs.handler("compliance.report", permission="compliance.report", limit_seconds=600,
                  title=_("Compliance report"), messages={"drawing": _("Drawing page %(done)s of %(total)s")})
    def make_report(job: jobs.JobContext, *, report_id: int, **_later: object) -> None:
        from compliance import actions, reports  # noqa: PLC0415 -- leaf

        with job.step() as acting:                      # a short transaction, as the person who asked
            content = reports.build(acting=acting, report_id=report_id)
        pdf = render(content, on_page=lambda done, total: job.progress(done, total, "drawing"))  # no transaction open
        with job.step() as acting:
            actions.store(report_id=report_id, pdf=pdf, by=acting, now=job.now())
            job.finish(label=_("Open the report"), url_name="compliance:report", reference=reference)

A job that made a file also names the view that hands it out, with ``file_label`` and ``file_url_name``.

What a handler may rely on is said in :class:`foundation.jobs.context.JobContext`.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from foundation.jobs.exceptions import JobCancelled, UnknownJob
from foundation.jobs.registry import handler

if TYPE_CHECKING:
    from foundation.core.acting import Acting
    from foundation.jobs.arguments import Id
    from foundation.jobs.context import JobContext
    from foundation.jobs.models import Job

__all__ = ["JobCancelled", "JobContext", "UnknownJob", "handler", "queue", "run_here"]


def __getattr__(name: str) -> object:
    if name == "JobContext":
        from foundation.jobs.context import JobContext  # noqa: PLC0415 -- Django imports us before models are ready

        return JobContext
    raise AttributeError(name)


def queue(
    name: str, *, by: "Acting", now: datetime, title: str = "", idempotency_key: str | None = None, **ids: "Id"
) -> "Job":
    """Ask for a job. It exists if the caller's transaction commits, and then it is done or says why not.

    ``ids`` are numbers, references, codes, dates and yes/no: never text a person typed. The same ``idempotency_key``
    from the same person for the same kind of job gives the job that stands. Raises UnknownJob for a kind nobody
    handles, PermissionDenied when ``by`` may not ask for it, RuleBroken when too much is waiting already.
    """
    from foundation.jobs import actions  # noqa: PLC0415 -- Django imports us before models are ready

    return actions.queue(name, by=by, now=now, title=title, idempotency_key=idempotency_key, ids=ids)


def run_here(job: "Job", *, at: datetime | None = None) -> "Job":
    """Do a queued job now, in this process and on this connection: for demonstration data and tests of handlers.

    ``at`` is the time the handler is told; left out, it is the real one. Returns the job as it stands afterwards.
    """
    from foundation.jobs import runner  # noqa: PLC0415 -- Django imports us before models are ready

    return runner.run_here(job, at=at)
