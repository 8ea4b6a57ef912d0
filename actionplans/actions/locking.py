"""Rows as an action takes them: locked, of the acting organisation, in a plan that may still change."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from actionplans import workflow
from actionplans.models import Action, Objective, Plan
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.organisations.models import Membership


def locked_plan(plan_id: int, by: Acting) -> Plan:
    """The plan. Whoever adds an open action to it takes this lock, so that nothing slips into one that is closed."""
    return Plan.objects.visible_to(by).select_for_update(no_key=True, of=("self",)).get(pk=plan_id)


def locked_action(action_id: int, by: Acting) -> Action:
    """The action, of a plan that is not closed."""
    row = (
        Action.objects.visible_to(by)
        .select_for_update(no_key=True, of=("self",))
        .select_related("plan", "objective")
        .get(pk=action_id)
    )
    workflow.check_plan_open(row.plan.status)
    return row


def person(membership_id: int, by: Acting, now: datetime) -> Membership:
    """Somebody of the organisation who is there today; RuleBroken for who has left or is not there yet."""
    found = Membership.objects.visible_to(by).filter(pk=membership_id).first()
    if found is None or not found.is_current(timezone.localdate(now)):
        raise RuleBroken(_("Choose somebody who is in the organisation today."))
    return found


def objective_of(plan: Plan, objective_id: int | None, by: Acting) -> Objective | None:
    """An objective of the plan, or none."""
    if objective_id is None:
        return None
    found = Objective.objects.visible_to(by).filter(plan=plan, pk=objective_id).first()
    if found is None:
        raise RuleBroken(_("Choose an objective of the plan."))
    return found
