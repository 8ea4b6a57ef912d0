"""What the postman does with letters. Nothing here speaks to a mail server."""

from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from foundation import ledger
from foundation.core.acting import person_context
from foundation.notifications import workflow
from foundation.notifications.actions.telling import new_mail
from foundation.notifications.models import MOST_ATTEMPTS, Notice, OutgoingMail
from foundation.notifications.workflow import Delivery, MailStatus

LEASE = timedelta(minutes=10)
# How long to wait after the first, second, … try: two days in all.
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 720, 1440)]
VERBS = {MailStatus.SENT: "mail.sent", MailStatus.FAILED: "mail.failed"}
DIGEST_REACHES_BACK = timedelta(days=14)


def claim(*, now: datetime, at_most: int) -> list[OutgoingMail]:
    """Letters that are due, for this postman alone until the lease runs out."""
    with ledger.acting_system("dispatch"):
        due = list(
            OutgoingMail.objects.filter(
                Q(status=MailStatus.WAITING, next_attempt_at__lte=now)
                | Q(status=MailStatus.SENDING, lease_until__lt=now)
            )
            .order_by("next_attempt_at", "pk")
            .select_for_update(skip_locked=True, no_key=True)[:at_most]
        )
        for mail in due:
            workflow.check_transition(mail.status, MailStatus.SENDING)
            mail.status, mail.lease_until = MailStatus.SENDING, now + LEASE
            mail.attempts = min(mail.attempts + 1, MOST_ATTEMPTS)
            mail.save(update_fields=["status", "lease_until", "attempts"])
    return due


def sent(mail: OutgoingMail, *, now: datetime) -> None:
    """A mail server took the letter."""
    _end(mail, MailStatus.SENT, now)


def put_off(mail: OutgoingMail, *, now: datetime, for_good: bool = False) -> None:
    """No mail server took the letter: later again, and after the last try (or ``for_good``) not at all."""
    if for_good or mail.attempts > len(PAUSES):
        _end(mail, MailStatus.FAILED, now)
        return
    with person_context(user_id=None, organisation_id=mail.organisation_id):
        _ours(mail).update(
            status=MailStatus.WAITING, lease_until=None, next_attempt_at=now + PAUSES[max(mail.attempts, 1) - 1]
        )


def release(mail: OutgoingMail, *, now: datetime) -> None:
    """It was not this letter's turn after all: as if it had not been claimed."""
    with person_context(user_id=None, organisation_id=mail.organisation_id):
        _ours(mail).update(
            status=MailStatus.WAITING, lease_until=None, attempts=F("attempts") - 1, next_attempt_at=now + PAUSES[0]
        )


def write_digests(*, now: datetime, day: str) -> int:
    """One letter for each person with unread notices they wanted once a day. Run again, it writes none."""
    with ledger.acting_system("dispatch"):
        people = list(
            Notice.objects.unread()
            .filter(delivery=Delivery.DAILY, mail__isnull=True, created_at__gte=now - DIGEST_REACHES_BACK)
            .order_by("organisation_id", "membership_id")
            .values_list("organisation_id", "membership_id")
            .distinct()
        )
    written = 0
    for organisation_id, membership_id in people:
        with person_context(user_id=None, organisation_id=organisation_id):
            notices = Notice.objects.unread().filter(
                organisation_id=organisation_id, membership_id=membership_id, delivery=Delivery.DAILY, mail__isnull=True
            )
            first = notices.select_related("membership").first()
            if first is None or not first.membership.email:
                continue
            mail = new_mail(first, about=OutgoingMail.About.DIGEST, key=f"digest:{day}", now=now)
            notices.update(mail=mail)
            written += 1
    return written


def _ours(mail: OutgoingMail) -> QuerySet[OutgoingMail]:
    """The row, while this postman's claim stands."""
    return OutgoingMail.objects.filter(pk=mail.pk, status=MailStatus.SENDING, lease_until=mail.lease_until)


def _end(mail: OutgoingMail, to: MailStatus, now: datetime) -> None:
    with person_context(user_id=None, organisation_id=mail.organisation_id):
        locked = _ours(mail).select_for_update(no_key=True).first()
        if locked is None:
            return
        workflow.check_transition(locked.status, to)
        locked.status, locked.lease_until = to, None
        locked.sent_at = now if to == MailStatus.SENT else None
        locked.save(update_fields=["status", "lease_until", "sent_at"])
        ledger.record(VERBS[to], actor=None, target=locked, at=now, about=locked.about, attempts=locked.attempts)
