import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, connection, connections

from compliance import actions
from compliance.models import Answer, AnswerRevision, Requirement
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.ledger.models import Event
from foundation.notifications.models import Notice
from foundation.organisations.models import Membership
from tests.conftest import NOW, acting_of, make_membership
from tests.factories.compliance import give_answer


def test_an_answer_is_kept_with_its_history_and_an_event(lead, requirement):
    row = requirement("LA-05")

    given = give_answer(lead, row, status="partly_met", comment=" A board meets. ", next_review_on=date(2027, 3, 1))

    with acting_as(lead):
        kept = AnswerRevision.objects.get()
        event = Event.objects.get(verb="answer.given")
    assert (given.status, given.comment, given.version) == ("partly_met", "A board meets.", 1)
    assert (given.answered_at, given.answered_by_id) == (NOW, lead.membership_id)
    assert (kept.status, kept.number, kept.kind, kept.changed_at) == ("partly_met", 1, "answered", NOW)
    assert kept.requirement_revision.number == 1
    assert event.facts == '{"after":"partly_met","applies":true,"before":"not_assessed","requirement":"LA-05"}'


def test_the_comment_never_reaches_the_ledger(lead, requirement):
    give_answer(lead, requirement("LA-05"), comment="canary-comment-7731")

    with acting_as(lead):
        assert [event.pk for event in Event.objects.all() if "canary" in event.facts] == []


@pytest.mark.parametrize(
    "role", ["staff", "senior_approver", "board_member", "assurer", "records_manager", "inspector"]
)
def test_only_a_lead_may_answer(acting_for, requirement, role):
    colleague = acting_for(role)

    with pytest.raises(PermissionDenied, match="Only a Prevent lead"):
        give_answer(colleague, requirement("LA-05"))

    with acting_as(colleague):
        assert Answer.objects.count() == 0


def test_a_status_the_scale_does_not_have_is_refused(lead, requirement):
    with pytest.raises(RuleBroken, match="no such status"):
        give_answer(lead, requirement("GEN-01"), status="exceeded")


def test_a_score_is_refused_where_neither_scale_nor_organisation_has_scores(lead, requirement):
    with pytest.raises(RuleBroken, match="has no scores"):
        give_answer(lead, requirement("B1"), score=3)


def test_a_score_outside_the_organisations_range_is_refused(lead, requirement):
    with acting_as(lead):
        actions.change_settings(
            version=1, stale_after_months=14, expiry_warning_days=60, highest_score=5, by=lead, now=NOW
        )

    with pytest.raises(RuleBroken, match="from 1 to 5"):
        give_answer(lead, requirement("B1"), score=6)
    assert give_answer(lead, requirement("B1"), score=5).score == 5


def test_not_applicable_needs_a_reason(lead, requirement):
    with pytest.raises(RuleBroken, match="why this requirement does not apply"):
        give_answer(lead, requirement("LA-09"), applies=False, why_not="  ")


def test_not_applicable_with_a_reason_takes_the_status_away(lead, requirement):
    answer = give_answer(lead, requirement("LA-09"), status="met", applies=False, why_not="We are a unitary council.")

    assert (answer.applies, answer.status, answer.why_not) == (False, "not_assessed", "We are a unitary council.")


def test_a_review_in_the_past_is_refused(lead, requirement):
    with pytest.raises(RuleBroken, match="today or later"):
        give_answer(lead, requirement("LA-05"), next_review_on=NOW.date() - timedelta(days=1))


def test_an_owner_who_has_left_is_refused(lead, requirement):
    gone = make_membership(lead.organisation, name="Gone Person")
    with acting_as(lead):
        Membership.objects.filter(pk=gone.pk).update(ends_on=date(2026, 11, 22))

    with pytest.raises(RuleBroken, match="in the organisation today"):
        give_answer(lead, requirement("LA-05"), owner_id=gone.pk)


def test_an_owner_of_another_organisation_is_refused(lead, other_organisation, requirement):
    stranger = make_membership(other_organisation)

    with pytest.raises(RuleBroken, match="in the organisation today"):
        give_answer(lead, requirement("LA-05"), owner_id=stranger.pk)


def test_a_stale_save_is_refused_and_says_what_stands(lead, requirement):
    give_answer(lead, requirement("LA-05"), comment="first")

    with pytest.raises(StaleVersion) as refusal:
        give_answer(lead, requirement("LA-05"), comment="second", version=0)

    assert refusal.value.current.comment == "first"
    with acting_as(lead):
        assert Answer.objects.get().comment == "first"


def test_two_first_answers_at_once_leave_one_and_refuse_the_other(committed, library, lead):
    row = Requirement.objects.get(code="LA-05")
    barrier, outcomes = threading.Barrier(2), []

    def save(text: str) -> None:
        try:
            barrier.wait()
            give_answer(lead, row, comment=text, version=0)
            outcomes.append("saved")
        except StaleVersion:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=save, args=(text,)) for text in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["refused", "saved"]
    with acting_as(lead):
        assert AnswerRevision.objects.count() == 1


def test_an_answer_to_another_organisations_own_requirement_is_refused_by_the_database(
    lead, other_organisation, library
):
    stranger = acting_of(make_membership(other_organisation, "prevent_lead"))
    with acting_as(stranger):
        theirs = actions.add_requirement(
            code="THEIRS-1",
            theme_code="LEAD",
            title="Theirs",
            text="Theirs",
            force="should",
            review_interval_months=12,
            by=stranger,
            now=NOW,
        )

    with pytest.raises(ProgrammingError, match="row-level security"), acting_as(lead):
        Answer.objects.create(organisation=lead.organisation, requirement_id=theirs.pk)


def test_history_can_be_neither_changed_nor_removed(lead, requirement):
    give_answer(lead, requirement("LA-05"))

    for statement in ("UPDATE compliance_answerrevision SET comment = ''", "DELETE FROM compliance_answerrevision"):
        with pytest.raises(ProgrammingError, match="permission denied"), acting_as(lead), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_app_role_cannot_write_the_library(lead, library):
    with pytest.raises(ProgrammingError, match="permission denied"), acting_as(lead), connection.cursor() as cursor:
        cursor.execute("UPDATE compliance_theme SET title = 'x'")


# ---- The assurer's rating
def rate(by, requirement, *, now=NOW, **fields):
    fields = {"status": "met", "version": 1, "assured_on": date(2026, 11, 1)} | fields
    with acting_as(by):
        return actions.assure(requirement_id=requirement.pk, by=by, now=now, **fields)


def test_the_assurers_rating_stands_beside_the_answer_and_changes_nothing_of_it(lead, assurer, requirement):
    give_answer(lead, requirement("B1"), status="exceeded", comment="Ours")

    rated = rate(assurer, requirement("B1"), status="unmet", comment="Minutes missing")

    assert (rated.status, rated.comment, rated.answered_by_id) == ("exceeded", "Ours", lead.membership_id)
    assert (rated.assured_status, rated.assured_comment, rated.assured_by_id) == (
        "unmet",
        "Minutes missing",
        assurer.membership_id,
    )


def test_the_owner_is_told_that_the_assurer_rated_what_they_own(lead, assurer, requirement):
    give_answer(lead, requirement("B1"), owner_id=lead.membership_id)
    give_answer(lead, requirement("B2"))

    rate(assurer, requirement("B1"))
    rate(assurer, requirement("B2"))

    with acting_as(lead):
        told = list(Notice.objects.filter(kind="compliance.assured").values_list("membership_id", "target_reference"))
    assert told == [(lead.membership_id, "B1")]


def test_a_lead_may_not_assure(lead, requirement):
    give_answer(lead, requirement("B1"))

    with pytest.raises(PermissionDenied, match="Only an assurer"):
        rate(lead, requirement("B1"))


def test_whoever_answered_may_not_assure_it(acting_for, requirement):
    both = acting_for("prevent_lead", "assurer")
    give_answer(both, requirement("B1"))

    with pytest.raises(PermissionDenied, match="somebody else must assure"):
        rate(both, requirement("B1"))


def test_a_rating_in_the_future_is_refused(lead, assurer, requirement):
    give_answer(lead, requirement("B1"))

    with pytest.raises(RuleBroken, match="today or earlier"):
        rate(assurer, requirement("B1"), assured_on=date(2026, 11, 24))


def test_a_day_is_the_day_in_london_even_in_the_first_hour_of_a_summer_day(lead, assurer, requirement):
    half_past_midnight = datetime(2026, 7, 14, 23, 30, tzinfo=UTC)  # 00:30 on 15 July in London
    today = date(2026, 7, 15)
    newcomer = make_membership(lead.organisation, name="Newcomer")
    with acting_as(lead):
        Membership.objects.filter(pk=newcomer.pk).update(starts_on=today)
    row = requirement("B1")

    with pytest.raises(RuleBroken, match="today or later"):
        give_answer(lead, row, now=half_past_midnight, next_review_on=date(2026, 7, 14))
    given = give_answer(lead, row, now=half_past_midnight, next_review_on=today, owner_id=newcomer.pk)
    rated = rate(assurer, row, now=half_past_midnight, assured_on=today)
    with pytest.raises(RuleBroken, match="today or earlier"):
        rate(assurer, row, now=half_past_midnight, version=2, assured_on=date(2026, 7, 16))

    assert (given.next_review_on, given.owner_id, rated.assured_on) == (today, newcomer.pk, today)


def test_a_new_answer_leaves_the_assurers_rating_standing(lead, assurer, requirement):
    give_answer(lead, requirement("B1"), status="met")
    rate(assurer, requirement("B1"))

    answer = give_answer(lead, requirement("B1"), status="partly_met")

    assert (answer.status, answer.assured_status) == ("partly_met", "met")
