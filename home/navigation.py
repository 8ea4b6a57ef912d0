"""The menu: only what leads somewhere for this person."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.core import addresses
from foundation.core.acting import Acting


@dataclass(frozen=True)
class Item:
    """One entry of the menu."""

    label: str | Promise
    url: str
    is_current: bool


ENTRIES: tuple[tuple[str | Promise, str, str], ...] = (
    (_("Home"), "home:start", ""),
    (_("The duty"), "compliance:overview", "compliance.view"),
    (_("Risk"), "risk:overview", "risk.view"),
    (_("Action plans"), "actionplans:plans", "plan.view"),
    (_("Training"), "training:mine", "portal.use"),
    (_("Evidence"), "evidence:index", "evidence.view"),
    (_("Reports"), "compliance:reports", "compliance.report"),
    (_("People"), "organisations:people", "people.view"),
    (_("Log"), "audit:log", "audit.view"),
    (_("Settings"), "organisations:settings", "organisation.manage"),
)


def items(request: HttpRequest) -> list[Item]:
    """The entries this person may open, the longest match of the address marked as current."""
    acting: Acting | None = getattr(request, "acting", None)
    if acting is None:
        return []
    allowed = [
        (label, addresses.of_page(name))
        for label, name, permission in ENTRIES
        if not permission or acting.may(permission)
    ]
    home = addresses.of_page("home:start")
    above = (url for _label, url in allowed if request.path == url or (url != home and request.path.startswith(url)))
    here = max(above, key=len, default="")
    return [Item(label, url, url == here) for label, url in allowed]
