"""The pages beside each other that say who must do what."""

from typing import Any

from django.utils.translation import gettext as _

from foundation.core import addresses
from foundation.core.http import Request


def tabs(request: Request) -> list[dict[str, Any]]:
    """For components/subnav.html."""
    pages = (
        (_("Who must do what"), "training:requirements"),
        (_("What counts for what"), "training:equivalences"),
    )
    found = [(label, addresses.of_page(name)) for label, name in pages]
    return [{"label": label, "url": url, "is_current": url == request.path} for label, url in found]
