from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.core.acting import Acting

PAGES: dict[str, str | Promise] = {
    "overview": _("At a glance"),
    "assessments": _("Assessments"),
    "local_profiles": _("Local profiles"),
    "recommendations": _("Recommendations"),
    "threat_level": _("Threat level"),
    "reassess": _("Assess again"),
    "reports": _("Reports"),
}
NEEDS = {"reports": "risk.report"}


def of(current: str, acting: Acting) -> list[dict[str, object]]:
    """The pages of the risk room that this person may open, side by side (``components/subnav.html``)."""
    return [
        {"label": label, "url": reverse(f"risk:{name}"), "is_current": name == current}
        for name, label in PAGES.items()
        if acting.may(NEEDS.get(name, "risk.view"))
    ]
