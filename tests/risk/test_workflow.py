import pytest

from foundation.core.exceptions import RuleBroken
from risk import workflow
from risk.workflow import Status

ALLOWED = {
    (Status.DRAFT, Status.IN_REVIEW),
    (Status.IN_REVIEW, Status.DRAFT),
    (Status.IN_REVIEW, Status.APPROVED),
    (Status.APPROVED, Status.SUPERSEDED),
}


@pytest.mark.parametrize("to", list(Status))
@pytest.mark.parametrize("current", list(Status))
def test_every_pair_of_states_is_allowed_or_refused(current, to):
    refused = False

    try:
        workflow.check_transition(current, to)
    except RuleBroken:
        refused = True

    assert refused == ((current, to) not in ALLOWED)


@pytest.mark.parametrize("status", [Status.APPROVED, Status.SUPERSEDED])
def test_what_was_approved_is_closed_to_changes(status):
    with pytest.raises(RuleBroken, match="is kept as it is"):
        workflow.check_open(status)


@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW])
def test_what_is_written_or_reviewed_is_open(status):
    assert workflow.check_open(status) is None
