from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.accounts.session_rules import background
from foundation.core.access import signed_in
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.core.lists import Column, Listing
from foundation.documents.responses import export_list
from foundation.jobs import actions, permissions, registry, workflow
from foundation.jobs.forms import JobFilterForm, OrganisationJobFilterForm
from foundation.jobs.models import ALL_JOBS, Job
from foundation.jobs.workflow import Status

REFRESH_SECONDS = 4

COLOURS = {
    Status.QUEUED: "grey",
    Status.DELAYED: "yellow",
    Status.RUNNING: "blue",
    Status.DONE: "green",
    Status.FAILED: "red",
    Status.CANCELLED: "grey",
}
COLUMNS = (
    Column("job", gettext_lazy("Job"), lambda job: job.title, sort="title"),
    Column("reference", gettext_lazy("Reference"), lambda job: job.reference, sort="reference"),
    Column("asked", gettext_lazy("Asked for"), lambda job: job.created_at, sort="created_at"),
    Column("status", gettext_lazy("Status"), lambda job: job.get_status_display(), sort="status"),
)
ASKED_BY = Column("by", gettext_lazy("Asked for by"), lambda job: job.requested_by.name, sort="requested_by__name")
MINE = Listing("jobs", COLUMNS, "-asked", search=("title", "reference"), filters=JobFilterForm)
EVERYBODYS = Listing(
    "jobs", (*COLUMNS, ASKED_BY), "-asked", search=("title", "reference"), filters=OrganisationJobFilterForm
)


@signed_in
@require_http_methods(["GET", "POST"])
def index(request: Request) -> HttpResponseBase:
    """One's own jobs; whoever looks after people may see everybody's, by title and status only."""
    acting = _acting(request)
    sees_all = acting.may(ALL_JOBS)
    rows = Job.objects.visible_to(acting).for_list()
    if not (sees_all and OrganisationJobFilterForm.asks_for_all(request.GET)):
        rows = rows.asked_for_by(acting)
    page = (EVERYBODYS if sees_all else MINE).read(request, rows)
    if isinstance(page, HttpResponse):
        return page
    if export := request.GET.get("export"):
        return export_list(page, format=export, title=_("Jobs"), acting=acting, now=timezone.now())
    jobs = [{"job": job, "colour": COLOURS[Status(job.status)]} for job in page.items]
    return render(request, "jobs/index.html", {"page": page, "jobs": jobs, "sees_all": sees_all})


@signed_in
@require_GET
def job(request: Request, reference: str) -> HttpResponse:
    """How a job stands. Updates itself with a script, and by reloading without one."""
    found = _job_or_404(request, reference)
    return render(request, "jobs/job.html", _shown(_acting(request), found))


@signed_in
@background
@require_GET
def progress(request: Request, reference: str) -> HttpResponse:
    """The moving part of the job's page. Leads to the whole page once there is nothing left to move."""
    found = _job_or_404(request, reference)
    if found.is_finished:
        return redirect(found)
    return render(request, "jobs/partials/progress.html", _shown(_acting(request), found))


@signed_in
@require_POST
def cancel(request: Request, reference: str) -> HttpResponse:
    found = _job_or_404(request, reference)
    permissions.check_can_cancel(_acting(request), found)
    try:
        found = actions.cancel(job_id=found.pk, by=_acting(request), now=timezone.now())
    except RuleBroken as error:
        messages.info(request, str(error))
    else:
        stopped = found.status == Status.CANCELLED
        messages.success(request, _("The job is cancelled.") if stopped else _("The job will stop in a moment."))
    return redirect(found)


@signed_in
@require_POST
def retry(request: Request, reference: str) -> HttpResponse:
    found = _job_or_404(request, reference)
    permissions.check_can_retry(_acting(request), found)
    try:
        found = actions.retry(job_id=found.pk, by=_acting(request), now=timezone.now())
    except RuleBroken as error:
        messages.info(request, str(error))
    return redirect(found)


def _acting(request: Request) -> Acting:
    return request.acting


def _job_or_404(request: Request, reference: str) -> Job:
    found = Job.objects.visible_to(_acting(request)).for_list().filter(reference=reference).first()
    if found is None:
        raise Http404
    return found


def _still_wanted(acting: Acting, found: Job) -> bool:
    handler = registry.known().get(found.name)
    return handler is not None and handler.still_wanted(acting, found)


def _shown(acting: Acting, found: Job) -> dict[str, object]:
    mine = found.belongs_to(acting)
    return {
        "job": found,
        "colour": COLOURS[Status(found.status)],
        "sees_details": mine,
        "can_cancel": mine and workflow.may_become(found.status, Status.CANCELLED) and not found.cancel_requested_at,
        "can_retry": mine and found.status == Status.FAILED and _still_wanted(acting, found),
        "is_overdue": found.is_overdue(timezone.now()),
        "refresh_seconds": REFRESH_SECONDS,
    }
