"""Works out some people, or all of them, and writes down what changed."""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.utils import timezone

from foundation.organisations.models import Membership
from training.assigning import facts, reckon
from training.models import Assignment, PersonChange, Requirement, Validity

CHUNK = 2_000


def work_out(organisation_id: int, members: Collection[int], *, now: datetime, only: int | None = None) -> int:
    """Bring the assignments of some people up to date, for all requirements or for ``only`` one.

    Returns how many rows were opened or closed: none when all was right. Two who do it at once come one after the
    other: the people's own rows are the lock. Needs a transaction; at most ``CHUNK`` people at a time.
    """
    today = timezone.localdate(now)
    locked = Membership.objects.filter(organisation_id=organisation_id, pk__in=members).order_by("pk")
    list(locked.select_for_update(no_key=True).values_list("pk", flat=True))
    asked = facts.read_asked(organisation_id, only=only)
    known = facts.read(organisation_id, members, asked, today=today)
    wanted = reckon.assignments(known, organisation_id=organisation_id, today=today, now=now)
    Validity.objects.bulk_create(known.new_validities, batch_size=CHUNK)
    stale = [row.pk for pair, row in known.stand.items() if not _says_the_same(row, wanted.get(pair))]
    fresh = [row for pair, row in wanted.items() if not _says_the_same(row, known.stand.get(pair))]
    closed = Assignment.objects.filter(pk__in=stale).update(known_until=now)
    if only is None:
        closed += _close_the_withdrawn(organisation_id, members, now)
    Assignment.objects.bulk_create(fresh, batch_size=CHUNK)
    return closed + len(fresh)


def all_people(organisation_id: int) -> Iterator[list[int]]:
    """Everybody an organisation ever had, in chunks to work out."""
    rows = Membership.objects.filter(organisation_id=organisation_id).order_by("pk").values_list("pk", flat=True)
    numbers = list(rows)
    return (numbers[at : at + CHUNK] for at in range(0, len(numbers), CHUNK))


def note_changed(organisation_id: int, members: Collection[int]) -> None:
    """Have some people worked out within a minute."""
    rows = [PersonChange(organisation_id=organisation_id, membership_id=member) for member in members]
    PersonChange.objects.bulk_create(rows, batch_size=CHUNK)


def _says_the_same(row: Assignment, other: Assignment | None) -> bool:
    return other is not None and all(getattr(row, name) == getattr(other, name) for name in Assignment.FACTS)


def _close_the_withdrawn(organisation_id: int, members: Collection[int], now: datetime) -> int:
    rows = Assignment.objects.filter(organisation_id=organisation_id, membership__in=members, known_until__isnull=True)
    live = Requirement.objects.filter(organisation_id=organisation_id, withdrawn_at__isnull=True)
    return rows.exclude(requirement__in=live.values("pk")).update(known_until=now)
