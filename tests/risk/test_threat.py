from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, ProgrammingError
from hypothesis import given
from hypothesis import strategies as st

from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from foundation.ledger.models import Event
from foundation.notifications.models import Notice
from risk import actions, threat
from risk.models import ReviewTask, ThreatLevel, ThreatWording
from risk.models.threat import Level
from tests.conftest import NOW, acting_of, make_membership
from tests.factories import profiles

YESTERDAY = date(2026, 11, 22)


def enter(by, **changes) -> actions.threat.Entered:
    wanted = {
        "level": "substantial",
        "effective_from": YESTERDAY,
        "announced_on": None,
        "source": "MI5",
        "source_address": "https://www.mi5.gov.uk/threat-levels",
        "note": "",
    } | changes
    with acting_as(by):
        return actions.enter_level(by=by, now=NOW, **wanted)


def in_force(by, on: date) -> str | None:
    with acting_as(by):
        found = threat.level_in_force(by, on)
    return found.level if found else None


# ---- What is in force
@pytest.mark.parametrize(
    ("on", "level"),
    [
        (date(2006, 7, 31), None),
        (date(2006, 8, 1), "severe"),
        (date(2006, 8, 10), "critical"),
        (date(2014, 8, 28), "substantial"),
        (date(2014, 8, 29), "severe"),
        (date(2017, 9, 16), "critical"),
        (date(2021, 2, 5), "substantial"),  # announced three days later
        (date(2026, 4, 29), "substantial"),
        (date(2026, 4, 30), "severe"),
        (date(2026, 11, 23), "severe"),
    ],
)
def test_the_level_of_a_day_is_the_last_that_began_by_then(lead, on, level):
    assert in_force(lead, on) == level


DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2030, 12, 31))
ROWS = st.lists(st.tuples(DAYS, st.sampled_from(Level.values), st.booleans()), unique_by=lambda row: (row[0], row[2]))


@given(rows=ROWS, on=DAYS)
def test_of_any_history_own_entries_count_only_after_the_last_row_of_the_file(rows, on):
    levels = [
        ThreatLevel(effective_from=day, level=level, organisation_id=7 if own else None) for day, level, own in rows
    ]

    counted = threat.in_order(levels)

    newest_of_file = max((day for day, _level, own in rows if not own), default=date.min)
    expected = sorted((day, level) for day, level, own in rows if not own or day > newest_of_file)
    assert [(row.effective_from, row.level) for row in counted] == expected
    before = [row.level for row in counted if row.effective_from <= on]
    assert before == [level for day, level in expected if day <= on]


def test_history_says_until_when_each_level_held_and_what_it_meant_then(lead):
    with acting_as(lead):
        newest, before, *_rest, oldest = threat.history(lead)

    assert (newest.row.level, newest.until, newest.meaning) == ("severe", None, "An attack is highly likely")
    assert (before.row.level, before.until, before.meaning) == ("substantial", date(2026, 4, 30), "An attack is likely")
    assert (oldest.row.effective_from, oldest.meaning) == (date(2006, 8, 1), "An attack is highly likely")


@pytest.mark.parametrize(
    ("on", "meaning"),
    [(date(2019, 7, 22), "An attack is a strong possibility"), (date(2019, 7, 23), "An attack is likely")],
)
def test_the_wording_of_a_level_is_that_of_the_day(db, on, meaning):
    assert threat.meaning_of("substantial", on, list(ThreatWording.objects.all())) == meaning


# ---- Entering a newer level
def test_a_newer_level_is_entered_audited_and_asks_for_every_live_risk(lead, acting_for):
    owner = acting_for("board_member", name="Owner of the risk")
    first = profiles.risk(lead, "R-1", owner_id=owner.membership_id)
    second = profiles.risk(lead, "R-2")
    profiles.risk(lead, "R-3", closed=True)

    entered = enter(lead)

    with acting_as(lead):
        raised = ReviewTask.objects.filter(threat_level=entered.row).order_by("risk__code")
        facts = [(task.risk_id, task.cause, task.due_on, task.raised_by_id) for task in raised]
        event = Event.objects.get(verb="threat_level.entered")
        told = list(Notice.objects.filter(kind="risk.reassess").values_list("membership_id", flat=True))
    due = date(2026, 12, 21)
    assert facts == [
        (first.pk, "threat_level", due, lead.membership_id),
        (second.pk, "threat_level", due, lead.membership_id),
    ]
    assert in_force(lead, date(2026, 11, 21)) == "severe"
    assert in_force(lead, YESTERDAY) == "substantial"
    assert '"after":"substantial","before":"severe"' in event.facts
    assert told == [owner.membership_id]
    assert (entered.row.verified, entered.row.entered_by_id) == (False, lead.membership_id)


def test_what_one_organisation_enters_counts_for_no_other(lead, other_organisation):
    enter(lead)
    stranger = acting_of(make_membership(other_organisation, "prevent_lead"))

    assert in_force(stranger, YESTERDAY) == "severe"
    with acting_as(stranger):
        assert ThreatLevel.objects.filter(organisation__isnull=False).count() == 0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"effective_from": date(2026, 11, 24)}, "already in force"),
        ({"announced_on": date(2026, 11, 24)}, "already in force"),
        ({"effective_from": date(2026, 4, 30)}, "already known"),
        ({"effective_from": date(2020, 1, 1)}, "already known"),
        ({"level": "severe"}, "in force already"),
        ({"source": "  "}, "where you read it"),
    ],
)
def test_a_level_that_makes_no_sense_is_refused_and_nothing_is_kept(lead, changes, sentence):
    profiles.risk(lead)

    with pytest.raises(RuleBroken, match=sentence):
        enter(lead, **changes)

    with acting_as(lead):
        assert (ThreatLevel.objects.filter(organisation__isnull=False).count(), ReviewTask.objects.count()) == (0, 0)


@pytest.mark.parametrize("role", ["staff", "board_member", "senior_approver", "inspector", "organisation_admin"])
def test_only_a_lead_enters_or_withdraws_a_level(lead, acting_for, role):
    row = enter(lead).row
    other = acting_for(role)

    with pytest.raises(PermissionDenied):
        enter(other, effective_from=date(2026, 11, 23), level="low")
    with pytest.raises(PermissionDenied), acting_as(other):
        actions.withdraw_level(level_id=row.pk, reason="Wrong", by=other, now=NOW)

    assert in_force(lead, YESTERDAY) == "substantial"


def test_a_withdrawn_level_no_longer_counts_says_why_and_may_be_entered_anew(lead):
    row = enter(lead).row

    with acting_as(lead):
        actions.withdraw_level(level_id=row.pk, reason=" A drill. ", by=lead, now=NOW)
        row.refresh_from_db()
        event = Event.objects.get(verb="threat_level.withdrawn")

    assert (row.withdrawn_by_id, row.withdrawn_reason) == (lead.membership_id, "A drill.")
    assert "drill" not in event.facts
    assert in_force(lead, YESTERDAY) == "severe"
    assert enter(lead).row.pk != row.pk


def test_a_level_is_withdrawn_once_and_with_a_reason(lead):
    row = enter(lead).row

    with pytest.raises(RuleBroken, match="Say why"), acting_as(lead):
        actions.withdraw_level(level_id=row.pk, reason=" ", by=lead, now=NOW)
    with acting_as(lead):
        actions.withdraw_level(level_id=row.pk, reason="Wrong", by=lead, now=NOW)
    with pytest.raises(RuleBroken, match="already withdrawn"), acting_as(lead):
        actions.withdraw_level(level_id=row.pk, reason="Again", by=lead, now=NOW)


def test_another_organisation_cannot_withdraw_it_and_nobody_the_files(lead, other_organisation):
    row = enter(lead).row
    stranger = acting_of(make_membership(other_organisation, "prevent_lead"))

    with acting_as(stranger), pytest.raises(ThreatLevel.DoesNotExist):
        actions.withdraw_level(level_id=row.pk, reason="Theirs", by=stranger, now=NOW)
    with acting_as(lead):
        of_file = ThreatLevel.objects.filter(organisation=None).first()
    with acting_as(lead), pytest.raises(ThreatLevel.DoesNotExist):
        actions.withdraw_level(level_id=of_file.pk, reason="Not ours", by=lead, now=NOW)


# ---- What the database refuses
def test_a_level_of_the_file_cannot_be_changed_or_added_by_people(lead):
    with acting_as(lead):
        changed = ThreatLevel.objects.filter(organisation__isnull=True).update(level="low")
        with pytest.raises(ProgrammingError, match="row-level security"):
            ThreatLevel.objects.create(
                level="low", effective_from=YESTERDAY, source="x", mark="NV", entered_at=NOW, organisation=None
            )

    assert changed == 0


def test_a_level_that_people_entered_cannot_pass_as_verified(lead):
    row = enter(lead).row

    with acting_as(lead), pytest.raises(IntegrityError, match="verified_only_where_seen"):
        ThreatLevel.objects.filter(pk=row.pk).update(verified=True, mark="S")


def test_wordings_are_written_by_the_loader_alone(lead):
    with acting_as(lead), pytest.raises(ProgrammingError, match="permission denied"):
        ThreatWording.objects.update(meaning="Nothing to see")


def test_a_task_cannot_name_another_organisations_level(lead, other_organisation):
    stranger = acting_of(make_membership(other_organisation, "prevent_lead"))
    theirs = enter(stranger).row
    row = profiles.risk(lead)

    with acting_as(lead), pytest.raises((ProgrammingError, IntegrityError)):
        ReviewTask.objects.create(
            organisation=lead.organisation,
            risk=row,
            cause="threat_level",
            threat_level_id=theirs.pk,
            due_on=YESTERDAY + timedelta(days=30),
            raised_at=NOW,
        )
