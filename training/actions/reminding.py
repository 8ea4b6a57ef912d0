"""Reminding people by hand: a notice, and a letter that says no more than that."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation import ledger, notifications
from foundation.core.acting import Acting
from training import permissions
from training.actions.together import Outcome, sorted_out
from training.models import Assignment
from training.seeing.groups import NOT_GOOD
from training.workflow import Standing

KIND = "training.reminded"
WANTING = (*NOT_GOOD, Standing.EXPIRING)
IN_DATE: str | Promise = _("nothing to do now")
TODAY: str | Promise = _("reminded today already")


def why_not(row: Assignment) -> str | Promise | None:
    """Why somebody is not reminded, if so."""
    return None if row.standing in WANTING else IN_DATE


@transaction.atomic
def remind_now(*, assignment_ids: Collection[int], by: Acting, now: datetime) -> Outcome:
    """Remind people of what they are asked: each at most once a day for each requirement. Oneself is left out."""
    permissions.check_can_manage_training(by)
    today = timezone.localdate(now)
    outcome = sorted_out(assignment_ids, by=by, today=today, why_not=why_not)
    fit, outcome.fit = outcome.fit, []
    for row in fit:
        if _remind(row, today, now):
            outcome.fit.append(row)
            ledger.record(
                "training.reminded", actor=by, target=row.membership, at=now, requirement=row.requirement.reference
            )
        else:
            outcome.left.append((row, TODAY))
    return outcome


def _remind(row: Assignment, today: date, now: datetime) -> bool:
    told = notifications.remind(
        membership_id=row.membership_id, kind=KIND, target=row.requirement, cycle=today.isoformat(), now=now
    )
    return told is not None
