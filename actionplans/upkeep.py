"""What the clock asks of the action plans: tell people what is due, what is late, and what stays late. Each once."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.utils import timezone

from actionplans.models import Action, Settings
from actionplans.workflow import PlanStatus
from foundation import ledger, notifications
from foundation.core.acting import person_context
from foundation.organisations.models import Membership

PURPOSE = "plan-reminders"
LONGEST_BEFORE = timedelta(days=90)  # the most that settings allow


def remind(*, now: datetime) -> int:
    """Remind everybody of every organisation. Returns how many were told; done again the same day, nobody is."""
    today = timezone.localdate(now)
    with ledger.acting_system(PURPOSE):
        due = Action.objects.open().filter(due_on__lte=today + LONGEST_BEFORE)
        organisations = sorted(set(due.order_by().values_list("organisation_id", flat=True)))
    return sum(_remind_one(organisation_id, today, now) for organisation_id in organisations)


def _remind_one(organisation_id: int, today: date, now: datetime) -> int:
    told = 0
    with person_context(user_id=None, organisation_id=organisation_id):
        settings = Settings.objects.filter(organisation_id=organisation_id).first() or Settings()
        rows = (
            Action.objects.open()
            .filter(
                organisation_id=organisation_id,
                plan__status=PlanStatus.ACTIVE,
                due_on__lte=today + timedelta(days=settings.remind_days_before),
            )
            .select_related("owner", "accountable")
            .order_by("due_on", "pk")
        )
        for row in rows:
            for person, kind in _wanted(row, settings, today):
                reminder = notifications.remind(
                    membership_id=person.pk,
                    kind=f"actionplans.{kind}",
                    target=row,
                    cycle=row.due_on.isoformat(),
                    now=now,
                )
                told += reminder is not None
    return told


def _wanted(row: Action, settings: Settings, today: date) -> Iterator[tuple[Membership, str]]:
    """Who is told what today. The accountable person stands in for an owner who is no person, or who left."""
    accountable = row.accountable if row.accountable.is_current(today) else None
    doer = row.owner if row.owner and row.owner.is_current(today) else accountable
    if doer:
        yield doer, "overdue" if row.due_on < today else "due_soon"
    if accountable and row.due_on + timedelta(days=settings.escalate_days_after) <= today:
        yield accountable, "escalated"
