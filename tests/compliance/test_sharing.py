"""Letting a partnership read an answer, and taking it back."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, ProgrammingError, connections, transaction

from compliance import actions
from compliance.models import AnswerRevision, Contribution
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.ledger.models import Event
from foundation.organisations.roles import ROLES, Role
from tests.conftest import NOW, acting_of, make_membership
from tests.factories.compliance import give_answer
from tests.factories.partnerships import join, partnership, share, take_back

LATER = NOW + timedelta(days=3)


@pytest.fixture
def board(organisation):
    made = partnership()
    join(made, organisation)
    return made


@pytest.fixture
def answered(lead, requirement):
    """B6, answered by the member."""
    give_answer(lead, requirement("B6"), status="partly_met", comment="Everything, also what is ours alone.")
    return requirement("B6")


def test_an_answer_is_shared_as_it_stands_with_a_short_comment_and_an_event(lead, board, answered):
    shared = share(lead, board, answered, comment=" 93 per cent of staff. ", now=LATER)

    with acting_as(lead):
        event = Event.objects.get(verb="contribution.shared")
        revision = AnswerRevision.objects.get()
    assert (shared.status, shared.applies, shared.comment) == ("partly_met", True, "93 per cent of staff.")
    assert (shared.answered_at, shared.shared_at, shared.shared_by_id) == (NOW, LATER, lead.membership_id)
    assert (shared.revision, shared.ended_at) == (revision, None)
    assert event.facts == (
        '{"applies":true,"partnership":"severnshire-prevent-partnership","renewed":false,"requirement":"B6",'
        '"status":"partly_met"}'
    )


def test_what_was_shared_stays_as_it_was_when_the_answer_changes(lead, board, answered):
    shared = share(lead, board, answered)

    give_answer(lead, answered, status="met", comment="Better", now=LATER)

    with acting_as(lead):
        shared.refresh_from_db()
    assert (shared.status, shared.answered_at, shared.comment) == ("partly_met", NOW, "Ours")


def test_sharing_anew_ends_what_was_shared_before(lead, board, answered):
    first = share(lead, board, answered)
    give_answer(lead, answered, status="met", now=LATER)

    second = share(lead, board, answered, now=LATER)

    with acting_as(lead):
        first.refresh_from_db()
    assert (first.ended_at, first.ended_by_id, first.ended_how) == (LATER, lead.membership_id, "renewed")
    assert (second.status, second.ended_at) == ("met", None)


def test_taking_back_ends_the_sharing_and_keeps_our_record_of_it(lead, board, answered):
    shared = share(lead, board, answered)

    take_back(lead, shared, now=LATER)

    with acting_as(lead):
        shared.refresh_from_db()
        event = Event.objects.get(verb="contribution.taken_back")
    assert (shared.ended_at, shared.ended_by_id, shared.ended_how) == (LATER, lead.membership_id, "taken_back")
    assert event.facts == '{"partnership":"severnshire-prevent-partnership","requirement":"B6"}'


def test_what_was_taken_back_cannot_be_taken_back_again_and_can_be_shared_again(lead, board, answered):
    shared = share(lead, board, answered)
    take_back(lead, shared)

    with pytest.raises(RuleBroken, match="not shared any more"):
        take_back(lead, shared)

    assert share(lead, board, answered, now=LATER).ended_at is None


@pytest.mark.parametrize("role", [role for role in Role if "compliance.share" not in ROLES[role].permissions])
def test_a_role_that_may_not_share_neither_shares_nor_takes_back(acting_for, lead, board, answered, role):
    shared = share(lead, board, answered)
    colleague = acting_for(role)

    with pytest.raises(PermissionDenied, match="Only a Prevent lead or a senior approver"):
        share_as(colleague, board, answered, version=1)
    with pytest.raises(PermissionDenied, match="Only a Prevent lead or a senior approver"):
        take_back(colleague, shared)

    with acting_as(lead):
        assert Contribution.objects.filter(ended_at=None).count() == 1


def share_as(by, board, requirement, *, version):
    with acting_as(by):
        return actions.share_contribution(
            requirement_id=requirement.pk, partnership_id=board.pk, version=version, comment="", by=by, now=NOW
        )


def test_a_senior_approver_may_share_and_take_back(acting_for, lead, board, answered):
    approver = acting_for(Role.SENIOR_APPROVER)

    shared = share(approver, board, answered)

    assert take_back(approver, shared).ended_how == "taken_back"


def test_an_answer_that_changed_meanwhile_is_not_shared(lead, board, answered):
    give_answer(lead, answered, status="met", now=LATER)

    with pytest.raises(StaleVersion):
        share_as(lead, board, answered, version=1)

    with acting_as(lead):
        assert Contribution.objects.count() == 0


@pytest.mark.parametrize("code", ["LA-05", "B2018-01", "SCH-01"])
def test_only_a_benchmark_that_one_is_asked_today_is_shared(lead, board, requirement, code):
    give_answer(lead, requirement(code), status="green" if code.startswith("B2018") else "met")

    with pytest.raises(RuleBroken, match="Only a benchmark that you are asked"):
        share_as(lead, board, requirement(code), version=1)


def test_nothing_is_shared_before_it_is_answered(lead, board, requirement):
    with pytest.raises(RuleBroken, match="Answer the benchmark before you share it"):
        share_as(lead, board, requirement("B1"), version=0)


def test_nothing_is_shared_with_a_partnership_one_does_not_belong_to(lead, answered):
    stranger = partnership("Elsewhere Prevent Partnership")

    with pytest.raises(RuleBroken, match="not a member of this partnership"):
        share_as(lead, stranger, answered, version=1)


def test_nothing_is_shared_with_a_partnership_one_has_left(organisation, lead, answered):
    left = partnership("Old Partnership")
    join(left, organisation, ends_on=NOW.date() - timedelta(days=1))

    with pytest.raises(RuleBroken, match="not a member of this partnership"):
        share_as(lead, left, answered, version=1)


def test_a_long_comment_is_refused(lead, board, answered):
    with pytest.raises(RuleBroken, match="600 characters or fewer"):
        share(lead, board, answered, comment="x" * 601)


def test_two_who_share_at_once_leave_one_open(committed, lead, board, requirement):
    give_answer(lead, requirement("B6"))
    barrier, done = threading.Barrier(2), []

    def press(text: str) -> None:
        try:
            barrier.wait()
            done.append(share(lead, board, requirement("B6"), comment=text))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=(text,)) for text in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with acting_as(lead):
        assert sorted(Contribution.objects.values_list("ended_how", flat=True)) == ["", "renewed"]


# ---- What the database itself refuses
def test_the_database_refuses_to_share_with_a_partnership_one_does_not_belong_to(lead, board, answered):
    shared = share(lead, board, answered)
    stranger = partnership("Elsewhere Prevent Partnership")

    with pytest.raises(ProgrammingError, match="row-level security"), acting_as(lead), transaction.atomic():
        Contribution.objects.create(
            organisation=lead.organisation,
            partnership=stranger,
            requirement=answered,
            revision_id=shared.revision_id,
            status="met",
            answered_at=NOW,
            shared_at=NOW,
            shared_by=lead.membership,
        )


def test_the_database_refuses_to_reword_what_was_shared(lead, board, answered):
    shared = share(lead, board, answered)

    with pytest.raises(ProgrammingError, match="permission denied"), acting_as(lead), transaction.atomic():
        Contribution.objects.filter(pk=shared.pk).update(status="exceeded")


def test_the_database_lets_nothing_that_ended_begin_again(lead, board, answered):
    shared = share(lead, board, answered)
    take_back(lead, shared)

    with acting_as(lead), transaction.atomic():
        reopened = Contribution.objects.filter(pk=shared.pk).update(ended_at=None, ended_by=None, ended_how="")

    assert reopened == 0


def test_the_database_refuses_the_revision_of_another_organisation(
    committed, lead, board, answered, other_organisation
):
    stranger = acting_of(make_membership(other_organisation, "prevent_lead"))
    give_answer(stranger, answered)
    with acting_as(stranger):
        theirs = AnswerRevision.objects.get(organisation=other_organisation).pk

    with pytest.raises(IntegrityError, match="same_org"), acting_as(lead):
        Contribution.objects.create(
            organisation=lead.organisation,
            partnership=board,
            requirement=answered,
            revision_id=theirs,
            status="met",
            answered_at=NOW,
            shared_at=NOW,
            shared_by=lead.membership,
        )


def test_a_partnership_cannot_end_what_a_member_shares(lead, board, answered):
    shared = share(lead, board, answered)
    chair = acting_of(make_membership(board, "prevent_lead"))

    with pytest.raises(RuleBroken, match="not shared any more"):
        take_back(chair, shared)

    with acting_as(chair):
        assert Contribution.objects.filter(pk=shared.pk, ended_at=None).update(ended_how="taken_back") == 0
