"""My training, and a course before and after one takes it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from foundation.core.access import requires
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.core.permissions import allowed
from training import actions, choosing, course_memory, permissions, queries, record_queries, showing
from training.forms.learning import BeginForm
from training.models import Attempt, Course, CourseVersion
from training.seeing import mine as seeing
from training.views.sections import tabs


@requires("portal.use")
@require_GET
def mine(request: Request) -> HttpResponse:
    """What I am asked, what I am on the way through, what I can begin and what I have done."""
    acting = request.acting
    leads = record_queries.leads_people(acting)
    return render(
        request,
        "training/mine.html",
        {
            "mine": seeing.of(acting, timezone.now()),
            "tabs": tabs(request, leads=leads),
            "checks_records": leads or acting.may("training.manage"),
        },
    )


@requires("portal.use")
@require_http_methods(["GET", "POST"])
def show(request: Request, code: str) -> HttpResponse:
    """What a course is about. Sending the form begins it, or begins it anew."""
    acting = request.acting
    course = queries.get_course_or_404(acting, code)
    if course.provider:
        return _outside(request, course)
    attempt = queries.open_attempts(acting).filter(course=course).first()
    version = queries.latest_version(course)
    versions = choosing.versions_for(course_memory.content_of(version.pk), acting)
    posted = request.POST if request.method == "POST" else None
    done = queries.completions(acting).filter(course=course).first()
    form = BeginForm(posted, versions=versions, submit=_submit(attempt, is_done=done is not None))
    if posted is not None:
        permissions.check_can_learn(acting)
        if form.is_valid():
            try:
                begun = _begin(acting, course, attempt if "anew" in posted else None, form.chosen)
            except RuleBroken as error:
                messages.warning(request, str(error))
                return redirect(course)
            return redirect(begun)
    return render(
        request,
        "training/course.html",
        {
            "course": course,
            "form": form,
            "done": done,
            "can_begin": course.withdrawn_at is None and allowed(permissions.check_can_learn, acting),
            **_under_way(attempt, version),
            **_about(version, attempt.sector if attempt else versions[0] if len(versions) == 1 else ""),
        },
    )


def _outside(request: Request, course: Course) -> HttpResponse:
    """A course that somebody else gives: what it is, and that it cannot be begun here."""
    if request.method == "POST":
        try:
            actions.begin(course_id=course.pk, by=request.acting, now=timezone.now())
        except RuleBroken as error:
            messages.warning(request, str(error))
        return redirect(course)
    return render(request, "training/outside_course.html", {"course": course})


def _begin(acting: Acting, course: Course, anew: Attempt | None, sector: str) -> Attempt:
    if anew is None:
        return actions.begin(course_id=course.pk, sector=sector, by=acting, now=timezone.now())
    return actions.begin_anew(attempt_id=anew.pk, sector=sector, by=acting, now=timezone.now())


def _submit(attempt: Attempt | None, *, is_done: bool) -> str:
    if attempt is not None:
        return _("Begin anew")
    return _("Take it again") if is_done else _("Begin")


def _under_way(attempt: Attempt | None, version: CourseVersion) -> dict[str, object]:
    if attempt is None:
        return {"attempt": None}
    is_newer = version.number > attempt.version.number
    return {
        "attempt": attempt,
        "progress": queries.progress_of(attempt),
        "is_newer": is_newer,
        "is_asked_anew": is_newer and queries.is_asked_anew(attempt),
    }


def _about(version: CourseVersion, sector: str) -> dict[str, object]:
    content = course_memory.as_read(version.pk, sector)
    return {
        "version": version,
        "content": content,
        "parts": showing.outline(content),
        "sources": showing.sources(content),
        "version_name": choosing.name_of(sector) if sector else "",
    }
