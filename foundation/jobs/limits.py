"""How much one person and one organisation may have waiting, and how much of it runs at once."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.jobs.models import Job
from foundation.jobs.workflow import Status

# Unfinished jobs, running ones included. Figures of ours, not of any law: see docs/adr.
PER_PERSON = 20
PER_ORGANISATION = 200
# Jobs of one organisation that are with a worker or on their way to one. The rest wait in the database, in turn, so
# that whoever comes next waits for at most this many short jobs (a minute each) and never behind the whole flood.
SHORT_AT_ONCE = 2
LONG_AT_ONCE = 1


@dataclass(frozen=True)
class Load:
    """What an organisation has waiting now."""

    of_person: int
    of_organisation: int
    in_flight: int

    def has_room(self, *, is_long: bool) -> bool:
        return self.in_flight < at_once(is_long=is_long)


def at_once(*, is_long: bool) -> int:
    return LONG_AT_ONCE if is_long else SHORT_AT_ONCE


def load(by: Acting, *, is_long: bool) -> Load:
    """Count in one query."""
    in_flight = Q(is_long=is_long) & (Q(status=Status.RUNNING) | Q(status=Status.QUEUED, sent_at__isnull=False))
    counted = (
        Job.objects.filter(organisation_id=by.organisation_id)
        .unfinished()
        .order_by()
        .aggregate(
            of_person=Count("pk", filter=Q(requested_by_id=by.membership_id)),
            of_organisation=Count("pk"),
            in_flight=Count("pk", filter=in_flight),
        )
    )
    return Load(**counted)


def check(load: Load) -> None:
    """Raise RuleBroken, saying what to do, when no more may be asked for."""
    if load.of_person >= PER_PERSON:
        raise RuleBroken(
            _("You have %(count)s jobs waiting, which is the most one person may have. Wait for some or cancel some.")
            % {"count": load.of_person}
        )
    if load.of_organisation >= PER_ORGANISATION:
        raise RuleBroken(
            _("Your organisation has %(count)s jobs waiting, which is the most it may have. Try again in some minutes.")
            % {"count": load.of_organisation}
        )
