"""Who has a place in a session is reminded of it some days before: once, by the clock in London, and nobody else is."""

from datetime import UTC, datetime, timedelta

import pytest

from foundation.core.acting import acting_as
from foundation.notifications import actions as notifications
from foundation.notifications.models import Notice, OutgoingMail
from foundation.organisations.models import Membership
from tests.at_once import at_once
from tests.conftest import NOW, acting_of, make_membership
from tests.factories.sessions import TOMORROW, booked, came, closed, plan, planned
from training import session_reminders
from training.actions import reminders, sessions

SAID = "You have a place in the session “Prevent in an hour”, which is soon"
HELD = TOMORROW + timedelta(days=6)  # on 30 November
TWO_BEFORE = HELD - timedelta(days=2, hours=3)


@pytest.fixture
def session(manager, learner, course):
    """The learner has a place in it."""
    session = planned(manager, course, starts_at=HELD)
    booked(learner, session)
    return session


def remind(now=TWO_BEFORE):
    return session_reminders.remind(now=now)


def told(person) -> list[str]:
    with acting_as(person):
        rows = Notice.objects.visible_to(person).filter(kind="training.session_soon").with_things()
        return [row.sentence for row in rows]


def choose(by, days):
    with acting_as(by):
        reminders.change_reminders(
            version=1, days_before=[], days_after=[], escalate_days_after=None, digest_on=None,
            session_days_before=days, by=by, now=NOW,
        )  # fmt: skip


def test_who_has_a_place_is_told_two_days_before_and_once(committed, session, learner, manager):
    counts = [remind(HELD - timedelta(days=days)) for days in (6, 3, 2, 2, 1, 0)]

    assert counts == [0, 0, 1, 0, 0, 0]
    assert told(learner) == [SAID]
    assert told(manager) == []


def test_the_notice_leads_to_the_session_where_the_calendar_entry_is(committed, session, learner, client_for, backup):
    remind()

    address = backup(Notice).get(kind="training.session_soon").address
    page = client_for(learner).get(address)

    assert address == session.get_absolute_url()
    assert f"{address}calendar/" in page.content.decode() or session.starts_at < datetime.now(UTC)


def test_the_letter_says_nothing_but_that_there_is_something(committed, session, learner, backup):
    remind()

    [mail] = backup(OutgoingMail)
    assert (mail.membership_id, mail.about) == (learner.membership_id, OutgoingMail.About.NOTICE)


def test_who_wants_one_letter_a_day_gets_it_then(committed, session, learner, backup):
    with acting_as(learner):
        notifications.prefer(deliveries={"training": "daily"}, by=learner, now=NOW)

    remind()

    assert backup(Notice).get(kind="training.session_soon").delivery == "daily"
    assert backup(OutgoingMail).count() == 0


def test_two_schedulers_at_once_tell_once(committed, session, learner):
    counts = at_once(remind, remind)

    assert sorted(counts) == [0, 1]
    assert told(learner) == [SAID]


def test_who_books_later_is_told_the_next_time(committed, manager, session, learner, people):
    remind()
    booked(manager, session, *people(1), now=TWO_BEFORE)

    assert [remind(TWO_BEFORE + timedelta(days=1)), remind(TWO_BEFORE + timedelta(days=1))] == [1, 0]


@pytest.mark.parametrize(
    "happened", ["cancelled", "given back", "left", "will have left", "waits", "closed", "begun", "turned off"]
)
def test_nobody_is_told_of_what_no_longer_concerns_them(committed, manager, learner, course, people, happened):
    session = planned(manager, course, starts_at=HELD, places=1)
    [place] = booked(learner, session)
    now = TWO_BEFORE
    with acting_as(manager):
        if happened == "cancelled":
            sessions.cancel_session(session_id=session.pk, reason="Ill", by=manager, now=NOW)
        elif happened == "given back":
            sessions.give_back(place_id=place.pk, by=manager, now=NOW)
        elif happened in ("left", "will have left"):
            ends = TWO_BEFORE.date() - timedelta(days=1) if happened == "left" else HELD.date() - timedelta(days=1)
            Membership.objects.visible_to(manager).filter(pk=learner.membership_id).update(ends_on=ends)
    if happened == "turned off":
        choose(manager, None)
    if happened == "waits":
        with acting_as(manager):
            sessions.give_back(place_id=place.pk, by=manager, now=NOW)
        booked(manager, session, *people(1))
        booked(learner, session)
    if happened in ("closed", "begun"):
        now = HELD + timedelta(hours=1)
    if happened == "closed":
        came(manager, session, place, now=now)
        closed(manager, session, now=now)

    remind(now)

    assert told(learner) == []


def test_moved_to_another_day_it_is_told_of_that_day_too(committed, manager, session, learner, course):
    remind()
    later = HELD + timedelta(days=30)
    with acting_as(manager):
        sessions.change_session(
            session_id=session.pk, version=session.version, plan=plan(course, starts_at=later), by=manager,
            now=TWO_BEFORE,
        )  # fmt: skip

    counts = [remind(later - timedelta(days=days)) for days in (3, 2, 1)]

    assert counts == [0, 1, 0]


def test_the_organisations_own_days_count_and_another_organisations_do_not(
    committed, manager, session, learner, other_organisation
):
    theirs = acting_of(make_membership(other_organisation, "training_manager", name="Theirs"))
    choose(manager, 5)
    choose(theirs, 1)

    assert [remind(HELD - timedelta(days=days)) for days in (6, 5)] == [0, 1]


@pytest.mark.parametrize(
    ("begins", "first"),
    [
        (datetime(2027, 3, 29, 23, 30, tzinfo=UTC), datetime(2027, 3, 28, 0, 0, tzinfo=UTC)),  # 0:30 on 30 March
        (datetime(2026, 10, 27, 0, 30, tzinfo=UTC), datetime(2026, 10, 24, 23, 0, tzinfo=UTC)),  # 0:30 on 27 October
    ],
)
def test_days_are_those_of_the_calendar_where_the_clock_changes_between(
    committed, manager, learner, course, begins, first
):
    long_before = begins - timedelta(days=20)
    session = planned(manager, course, starts_at=begins, now=long_before)
    booked(learner, session, now=long_before)

    assert [remind(first - timedelta(minutes=1)), remind(first)] == [0, 1]


def test_many_are_told_in_a_few_statements(committed, manager, session, people, django_assert_max_num_queries):
    booked(manager, session, *people(9))

    with django_assert_max_num_queries(40):
        assert remind() == 10
