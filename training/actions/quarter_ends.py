"""Writes down how everybody stood when a quarter ended: once, in the organisation's context, by the clock."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from foundation import ledger
from foundation.organisations.models import Organisation
from training import figures
from training.models import Assignment, Group, Requirement, Snapshot

GROUPED_BY: dict[Group, tuple[str, ...]] = {
    Group.ALL: (),
    Group.TEAM: ("team_id", "team__name"),
    Group.STAFF_GROUP: ("staff_group",),
}


@transaction.atomic
def keep_quarter_end(*, organisation_id: int, quarter_end: date, now: datetime) -> int:
    """Keep the figures of a day that is over, as they were known when it ended. Returns how many rows.

    What is kept stays: a second call, even at the same moment, keeps nothing more.
    """
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)  # one at a time
    if Snapshot.objects.filter(organisation=organisation, quarter_end=quarter_end).exists():
        return 0
    rows = list(_rows(organisation_id, quarter_end, now))
    Snapshot.objects.bulk_create(rows, batch_size=1_000)
    if rows:
        ledger.record(
            "training.quarter_end_kept",
            actor=None,
            target=organisation,
            organisation_id=organisation_id,
            at=now,
            quarter_end=quarter_end,
            rows=len(rows),
        )
    return len(rows)


def _rows(organisation_id: int, quarter_end: date, now: datetime) -> Iterator[Snapshot]:
    requirements = Requirement.objects.filter(organisation_id=organisation_id).select_related("course")
    known = {each.pk: each for each in requirements}
    asked = Assignment.objects.filter(organisation_id=organisation_id).asked(quarter_end, today=timezone.localdate(now))
    for group, fields in GROUPED_BY.items():
        for (requirement_id, *values), figure in figures.by(asked, "requirement_id", *fields):
            requirement = known[requirement_id]
            yield Snapshot(
                organisation_id=organisation_id,
                quarter_end=quarter_end,
                requirement=requirement,
                title=requirement.title,
                course_title=requirement.course.title,
                target=requirement.target,
                group=group,
                team_id=values[0] if group == Group.TEAM else None,
                group_name=(values[-1] or "") if values else "",
                counts=figure.counts,
                taken_at=now,
            )
