"""Reminds people of training before and after it is due, and tells those who lead them. Each once a cycle.

A cycle is a requirement, the day on which it is due and the step reached, such as ``2027-03-01:before-30``: the unique
key of ``foundation.notifications`` keeps a second run, or a second scheduler, from telling anybody twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from foundation import ledger, notifications
from foundation.core.acting import person_context
from foundation.notifications.models import Reminder
from foundation.organisations.models import Membership, RoleGrant, in_force
from foundation.organisations.roles import Role
from training.models import Assignment, ReminderSettings, Requirement
from training.models.assignments import AssignmentQuerySet
from training.workflow import Standing

PURPOSE = "training"
CHUNK = 500
CAUGHT_UP = 7  # days for which a step after the due day is still told, should the clock have stood
DUE_SOON, OVERDUE, ESCALATED = "training.due_soon", "training.overdue", "training.escalated"


@dataclass(frozen=True)
class Step:
    """One step of reminding: the kind of notice, and its code in the cycle."""

    kind: str
    code: str

    def cycle(self, due_on: date) -> str:
        return f"{due_on.isoformat()}:{self.code}"


def step_for_person(settings: ReminderSettings, due_on: date, today: date) -> Step | None:
    """The step at which somebody stands on a day, if it is one at which they are reminded."""
    days = (due_on - today).days
    reached = [each for each in settings.days_before if days <= each]
    if days >= 0:
        return Step(DUE_SOON, f"before-{min(reached)}") if reached else None
    passed = [each for each in settings.days_after if each <= -days]
    return Step(OVERDUE, f"after-{max(passed)}") if passed and -days - max(passed) < CAUGHT_UP else None


def step_for_leader(settings: ReminderSettings, due_on: date, today: date) -> Step | None:
    """The step at which whoever leads them is told, if today is such a day."""
    after = settings.escalate_days_after
    if after is None or not 0 <= (today - due_on).days - after < CAUGHT_UP:
        return None
    return Step(ESCALATED, f"late-{after}")


def window(settings: ReminderSettings, today: date) -> tuple[date, date]:
    """First and last due day that a step may be about."""
    after = max([*settings.days_after, settings.escalate_days_after or 0], default=0)
    before = max(settings.days_before, default=0)
    return today - timedelta(days=after + CAUGHT_UP), today + timedelta(days=before)


def remind(*, now: datetime) -> int:
    """Remind everybody of every organisation. Returns how many were told; done again the same day, nobody is."""
    return sum(_remind_one(organisation_id, now) for organisation_id in organisations_asking())


def organisations_asking() -> list[int]:
    """Organisations that ask for any training."""
    with ledger.acting_system(PURPOSE):
        asking = Requirement.objects.filter(withdrawn_at__isnull=True).order_by()
        return sorted(set(asking.values_list("organisation_id", flat=True)))


def settings_of(organisation_id: int) -> ReminderSettings:
    """What the organisation chose, or the defaults. In its context."""
    found = ReminderSettings.objects.filter(organisation_id=organisation_id).select_related("saved_by").first()
    return found or ReminderSettings(organisation_id=organisation_id)


def open_rows(organisation_id: int, today: date) -> AssignmentQuerySet:
    """What people who are here are still asked for: nothing waived, nobody who is away or has left."""
    requirements = Requirement.objects.filter(organisation_id=organisation_id, withdrawn_at__isnull=True)
    rows = Assignment.objects.filter(organisation_id=organisation_id, requirement__in=requirements.values("pk"))
    return (
        rows.asked(today, today=today)
        .filter(in_force(today, "membership__starts_on", "membership__ends_on"))
        .exclude(Q(standing__in=[Standing.WAIVED, Standing.ABSENT]))
    )


def _remind_one(organisation_id: int, now: datetime) -> int:
    told, after = 0, 0
    while True:
        with person_context(user_id=None, organisation_id=organisation_id):
            settings = settings_of(organisation_id)
            rows = _due(organisation_id, settings, timezone.localdate(now), after)
            told += _Chunk(organisation_id, rows, settings, now).tell()
        if not rows:
            return told
        after = rows[-1].pk


def _due(organisation_id: int, settings: ReminderSettings, today: date, after: int) -> list[Assignment]:
    first, last = window(settings, today)
    rows = open_rows(organisation_id, today).filter(due_on__gte=first, due_on__lte=last, pk__gt=after)
    return list(rows.select_related("requirement", "membership__line_manager").order_by("pk")[:CHUNK])


@dataclass
class _Chunk:
    """A few hundred rows in one transaction."""

    organisation_id: int
    rows: list[Assignment]
    settings: ReminderSettings
    now: datetime

    def tell(self) -> int:
        """Tell everybody who is to be told and was not. Returns how many were."""
        return sum(
            notifications.remind(
                membership_id=membership_id, kind=step.kind, target=row.requirement, cycle=cycle, now=self.now
            )
            is not None
            for row, membership_id, step in self._wanted()
            if (membership_id, row.requirement_id, cycle := step.cycle(row.due_on)) not in self._standing
        )

    @cached_property
    def today(self) -> date:
        return timezone.localdate(self.now)

    def _wanted(self) -> Iterator[tuple[Assignment, int, Step]]:
        for row in self.rows:
            if step := step_for_person(self.settings, row.due_on, self.today):
                yield row, row.membership_id, step
            if step := step_for_leader(self.settings, row.due_on, self.today):
                yield from ((row, leader, step) for leader in self._leaders(row.membership))

    def _leaders(self, membership: Membership) -> list[int]:
        leader = membership.line_manager
        if leader is not None and leader.is_current(self.today):
            return [leader.pk]
        return [each for each in self._managers if each != membership.pk]

    @cached_property
    def _managers(self) -> list[int]:
        return managers(self.organisation_id, self.today)

    @cached_property
    def _standing(self) -> set[tuple[int, int, str]]:
        """Reminders that were given before, so that a second run of the day asks nothing for each of them."""
        given = Reminder.objects.filter(
            organisation_id=self.organisation_id,
            kind__in=[DUE_SOON, OVERDUE, ESCALATED],
            target_type=Requirement._meta.label_lower,
            target_id__in={row.requirement_id for row in self.rows},
            cycle__in={step.cycle(row.due_on) for row, _person, step in self._wanted()},
        )
        return set(given.values_list("membership_id", "target_id", "cycle"))


def managers(organisation_id: int, today: date) -> list[int]:
    """The training managers who are here; where there is none, the Prevent leads."""
    held = RoleGrant.objects.filter(
        organisation_id=organisation_id, role__in=[Role.TRAINING_MANAGER, Role.PREVENT_LEAD]
    )
    here = held.in_force(today).filter(in_force(today, "membership__starts_on", "membership__ends_on"))
    found = sorted(set(here.order_by().values_list("role", "membership_id")))
    run_it = [person for role, person in found if role == Role.TRAINING_MANAGER]
    return run_it or [person for _role, person in found]


def title_of_course() -> Subquery:
    """What a notice about a requirement calls it: its course."""
    rows = Requirement.objects.filter(pk=OuterRef("target_id")).annotate(title_of_course=F("course__title"))
    return Subquery(rows.values("title_of_course")[:1])


# ---- The week's digest
WITHIN = timedelta(days=30)


def send_digests(*, now: datetime) -> int:
    """Tell whoever leads people that some are overdue or due within 30 days: once a week, from the chosen weekday on.

    It tells only that there is something; counts and names stand on the page behind the sign-in. Returns how many
    people were told.
    """
    return sum(_digest_one(organisation_id, now) for organisation_id in organisations_asking())


def _digest_one(organisation_id: int, now: datetime) -> int:
    today = timezone.localdate(now)
    with person_context(user_id=None, organisation_id=organisation_id):
        settings = settings_of(organisation_id)
        if settings.digest_on is None or today.weekday() < settings.digest_on:
            return 0
        rows = open_rows(organisation_id, today).filter(due_on__lte=today + WITHIN)
        leading = rows.filter(
            in_force(today, "membership__line_manager__starts_on", "membership__line_manager__ends_on")
        )
        wanted = set(leading.order_by().values_list("membership__line_manager_id", flat=True).distinct())
        if rows.exists():
            wanted |= set(managers(organisation_id, today))
    return sum(_digest_to(organisation_id, person, now) for person in sorted(wanted))


def _digest_to(organisation_id: int, leader: int, now: datetime) -> bool:
    year, week, _weekday = timezone.localdate(now).isocalendar()
    with person_context(user_id=None, organisation_id=organisation_id):
        target = Membership.objects.get(organisation_id=organisation_id, pk=leader)
        told = notifications.remind(
            membership_id=leader, kind="training.digest", target=target, cycle=f"{year}-W{week:02}", now=now
        )
    return told is not None
