"""When people are reminded: the one choice an organisation makes about it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from training import permissions
from training.models import ReminderSettings, Weekday
from training.models.reminders import MOST_DAYS, MOST_TIMES

CHOSEN = ("days_before", "days_after", "escalate_days_after", "digest_on", "session_days_before")


@transaction.atomic
def change_reminders(
    *,
    version: int,
    days_before: Sequence[int],
    days_after: Sequence[int],
    escalate_days_after: int | None,
    digest_on: int | None,
    session_days_before: int | None,
    by: Acting,
    now: datetime,
) -> ReminderSettings:
    """Set on which days people are reminded. Raises StaleVersion if somebody saved since ``version``."""
    permissions.check_can_manage_training(by)
    _check_days(days_before)
    _check_days(days_after)
    _check_days([each for each in (escalate_days_after, session_days_before) if each is not None])
    if digest_on is not None and digest_on not in Weekday:
        raise RuleBroken(_("Select a day of the week."))
    ReminderSettings.objects.bulk_create([ReminderSettings(organisation=by.organisation)], ignore_conflicts=True)
    row = ReminderSettings.objects.visible_to(by).select_for_update(no_key=True, of=("self",)).get()
    row.check_version(version)
    row.days_before, row.days_after = sorted(set(days_before), reverse=True), sorted(set(days_after))
    row.escalate_days_after, row.digest_on = escalate_days_after, digest_on
    row.session_days_before = session_days_before
    row.count_up(by_id=by.membership_id, now=now)
    row.save(update_fields=[*CHOSEN, *ReminderSettings.SAVED])
    ledger.record(
        "training.reminders_changed", actor=by, target=row, at=now, **{name: getattr(row, name) for name in CHOSEN}
    )
    return row


def _check_days(days: Sequence[int]) -> None:
    if len(set(days)) > MOST_TIMES or not all(1 <= each <= MOST_DAYS for each in days):
        raise RuleBroken(
            _("Enter at most %(most)s numbers from 1 to %(days)s.") % {"most": MOST_TIMES, "days": MOST_DAYS}
        )
