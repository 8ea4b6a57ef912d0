from datetime import timedelta

from django.utils import timezone

from foundation.accounts import letters
from foundation.accounts.letters import Kind
from foundation.accounts.models import Letter, User
from foundation.jobs import scheduling


def test_the_scheduler_sends_waiting_letters_within_seconds(db, mailoutbox):
    lead = User.objects.create_user("lead@example.org", name="Prevent lead")
    now = timezone.now()
    letters.queue(Kind.FACTOR_ADDED, site="https://portal.example.org/", now=now - timedelta(seconds=1), user=lead)
    schedule = scheduling.declared()["accounts.send_letters"]

    schedule.work(now)

    assert schedule.every == timedelta(seconds=15)
    assert [letter.to for letter in mailoutbox] == [["lead@example.org"]]
    assert Letter.objects.count() == 0


def test_the_scheduler_tidies_every_hour():
    assert scheduling.declared()["accounts.tidy"].every == timedelta(hours=1)
