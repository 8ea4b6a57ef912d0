"""All that a person's page shows: what they are asked and why, what they did, what was agreed."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext as _

from foundation.core.acting import Acting
from foundation.core.prepared import PreparedObjects, answers
from foundation.core.templatetags.portal import day
from foundation.organisations.models import Membership
from foundation.organisations.models.people import MembershipQuerySet
from training.models import Absence, Assignment, Certificate, Completion, Extension, Waiver
from training.models.assignments import end_of
from training.scope import because
from training.seeing import groups, story
from training.seeing.listing import due
from training.seeing.of_one import ASKED, NEVER
from training.seeing.on_a_day import AsAt

MOST_HISTORY = 200


@dataclass(frozen=True)
class Asked:
    """One requirement of a person. ``due`` is none where it need not be done again."""

    row: Assignment
    colour: str
    label: str
    why: str
    due: date | None


@dataclass(frozen=True)
class Agreement:
    """A waiver, more time or an absence: what, why and by whom. ``ended_at`` only if that was known on the day."""

    what: str
    about: str
    row: Waiver | Extension | Absence
    why: str
    ended_at: datetime | None


def visible_people(acting: Acting) -> MembershipQuerySet:
    """Everybody for who runs or oversees training; else oneself and the people one leads."""
    rows = Membership.objects.visible_to(acting)
    if acting.may("training.view"):
        return rows
    return rows.filter(Q(pk=acting.membership_id) | Q(line_manager_id=acting.membership_id))


def get_person_or_404(acting: Acting, reference: str) -> Membership:
    rows = visible_people(acting).select_related("team", "line_manager")
    person = rows.filter(reference=reference).first()
    if person is None:
        raise Http404
    return person


def joined_into(acting: Acting, person: Membership) -> Membership | None:
    """The entry that this one was joined into, for who may see it. No query for whoever was not joined."""
    if person.joined_into_id is None:
        return None
    return visible_people(acting).filter(pk=person.joined_into_id).first()


def get_assignment_or_404(acting: Acting, person: Membership, requirement: str, today: date) -> Assignment:
    """What a person is asked now under a requirement."""
    rows = Assignment.objects.visible_to(acting).asked(today, today=today).of(person.pk)
    found = rows.select_related("requirement", "membership").filter(requirement__reference=requirement).first()
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True)
class Known:
    """What was known of a person when a day ended; for today, what is known now."""

    asked: list[Assignment]
    completions: list[Completion]
    waivers: list[Waiver]
    extensions: list[Extension]
    absences: list[Absence]
    over_time: list[Assignment]


def known(person: Membership, at: AsAt) -> Known:
    """All of it in one message to the database. Who may see the person is the caller's to ask."""
    values = person.organisation_id, person.pk, end_of(at.day) if at.is_past else NEVER
    questions = [ASKED.question(*values, at.day), *(each.question(*values) for each in _OTHERS)]
    found = answers(*questions)
    return Known(*(query.made_of(rows) for query, rows in zip((ASKED, *_OTHERS), found, strict=True)))


def asked(known: Known, teams: dict[int, str]) -> list[Asked]:
    """What a person is asked on a day, what presses first."""
    return [
        Asked(
            row,
            groups.COLOURS[row.standing],
            str(groups.LABELS[row.standing]),
            because(row.because, teams=teams),
            due(row.due_on),
        )
        for row in known.asked
    ]


def certificates(acting: Acting) -> dict[int, Certificate]:
    """One's own certificates by what they are of."""
    return {each.completion_id: each for each in Certificate.objects.visible_to(acting)}


def agreements(known: Known, at: AsAt) -> list[Agreement]:
    """Waivers, extensions and absences, the newest first, those that ended too."""
    found = [
        *(
            Agreement(
                _("Waived from %(first)s until %(last)s") % _days(row.starts_on, row.ends_on),
                row.requirement.title,
                row,
                row.reason,
                _ended(row, at),
            )
            for row in known.waivers
        ),
        *(
            Agreement(
                _("Due on %(last)s instead of %(first)s") % _days(row.was_due_on, row.due_on),
                row.requirement.title,
                row,
                row.reason,
                _ended(row, at),
            )
            for row in known.extensions
        ),
        *(Agreement(_away(row), "", row, row.get_reason_display(), _ended(row, at)) for row in known.absences),
    ]
    return sorted(found, key=lambda each: each.row.recorded_at, reverse=True)


def history(known: Known, at: AsAt) -> list[story.Entry]:
    """How each requirement stood over time, the newest first."""
    told = story.told(known.over_time)
    return [each for each in told if not at.is_past or each.at < end_of(at.day)]


def _days(first: date, last: date) -> dict[str, str]:
    return {"first": day(first), "last": day(last)}


def _away(row: Absence) -> str:
    if row.ends_on is None:
        return _("Away from %(first)s") % {"first": day(row.starts_on)}
    return _("Away from %(first)s until %(last)s") % _days(row.starts_on, row.ends_on)


def _ended(row: Waiver | Extension | Absence, at: AsAt) -> datetime | None:
    return row.ended_at if row.ended_at and (not at.is_past or row.ended_at < end_of(at.day)) else None


def _of(rows: Any, organisation_id: int, member: int) -> Any:
    return rows.filter(organisation_id=organisation_id, membership_id=member)


def _agreed(model: Any, *related: str) -> PreparedObjects:
    return PreparedObjects(
        lambda organisation_id, member, end: _of(model.objects, organisation_id, member).filter(recorded_at__lt=end),
        *KEYS,
        related=("recorded_by", "ended_by", *related),
    )


KEYS = (int, int, datetime)
_OTHERS = (
    PreparedObjects(
        lambda organisation_id, member, end: _of(Completion.objects, organisation_id, member).filter(
            recorded_at__lt=end
        ),
        *KEYS,
        related=("recorded_by", "decided_by"),
    ),
    _agreed(Waiver, "requirement"),
    _agreed(Extension, "requirement"),
    _agreed(Absence),
    PreparedObjects(
        lambda organisation_id, member, end: (
            _of(Assignment.objects, organisation_id, member)
            .filter(known_from__lt=end)
            .order_by("-known_from", "-pk")[:MOST_HISTORY]
        ),
        *KEYS,
        related=("requirement",),
    ),
)
