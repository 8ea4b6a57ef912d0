"""Taught sessions: what is coming, one of them, planned, changed and cancelled."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from foundation.core.access import requires
from foundation.core.acting import Acting
from foundation.core.editing import Editor
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.core.lists import ListPage
from foundation.core.permissions import allowed
from foundation.documents.responses import export_list, export_rows
from foundation.organisations.people_fields import People
from training import permissions, record_lists, session_lists, session_times, sessions
from training.actions import sessions as actions
from training.forms.sessions import EVERYBODY, ReasonForm, SessionForm, initial_of
from training.models import Place, TaughtSession
from training.views.sections import tabs
from training.workflow import PlaceStatus, SessionStatus

FORM = "training/sessions/form.html"


@requires("portal.use")
@require_http_methods(["GET", "POST"])
def index(request: Request) -> HttpResponseBase:
    """What is coming, and what was."""
    acting = request.acting
    rows: QuerySet = sessions.sessions(acting)
    page = session_lists.SESSIONS.read(request, rows)
    if not isinstance(page, ListPage):
        return page
    if wanted := request.GET.get("export"):
        return export_list(page, format=wanted, title=_("Sessions"), acting=acting, now=timezone.now())
    manages = allowed(permissions.check_can_manage_training, acting)
    context = {
        "page": page,
        "tabs": tabs(request),
        "can_manage": manages,
        "unclosed": sessions.unclosed(acting, timezone.now()) if manages else 0,
        "asked_for": session_lists.course_of(page, acting),
    }
    return render(request, "training/sessions/index.html", context)


@requires("portal.use")
@require_GET
def show(request: Request, reference: str) -> HttpResponseBase:
    """One session: when and where, one's own place and, for who runs training or teaches it, everybody's."""
    acting, now = request.acting, timezone.now()
    found = sessions.get_session_or_404(acting, reference)
    sees_training = allowed(permissions.check_can_see_training, acting)
    runs = allowed(permissions.check_can_run_session, acting, found)
    if (wanted := request.GET.get("export")) and sees_training:
        return export_rows(
            [str(heading) for heading in session_lists.PEOPLE],
            lambda: session_lists.people_rows(acting, found),
            name=f"session-{found.reference}",
            format=wanted,
            title=found.title,
            acting=acting,
            now=now,
        )
    own = sessions.own_place(acting, found)
    sees_link = _sees_link(acting, found, own)
    context = {
        "session": found,
        "facts": session_lists.facts(found, sees_link=sees_link),
        "link": found.online_link if sees_link else "",
        "has_begun": found.has_begun(now),
        **_own(acting, found, own),
        **(_of_all(acting, found, runs=runs) if sees_training or runs else {}),
        "can_export": sees_training,
    }
    return render(request, "training/sessions/show.html", context)


def _own(acting: Acting, found: TaughtSession, own: Place | None) -> dict[str, Any]:
    """How the reader stands in the session, and what they can do about it."""
    now = timezone.now()
    is_coming = found.status == SessionStatus.PLANNED and not found.has_begun(now)
    in_line = own is not None and own.status == PlaceStatus.WAITING
    return {
        "own": own,
        "own_turn": sessions.place_in_line(own) if own is not None and in_line else None,
        "can_book": own is None and found.is_open and found.takes_bookings(now),
        "can_give_back": own is not None and is_coming,
        "can_evaluate": own is not None and sessions.may_evaluate(acting, found, own),
        "is_full": found.free < 1,
    }


def _of_all(acting: Acting, found: TaughtSession, *, runs: bool) -> dict[str, Any]:
    """What who oversees training or ``runs`` this session sees, and can do."""
    now = timezone.now()
    manages = allowed(permissions.check_can_manage_training, acting)
    places = list(sessions.places_of(acting, found))
    is_planned = found.status == SessionStatus.PLANNED
    begun = found.has_begun(now)
    return {
        **session_lists.in_groups(places),
        "sees_people": True,
        "can_run": runs,
        "can_change": manages and is_planned,
        "can_cancel": manages and is_planned and not any(place.is_told for place in places),
        "can_book_people": manages and is_planned and not begun,
        "can_record": runs and is_planned and begun,
        "can_close": runs and is_planned and begun and _is_said(places),
        "can_correct": manages and found.status == SessionStatus.HELD,
        "has_scores": any(place.score is not None for place in places),
        "came": sum(place.came for place in places),
        "said": sessions.evaluation(acting, found) if manages and found.status == SessionStatus.HELD else None,
        "fewest": sessions.FEWEST_ANSWERS,
    }


def _is_said(places: list[Place]) -> bool:
    """Whether it is recorded of everybody who had a place whether they came."""
    standing = {place.status for place in places} - {PlaceStatus.WAITING}
    return bool(standing) and PlaceStatus.BOOKED not in standing


def _sees_link(acting: Acting, found: TaughtSession, own: Place | None) -> bool:
    has_place = own is not None and own.status not in (PlaceStatus.WAITING, PlaceStatus.WITHDRAWN)
    return has_place or acting.may("training.manage") or found.trainer_id == acting.membership_id


@requires("portal.use")
@require_GET
def calendar(request: Request, reference: str) -> HttpResponse:
    """The session for one's own calendar."""
    acting = request.acting
    found = sessions.get_session_or_404(acting, reference)
    with_link = _sees_link(acting, found, sessions.own_place(acting, found))
    content = session_times.calendar_entry(found, now=timezone.now(), with_link=with_link)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="session-{found.reference}.ics"'
    return response


@requires("training.manage")
@require_http_methods(["GET", "POST"])
def add(request: Request) -> HttpResponse:
    """Plan a session."""
    acting = request.acting

    def make(_row: None, posted: QueryDict | None) -> SessionForm:
        return _form(acting, posted, None, initial={"who": EVERYBODY, "places": 20, "version": 0})

    editor: Editor[SessionForm] = Editor(request, None, make)
    if editor.is_ready:
        try:
            planned = actions.plan_session(plan=editor.form.plan, by=acting, now=timezone.now())
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("The session is planned"), to=planned)
    return editor.render(FORM, heading=_("Plan a session"), up=reverse("training:sessions"), up_label=_("Sessions"))


@requires("training.manage")
@require_http_methods(["GET", "POST"])
def change(request: Request, reference: str) -> HttpResponse:
    """Change a planned session."""
    acting = request.acting
    found = sessions.get_session_or_404(acting, reference)
    if found.status != SessionStatus.PLANNED:
        return redirect(found)

    def make(row: TaughtSession, posted: QueryDict | None) -> SessionForm:
        return _form(acting, posted, row, initial=initial_of(row))

    editor: Editor[SessionForm] = Editor(request, found, make)
    if editor.is_ready:
        version = editor.form.cleaned_data["version"]
        try:
            actions.change_session(
                session_id=found.pk, version=version, plan=editor.form.plan, by=acting, now=timezone.now()
            )
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("Saved. People who have a place are told of another time or venue."), to=found)
    return editor.render(
        FORM,
        heading=_("Change the session"),
        caption=found.title,
        up=found.get_absolute_url(),
        up_label=_("The session"),
    )


def _form(acting: Acting, posted: QueryDict | None, row: TaughtSession | None, *, initial: Any) -> SessionForm:
    courses = record_lists.course_choices(acting)
    if row is not None and row.course_id not in dict(courses):
        courses.append((row.course_id, row.course.title))
    people = People(acting, on=timezone.localdate(), including=[row.trainer_id if row else None])
    return SessionForm(posted, courses=courses, people=people, initial=initial)


@requires("training.manage")
@require_http_methods(["GET", "POST"])
def cancel(request: Request, reference: str) -> HttpResponse:
    """Call a session off."""
    acting = request.acting
    found = sessions.get_session_or_404(acting, reference)
    if found.status != SessionStatus.PLANNED:
        return redirect(found)

    def make(_row: TaughtSession, posted: QueryDict | None) -> ReasonForm:
        hint = _("Everybody who can see the session reads this. Say whether there will be another.")
        return ReasonForm(posted, submit=_("Cancel the session"), hint=hint)

    editor: Editor[ReasonForm] = Editor(request, found, make, compares=False)
    if editor.is_ready:
        reason = editor.form.cleaned_data["reason"]
        try:
            actions.cancel_session(session_id=found.pk, reason=reason, by=acting, now=timezone.now())
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_("The session is cancelled and everybody on its list is told"), to=found)
    return editor.render(
        FORM,
        heading=_("Cancel the session"),
        caption=found.title,
        lead=_("People who have a place or wait for one are told. This cannot be undone."),
        up=found.get_absolute_url(),
        up_label=_("The session"),
    )
