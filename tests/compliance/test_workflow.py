import itertools

import pytest

from compliance.workflow import ReportStatus, check_transition
from foundation.core.exceptions import RuleBroken

ALLOWED = {
    ("requested", "ready"),
    ("requested", "failed"),
    ("requested", "cancelled"),
    ("failed", "requested"),
    ("cancelled", "requested"),
}


@pytest.mark.parametrize(("current", "to"), list(itertools.product(ReportStatus, ReportStatus)))
def test_a_report_moves_only_between_the_states_that_follow_each_other(current, to):
    if (current.value, to.value) in ALLOWED:
        check_transition(current, to)
    else:
        with pytest.raises(RuleBroken, match=f"This report is {current.label.lower()}"):
            check_transition(current, to)
