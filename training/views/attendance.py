"""Who came to a session: the tick list, a file, walk-ins; closed and corrected; the sign-in sheet; and how it was."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from foundation.core.access import requires
from foundation.core.editing import Editor
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.core.http import Request
from foundation.files.receiving import accepts_files
from foundation.organisations.people_fields import People
from training import permissions, sessions
from training.actions import attendance as actions
from training.actions import reporting
from training.attendance_files import RowsRefused
from training.forms.attendance import (
    WHO_CAME,
    AttendanceForm,
    EvaluationForm,
    UploadAttendanceForm,
    WalkInForm,
    initial_of,
)
from training.forms.sessions import ReasonForm
from training.models import Place, TaughtSession
from training.workflow import SessionStatus

FORM = "training/sessions/form.html"
MANY = 100


def _to_run(request: Request, reference: str) -> TaughtSession:
    """The session of that reference, for who runs training and for its trainer."""
    found = sessions.get_session_or_404(request.acting, reference)
    permissions.check_can_run_session(request.acting, found)
    return found


@requires("portal.use")
@require_http_methods(["GET", "POST"])
def record(request: Request, reference: str) -> HttpResponse:
    """Tick off who came."""
    acting = request.acting
    found = _to_run(request, reference)
    if found.status != SessionStatus.PLANNED or not found.has_begun(timezone.now()):
        return redirect(found)
    places = list(sessions.places_of(acting, found))

    def make(row: TaughtSession, posted: QueryDict | None) -> AttendanceForm:
        return AttendanceForm(posted, places=places, initial=initial_of(places, row.version))

    editor: Editor[AttendanceForm] = Editor(request, found, make)
    if editor.is_ready:
        said = editor.form.cleaned_data
        try:
            actions.record_attendance(
                session_id=found.pk,
                version=said["version"],
                came=said["came"],
                scores=editor.form.scores,
                by=acting,
                now=timezone.now(),
            )
        except RuleBroken as error:
            editor.refuse(error)
        else:
            came = len(said["came"])
            text = ngettext("Saved: %(count)s person came", "Saved: %(count)s people came", came)
            return editor.saved(text % {"count": came}, to=found)
    return editor.render("training/sessions/attendance.html", session=found, lines=editor.form.lines())


@requires("portal.use")
@accepts_files(max_bytes=WHO_CAME.max_bytes)
@require_http_methods(["GET", "POST"])
def upload(request: Request, reference: str) -> HttpResponse:
    """Say who came by a file."""
    acting = request.acting
    found = _to_run(request, reference)
    if found.status != SessionStatus.PLANNED or not found.has_begun(timezone.now()):
        return redirect(found)
    initial = {"version": found.version}
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = UploadAttendanceForm(*posted, initial=initial)
    refused: list[object] = []
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.record_attendance_from_file(
                session_id=found.pk,
                version=said["version"],
                examined=said["file"],
                with_walk_ins=said["with_walk_ins"],
                by=acting,
                now=timezone.now(),
            )
        except StaleVersion:
            messages.warning(request, _("Somebody else saved the list meanwhile. Look at it, then upload again."))
            return redirect(found)
        except RowsRefused as error:
            form.add_error("file", str(error))
            refused = list(error.rows)
        except RuleBroken as error:
            form.add_error("file", str(error))
        else:
            messages.success(request, _("The file is recorded. Check the list, then close the attendance."))
            return redirect(found)
    context = {"session": found, "form": form, "refused": refused[:MANY], "refused_count": len(refused), "many": MANY}
    return render(request, "training/sessions/upload.html", context)


@requires("portal.use")
@require_http_methods(["GET", "POST"])
def walk_in(request: Request, reference: str) -> HttpResponse:
    """Add somebody who came without a place."""
    acting = request.acting
    found = _to_run(request, reference)
    if found.status == SessionStatus.CANCELLED or not found.has_begun(timezone.now()):
        return redirect(found)
    if found.status == SessionStatus.HELD:
        permissions.check_can_manage_training(acting)
    people = People(acting, on=found.day)

    def make(row: TaughtSession, posted: QueryDict | None) -> WalkInForm:
        return WalkInForm(posted, people=people, is_closed=row.status == SessionStatus.HELD)

    editor: Editor[WalkInForm] = Editor(request, found, make, compares=False)
    if editor.is_ready:
        try:
            actions.add_walk_in(session_id=found.pk, by=acting, now=timezone.now(), **editor.form.cleaned_data)
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Added to the people who came"), to=found)
    return editor.render(
        FORM,
        heading=_("Add somebody who came without a place"),
        caption=found.title,
        warning=_over(found, sessions.came_to(acting, found)),
        up=found.get_absolute_url(),
        up_label=_("The session"),
    )


def _over(found: TaughtSession, came: int) -> str:
    """What to say where one more is more than the room has places for."""
    if came < found.places:
        return ""
    return _(
        "All %(places)s places are taken. One more is over the number planned for: check that the room allows it."
    ) % {"places": found.places}


@requires("portal.use")
@require_POST
def close(request: Request, reference: str) -> HttpResponse:
    """Close the attendance: from now on it counts."""
    found = _to_run(request, reference)
    try:
        actions.close_attendance(session_id=found.pk, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("The attendance is closed. The course counts as done for everybody who came."))
    return redirect(found)


@requires("training.manage")
@require_http_methods(["GET", "POST"])
def correct(request: Request, reference: str, place: int) -> HttpResponse:
    """Put right whether somebody came, after the attendance was closed."""
    acting = request.acting
    found = sessions.get_session_or_404(acting, reference)
    wrong = sessions.get_place_or_404(acting, found, place)
    if found.status != SessionStatus.HELD:
        return redirect(found)
    submit = _("Record that they did not come") if wrong.came else _("Record that they came")

    def make(_row: Place, posted: QueryDict | None) -> ReasonForm:
        return ReasonForm(posted, submit=submit, hint=_("The person reads this beside their record."))

    editor: Editor[ReasonForm] = Editor(request, wrong, make, compares=False)
    if editor.is_ready:
        reason = editor.form.cleaned_data["reason"]
        try:
            actions.correct_attendance(
                place_id=wrong.pk, came=not wrong.came, reason=reason, by=acting, now=timezone.now()
            )
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("The attendance was corrected"), to=found)
    return editor.render(
        FORM,
        heading=submit,
        caption=f"{wrong.membership.name}: {found.title}",
        lead=_("Their record of the course is withdrawn.") if wrong.came else _("The course counts as done for them."),
        up=found.get_absolute_url(),
        up_label=_("The session"),
    )


@requires("portal.use")
@require_http_methods(["GET", "POST"])
def evaluate(request: Request, reference: str) -> HttpResponse:
    """Say how a session was."""
    acting = request.acting
    found = sessions.get_session_or_404(acting, reference)
    own = sessions.own_place(acting, found)
    if own is None or not sessions.may_evaluate(acting, found, own):
        if request.method == "POST":
            messages.warning(request, _("You have said already how it was, or were not there."))
        return redirect(found)

    def make(_row: Place, posted: QueryDict | None) -> EvaluationForm:
        return EvaluationForm(posted)

    editor: Editor[EvaluationForm] = Editor(request, own, make, compares=False)
    if editor.is_ready:
        try:
            actions.evaluate(place_id=own.pk, by=acting, now=timezone.now(), **editor.form.cleaned_data)
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Thank you. What you said is shown without your name."), to=found)
    return editor.render(
        FORM,
        heading=_("How was the session?"),
        caption=found.title,
        lead=_("Answers are shown together, without names, once at least %(count)s people have answered.")
        % {"count": sessions.FEWEST_ANSWERS},
        up=found.get_absolute_url(),
        up_label=_("The session"),
    )


@requires("portal.use")
@require_POST
def sheet(request: Request, reference: str) -> HttpResponse:
    """Ask for the sign-in sheet. A job makes it."""
    found = _to_run(request, reference)
    try:
        report = reporting.request_sheet(session_id=found.pk, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.warning(request, str(error))
        return redirect(found)
    assert report.job is not None  # just queued
    return redirect("jobs:job", reference=report.job.reference)
