from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.core import addresses
from foundation.core.acting import Acting
from foundation.organisations.queries import is_partnership

PAGES: dict[str, str | Promise] = {
    "overview": _("At a glance"),
    "assessments": _("Assessments"),
    "local_profiles": _("Local profiles"),
    "recommendations": _("Recommendations"),
    "threat_level": _("Threat level"),
    "reassess": _("Assess again"),
    "members_risks": _("Risks of our members"),
    "sharing": _("Shared with partnerships"),
    "reports": _("Reports"),
}
OF_PARTNERSHIPS, OF_MEMBERS = "members_risks", "sharing"
NEEDS = {"reports": "risk.report"}


def of(current: str, acting: Acting) -> list[dict[str, object]]:
    """The pages of the risk room that this person may open, side by side (``components/subnav.html``)."""
    other = OF_MEMBERS if is_partnership(acting) else OF_PARTNERSHIPS
    return [
        {"label": label, "url": addresses.of_page(f"risk:{name}"), "is_current": name == current}
        for name, label in PAGES.items()
        if name != other and acting.may(NEEDS.get(name, "risk.view"))
    ]
