"""Handing over somebody's open actions, for example when they leave."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from actionplans import permissions
from actionplans.actions.keeping import keep
from actionplans.actions.locking import person
from actionplans.actions.writing import tell
from actionplans.models import Action
from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken


@transaction.atomic
def reassign(*, from_id: int, to_id: int, by: Acting, now: datetime) -> int:
    """Give all open actions that somebody owns or is accountable for to somebody who is there today.

    Returns how many. Done at once by two people, each action is handed over once.
    """
    permissions.check_can_edit(by)
    if from_id == to_id:
        raise RuleBroken(_("Choose two different people."))
    successor = person(to_id, by, now)
    rows = list(
        Action.objects.visible_to(by)
        .open()
        .filter(Q(owner_id=from_id) | Q(accountable_id=from_id))
        .select_for_update(no_key=True, of=("self",))
        .order_by("pk")
    )
    if not rows:
        raise RuleBroken(_("This person has no open actions."))
    for row in rows:
        had_owner, was_accountable = row.owner_id, row.accountable_id
        row.owner_id = to_id if had_owner == from_id else had_owner
        row.accountable_id = to_id if was_accountable == from_id else was_accountable
        row.count_up(by_id=by.membership_id, now=now)
        keep(row, ["owner", "accountable", *Action.SAVED])
        ledger.record("action.reassigned", actor=by, target=row, at=now, code=row.code, to=successor.reference)
        tell(row, had_owner=had_owner, was_accountable=was_accountable, by=by, now=now)
    return len(rows)
