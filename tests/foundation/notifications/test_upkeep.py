"""Letters against a real (small) mail server that can refuse, or take a letter and drop it."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from foundation import ledger
from foundation.core.acting import Acting, acting_as
from foundation.ledger.models import Event
from foundation.notifications import actions, upkeep
from foundation.notifications.models import Notice, OutgoingMail
from foundation.notifications.workflow import Delivery, MailStatus
from foundation.organisations.models import Membership

Backup = Callable[..., Any]
Tell = Callable[..., Notice]


class Post(socketserver.ThreadingTCPServer):
    """Says what a mail server says. ``moods`` is what it does with the next letters: refuse, drop or take."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.moods: list[str] = []
        self.taken: list[Message] = []
        self.seen: list[Message] = []


class Conversation(socketserver.StreamRequestHandler):
    server: Post

    def handle(self) -> None:
        self.say("220 ready")
        while line := self.rfile.readline().strip().upper():
            if line.startswith(b"DATA"):
                if not self.letter():
                    return
            elif line.startswith(b"QUIT"):
                self.say("221 bye")
                return
            elif line.startswith(b"RCPT") and self.server.moods[:1] == ["refuse"]:
                self.server.moods.pop(0)
                self.say("451 not now")
            else:
                self.say("250 ok")

    def letter(self) -> bool:
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        message = message_from_bytes(b"".join(lines))
        self.server.seen.append(message)
        if self.server.moods[:1] == ["drop"]:
            self.server.moods.pop(0)
            return False
        self.server.taken.append(message)
        self.say("250 taken")
        return True

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    with Post() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield server
        server.shutdown()


def later(**delta: int) -> Any:
    return timezone.now() + timedelta(**delta)


def test_a_letter_says_that_there_is_something_and_nothing_else(
    committed: None, lead: Acting, tell: Tell, post: Post, backup: Backup
) -> None:
    notice = tell(lead)

    upkeep.send_mail(now=timezone.now())

    (letter,) = post.taken
    assert letter["To"] == lead.membership.email
    assert letter["Subject"] == "You have something to look at in Prevent Portal"
    text = str(letter)
    for secret in (notice.target_reference, notice.reference, lead.membership.name, lead.organisation.name, "ready"):
        assert secret not in text
    assert "/notifications/" in text
    mail = backup(OutgoingMail).get()
    assert (mail.status, mail.attempts) == (MailStatus.SENT, 1)
    assert backup(Event).get(verb="mail.sent").target_id == mail.pk


def test_a_letter_is_sent_once_however_often_the_postman_comes(
    committed: None, lead: Acting, tell: Tell, post: Post
) -> None:
    tell(lead)

    for minutes in range(5):
        upkeep.send_mail(now=later(minutes=minutes))

    assert len(post.taken) == 1


def test_two_postmen_at_once_send_one_letter(committed: None, lead: Acting, tell: Tell, post: Post) -> None:
    for _ in range(5):
        tell(lead, target=None)
    now, barrier = timezone.now(), threading.Barrier(4)

    def come() -> None:
        barrier.wait()
        upkeep.send_mail(now=now)
        connection.close()

    postmen = [threading.Thread(target=come) for _ in range(4)]
    for postman in postmen:
        postman.start()
    for postman in postmen:
        postman.join()

    assert len(post.taken) == 5
    assert len({letter["Message-ID"] for letter in post.taken}) == 5


@pytest.mark.parametrize("mood", ["refuse", "drop"])
def test_a_letter_refused_or_dropped_is_sent_again_under_the_same_id(
    committed: None, lead: Acting, tell: Tell, post: Post, backup: Backup, mood: str
) -> None:
    post.moods = [mood]
    tell(lead)

    upkeep.send_mail(now=timezone.now())
    after_first = backup(OutgoingMail).get()
    upkeep.send_mail(now=timezone.now())  # too early
    upkeep.send_mail(now=later(minutes=2))

    assert (after_first.status, after_first.attempts) == (MailStatus.WAITING, 1)
    assert [letter["Message-ID"] for letter in post.taken] == [after_first.message_id]
    assert {letter["Message-ID"] for letter in post.seen} == {after_first.message_id}
    assert backup(OutgoingMail).get().status == MailStatus.SENT


def test_a_server_that_is_away_uses_up_the_tries_of_one_letter_only(
    committed: None, lead: Acting, tell: Tell, settings: Any, post: Post, backup: Backup
) -> None:
    for _ in range(3):
        tell(lead)
    settings.EMAIL_PORT = 1

    upkeep.send_mail(now=timezone.now())

    assert sorted(backup(OutgoingMail).values_list("attempts", flat=True)) == [0, 0, 1]
    assert set(backup(OutgoingMail).values_list("status", flat=True)) == {MailStatus.WAITING}


def test_after_eight_tries_a_letter_is_given_up_visibly(
    committed: None, lead: Acting, tell: Tell, settings: Any, post: Post, backup: Backup
) -> None:
    tell(lead)
    settings.EMAIL_PORT = 1

    for day in range(12):
        upkeep.send_mail(now=later(days=day * 2))

    assert (backup(OutgoingMail).get().status, backup(OutgoingMail).get().attempts) == (MailStatus.FAILED, 8)
    assert backup(Event).filter(verb="mail.failed").count() == 1


def test_a_postman_who_died_is_followed_by_another(committed: None, lead: Acting, tell: Tell, post: Post) -> None:
    tell(lead)
    actions.claim(now=timezone.now(), at_most=50)

    upkeep.send_mail(now=later(minutes=9))
    before = len(post.taken)
    upkeep.send_mail(now=later(minutes=11))

    assert (before, len(post.taken)) == (0, 1)


def test_somebody_who_left_gets_no_letter(
    committed: None, lead: Acting, tell: Tell, post: Post, backup: Backup
) -> None:
    tell(lead)
    with ledger.acting_system("provision"):
        Membership.objects.filter(pk=lead.membership_id).update(ends_on=date(2026, 1, 1))

    upkeep.send_mail(now=timezone.now())

    assert post.taken == []
    assert backup(OutgoingMail).get().status == MailStatus.FAILED


def test_a_letter_goes_to_the_address_of_today(committed: None, lead: Acting, tell: Tell, post: Post) -> None:
    tell(lead)
    with acting_as(lead):
        Membership.objects.filter(pk=lead.membership_id).update(email="new@example.org")

    upkeep.send_mail(now=timezone.now())

    assert [letter["To"] for letter in post.taken] == ["new@example.org"]


# ---- Once a day
def test_the_days_notices_are_one_letter(
    committed: None, lead: Acting, acting_for: Callable[..., Acting], tell: Tell, post: Post, backup: Backup
) -> None:
    colleague = acting_for("senior_approver")
    for person in (lead, colleague):
        with acting_as(person):
            actions.prefer(deliveries={"tests": Delivery.DAILY}, by=person, now=timezone.now())
    for _ in range(3):
        tell(lead, now=timezone.now())
    read = tell(colleague, now=timezone.now())
    with acting_as(colleague):
        actions.mark_read(notice_id=read.pk, by=colleague, now=timezone.now())

    for _ in range(2):
        upkeep.write_digests(now=timezone.now())
    upkeep.send_mail(now=later(seconds=1))

    assert [letter["To"] for letter in post.taken] == [lead.membership.email]
    assert post.taken[0]["Subject"] == "You have things to look at in Prevent Portal"
    assert backup(Notice).filter(mail__isnull=False).count() == 3


def test_a_day_without_news_has_no_letter(committed: None, lead: Acting, tell: Tell, backup: Backup) -> None:
    with acting_as(lead):
        actions.prefer(deliveries={"tests": Delivery.DAILY}, by=lead, now=timezone.now())
    tell(lead, now=timezone.now())

    upkeep.write_digests(now=timezone.now())
    upkeep.write_digests(now=later(days=1))

    assert backup(OutgoingMail).count() == 1
