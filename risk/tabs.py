from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PAGES: dict[str, str | Promise] = {
    "overview": _("At a glance"),
    "assessments": _("Assessments"),
    "local_profiles": _("Local profiles"),
    "recommendations": _("Recommendations"),
    "threat_level": _("Threat level"),
    "reassess": _("Assess again"),
}


def of(current: str) -> list[dict[str, object]]:
    """The pages of the risk room, side by side (``components/subnav.html``)."""
    return [
        {"label": label, "url": reverse(f"risk:{name}"), "is_current": name == current} for name, label in PAGES.items()
    ]
