from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied

from foundation.core.acting import Acting
from foundation.notifications import permissions
from foundation.notifications.models import Notice
from foundation.organisations.roles import Role


@pytest.mark.parametrize("role", list(Role))
def test_a_notice_is_read_by_the_person_it_is_for_and_by_no_colleague_whatever_their_role(
    lead: Acting, acting_for: Callable[..., Acting], tell: Callable[..., Notice], role: Role
) -> None:
    notice = tell(lead)

    with pytest.raises(PermissionDenied, match="This notice is for somebody else"):
        permissions.check_can_read(acting_for(role), notice)

    permissions.check_can_read(lead, notice)
