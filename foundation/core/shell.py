"""What the frame of every page needs: navigation, the organisation acted for, unread notices."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string


def shell(request: HttpRequest) -> dict[str, Any]:
    """Template context of every page. Costs no query: the figures were read with the acting context."""
    acting = getattr(request, "acting", None)
    return {
        "acting": acting,
        "portal_name": settings.PORTAL_NAME,
        "demonstration": settings.DEMONSTRATION,
        "navigation": [item for name in settings.PORTAL_NAVIGATION for item in import_string(name)(request)]
        if acting
        else [],
    }
