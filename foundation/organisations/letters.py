"""Letters that the organisation's administrator causes. They name no person and say nothing about a case."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string


def send_invitation(to: str, *, organisation: str, address: str) -> None:
    """Mail the invitation. Raises what the mail server raises, so that the job tries again."""
    context = {"organisation": organisation, "address": address, "portal_name": settings.PORTAL_NAME}
    subject = render_to_string("organisations/mail/invitation_subject.txt", context)
    body = render_to_string("organisations/mail/invitation.txt", context)
    EmailMessage(" ".join(subject.split()), body, to=[to]).send()
