"""Places in a session: booked for oneself or for people, and given back."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from foundation.core.access import requires
from foundation.core.editing import Editor
from foundation.core.exceptions import RuleBroken
from foundation.core.http import Request
from foundation.organisations.people_fields import People
from training import permissions, sessions
from training.actions import sessions as actions
from training.forms.sessions import BookPeopleForm
from training.models import Place, TaughtSession
from training.workflow import PlaceStatus


@requires("portal.use")
@require_POST
def book(request: Request, reference: str) -> HttpResponse:
    """Book a place for oneself, or stand in line."""
    found = sessions.get_session_or_404(request.acting, reference)
    permissions.check_can_learn(request.acting)
    try:
        place = actions.book(session_id=found.pk, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.warning(request, str(error))
    else:
        is_booked = place.status == PlaceStatus.BOOKED
        said = _("You have a place") if is_booked else _("You are on the waiting list. You are told of a free place.")
        messages.success(request, said)
    return redirect(found)


@requires("portal.use")
@require_POST
def give_back(request: Request, reference: str, place: int) -> HttpResponse:
    """Give a place back: one's own or, for who runs training, somebody's."""
    found = sessions.get_session_or_404(request.acting, reference)
    given = sessions.get_place_or_404(request.acting, found, place)
    permissions.check_can_give_back(request.acting, given)
    try:
        actions.give_back(place_id=given.pk, by=request.acting, now=timezone.now())
    except RuleBroken as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("The place was given back"))
    return redirect(found if found.is_open or request.acting.may("training.view") else "training:mine")


@requires("training.manage")
@require_http_methods(["GET", "POST"])
def book_people(request: Request, reference: str) -> HttpResponse:
    """Book places for people."""
    acting = request.acting
    found = sessions.get_session_or_404(acting, reference)
    people = People(acting, on=found.day)

    def make(_row: TaughtSession, posted: QueryDict | None) -> BookPeopleForm:
        return BookPeopleForm(posted, people=people)

    editor: Editor[BookPeopleForm] = Editor(request, found, make, compares=False)
    if editor.is_ready:
        members = editor.form.cleaned_data["member_ids"]
        try:
            places = actions.book_people(session_id=found.pk, membership_ids=members, by=acting, now=timezone.now())
        except RuleBroken as error:
            editor.refuse(error)
        else:
            return editor.saved(_outcome(places), to=found)
    lead = _("%(free)s of %(places)s places are free. Whoever does not fit any more goes on the waiting list.")
    return editor.render(
        "training/sessions/form.html",
        heading=_("Book places for people"),
        caption=found.title,
        lead=lead % {"free": found.free, "places": found.places},
        up=found.get_absolute_url(),
        up_label=_("The session"),
    )


def _outcome(places: list[Place]) -> str:
    booked = sum(place.status == PlaceStatus.BOOKED for place in places)
    waiting = len(places) - booked
    parts = []
    if booked:
        parts.append(
            ngettext("%(count)s person has a place", "%(count)s people have a place", booked) % {"count": booked}
        )
    if waiting:
        parts.append(
            ngettext("%(count)s person is on the waiting list", "%(count)s people are on the waiting list", waiting)
            % {"count": waiting}
        )
    return ", ".join(parts)
