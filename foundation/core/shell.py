"""What the frame of every page needs: navigation, the organisation acted for, unread notices."""

from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string

from foundation.core.acting import Acting


def shell(request: HttpRequest) -> dict[str, Any]:
    """Template context of every page.

    Unread notices were counted with the first question of a GET; else that is its one query, where the page shows them.
    """
    acting: Acting | None = getattr(request, "acting", None)
    if acting is None:
        items = []
    else:
        items = [item for name in settings.PORTAL_NAVIGATION for item in import_string(name)(request)]
    return {
        "acting": acting,
        "portal_name": settings.PORTAL_NAME,
        "demonstration": settings.DEMONSTRATION,
        "navigation": items,
        "unread_notices": SimpleLazyObject(partial(_unread, request, acting)) if acting else 0,
    }


def _unread(request: HttpRequest, acting: Acting) -> int:
    known: int | None = getattr(request, "unread_notices", None)
    if known is not None:
        return known
    if connection.needs_rollback:  # an error page: the work is being undone and nothing more can be asked
        return 0
    return import_string(settings.PORTAL_UNREAD_NOTICES)(acting)
