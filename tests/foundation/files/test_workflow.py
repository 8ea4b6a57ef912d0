from itertools import product

import pytest

from foundation.core.exceptions import RuleBroken
from foundation.files.workflow import Status, check_transition

ALLOWED = {
    ("received", "quarantined"),
    ("received", "not_scanned"),
    ("received", "made_here"),
    ("quarantined", "scanning"),
    ("quarantined", "not_scanned"),
    ("quarantined", "withdrawn"),
    ("scanning", "clean"),
    ("scanning", "infected"),
    ("scanning", "refused"),
    ("scanning", "quarantined"),
    ("scanning", "withdrawn"),
    ("clean", "withdrawn"),
    ("made_here", "withdrawn"),
    ("not_scanned", "quarantined"),
    ("not_scanned", "withdrawn"),
    ("infected", "withdrawn"),
    ("refused", "withdrawn"),
}


@pytest.mark.parametrize(("current", "to"), list(product(Status.values, repeat=2)))
def test_every_pair_of_states_is_allowed_or_refused(current, to):
    if (current, to) in ALLOWED:
        check_transition(current, Status(to))
    else:
        with pytest.raises(RuleBroken, match="cannot become"):
            check_transition(current, Status(to))
