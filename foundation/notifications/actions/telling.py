"""Telling people something, each once."""

from collections.abc import Collection, Mapping
from datetime import datetime
from email.utils import make_msgid
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import prefetch_related_objects

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
    same = {**_about(kind, target), "membership_id": membership_id, "event": event}
    standing = Notice.objects.filter(**same).first()
    if standing is not None:
        return standing
    try:
        with transaction.atomic():
            [notice] = _give({membership_id: event}, kind=kind, target=target, by=by, now=now)
    except IntegrityError:
        standing = Notice.objects.filter(**same).first()  # somebody told them a moment earlier
        if standing is None:
            raise
        return standing
    return notice


@transaction.atomic
def notify_many(
    *, events: Mapping[int, str], kind: str, target: OrganisationRow, by: Acting | None, now: datetime
) -> list[Notice]:
    """Tell several people; see ``foundation.notifications.notify_many``."""
    known = Notice.objects.filter(**_about(kind, target), membership__in=events)
    told = set(known.values_list("membership_id", "event"))
    new = {member: event for member, event in events.items() if (member, event) not in told}
    if not new:
        return []
    try:
        with transaction.atomic():
            return _give(new, kind=kind, target=target, by=by, now=now)
    except IntegrityError:  # somebody told some of them a moment earlier
        return [
            notify(membership_id=member, kind=kind, target=target, by=by, now=now, event=event)
            for member, event in new.items()
        ]


@transaction.atomic
def remind(*, membership_id: int, kind: str, target: OrganisationRow, cycle: str, now: datetime) -> Reminder | None:
    """Remind a person once per cycle; see ``foundation.notifications.remind``."""
    same = {**_about(kind, target), "membership_id": membership_id, "cycle": cycle}
    if Reminder.objects.filter(**same).exists():
        return None
    try:
        with transaction.atomic():
            notice = notify(
                membership_id=membership_id, kind=kind, target=target, by=None, now=now, event=_of_cycle(cycle)
            )
            return Reminder.objects.create(**same, notice=notice, sent_at=now)
    except IntegrityError:
        if not Reminder.objects.filter(**same).exists():
            raise
        return None  # another scheduler was a moment earlier, and its reminder stands


@transaction.atomic
def remind_many(
    *, membership_ids: Collection[int], kind: str, target: OrganisationRow, cycle: str, now: datetime
) -> int:
    """Remind several people once per cycle; see ``foundation.notifications.remind_many``."""
    same = {**_about(kind, target), "cycle": cycle}
    reminded = Reminder.objects.filter(**same, membership__in=membership_ids)
    new = sorted(set(membership_ids) - set(reminded.values_list("membership_id", flat=True)))
    events = dict.fromkeys(new, _of_cycle(cycle))
    try:
        with transaction.atomic():
            notices = notify_many(events=events, kind=kind, target=target, by=None, now=now)
            Reminder.objects.bulk_create(
                Reminder(**same, membership_id=notice.membership_id, notice=notice, sent_at=now) for notice in notices
            )
    except IntegrityError:  # another scheduler was a moment earlier with some of them
        given = [remind(membership_id=each, kind=kind, target=target, cycle=cycle, now=now) for each in new]
        return len(given) - given.count(None)
    return len(notices)


def new_mail(notice: Notice, *, about: str, key: str, now: datetime) -> OutgoingMail:
    """A letter to the notice's person, once per key."""
    mail, _ = OutgoingMail.objects.get_or_create(
        organisation_id=notice.organisation_id,
        membership_id=notice.membership_id,
        key=key,
        defaults=_new_letter(about, now),
    )
    return mail


def _new_letter(about: str, now: datetime) -> dict[str, Any]:
    return {"about": about, "message_id": make_msgid(domain=host()), "next_attempt_at": now, "created_at": now}


def _about(kind: str, target: OrganisationRow) -> dict[str, Any]:
    """What notices and reminders of one kind about one thing have in common."""
    return {
        "organisation_id": target.organisation_id,
        "kind": kind,
        "target_type": target._meta.label_lower,
        "target_id": target.pk,
    }


def _of_cycle(cycle: str) -> str:
    return f"cycle:{cycle}"[:40]


def _give(
    events: Mapping[int, str], *, kind: str, target: OrganisationRow, by: Acting | None, now: datetime
) -> list[Notice]:
    """A notice to each of these people, and letters to those who want one at once: five statements for all of them."""
    chosen = Preference.objects.filter(
        organisation_id=target.organisation_id, membership__in=events, group=kinds.find(kind).group
    )
    deliveries = dict(chosen.values_list("membership_id", "delivery"))
    notices = [
        Notice(
            **_about(kind, target),
            membership_id=member,
            event=event,
            target_reference=str(getattr(target, "reference", "") or ""),
            delivery=deliveries.get(member, Delivery.IMMEDIATELY),
            created_at=now,
        )
        for member, event in events.items()
    ]
    _write_letters([each for each in notices if each.delivery == Delivery.IMMEDIATELY], now)
    Notice.objects.bulk_create(notices)
    ledger.record_many(
        "notice.given",
        actor=by,
        organisation_id=target.organisation_id,
        at=now,
        model=Notice,
        targets=[(each.pk, each.reference, {"kind": kind, "about": each.target_reference}) for each in notices],
    )
    return notices


def _write_letters(notices: list[Notice], now: datetime) -> None:
    """A letter about each of these, which are not saved yet; none to who has no address."""
    prefetch_related_objects(notices, "membership")
    for notice in notices:
        if notice.membership.email:
            notice.mail = OutgoingMail(
                organisation_id=notice.organisation_id,
                membership_id=notice.membership_id,
                key=f"notice:{notice.reference}",
                **_new_letter(OutgoingMail.About.NOTICE, now),
            )
    OutgoingMail.objects.bulk_create(notice.mail for notice in notices if notice.mail is not None)
