"""From draft to approval and beyond."""

import threading
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from foundation.ledger.models import Event
from foundation.notifications.models import Notice
from foundation.organisations import actions as organisations
from foundation.organisations.models import RoleGrant
from foundation.organisations.roles import Role
from risk import actions
from risk.models import Assessment, Comment, Contributor, Control, Entry
from risk.workflow import Status
from tests.conftest import NOW, acting_of, make_membership
from tests.factories import risk as factories
from tests.foundation.organisations.test_races import at_once


def now_of(row, by):
    with acting_as(by):
        return Assessment.objects.visible_to(by).get(pk=row.pk)


def kinds(by):
    with acting_as(by):
        return sorted(Notice.objects.visible_to(by).filter(kind__startswith="risk.").values_list("kind", flat=True))


def test_a_draft_is_sent_approved_and_everybody_concerned_is_told(lead, approver, acting_for, draft, entry):
    member = acting_for(Role.BOARD_MEMBER)
    with acting_as(lead):
        actions.ask_contributor(assessment_id=draft.pk, membership_id=member.membership_id, by=lead, now=NOW)

    factories.send(lead, draft, approver)
    row = factories.approve(approver, draft)

    assert (row.status, row.approved_by_id, row.approved_at) == (Status.APPROVED, approver.membership_id, NOW)
    assert kinds(approver) == ["risk.asked_to_approve"]
    assert kinds(member) == ["risk.asked_to_comment", "risk.asked_to_comment"]
    assert kinds(lead) == ["risk.approved"]
    with acting_as(lead):
        said = Event.objects.filter(verb__startswith="assessment.").order_by("pk").values_list("verb", flat=True)
        assert list(said) == [
            "assessment.created",
            "assessment.contributor_asked",
            "assessment.sent_for_review",
            "assessment.approved",
        ]


def test_an_assessment_without_a_risk_is_not_sent(lead, approver, draft):
    with pytest.raises(RuleBroken, match="Add at least one risk"):
        factories.send(lead, draft, approver)


@pytest.mark.parametrize("role", [Role.PREVENT_LEAD, Role.BOARD_MEMBER, Role.ASSURER, Role.STAFF])
def test_only_a_senior_approver_can_be_named(lead, acting_for, draft, entry, role):
    with pytest.raises(RuleBroken, match="Choose a senior approver"):
        factories.send(lead, draft, acting_for(role, name="Somebody else"))


def test_whoever_sends_it_cannot_be_named(organisation, draft, entry):
    both = acting_of(make_membership(organisation, Role.PREVENT_LEAD, Role.SENIOR_APPROVER))

    with pytest.raises(RuleBroken, match="cannot approve it"):
        factories.send(both, draft, both)


def test_whoever_wrote_a_risk_of_it_cannot_be_named(lead, organisation, draft, entry):
    both = acting_of(make_membership(organisation, Role.PREVENT_LEAD, Role.SENIOR_APPROVER))
    factories.risk(both, draft, "Another")

    with pytest.raises(RuleBroken, match="cannot approve it"):
        factories.send(lead, draft, both)


def test_another_senior_approver_than_the_named_one_is_refused(lead, approver, acting_for, draft, entry):
    factories.send(lead, draft, approver)

    with pytest.raises(PermissionDenied, match="Only the approver named"):
        factories.approve(acting_for(Role.SENIOR_APPROVER, name="Other"), draft)

    assert now_of(draft, lead).status == Status.IN_REVIEW


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SENIOR_APPROVER])
def test_no_other_role_approves(lead, approver, acting_for, draft, entry, role):
    factories.send(lead, draft, approver)

    with pytest.raises((PermissionDenied, Assessment.DoesNotExist)):
        factories.approve(acting_for(role, name="Other"), draft)

    assert now_of(draft, lead).status == Status.IN_REVIEW


def test_another_organisations_approver_finds_nothing_to_approve(
    lead, approver, acting_for, other_organisation, draft, entry
):
    factories.send(lead, draft, approver)
    outsider = acting_for(Role.SENIOR_APPROVER, organisation=other_organisation)

    with acting_as(outsider), pytest.raises(Assessment.DoesNotExist):
        actions.approve(assessment_id=draft.pk, version=2, by=outsider, now=NOW)


def test_an_approver_who_lost_the_role_since_the_page_was_opened_is_refused(lead, approver, draft, entry, acting_for):
    factories.send(lead, draft, approver)
    administrator = acting_for(Role.ORGANISATION_ADMIN)
    with acting_as(administrator):
        grant = RoleGrant.objects.visible_to(administrator).get(membership_id=approver.membership_id)
        organisations.end_role(
            grant_id=grant.pk,
            last_day=None,
            reason="Left the post",
            by=administrator,
            now=NOW,
        )

    with pytest.raises(RuleBroken, match="Your role as a senior approver has ended"):
        factories.approve(approver, draft)

    assert now_of(draft, lead).status == Status.IN_REVIEW


def test_what_changed_since_it_was_read_is_not_approved(lead, approver, draft, entry):
    seen = factories.send(lead, draft, approver).version
    factories.score(lead, entry, residual=(2, 2), reason="Rewritten in the last minute")

    with acting_as(approver), pytest.raises(RuleBroken, match="changed since you opened this page"):
        actions.approve(assessment_id=draft.pk, version=seen, by=approver, now=NOW)

    assert now_of(draft, lead).status == Status.IN_REVIEW


def test_sending_back_needs_a_reason_which_stays_as_a_comment(lead, approver, draft, entry):
    version = factories.send(lead, draft, approver).version

    with acting_as(approver):
        with pytest.raises(RuleBroken, match="Say why"):
            actions.send_back(assessment_id=draft.pk, version=version, reason=" ", by=approver, now=NOW)
        actions.send_back(assessment_id=draft.pk, version=version, reason="Scores too low", by=approver, now=NOW)

        assert Comment.objects.visible_to(approver).get().text == "Scores too low"
    assert now_of(draft, lead).status == Status.DRAFT
    assert kinds(lead) == ["risk.sent_back"]


def test_a_newer_approval_supersedes_the_one_before(lead, approver, approved):
    with acting_as(lead):
        copy = actions.copy_forward(
            assessment_id=approved.pk,
            title="Risk 2027",
            period_from=date(2027, 1, 1),
            period_to=date(2027, 12, 31),
            by=lead,
            now=NOW,
        )
    factories.send(lead, copy, approver)
    later = NOW + timedelta(days=1)

    factories.approve(approver, copy, now=later)

    assert now_of(copy, lead).status == Status.APPROVED
    before = now_of(approved, lead)
    assert (before.status, before.superseded_at) == (Status.SUPERSEDED, later)


def test_a_copy_brings_open_risks_with_scores_and_controls_and_leaves_closed_ones(lead, approver, draft, entry):
    closed = factories.risk(lead, draft, "Gone")
    with acting_as(lead):
        actions.add_control(entry_id=entry.pk, version=2, text="Filter", strength="strong", by=lead, now=NOW)
        actions.close_risk(risk_id=closed.risk_id, version=1, reason="No longer there", by=lead, now=NOW)
    factories.send(lead, draft, approver)
    factories.approve(approver, draft)

    with acting_as(lead):
        copy = actions.copy_forward(
            assessment_id=draft.pk,
            title="Risk 2027",
            period_from=date(2027, 1, 1),
            period_to=date(2027, 12, 31),
            by=lead,
            now=NOW,
        )

        copied = Entry.objects.visible_to(lead).get(assessment=copy)
        assert (copied.risk_id, copied.score("inherent"), copied.score("residual")) == (entry.risk_id, 16, 9)
        assert [c.text for c in Control.objects.visible_to(lead).filter(entry=copied)] == ["Filter"]
        assert copy.copied_from_id == draft.pk


def test_a_risk_that_somebody_is_closing_is_not_copied_forward(committed, lead, approved, entry, backup):
    copies = []

    def copy():
        with acting_as(lead):
            copies.append(
                actions.copy_forward(
                    assessment_id=approved.pk,
                    title="Risk 2027",
                    period_from=date(2027, 1, 1),
                    period_to=date(2027, 12, 31),
                    by=lead,
                    now=NOW,
                )
            )
        connection.close()

    copying = threading.Thread(target=copy)
    with acting_as(lead):
        actions.close_risk(risk_id=entry.risk_id, version=1, reason="No longer there", by=lead, now=NOW)
        copying.start()
        copying.join(timeout=1)
        waited = copying.is_alive()
    copying.join(timeout=30)

    assert waited
    assert backup(Entry).filter(assessment_id=copies[0].pk).count() == 0


def test_a_draft_is_not_copied_forward(lead, draft, entry):
    with acting_as(lead), pytest.raises(RuleBroken, match="Only the approved assessment"):
        actions.copy_forward(
            assessment_id=draft.pk,
            title="Next",
            period_from=date(2027, 1, 1),
            period_to=date(2027, 12, 31),
            by=lead,
            now=NOW,
        )


DEEDS = {
    "score": lambda by, _a, e: factories.score(by, e, residual=(4, 4)),
    "add a risk": lambda by, a, _e: factories.risk(by, a),
    "take out": lambda by, _a, e: actions.remove_entry(entry_id=e.pk, version=2, reason="x", by=by, now=NOW),
    "review": lambda by, _a, e: actions.mark_reviewed(entry_id=e.pk, version=2, by=by, now=NOW),
    "control": lambda by, _a, e: actions.add_control(
        entry_id=e.pk, version=2, text="x", strength="weak", by=by, now=NOW
    ),
    "comment": lambda by, a, _e: actions.comment(assessment_id=a.pk, text="x", by=by, now=NOW),
    "rename": lambda by, a, _e: actions.change_assessment(
        assessment_id=a.pk,
        version=3,
        title="x",
        period_from=a.period_from,
        period_to=a.period_to,
        marking="official",
        summary="",
        by=by,
        now=NOW,
    ),
}


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_an_approved_assessment_takes_no_deed(lead, approved, entry, deed):
    with acting_as(lead), pytest.raises(RuleBroken, match="is kept as it is"):
        deed(lead, approved, entry)


STATEMENTS = [
    lambda _a, e: Entry.objects.filter(pk=e.pk).update(title="Rewritten"),
    lambda _a, e: Entry.objects.filter(pk=e.pk).update(residual_likelihood=1),
    lambda a, _e: Assessment.objects.filter(pk=a.pk).update(title="Rewritten"),
    lambda a, _e: Assessment.objects.filter(pk=a.pk).update(approval_note="Rewritten"),
    lambda a, e: Control.objects.create(organisation_id=a.organisation_id, entry=e, text="x"),
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_database_refuses_to_rewrite_what_was_approved(lead, approved, entry, statement):
    with acting_as(lead), pytest.raises(IntegrityError, match="is kept as it is"), transaction.atomic():
        statement(approved, entry)


@pytest.mark.parametrize("role", [Role.STAFF, Role.ASSURER, Role.INSPECTOR, Role.RECORDS_MANAGER])
def test_who_may_not_contribute_does_not_comment_and_is_not_asked(lead, acting_for, draft, role):
    other = acting_for(role, name="Other")

    with acting_as(lead), pytest.raises(RuleBroken, match="Choose somebody whose role"):
        actions.ask_contributor(assessment_id=draft.pk, membership_id=other.membership_id, by=lead, now=NOW)
    with acting_as(other), pytest.raises((PermissionDenied, Assessment.DoesNotExist)):
        actions.comment(assessment_id=draft.pk, text="Hello", by=other, now=NOW)

    with acting_as(lead):
        assert (Contributor.objects.count(), Comment.objects.count()) == (0, 0)


def test_of_two_approvals_at_once_one_is_refused(committed, lead, approver, draft, entry, backup):
    version = factories.send(lead, draft, approver).version

    def press():
        with acting_as(approver):
            return actions.approve(assessment_id=draft.pk, version=version, by=approver, now=NOW)

    results = at_once(press, press)

    assert sorted(type(each).__name__ for each in results) == ["Assessment", "RuleBroken"]
    assert backup(Assessment).get().status == Status.APPROVED


@pytest.mark.parametrize("round_", range(3))
def test_a_score_and_an_approval_at_once_never_approve_what_was_not_read(
    committed, lead, approver, draft, entry, backup, round_
):
    version = factories.send(lead, draft, approver).version

    def press():
        with acting_as(approver):
            return actions.approve(assessment_id=draft.pk, version=version, by=approver, now=NOW)

    def score():
        return factories.score(lead, entry, residual=(4, 4))

    results = at_once(press, score)

    assert sum(isinstance(each, RuleBroken) for each in results) == 1
    row, stood = backup(Assessment).get(), backup(Entry).get()
    assert (row.status, stood.score("residual")) in {(Status.APPROVED, 9), (Status.IN_REVIEW, 16)}
