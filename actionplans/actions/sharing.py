"""What an organisation reports to its partnerships of its actions, and where a partnership puts what it gathers."""

from datetime import datetime

from django.db import IntegrityError, ProgrammingError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.errors import InsufficientPrivilege

from actionplans import permissions, workflow
from actionplans.actions.locking import locked_action, locked_plan, objective_of
from actionplans.models import Gathered, ReportedAction
from actionplans.models.sharing import FACTS, SHORT
from actionplans.workflow import PlanStatus
from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.organisations import queries as organisations


@transaction.atomic
def report_action(
    *, action_id: int, partnership_id: int, version: int, comment: str, by: Acting, now: datetime
) -> ReportedAction:
    """Report an action of an active plan to a partnership: its words as they are now, its facts from now on.

    Later wording is not reported until somebody reports it: this function again, which ends what was reported before
    and keeps its place in the partnership's plan empty until the partnership places it. ``version`` is that of the
    action the person saw; raises StaleVersion when somebody saved since.
    """
    permissions.check_can_share(by)
    partnership = next(
        (each for each in organisations.belongs_to(by, timezone.localdate(now)) if each.pk == partnership_id), None
    )
    if partnership is None:
        raise RuleBroken(_("Your organisation is not a member of this partnership today."))
    if len(comment.strip()) > SHORT:
        raise RuleBroken(_("The comment must be %(most)s characters or fewer.") % {"most": SHORT})
    row = locked_action(action_id, by)
    row.check_version(version)
    if row.plan.status != PlanStatus.ACTIVE:
        raise RuleBroken(_("Only an action of an active plan can be reported."))
    standing = _open(by).filter(partnership=partnership, action=row).first()
    if standing is not None:
        _end(standing, ReportedAction.Ended.RENEWED, by=by, now=now)
    reported = ReportedAction.objects.create(
        organisation=by.organisation,
        partnership=partnership,
        action=row,
        code=row.code,
        title=row.title,
        success_measure=row.success_measure,
        comment=comment.strip(),
        reported_at=now,
        reported_by=by.membership,
        **{name: getattr(row, name) for name in FACTS},
    )
    ledger.record(
        "reported_action.reported",
        actor=by,
        target=reported,
        at=now,
        code=row.code,
        partnership=partnership.slug,
        renewed=standing is not None,
    )
    return reported


@transaction.atomic
def take_back_action(*, reported_id: int, by: Acting, now: datetime) -> ReportedAction:
    """Stop reporting. The partnership sees nothing of it from this moment on; our own record of it stays."""
    permissions.check_can_share(by)
    reported = _open(by).filter(pk=reported_id).first()
    if reported is None:
        raise RuleBroken(_("This is not reported any more."))
    _end(reported, ReportedAction.Ended.TAKEN_BACK, by=by, now=now)
    ledger.record(
        "reported_action.taken_back",
        actor=by,
        target=reported,
        at=now,
        code=reported.code,
        partnership=reported.partnership.slug,
    )
    return reported


@transaction.atomic
def place_reported(*, reported_id: int, plan_id: int, objective_id: int | None, by: Acting, now: datetime) -> Gathered:
    """Put an action that a member reports into a plan of the partnership, or into another place than before."""
    permissions.check_can_edit(by)
    plan = locked_plan(plan_id, by)
    workflow.check_plan_open(plan.status)
    objective = objective_of(plan, objective_id, by)
    reported = _still_reported(reported_id, by)
    place = Gathered.objects.visible_to(by).select_for_update(no_key=True).filter(reported=reported).first()
    if place is None:
        place = Gathered(organisation=by.organisation, reported=reported)
    place.plan, place.objective, place.placed_at, place.placed_by = plan, objective, now, by.membership
    if place.pk:
        place.save(update_fields=["plan", "objective", "placed_at", "placed_by"])
    else:
        _insert(place)
    ledger.record("reported_action.placed", actor=by, target=place, at=now, plan=plan.reference)
    return place


@transaction.atomic
def leave_out_reported(*, reported_id: int, by: Acting, now: datetime) -> None:
    """Take a gathered action out of the partnership's plan. The member goes on reporting it."""
    permissions.check_can_edit(by)
    reported = _still_reported(reported_id, by)
    place = Gathered.objects.visible_to(by).select_for_update().filter(reported=reported).select_related("plan").first()
    if place is None:
        raise RuleBroken(_("This action stands in no plan."))
    workflow.check_plan_open(place.plan.status)
    plan, pk = place.plan.reference, place.pk
    place.delete()
    place.pk = pk  # the log says of which row
    ledger.record("reported_action.left_out", actor=by, target=place, at=now, plan=plan)


def _still_reported(reported_id: int, by: Acting) -> ReportedAction:
    found = ReportedAction.objects.gathered_by(by).filter(pk=reported_id).first()
    if found is None:
        raise RuleBroken(_("The member does not report this action any more."))
    return found


def _insert(place: Gathered) -> None:
    try:
        with transaction.atomic():
            place.save(force_insert=True)
    except IntegrityError as error:
        raise RuleBroken(_("Somebody placed this action a moment ago. Look where it is now.")) from error
    except ProgrammingError as error:  # the row policy: it was taken back at the same moment
        if not isinstance(error.__cause__, InsufficientPrivilege):
            raise
        raise RuleBroken(_("The member does not report this action any more.")) from error


def _open(by: Acting) -> QuerySet[ReportedAction]:
    """What the organisation reports now, locked."""
    return (
        ReportedAction.objects.visible_to(by)
        .filter(organisation=by.organisation, ended_at__isnull=True)
        .select_for_update(no_key=True, of=("self",))
        .select_related("partnership")
    )


def _end(reported: ReportedAction, how: ReportedAction.Ended, *, by: Acting, now: datetime) -> None:
    reported.ended_at, reported.ended_by, reported.ended_how = now, by.membership, how
    reported.save(update_fields=["ended_at", "ended_by", "ended_how"])
