"""Tells people that there is something to look at: in the portal, and by a letter that says no more than that.

An app declares its kinds of notice in ``notices.py``::

    notifications.group("compliance", _("Compliance and reports"))
    notifications.kind("compliance.report_ready", group="compliance", text=_("Report %(reference)s is ready"),
                       url_name="compliance:report")

and tells somebody inside an action's transaction::

    notifications.notify(membership_id=…, kind="compliance.report_ready", target=report, by=acting, now=now)
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from foundation.notifications.kinds import group, kind

if TYPE_CHECKING:
    from foundation.core.acting import Acting
    from foundation.core.models import OrganisationRow
    from foundation.notifications.models import Notice, Reminder

__all__ = ["group", "kind", "notify", "notify_many", "remind", "remind_many"]


def notify(
    *, membership_id: int, kind: str, target: "OrganisationRow", by: "Acting | None", now: datetime, event: str = ""
) -> "Notice":
    """Tell a person of the target's organisation about the target; a letter follows if they want one.

    Once per person, kind, target and ``event``: telling again gives the notice that stands. Give ``event`` (a code,
    such as the version) when the same kind of thing can happen to the same target again.
    """
    from foundation.notifications import actions  # noqa: PLC0415 -- Django imports us before models are ready

    return actions.notify(membership_id=membership_id, kind=kind, target=target, by=by, now=now, event=event)


def notify_many(
    *, events: Mapping[int, str], kind: str, target: "OrganisationRow", by: "Acting | None", now: datetime
) -> "list[Notice]":
    """As ``notify``, to several people at once: ``events`` has each of them with the event. The statements are as few
    for hundreds as for one. Returns the notices of those who had not been told yet."""
    from foundation.notifications import actions  # noqa: PLC0415 -- Django imports us before models are ready

    return actions.notify_many(events=events, kind=kind, target=target, by=by, now=now)


def remind(*, membership_id: int, kind: str, target: "OrganisationRow", cycle: str, now: datetime) -> "Reminder | None":
    """Remind a person of something due, once per cycle (a code such as ``2026-12-01`` or ``30-days``).

    None when they were reminded already. Call it in the organisation's context.
    """
    from foundation.notifications import actions  # noqa: PLC0415 -- Django imports us before models are ready

    return actions.remind(membership_id=membership_id, kind=kind, target=target, cycle=cycle, now=now)


def remind_many(
    *, membership_ids: Collection[int], kind: str, target: "OrganisationRow", cycle: str, now: datetime
) -> int:
    """As ``remind``, several people of the same thing at once. Returns how many were not reminded before."""
    from foundation.notifications import actions  # noqa: PLC0415 -- Django imports us before models are ready

    return actions.remind_many(membership_ids=membership_ids, kind=kind, target=target, cycle=cycle, now=now)
