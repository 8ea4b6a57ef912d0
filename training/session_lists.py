"""Taught sessions as a list, and the people of one as rows of a file."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.core.acting import Acting
from foundation.core.lists import Column, FilterForm, Listing, ListPage
from training import session_times, sessions
from training.models import Course, TaughtSession
from training.workflow import PlaceStatus, SessionStatus

COMING, FREE, MINE, UNCLOSED = "", "free", "mine", "unclosed"
WHICH = [
    (COMING, _("Coming")),
    (FREE, _("Coming, with places left")),
    (MINE, _("Mine")),
    (UNCLOSED, _("Over, attendance not closed")),
    (SessionStatus.HELD.value, _("Held")),
    (SessionStatus.CANCELLED.value, _("Cancelled")),
    ("all", _("All")),
]


class SessionFilter(FilterForm):
    """Which sessions to show. Without a choice: those that are coming. ``course``: the code of one, from a link; the
    sessions of courses that count for it are there too."""

    which = forms.ChoiceField(label=_("Which sessions"), required=False, choices=WHICH)
    course = forms.SlugField(required=False, widget=forms.HiddenInput)

    def narrow(self, rows: Any) -> QuerySet:
        now = timezone.now()
        if course := self.cleaned_data["course"]:
            rows = rows.of_course(course)
        coming = rows.filter(status=SessionStatus.PLANNED, ends_at__gt=now)
        match self.cleaned_data["which"]:
            case "all":
                return rows
            case "free":
                return coming.filter(taken__lt=F("places"))
            case "mine":
                return rows.filter(my_status__isnull=False)
            case "unclosed":
                return rows.filter(status=SessionStatus.PLANNED, ends_at__lte=now)
            case SessionStatus.HELD | SessionStatus.CANCELLED as status:
                return rows.filter(status=status)
            case _:
                return coming


SESSIONS = Listing(
    name="sessions",
    columns=(
        Column("title", _("Session"), lambda row: row.title, sort="title"),
        Column("course", _("Course"), lambda row: row.course.title, sort="course__title"),
        Column("begins", _("Begins"), lambda row: row.starts_at, sort="starts_at"),
        Column("where", _("Where"), lambda row: row.where),
        Column("trainer", _("Trainer"), lambda row: row.trainer_name, sort="trainer_name"),
        Column("taken", _("Places taken"), lambda row: row.taken, sort="taken", numeric=True),
        Column("places", _("Places"), lambda row: row.places, sort="places", numeric=True),
        Column("status", _("State"), lambda row: row.get_status_display(), sort="status"),
    ),
    default_sort="begins",
    search=("title", "course__title", "venue", "trainer_name"),
    search_label=_("Search by title, course, venue or trainer"),
    filters=SessionFilter,
)
PEOPLE = (
    _("Person"), _("Staff number"), _("E-mail"), _("Team"), _("Post"), _("State"), _("Came without a place"),
    _("Score in per cent"), _("Booked"),
)  # fmt: skip


def course_of(page: ListPage, acting: Acting) -> str:
    """The title of the course whose sessions are listed, if it is those of one."""
    form = page.filter_form
    code = form.cleaned_data["course"] if form is not None and form.is_valid() else ""
    rows = Course.objects.visible_to(acting).filter(code=code) if code else Course.objects.none()
    return rows.values_list("title", flat=True).first() or ""


def people_rows(acting: Acting, session: TaughtSession) -> Iterator[tuple[Any, ...]]:
    """Everybody on a session's list, as PEOPLE heads them."""
    for place in sessions.places_of(acting, session):
        person = place.membership
        yield (
            person.name,
            person.staff_number,
            person.email,
            person.team.name if person.team else "",
            person.job_title,
            place.get_status_display(),
            str(_("Yes") if place.is_walk_in else _("No")),
            place.score,
            place.booked_at,
        )


def facts(session: TaughtSession, *, sees_link: bool) -> list[tuple[str | Promise, Any]]:
    """What a session's page says of it: label and value of all that is known."""
    known = [
        (_("Course"), session.course.title),
        (_("Time"), session_times.in_words(session)),
        (_("Venue"), session.venue),
        (_("Online"), "" if sees_link or not session.online_link else _("People who have a place see the link here")),
        (_("Trainer"), session.trainer_name),
        (_("Accreditation"), session.accreditation),
        (_("Who can book"), _("Everybody") if session.is_open else _("People whom a training manager names")),
        (_("Notes"), session.notes),
    ]
    return [(label, value) for label, value in known if value]


def in_groups(places: list[Any]) -> dict[str, list[Any]]:
    """The people of a session by how they stand, each group in the order in which it is read."""
    waiting = [place for place in places if place.status == PlaceStatus.WAITING]
    return {
        "listed": [place for place in places if place.status != PlaceStatus.WAITING],
        "waiting": sorted(waiting, key=lambda place: (place.booked_at, place.pk)),
    }
