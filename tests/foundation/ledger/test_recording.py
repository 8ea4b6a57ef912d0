"""AD-2, AD-3, AD-5: an event stands or falls with its deed, is never changed, and holds no personal values."""

import json
from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection, connections, transaction

from foundation import ledger
from foundation.core import request_id
from foundation.core.acting import acting_as, person_context, system_role
from foundation.ledger.models import Event, Seal
from foundation.organisations.models import Team
from tests.conftest import NOW
from tests.foundation.ledger.conftest import all_events, write

NEVER = [
    "UPDATE ledger_event SET verb = 'x.y'",
    "UPDATE ledger_event SET verb = 'x.y' WHERE false",
    "DELETE FROM ledger_event",
    "TRUNCATE ledger_event",
    "UPDATE ledger_seal SET sequence = 99",
    "DELETE FROM ledger_seal",
    "TRUNCATE ledger_seal",
    "UPDATE ledger_verification SET fault = ''",
    "DELETE FROM ledger_verification",
    "TRUNCATE ledger_verification",
]


@pytest.mark.parametrize("statement", NEVER)
@pytest.mark.parametrize("role", ["app", "system", "owner"])
def test_nobody_changes_what_was_recorded(sealed, role, statement):
    events, seals = all_events(), list(Seal.objects.values_list())

    with pytest.raises(DatabaseError, match=r"permission denied|is insert-only"):
        change_as(role, statement)

    assert all_events() == events
    assert list(Seal.objects.values_list()) == seals


def change_as(role: str, statement: str) -> None:
    if role == "owner":
        with connections["owner"].cursor() as cursor:
            cursor.execute(statement)
    elif role == "system":
        with system_role("seal"), connection.cursor() as cursor:
            cursor.execute(statement)
    else:
        with person_context(user_id=None, organisation_id=1), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize("role", ["app", "system"])
@pytest.mark.parametrize(("column", "value"), [("id", "1"), ("recorded_at", "now()"), ("transaction_id", "'3'")])
def test_number_time_and_transaction_come_from_the_database_alone(committed, role, column, value):
    with pytest.raises(DatabaseError, match="permission denied"):
        change_as(role, f"INSERT INTO ledger_event (verb, facts, at, {column}) VALUES ('x.y', '{{}}', now(), {value})")

    assert all_events() == []


@pytest.mark.parametrize("purpose", ["verify", "provision", ""])
def test_only_the_sealer_seals(committed, purpose):
    with pytest.raises(DatabaseError, match="row-level security"), system_role(purpose), connection.cursor() as cursor:
        cursor.execute("INSERT INTO ledger_seal VALUES (1, 1, sha256('a'), sha256('b'), now())")

    assert Seal.objects.count() == 0


def test_the_app_cannot_seal(committed):
    with pytest.raises(DatabaseError, match="permission denied"):
        change_as("app", "INSERT INTO ledger_seal VALUES (1, 1, sha256('a'), sha256('b'), now())")


def test_no_event_no_deed(committed, organisation, acting_for):
    lead = acting_for("prevent_lead")
    recorded = len(all_events())

    def add_a_team() -> None:
        with acting_as(lead):
            Team.objects.create(organisation=organisation, name="Nobody will see this")
            ledger.record("x." + "y" * 100, actor=lead, at=NOW)

    with pytest.raises(DatabaseError, match="too long"):
        add_a_team()

    assert not Team._base_manager.using("backup").exists()
    assert len(all_events()) == recorded


def test_no_deed_no_event(committed, organisation, acting_for):
    lead = acting_for("prevent_lead")
    recorded = len(all_events())

    def fail_after_recording() -> None:
        with acting_as(lead):
            ledger.record("team.created", actor=lead, at=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_recording()

    assert len(all_events()) == recorded


def test_an_event_outside_a_transaction_is_refused(committed):
    with pytest.raises(RuntimeError, match="outside a transaction"):
        ledger.record("team.created", actor=None, at=NOW)


def test_an_event_holds_who_what_when_and_the_coded_facts(committed, organisation, acting_for):
    lead = acting_for("prevent_lead")
    token = request_id.current.set("a" * 32)
    with acting_as(lead):
        ledger.record(
            "membership.changed",
            actor=lead,
            target=lead.membership,
            at=NOW,
            fields={"team", "job_title"},
            on=date(2026, 3, 4),
        )
    request_id.current.reset(token)

    event = all_events()[-1]
    facts = json.loads(event.pop("facts"))
    assert facts == {"fields": ["job_title", "team"], "on": "2026-03-04"}
    assert {name: value for name, value in event.items() if name not in {"id", "recorded_at"}} == {
        "organisation_id": organisation.pk,
        "actor_user_id": lead.user_id,
        "actor_membership_id": lead.membership_id,
        "system_purpose": "",
        "verb": "membership.changed",
        "target_type": "organisations.membership",
        "target_id": lead.membership_id,
        "target_reference": lead.membership.reference,
        "at": NOW,
        "request_id": "a" * 32,
    }
    assert abs((event["recorded_at"] - datetime.now(UTC)).total_seconds()) < 60


def test_control_characters_in_facts_are_escaped(committed):
    with person_context(user_id=None, organisation_id=1):
        ledger.record("test.happened", actor=None, at=NOW, organisation_id=1, code="a\nb\x1b[31m\u202e")

    (event,) = all_events()
    assert event["facts"] == '{"code":"a\\nb\\u001b[31m\\u202e"}'


def test_names_and_addresses_of_the_actor_do_not_enter_the_ledger(committed, acting_for):
    canary = "Zebedee Canary"
    lead = acting_for("prevent_lead", name=canary)
    with acting_as(lead):
        ledger.record("membership.viewed", actor=lead, target=lead.membership, at=NOW)

    text = json.dumps(all_events(), default=str)
    assert "membership.viewed" in text
    assert canary not in text
    assert lead.user.email not in text


def test_an_organisation_reads_only_its_own_events(committed):
    write(2, organisation_id=1)
    write(3, organisation_id=2)

    seen = {}
    for organisation_id in (1, 2, 3, None):
        with person_context(user_id=None, organisation_id=organisation_id):
            seen[organisation_id] = Event.objects.count()

    assert seen == {1: 2, 2: 3, 3: 0, None: 0}
    assert len(all_events()) == 5


def test_an_event_for_another_organisation_is_refused(committed):
    with pytest.raises(DatabaseError, match="row-level security"), person_context(user_id=None, organisation_id=1):
        ledger.record("test.happened", actor=None, at=NOW, organisation_id=2)

    assert all_events() == []


def test_recording_is_one_statement(committed, django_assert_num_queries):
    with transaction.atomic(), person_context(user_id=None, organisation_id=1), django_assert_num_queries(1):
        ledger.record("test.happened", actor=None, at=NOW, organisation_id=1)
