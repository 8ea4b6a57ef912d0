"""Work on a clock: letters every few seconds, tidying every hour. Both may run twice at once."""

from typing import Any

from celery import shared_task


@shared_task(name="accounts.send_letters")
def send_letters(**_later: Any) -> None:
    from django.utils import timezone  # noqa: PLC0415 -- leaf

    from foundation.accounts import letters  # noqa: PLC0415 -- leaf

    letters.send_waiting(timezone.now())


@shared_task(name="accounts.tidy")
def tidy(**_later: Any) -> None:
    from django.utils import timezone  # noqa: PLC0415 -- leaf

    from foundation.accounts import limits, session_rules  # noqa: PLC0415 -- leaf

    now = timezone.now()
    limits.forget_old(now)
    session_rules.forget_ended(now)
