from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from foundation.core.acting import Acting
from foundation.evidence.models import EvidenceItem


def check_can_manage(acting: Acting, item: EvidenceItem | None = None) -> None:
    if not acting.may("evidence.manage"):
        raise PermissionDenied(_("Your role does not include adding or changing evidence."))
