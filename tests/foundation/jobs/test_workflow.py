import itertools

import pytest

from foundation.core.exceptions import RuleBroken
from foundation.jobs.workflow import FINISHED, TRANSITIONS, WAITING, Status, check_transition

ALLOWED = {
    ("queued", "delayed"),
    ("queued", "running"),
    ("queued", "cancelled"),
    ("delayed", "queued"),
    ("delayed", "running"),
    ("delayed", "cancelled"),
    ("running", "queued"),
    ("running", "done"),
    ("running", "failed"),
    ("running", "cancelled"),
    ("failed", "queued"),
}


@pytest.mark.parametrize(("current", "to"), list(itertools.product(Status, Status)))
def test_every_pair_of_states_is_allowed_or_refused(current: Status, to: Status) -> None:
    if (current.value, to.value) in ALLOWED:
        check_transition(current.value, to)
    else:
        with pytest.raises(RuleBroken):
            check_transition(current.value, to)


def test_a_refusal_is_a_sentence_a_person_can_read() -> None:
    with pytest.raises(RuleBroken) as refusal:
        check_transition("done", Status.CANCELLED)

    assert str(refusal.value) == "This job is done, so it cannot become cancelled."


def test_every_state_waits_runs_or_is_finished() -> None:
    assert WAITING | {Status.RUNNING} | FINISHED == set(Status) == set(TRANSITIONS)
