"""Who may do what with training. Each check returns None or raises PermissionDenied with its sentence."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from foundation.core.acting import Acting


def check_can_learn(acting: Acting) -> None:
    """Take a course and have its certificate: everybody who works in the organisation."""
    if not acting.may("portal.use"):
        raise PermissionDenied(_("Only people of the organisation can take its courses."))
