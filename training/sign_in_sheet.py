"""The sign-in sheet of a session as data: who has a place, who waits, and room for who comes without."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from foundation.core.acting import Acting
from foundation.core.markings import Marking
from foundation.core.templatetags.portal import day
from foundation.documents.layout import DocumentContext
from training import session_lists, session_times, sessions
from training.models import Place, TaughtSession, TrainingReport

TEMPLATE = "training/pdf/sheet.html"
BLANK_ROWS = 10


@dataclass(frozen=True)
class Row:
    """One line to sign. A blank one is for somebody who comes without a place."""

    name: str = ""
    staff_number: str = ""
    team: str = ""


@dataclass(frozen=True)
class Part:
    title: str
    rows: list[Row]


@dataclass(frozen=True)
class Sheet:
    """Everything that the document shows."""

    document: DocumentContext
    session: TaughtSession
    facts: list[tuple[str | Promise, str]]
    parts: list[Part]


def build(*, acting: Acting, report: TrainingReport, now: datetime) -> Sheet:
    """The sheet of the report's session as its list stands now. Two queries."""
    assert report.session_id is not None  # a sheet has one
    session = TaughtSession.objects.visible_to(acting).select_related("course").get(pk=report.session_id)
    groups = session_lists.in_groups(list(sessions.places_of(acting, session)))
    parts = [
        Part(title, [_row(place) for place in places])
        for title, places in ((_("People with a place"), groups["listed"]), (_("Waiting list"), groups["waiting"]))
        if places
    ]
    parts.append(Part(_("People who came without a place"), [Row()] * BLANK_ROWS))
    facts: list[tuple[str | Promise, str]] = [
        (_("Day"), day(session.day)),
        (_("Time"), session_times.in_words(session)),
        (_("Venue"), session.where),
        (_("Course"), session.course.title),
        (_("Trainer"), ", ".join(filter(None, (session.trainer_name, session.accreditation)))),
    ]
    return Sheet(_document(acting, report, session, now), session, facts, parts)


def _row(place: Place) -> Row:
    person = place.membership
    return Row(person.name, person.staff_number, person.team.name if person.team else "")


def _document(acting: Acting, report: TrainingReport, session: TaughtSession, now: datetime) -> DocumentContext:
    return DocumentContext(
        title=_("Sign-in sheet"),
        organisation=acting.organisation.name,
        marking=str(Marking(report.marking).label),
        report_id=report.reference,
        as_at=now,
        generated_at=now,
        version="1",
        subtitle=session.title,
    )
