"""The pages of the training room, side by side."""

from typing import Any

from django.utils.translation import gettext as _

from foundation.core import addresses
from foundation.core.http import Request
from foundation.core.permissions import allowed
from training import permissions
from training.record_queries import leads_people

BEHIND = {"training:matrix": "training:people", "training:equivalences": "training:requirements"}  # page → its tab


def tabs(request: Request, *, leads: bool | None = None) -> list[dict[str, Any]]:
    """For components/subnav.html; none for whoever sees their own training alone. ``leads``: whether they lead people,
    where that is known already."""
    sees_all = allowed(permissions.check_can_see_training, request.acting)
    if not sees_all and not (leads_people(request.acting) if leads is None else leads):
        return []
    pages = [
        (_("My training"), "training:mine"),
        (_("Who is trained"), "training:overview"),
        (_("People"), "training:people"),
        (_("Sessions"), "training:sessions"),
    ]
    if sees_all:
        pages.append((_("Who must do what"), "training:requirements"))
    if allowed(permissions.check_can_write_courses, request.acting):
        pages.append((_("Courses we write"), "training:own_courses"))
    if sees_all and request.acting.may("training.manage"):
        pages += [(_("Done elsewhere"), "training:records"), (_("Reminders"), "training:reminders")]
    if sees_all and request.acting.may("training.report"):
        pages.append((_("Reports"), "training:reports"))
    here = {addresses.of_page(page): addresses.of_page(tab) for page, tab in BEHIND.items()}
    return _items(pages, here.get(request.path, request.path))


def ways_to_see_people(request: Request) -> list[dict[str, Any]]:
    """The list of people and the matrix: the same people, seen in two ways."""
    return _items([(_("List"), "training:people"), (_("Matrix"), "training:matrix")], request.path)


def _items(pages: list[tuple[str, str]], current: str) -> list[dict[str, Any]]:
    found = [(label, addresses.of_page(name)) for label, name in pages]
    return [{"label": label, "url": url, "is_current": url == current} for label, url in found]
