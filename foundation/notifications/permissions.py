"""Whose notice is it?"""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from foundation.core.acting import Acting
from foundation.notifications.models import Notice


def check_can_read(acting: Acting, notice: Notice) -> None:
    if notice.membership_id != acting.membership_id:
        raise PermissionDenied(_("This notice is for somebody else."))
