import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from foundation import notifications
from foundation.core.acting import Acting, acting_as
from foundation.jobs.models import Job
from foundation.ledger.models import Event
from foundation.notifications import actions, queries
from foundation.notifications.models import Notice, OutgoingMail, Reminder
from foundation.notifications.workflow import Delivery
from foundation.organisations.models import Organisation
from tests.conftest import NOW

Backup = Callable[..., Any]
Tell = Callable[..., Notice]


def test_a_notice_says_what_and_where_and_a_letter_follows(
    committed: None, lead: Acting, tell: Tell, backup: Backup
) -> None:
    notice = tell(lead)

    stored = backup(Notice).get()
    assert stored.sentence == f"Job {stored.target_reference} is ready"
    assert stored.address == f"/jobs/{stored.target_reference}/"
    assert (stored.membership_id, stored.read_at, stored.delivery) == (lead.membership_id, None, Delivery.IMMEDIATELY)
    mail = backup(OutgoingMail).get()
    assert (mail.pk, mail.key, mail.next_attempt_at) == (stored.mail_id, f"notice:{notice.reference}", NOW)
    assert backup(Event).get(verb="notice.given").target_reference == notice.reference


def test_telling_again_tells_nothing_new(
    committed: None, lead: Acting, tell: Tell, ask: Callable[..., Job], backup: Backup
) -> None:
    job = ask(lead)

    assert tell(lead, target=job).pk == tell(lead, target=job, now=NOW + timedelta(days=1)).pk
    assert (backup(Notice).count(), backup(OutgoingMail).count()) == (1, 1)


def test_another_event_of_the_same_target_is_told(
    committed: None, lead: Acting, tell: Tell, ask: Callable[..., Job], backup: Backup
) -> None:
    job = ask(lead)

    tell(lead, target=job, event="v1")
    tell(lead, target=job, event="v2")

    assert (backup(Notice).count(), backup(OutgoingMail).count()) == (2, 2)


def test_told_by_many_at_once_it_is_one_notice(
    committed: None, lead: Acting, tell: Tell, ask: Callable[..., Job], backup: Backup
) -> None:
    job, barrier = ask(lead), threading.Barrier(6)

    def together() -> None:
        barrier.wait()
        tell(lead, target=job)
        connection.close()

    threads = [threading.Thread(target=together) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (backup(Notice).count(), backup(OutgoingMail).count()) == (1, 1)


def test_a_kind_nobody_declares_is_refused(committed: None, lead: Acting, tell: Tell, backup: Backup) -> None:
    with pytest.raises(LookupError, match=r"tests\.misspelt"):
        tell(lead, kind="tests.misspelt")

    assert backup(Notice).count() == 0


def test_somebody_of_another_organisation_cannot_be_told(
    committed: None, lead: Acting, acting_for: Callable[..., Acting], other_organisation: Organisation,
    ask: Callable[..., Job], backup: Backup,
) -> None:  # fmt: skip
    stranger = acting_for("prevent_lead", organisation=other_organisation)
    job = ask(lead)

    with pytest.raises(Exception, match=r"same_org|has no membership"), acting_as(lead):
        notifications.notify(membership_id=stranger.membership_id, kind="tests.job_ready", target=job, by=lead, now=NOW)

    assert backup(Notice).count() == 0


@pytest.mark.parametrize("delivery", [Delivery.DAILY, Delivery.NONE])
def test_whoever_wants_no_letter_at_once_gets_none(
    committed: None, lead: Acting, tell: Tell, backup: Backup, delivery: Delivery
) -> None:
    with acting_as(lead):
        actions.prefer(deliveries={"tests": delivery}, by=lead, now=NOW)

    tell(lead)
    tell(lead, kind="others.due")

    assert [notice.delivery for notice in backup(Notice).order_by("pk")] == [delivery, Delivery.IMMEDIATELY]
    assert backup(OutgoingMail).count() == 1


def test_unread_notices_are_counted_in_one_query_and_only_ones_own(
    committed: None, lead: Acting, acting_for: Callable[..., Acting], tell: Tell, django_assert_num_queries: Any
) -> None:
    colleague = acting_for("senior_approver")
    read = tell(lead)
    tell(lead)
    tell(colleague)
    with acting_as(lead):
        actions.mark_read(notice_id=read.pk, by=lead, now=NOW)

    with acting_as(lead), django_assert_num_queries(1):
        assert queries.unread_count(lead) == 1


def test_a_colleagues_notice_does_not_exist(
    committed: None, lead: Acting, acting_for: Callable[..., Acting], tell: Tell, backup: Backup
) -> None:
    notice = tell(lead)
    colleague = acting_for("organisation_admin")

    with acting_as(colleague), pytest.raises(Notice.DoesNotExist):
        actions.mark_read(notice_id=notice.pk, by=colleague, now=NOW)
    with acting_as(colleague):
        assert actions.mark_all_read(by=colleague, now=NOW) == 0

    assert backup(Notice).get().read_at is None


def test_reading_twice_keeps_the_first_time(committed: None, lead: Acting, tell: Tell, backup: Backup) -> None:
    notice = tell(lead)
    for minutes in (1, 5):
        with acting_as(lead):
            actions.mark_read(notice_id=notice.pk, by=lead, now=NOW + timedelta(minutes=minutes))

    assert backup(Notice).get().read_at == NOW + timedelta(minutes=1)
    assert backup(Event).filter(verb="notice.read").count() == 1


# ---- Reminders
def test_a_person_is_reminded_once_per_cycle(
    committed: None, lead: Acting, ask: Callable[..., Job], backup: Backup
) -> None:
    job = ask(lead)

    given = []
    for cycle in ("2026-12-01", "2026-12-01", "2027-01-01"):
        with acting_as(lead):
            given.append(
                notifications.remind(
                    membership_id=lead.membership_id, kind="others.due", target=job, cycle=cycle, now=NOW
                )
            )

    assert [bool(reminder) for reminder in given] == [True, False, True]
    assert (backup(Reminder).count(), backup(Notice).count(), backup(OutgoingMail).count()) == (2, 2, 2)


def test_two_schedulers_remind_once(committed: None, lead: Acting, ask: Callable[..., Job], backup: Backup) -> None:
    job, barrier, given = ask(lead), threading.Barrier(6), []

    def together() -> None:
        barrier.wait()
        with acting_as(lead):
            if notifications.remind(
                membership_id=lead.membership_id, kind="others.due", target=job, cycle="2026-12-01", now=NOW
            ):
                given.append(1)
        connection.close()

    threads = [threading.Thread(target=together) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert given == [1]
    assert (backup(Reminder).count(), backup(OutgoingMail).count()) == (1, 1)


# ---- Kinds
def test_a_kind_needs_a_group_and_a_name_of_its_own() -> None:
    with pytest.raises(ImproperlyConfigured, match="which nobody declares"):
        notifications.kind("tests.new", group="unknown", text="", url_name="jobs:index")
    with pytest.raises(ImproperlyConfigured, match="Two apps declare"):
        notifications.kind("others.due", group="others", text="", url_name="jobs:index")
