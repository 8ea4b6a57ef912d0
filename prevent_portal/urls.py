"""Which room answers which address."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

ROOMS = {
    "accounts/": "foundation.accounts.urls",
    "organisations/": "foundation.organisations.urls",
    "jobs/": "foundation.jobs.urls",
    "files/": "foundation.files.urls",
    "evidence/": "foundation.evidence.urls",
    "notifications/": "foundation.notifications.urls",
    "audit/": "audit.urls",
    "compliance/": "compliance.urls",
    "action-plans/": "actionplans.urls",
    "risk/": "risk.urls",
    "training/": "training.urls",
    "": "home.urls",
}

urlpatterns: list[URLPattern | URLResolver] = [
    path(prefix, include(room)) for prefix, room in ROOMS.items() if find_spec(room)
]

handler500 = "home.errors.server_error"
