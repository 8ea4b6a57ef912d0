"""Saving an action, so that what is reported of it to a partnership is saved with it."""

from collections.abc import Sequence

from actionplans.models import Action, ReportedAction
from actionplans.models.sharing import FACTS


def keep(row: Action, fields: Sequence[str]) -> None:
    """Save these fields of an action. Where facts are among them, what is reported of it follows at once.

    Every deed that changes an action saves it here: no partnership reads an old status or due date.
    """
    row.save(update_fields=list(fields))
    if set(fields) & set(FACTS):
        follow(row)


def follow(row: Action) -> None:
    """Bring the facts of what is reported of an action to those of the action. Words stay as they were."""
    standing = ReportedAction.objects.filter(
        organisation_id=row.organisation_id, action_id=row.pk, ended_at__isnull=True
    )
    standing.update(**{name: getattr(row, name) for name in FACTS})
