"""A session of hundreds is booked, recorded, closed and called off in as many statements as one of three."""

import pytest
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Concat
from django.test.utils import CaptureQueriesContext

from foundation import notifications
from foundation.core.acting import acting_as
from foundation.ledger.models import Event
from foundation.notifications.models import Notice, OutgoingMail
from foundation.organisations.models import Membership
from tests.conftest import NOW
from tests.factories.requirements import ask
from tests.factories.sessions import AFTERWARDS, booked, came, closed, file_of, plan, planned
from training.actions import attendance, sessions
from training.models import Completion, Place, TaughtSession
from training.workflow import PlaceStatus

FEW, MANY = 3, 60


def asked_by(deed) -> int:
    with CaptureQueriesContext(connection) as found:
        deed()
    return len(found)


def tick(by, session):
    """Everybody came, the first of them with a score."""
    with acting_as(by):
        places = list(Place.objects.visible_to(by).filter(session=session).order_by("pk"))
    came(by, session, *places, scores={places[0].pk: 70})


def over(by, course, *who):
    session = planned(by, course, places=MANY)
    booked(by, session, *who)
    tick(by, session)
    return session


def upload(by, session, who):
    with acting_as(by):
        attendance.record_attendance_from_file(
            session_id=session.pk, version=session.version, examined=file_of([["", one.email, "50"] for one in who]),
            with_walk_ins=True, by=by, now=AFTERWARDS,
        )  # fmt: skip


def cancel(by, session):
    with acting_as(by):
        sessions.cancel_session(session_id=session.pk, reason="Ill", by=by, now=NOW)


def more_places(by, course, session):
    with acting_as(by):
        sessions.change_session(
            session_id=session.pk, version=session.version, plan=plan(course, places=MANY), by=by, now=NOW
        )


@pytest.fixture
def staff(manager, people):
    """``staff(3)``: so many people whom a letter reaches."""

    def make(count):
        rows = people(count)
        with acting_as(manager):
            found = Membership.objects.filter(pk__in=[one.pk for one in rows])
            found.update(email=Concat("reference", Value("@example.org")))
            return list(found.order_by("pk"))

    return make


@pytest.fixture
def deed(manager, course):
    """``deed(name, who)``: the deed, with all that must stand before it done."""

    def prepare(name, who):
        session = planned(manager, course, places=1 if name == "more places" else MANY)
        match name:
            case "book":
                return lambda: booked(manager, session, *who)
            case "file":
                return lambda: upload(manager, session, who)
            case "close":
                held = over(manager, course, *who)
                return lambda: closed(manager, held)
        booked(manager, session, *who)
        deeds = {
            "tick": lambda: tick(manager, session),
            "cancel": lambda: cancel(manager, session),
            "more places": lambda: more_places(manager, course, session),
        }
        return deeds[name]

    return prepare


@pytest.mark.parametrize("name", ["book", "file", "tick", "close", "cancel", "more places"])
def test_it_asks_the_database_no_more_for_many_than_for_few(deed, staff, manager, course, name):
    ask(manager, course)
    asked_by(deed(name, staff(1)))  # what is asked once a process is asked

    few, many = asked_by(deed(name, staff(FEW))), asked_by(deed(name, staff(MANY)))

    assert many == few
    assert many < 60


def test_each_of_many_has_a_record_a_notice_a_letter_and_an_entry_in_the_ledger(
    committed, manager, course, staff, backup
):
    who = staff(MANY)
    session = over(manager, course, *who)
    before = backup(OutgoingMail).count()

    closed(manager, session)

    numbers = sorted(one.pk for one in who)
    of_each = {
        "records": backup(Completion).filter(status="counts").order_by("membership_id"),
        "notices": backup(Notice).filter(kind="training.session_over").order_by("membership_id"),
    }
    assert {name: list(rows.values_list("membership_id", flat=True)) for name, rows in of_each.items()} == {
        "records": numbers, "notices": numbers,
    }  # fmt: skip
    assert backup(OutgoingMail).count() - before == MANY
    assert backup(Notice).filter(kind="training.session_over", mail__isnull=True).count() == 0
    for verb in ("training.recorded", "training.place_booked"):
        assert backup(Event).filter(verb=verb).count() == MANY
    assert backup(Place).filter(completion__isnull=False, status=PlaceStatus.ATTENDED).count() == MANY
    assert backup(TaughtSession).get().status == "held"


def test_who_was_told_already_is_not_told_again_and_the_others_are(committed, manager, course, people, backup):
    who = people(3)
    session = planned(manager, course)
    with acting_as(manager):
        said = {"kind": "training.session_cancelled", "target": session, "by": manager, "now": NOW}
        notifications.notify(membership_id=who[1].pk, **said)

        given = notifications.notify_many(events=dict.fromkeys([one.pk for one in who], ""), **said)

    assert [notice.membership_id for notice in given] == [who[0].pk, who[2].pk]
    assert backup(Notice).count() == 3
