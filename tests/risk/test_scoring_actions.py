"""Scores are given on the assessment's matrix; what falls needs a reason; two at once meet."""

import json

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.ledger.models import Event
from risk import actions
from risk.models import Entry, ScoreChange
from tests.conftest import NOW
from tests.factories import risk as factories
from tests.foundation.organisations.test_races import at_once

CELLS = st.none() | st.tuples(st.integers(1, 5), st.integers(1, 5))


def test_a_score_keeps_what_it_was_and_why_it_fell(lead, entry):
    factories.score(lead, entry, residual=(2, 3), reason="Filter tested")

    with acting_as(lead):
        change = ScoreChange.objects.visible_to(lead).filter(kind="residual").first()
        assert (change.before_likelihood, change.before_impact, change.likelihood, change.impact) == (3, 3, 2, 3)
        assert (change.reason, change.changed_by_id) == ("Filter tested", lead.membership_id)
        event = Event.objects.filter(verb="risk.scored").order_by("-pk").first()
        assert json.loads(event.facts)["residual_score"] == "3x3 to 2x3"


def test_the_three_scores_stand_apart(lead, entry):
    scored = factories.score(lead, entry, inherent=(5, 5), residual=(4, 3), target=(2, 2))

    assert [scored.score(kind) for kind in ("inherent", "residual", "target")] == [25, 12, 4]
    with acting_as(lead):
        kinds = ScoreChange.objects.visible_to(lead).order_by("pk").values_list("kind", flat=True)
        assert list(kinds) == ["inherent", "residual", "inherent", "residual", "target"]


@pytest.mark.parametrize("kind", ["inherent", "residual"])
@pytest.mark.parametrize("after", [(1, 1), None])
def test_a_score_that_falls_or_goes_without_a_reason_is_refused(lead, entry, kind, after):
    with pytest.raises(RuleBroken, match="Say why the score falls"):
        factories.score(lead, entry, **{kind: after}, reason=" ")

    with acting_as(lead):
        assert Entry.objects.visible_to(lead).get().version == 2


@pytest.mark.parametrize("cell", [(0, 1), (6, 1), (1, 6), (-1, 3)])
def test_a_score_outside_the_matrix_is_refused(lead, entry, cell):
    with pytest.raises(RuleBroken, match="no such score"):
        factories.score(lead, entry, residual=cell, reason="Typing")


def test_the_database_refuses_a_lowered_score_without_a_reason(lead, entry):
    with acting_as(lead), pytest.raises(IntegrityError, match="score_lowered_with_a_reason"), transaction.atomic():
        ScoreChange.objects.create(
            organisation=lead.organisation,
            entry=entry,
            risk=entry.risk,
            kind="residual",
            before_likelihood=3,
            before_impact=3,
            likelihood=1,
            impact=1,
            changed_at=NOW,
            changed_by=lead.membership,
        )


@pytest.mark.parametrize("table", ["risk_scorechange", "risk_entryrevision", "risk_comment"])
def test_the_database_lets_nobody_rewrite_history(lead, entry, table):
    with acting_as(lead), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(f"DELETE FROM {table}")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=CELLS, after=CELLS)
def test_only_what_falls_needs_a_reason(lead, entry, before, after):
    with acting_as(lead):
        point = transaction.savepoint()
        factories.score(lead, entry, residual=before, reason="Where it begins")
        falls = before is not None and (after is None or after[0] * after[1] < before[0] * before[1])

        try:
            factories.score(lead, entry, residual=after)
        except RuleBroken:
            was_refused = True
        else:
            was_refused = False

        transaction.savepoint_rollback(point)
    assert was_refused == falls


def test_of_two_who_score_at_once_one_meets_the_conflict(committed, lead, entry, backup):
    def score(cell):
        with acting_as(lead):
            return actions.score_entry(
                entry_id=entry.pk, version=2, inherent=(4, 4), residual=cell, target=None, by=lead, now=NOW
            )

    results = at_once(lambda: score((4, 3)), lambda: score((3, 4)))

    assert sorted(type(each).__name__ for each in results) == ["Entry", "StaleVersion"]
    assert any(isinstance(each, StaleVersion) for each in results)
    assert backup(Entry).get().version == 3
    assert backup(ScoreChange).filter(kind="residual").count() == 2
