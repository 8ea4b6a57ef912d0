"""Telling a person something, once."""

from datetime import datetime
from email.utils import make_msgid

from django.db import IntegrityError, transaction

from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.addresses import host
from foundation.core.models import OrganisationRow
from foundation.notifications import kinds
from foundation.notifications.models import Notice, OutgoingMail, Preference, Reminder
from foundation.notifications.workflow import Delivery


@transaction.atomic
def notify(
    *, membership_id: int, kind: str, target: OrganisationRow, by: Acting | None, now: datetime, event: str = ""
) -> Notice:
    """Tell a person; see ``foundation.notifications.notify``."""
    found = kinds.find(kind)
    same = {
        "organisation_id": target.organisation_id,
        "membership_id": membership_id,
        "kind": kind,
        "target_type": target._meta.label_lower,
        "target_id": target.pk,
        "event": event,
    }
    standing = Notice.objects.filter(**same).first()
    if standing is not None:
        return standing
    notice = Notice(
        **same,
        target_reference=str(getattr(target, "reference", "") or ""),
        delivery=_delivery(target.organisation_id, membership_id, found.group),
        created_at=now,
    )
    try:
        with transaction.atomic():
            notice.save(force_insert=True)
    except IntegrityError:  # somebody told them a moment earlier
        return Notice.objects.get(**same)
    if notice.delivery == Delivery.IMMEDIATELY and notice.membership.email:
        notice.mail = new_mail(notice, about=OutgoingMail.About.NOTICE, key=f"notice:{notice.pk}", now=now)
        notice.save(update_fields=["mail"])
    ledger.record("notice.given", actor=by, target=notice, at=now, kind=kind, about=notice.target_reference)
    return notice


@transaction.atomic
def remind(*, membership_id: int, kind: str, target: OrganisationRow, cycle: str, now: datetime) -> Reminder | None:
    """Remind a person once per cycle; see ``foundation.notifications.remind``."""
    same = {
        "organisation_id": target.organisation_id,
        "membership_id": membership_id,
        "kind": kind,
        "target_type": target._meta.label_lower,
        "target_id": target.pk,
        "cycle": cycle,
    }
    if Reminder.objects.filter(**same).exists():
        return None
    try:
        with transaction.atomic():
            notice = notify(
                membership_id=membership_id, kind=kind, target=target, by=None, now=now, event=f"cycle:{cycle}"[:40]
            )
            return Reminder.objects.create(**same, notice=notice, sent_at=now)
    except IntegrityError:  # another scheduler was a moment earlier, and its reminder stands
        return None


def new_mail(notice: Notice, *, about: str, key: str, now: datetime) -> OutgoingMail:
    """A letter to the notice's person, once per key."""
    mail, _ = OutgoingMail.objects.get_or_create(
        organisation_id=notice.organisation_id,
        membership_id=notice.membership_id,
        key=key,
        defaults={
            "about": about,
            "message_id": make_msgid(domain=host()),
            "next_attempt_at": now,
            "created_at": now,
        },
    )
    return mail


def _delivery(organisation_id: int, membership_id: int, group: str) -> str:
    chosen = (
        Preference.objects.filter(organisation_id=organisation_id, membership_id=membership_id, group=group)
        .values_list("delivery", flat=True)
        .first()
    )
    return chosen or Delivery.IMMEDIATELY
