"""What people do with their notices."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.notifications import kinds, permissions
from foundation.notifications.models import Notice, Preference
from foundation.notifications.workflow import Delivery


@transaction.atomic
def mark_read(*, notice_id: int, by: Acting, now: datetime) -> Notice:
    """The person has seen it. Seeing it again changes nothing."""
    notice = Notice.objects.visible_to(by).select_for_update(no_key=True).get(pk=notice_id)
    permissions.check_can_read(by, notice)
    if notice.read_at is None:
        notice.read_at = now
        notice.save(update_fields=["read_at"])
        ledger.record("notice.read", actor=by, target=notice, at=now, kind=notice.kind)
    return notice


@transaction.atomic
def mark_all_read(*, by: Acting, now: datetime) -> int:
    """The person has seen all there is. Says how many were new."""
    number = Notice.objects.visible_to(by).unread().filter(created_at__lte=now).update(read_at=now)
    if number:
        ledger.record("notice.all_read", actor=by, target=by.membership, at=now, number=number)
    return number


@transaction.atomic
def prefer(*, deliveries: Mapping[str, str], by: Acting, now: datetime) -> None:
    """Say for each group of notices when a letter should come. Counts for what happens from now on."""
    unknown = deliveries.keys() - kinds.groups().keys()
    if unknown:
        raise RuleBroken(f"There are no notices called {', '.join(sorted(unknown))}.")
    for group, delivery in deliveries.items():
        Preference.objects.update_or_create(
            organisation_id=by.organisation_id,
            membership_id=by.membership_id,
            group=group,
            defaults={"delivery": Delivery(delivery)},
        )
    facts: dict[str, Any] = {"letters": dict(deliveries)}
    ledger.record("notice.preferences_set", actor=by, target=by.membership, at=now, **facts)
