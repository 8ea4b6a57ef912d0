"""What the clock asks of the notifications room."""

import logging
from datetime import datetime

from django.core.mail import get_connection
from django.utils import timezone

from foundation.core.acting import person_context
from foundation.notifications import actions, letters
from foundation.notifications.models import OutgoingMail

logger = logging.getLogger(__name__)

AT_MOST = 50


def send_mail(*, now: datetime) -> None:
    """Send letters that are due. A server that does not answer ends the round: the rest waits a minute."""
    mails = actions.claim(now=now, at_most=AT_MOST)
    for number, mail in enumerate(mails):
        try:
            _send(mail)
        except OSError as error:  # what smtplib and sockets raise
            logger.warning("A letter was not taken: %s. It is tried again later.", type(error).__name__)
            actions.put_off(mail, now=timezone.now())
            for rest in mails[number + 1 :]:
                actions.release(rest, now=timezone.now())
            return


def write_digests(*, now: datetime) -> None:
    """One letter a day for those who want no more."""
    actions.write_digests(now=now, day=f"{timezone.localdate(now):%Y-%m-%d}")


def _send(mail: OutgoingMail) -> None:
    with person_context(user_id=None, organisation_id=mail.organisation_id):
        membership = OutgoingMail.objects.select_related("membership__user").get(pk=mail.pk).membership
        reaches_them = bool(membership.email) and membership.is_current(timezone.localdate())
        language = membership.user.language if membership.user else "en-gb"
    if not reaches_them:
        actions.put_off(mail, now=timezone.now(), for_good=True)
        return
    message = letters.write(mail, to=membership.email, language=language)
    message.connection = get_connection()
    message.send()  # no transaction is open: a slow server must not hold a row
    actions.sent(mail, now=timezone.now())
