"""What counts for what, and the courses that others give."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from foundation.core.access import requires
from foundation.core.acting import Acting
from foundation.core.editing import Editor
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.core.permissions import allowed
from training import permissions, requirement_pages
from training.actions import equivalences as actions
from training.forms.equivalences import EndForm, EquivalenceForm, OutsideCourseForm, WithdrawCourseForm
from training.models import Course, Equivalence
from training.views.sections import tabs


@requires("training.view")
@require_GET
def index(request: Request) -> HttpResponse:
    """The portal's table, what the organisation added to it, and every course from outside. Two queries."""
    acting = request.acting
    rows = Equivalence.objects.visible_to(acting).select_related("done", "counts_for", "recorded_by")
    rows = rows.order_by("counts_for__position", "counts_for__title", "done__position", "pk")
    table = list(rows)
    outside = list(Course.objects.visible_to(acting).exclude(provider=""))
    return render(
        request,
        "training/equivalences/index.html",
        {
            "own": [row for row in table if row.organisation_id and row.ended_on is None],
            "ended": [row for row in table if row.organisation_id and row.ended_on is not None],
            "portal": [row for row in table if row.organisation_id is None and row.ended_on is None],
            "own_courses": [course for course in outside if course.organisation_id],
            "known_courses": [course for course in outside if not course.organisation_id and not course.withdrawn_at],
            "can_manage": allowed(permissions.check_can_manage_training, acting),
            "tabs": tabs(request),
        },
    )


@requires("training.manage")
@require_http_methods(["GET", "POST"])
def add(request: Request) -> HttpResponse:
    """Let a course count for another."""
    courses = requirement_pages.course_choices(request.acting)
    editor = Editor(request, None, lambda _row, posted: EquivalenceForm(posted, courses=courses))
    if editor.is_ready:
        try:
            actions.add_equivalence(by=request.acting, now=timezone.now(), **editor.form.cleaned_data)
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("It counts from now on"), to="training:equivalences")
    return editor.render("training/equivalences/form.html")


@requires("training.manage")
@require_http_methods(["GET", "POST"])
def end(request: Request, pk: int) -> HttpResponse:
    """Let a course count for another no longer."""
    row = _own_or_404(request.acting, pk)
    form = EndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_equivalence(equivalence_id=row.pk, by=request.acting, now=timezone.now())
        except RuleBroken as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, _("What is done after today does not count any longer"))
        return redirect("training:equivalences")
    return render(request, "training/equivalences/end.html", {"form": form, "row": row})


@requires("training.manage")
@require_http_methods(["GET", "POST"])
def add_course(request: Request) -> HttpResponse:
    """Add a course that somebody else gives."""
    editor = Editor(request, None, lambda _row, posted: OutsideCourseForm(posted))
    if editor.is_ready:
        try:
            actions.add_outside_course(by=request.acting, now=timezone.now(), **editor.form.cleaned_data)
        except RuleBroken as error:
            editor.refuse(error, on="title")
        else:
            return editor.saved(
                _("Course saved. You can ask people for it and record it now"), to="training:equivalences"
            )
    return editor.render("training/equivalences/course_form.html")


@requires("training.manage")
@require_http_methods(["GET", "POST"])
def withdraw_course(request: Request, code: str) -> HttpResponse:
    """Offer a course from outside no longer."""
    own = (
        Course.objects.visible_to(request.acting)
        .filter(organisation_id=request.acting.organisation_id)
        .exclude(provider="")
    )
    course = own.filter(code=code).first()
    if course is None:
        raise Http404
    form = WithdrawCourseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw_outside_course(course_id=course.pk, by=request.acting, now=timezone.now())
        except RuleBroken as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, _("Course withdrawn"))
        return redirect("training:equivalences")
    return render(request, "training/equivalences/withdraw_course.html", {"form": form, "course": course})


def _own_or_404(acting: Acting, pk: int) -> Equivalence:
    rows = Equivalence.objects.visible_to(acting).filter(organisation_id=acting.organisation_id)
    row = rows.select_related("done", "counts_for").filter(pk=pk).first()
    if row is None:
        raise Http404
    return row
