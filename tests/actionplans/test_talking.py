"""Comments and mentions: who is told, who is not, and that what was noted is never rewritten."""

import pytest
from django.db import DatabaseError, connection, transaction

from actionplans import actions
from actionplans.models import Action, Comment
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from tests.actionplans.seen import notices
from tests.conftest import NOW, acting_of, make_membership


def test_somebody_who_sees_the_action_is_told_when_they_are_mentioned(lead, owner, theirs):
    with acting_as(lead):
        actions.comment(action_id=theirs.pk, text="Ready?", mention_ids=[owner.membership_id], by=lead, now=NOW)

    assert notices(owner) == ["actionplans.mentioned", "actionplans.owns"]


def test_somebody_who_does_not_see_the_action_gets_nothing_and_the_author_a_refusal_without_a_reason(
    lead, theirs, organisation
):
    outsider = acting_of(make_membership(organisation, name="Ona Outsider"))

    with acting_as(lead), pytest.raises(RuleBroken) as refused:
        actions.comment(action_id=theirs.pk, text="Look", mention_ids=[outsider.membership_id], by=lead, now=NOW)

    assert str(refused.value) == "Ona Outsider cannot see this action, so nothing was sent."
    assert notices(outsider) == []
    with acting_as(lead):
        assert Comment.objects.count() == 0


def test_somebody_who_does_not_see_the_action_does_not_comment(theirs, organisation):
    outsider = acting_of(make_membership(organisation))

    with acting_as(outsider), pytest.raises(Action.DoesNotExist):
        actions.comment(action_id=theirs.pk, text="Hello", by=outsider, now=NOW)


@pytest.mark.parametrize("table", ["progress", "duechange", "comment", "mention"])
def test_what_was_noted_is_never_rewritten(lead, table):
    with (
        acting_as(lead),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE actionplans_{table} SET organisation_id = organisation_id")
