"""The pages of the training room, side by side."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.core import addresses

PAGES: dict[str, str | Promise] = {
    "mine": _("My training"),
    "overview": _("Who is trained"),
    "people": _("People"),
    "matrix": _("Matrix"),
}


def of(current: str) -> list[dict[str, object]]:
    """For ``components/subnav.html``."""
    return [
        {"label": label, "url": addresses.of_page(f"training:{name}"), "is_current": name == current}
        for name, label in PAGES.items()
    ]
