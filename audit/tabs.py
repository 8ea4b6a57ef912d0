from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PAGES: dict[str, str | Promise] = {"log": _("Everything"), "alerts": _("Alarms"), "checks": _("Can it be relied on?")}


@dataclass(frozen=True)
class Tab:
    label: str | Promise
    url: str
    is_current: bool


def of(current: str) -> list[Tab]:
    """The pages of the room, side by side (``components/subnav.html``)."""
    return [Tab(label, reverse(f"audit:{name}"), name == current) for name, label in PAGES.items()]
