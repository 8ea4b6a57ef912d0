"""Works out some people, or all of them, and writes down what changed."""

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime

from django.db import connection
from django.utils import timezone

from foundation.organisations.models import Membership
from training.assigning import facts, reckon
from training.models import Assignment, PersonChange, Requirement, Validity

CHUNK = 5_000
_WRITE = """
INSERT INTO training_assignment (organisation_id, known_from, membership_id, requirement_id, {says})
SELECT %s, %s, membership_id, requirement_id, {says} FROM jsonb_populate_recordset(NULL::training_assignment, %s)
""".format(says=", ".join(facts.Says._fields))


def work_out(
    organisation_id: int,
    members: Collection[int],
    *,
    now: datetime,
    only: int | None = None,
    asked_since: Mapping[facts.Pair, date] | None = None,
) -> int:
    """Bring the assignments of some people up to date, for all requirements or for ``only`` one.

    ``asked_since``: since when somebody was asked under another entry that was joined with theirs. Returns how many
    rows were opened or closed: none when all was right. Two who do it at once come one after the other: the people's
    own rows are the lock. Needs a transaction; at most ``CHUNK`` people at a time.
    """
    today, members = timezone.localdate(now), frozenset(members)
    locked = Membership.objects.filter(organisation_id=organisation_id, pk__any_of=members).order_by("pk")
    list(locked.select_for_update(no_key=True).values_list("pk", flat=True))
    asked = facts.read_asked(organisation_id, only=only)
    known = facts.read(organisation_id, members, asked, today=today)
    known.asked_since = asked_since or {}
    wanted = reckon.assignments(known, today=today, now=now)
    Validity.objects.bulk_create(known.new_validities, batch_size=CHUNK)
    if known.shortened:
        Validity.objects.bulk_update(known.shortened, ["valid_until"], batch_size=CHUNK)
    stale = [stand.pk for pair, stand in known.stand.items() if wanted.get(pair) != stand.says]
    stood = {pair: stand.says for pair, stand in known.stand.items()}
    fresh = {pair: says for pair, says in wanted.items() if stood.get(pair) != says}
    closed = Assignment.objects.filter(pk__any_of=stale).update(known_until=now)
    if only is None:
        closed += _close_the_withdrawn(organisation_id, members, now)
    if fresh:
        _write(fresh, organisation_id, now)
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


def _write(fresh: Mapping[facts.Pair, facts.Says], organisation_id: int, now: datetime) -> None:
    """As ``bulk_create``, which prepares every value of every row by itself and takes three times as long."""
    rows = [
        {"membership_id": member, "requirement_id": requirement, **says._asdict()}
        for (member, requirement), says in fresh.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [organisation_id, now, json.dumps(rows, default=date.isoformat)])


def _close_the_withdrawn(organisation_id: int, members: Collection[int], now: datetime) -> int:
    rows = Assignment.objects.filter(
        organisation_id=organisation_id, membership__any_of=members, known_until__isnull=True
    )
    live = Requirement.objects.filter(organisation_id=organisation_id, withdrawn_at__isnull=True)
    return rows.exclude(requirement__in=live.values("pk")).update(known_until=now)
