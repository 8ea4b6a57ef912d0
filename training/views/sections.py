"""The pages of the training room, side by side."""

from typing import Any

from django.utils.translation import gettext as _

from foundation.core import addresses
from foundation.core.http import Request
from foundation.core.permissions import allowed
from training import permissions


def tabs(request: Request) -> list[dict[str, Any]]:
    """For components/subnav.html; none for whoever sees their own training alone."""
    if not allowed(permissions.check_can_see_training, request.acting):
        return []
    pages = (
        (_("My training"), "training:mine"),
        (_("Who must do what"), "training:requirements"),
        (_("What counts for what"), "training:equivalences"),
    )
    found = [(label, addresses.of_page(name)) for label, name in pages]
    return [{"label": label, "url": url, "is_current": url == request.path} for label, url in found]
