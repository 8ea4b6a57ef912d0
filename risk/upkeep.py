"""What the clock asks of the risk register: tell people which risks are to be looked at again, once a due date; and let
go of files with registers that nobody imported.
"""

from datetime import date, datetime, timedelta

from django.utils import timezone

from foundation import ledger, notifications
from foundation.core.acting import person_context
from risk import tasks_queries
from risk.actions import imports
from risk.models import Entry, RegisterImport

PURPOSE = "risk-reviews"


FORGETTING = "risk-imports"
KEPT = timedelta(days=30)  # our choice: a copy of a register is not kept for longer than somebody works on it


def forget_files(*, now: datetime) -> int:
    """Put aside files that nobody imported for 30 days: their rows and bytes go. Returns how many."""
    with ledger.acting_system(FORGETTING):
        old = RegisterImport.objects.filter(status__in=imports.UNFINISHED, uploaded_at__lt=now - KEPT)
        found = list(old.order_by("pk").values_list("organisation_id", "pk"))
    count = 0
    for organisation_id, import_id in found:
        with person_context(user_id=None, organisation_id=organisation_id):
            count += imports.put_aside_by_the_clock(import_id=import_id, system_purpose=FORGETTING, now=now)
    return count


def remind(*, now: datetime) -> int:
    """Remind everybody of every organisation. Returns how many were told; done again the same day, nobody is."""
    today = timezone.localdate(now)
    with ledger.acting_system(PURPOSE):
        due = Entry.objects.filter(next_review_on__lte=today, removed_at__isnull=True)
        organisations = sorted(set(due.order_by().values_list("organisation_id", flat=True)))
    return sum(_remind_one(organisation_id, today, now) for organisation_id in organisations)


def _remind_one(organisation_id: int, today: date, now: datetime) -> int:
    """What the newest open or approved assessment says of a live risk counts. Leads stand in for an absent owner."""
    told = 0
    with person_context(user_id=None, organisation_id=organisation_id):
        risks = tasks_queries.live_risks(organisation_id).annotate(
            review_on=tasks_queries.current_entry("next_review_on")
        )
        rows = list(risks.filter(review_on__lte=today).order_by("review_on", "pk"))
        owners = tasks_queries.owners(organisation_id, [row.pk for row in rows], today)
        leads = tasks_queries.people_to_tell(organisation_id, today)
        for row in rows:
            for membership_id in [owners[row.pk]] if row.pk in owners else leads:
                reminder = notifications.remind(
                    membership_id=membership_id,
                    kind="risk.review_due",
                    target=row,
                    cycle=row.review_on.isoformat(),
                    now=now,
                )
                told += reminder is not None
    return told
