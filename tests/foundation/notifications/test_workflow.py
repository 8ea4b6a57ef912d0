import itertools

import pytest

from foundation.core.exceptions import RuleBroken
from foundation.notifications.workflow import TRANSITIONS, MailStatus, check_transition

ALLOWED = {
    ("waiting", "sending"),
    ("sending", "sending"),
    ("sending", "waiting"),
    ("sending", "sent"),
    ("sending", "failed"),
}


@pytest.mark.parametrize(("current", "to"), list(itertools.product(MailStatus, MailStatus)))
def test_every_pair_of_states_is_allowed_or_refused(current: MailStatus, to: MailStatus) -> None:
    if (current.value, to.value) in ALLOWED:
        check_transition(current.value, to)
    else:
        with pytest.raises(RuleBroken):
            check_transition(current.value, to)


def test_every_state_is_in_the_table() -> None:
    assert set(TRANSITIONS) == set(MailStatus)
