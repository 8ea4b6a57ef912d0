"""Reminds people some days before of the session they have a place in or teach: each once for the day of it."""

from datetime import datetime, timedelta

from django.utils import timezone

from foundation import ledger, notifications
from foundation.core.acting import person_context
from foundation.organisations.models import Membership
from training.models import TaughtSession
from training.models.assignments import end_of
from training.models.sessions import SessionQuerySet
from training.reminding import PURPOSE, settings_of
from training.workflow import PlaceStatus

KIND, TEACHES = "training.session_soon", "training.session_to_teach_soon"


def remind(*, now: datetime) -> int:
    """Remind everybody of every organisation. Returns how many were told; done again, nobody is."""
    with ledger.acting_system(PURPOSE):
        coming = TaughtSession.objects.coming(now).order_by()
        organisations = sorted(set(coming.values_list("organisation_id", flat=True)))
    return sum(_remind_one(organisation_id, now) for organisation_id in organisations)


def _remind_one(organisation_id: int, now: datetime) -> int:
    with person_context(user_id=None, organisation_id=organisation_id):
        found = list(_soon(organisation_id, now).values_list("pk", flat=True))
    return sum(_remind_of(session_id, organisation_id, now) for session_id in found)


def _soon(organisation_id: int, now: datetime) -> SessionQuerySet:
    """The sessions that are so near that their people are told, by the days of the calendar."""
    days = settings_of(organisation_id).session_days_before
    rows = TaughtSession.objects.filter(organisation_id=organisation_id).coming(now)
    if days is None:
        return rows.none()
    return rows.filter(starts_at__lt=end_of(timezone.localdate(now) + timedelta(days=days)))


def _remind_of(session_id: int, organisation_id: int, now: datetime) -> int:
    """One session in one transaction, locked: whoever cancels or moves it comes before or after."""
    with person_context(user_id=None, organisation_id=organisation_id):
        session = _soon(organisation_id, now).select_for_update(no_key=True).filter(pk=session_id).first()
        if session is None:
            return 0
        here = Membership.objects.filter(organisation_id=organisation_id).current(timezone.localdate(now))
        there = here.current(session.day).order_by()
        places = session.all_places.filter(status=PlaceStatus.BOOKED, membership__in=there.values("pk"))
        told = {
            KIND: list(places.values_list("membership_id", flat=True)),
            TEACHES: list(there.filter(pk=session.trainer_id).values_list("pk", flat=True)),
        }
        cycle = session.day.isoformat()
        return sum(
            notifications.remind_many(membership_ids=people, kind=kind, target=session, cycle=cycle, now=now)
            for kind, people in told.items()
            if people
        )
