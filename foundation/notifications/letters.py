"""The text of letters: that there is something to look at, and where. Never what, about whom or by whom."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from foundation.core.addresses import absolute
from foundation.notifications.models import OutgoingMail


def write(mail: OutgoingMail, *, to: str, language: str) -> EmailMessage:
    """The letter, in the reader's language."""
    with translation.override(language):
        context = {
            "portal_name": settings.PORTAL_NAME,
            "address": absolute(reverse("notifications:index")),
            "about": mail.about,
        }
        subject = render_to_string("notifications/mail/subject.txt", context)
        body = render_to_string("notifications/mail/body.txt", context)
    return EmailMessage(" ".join(subject.split()), body, to=[to], headers={"Message-ID": mail.message_id})
