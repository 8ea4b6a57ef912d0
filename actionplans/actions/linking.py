"""What an action is linked to. A link that is taken away stays in the log."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from actionplans import permissions, workflow
from actionplans.actions.locking import locked_action
from actionplans.models import (
    Action,
    ActionEvidence,
    ActionRecommendation,
    ActionRequirement,
    ActionRisk,
    Dependency,
    Effect,
)
from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.evidence.models import EvidenceItem
from risk.models import CtlpRecommendation, Risk
from risk.profile_workflow import Response


@transaction.atomic
def link_risk(*, action_id: int, risk_id: int, by: Acting, now: datetime) -> ActionRisk:
    """Say that the action is to lower a risk."""
    permissions.check_can_edit(by)
    row = _open(action_id, by)
    risk = Risk.objects.visible_to(by).get(pk=risk_id)
    if risk.closed_at is not None:
        raise RuleBroken(_("This risk is closed."))
    return _link(ActionRisk, row, "risk", risk, risk.code, by=by, now=now)


@transaction.atomic
def unlink_risk(*, link_id: int, by: Acting, now: datetime) -> None:
    """Take a risk off an action, unless it was said what the action did to it."""
    link, row = _locked_link(ActionRisk, link_id, "risk", by)
    if link.effect != Effect.NOT_SAID:
        raise RuleBroken(_("It was said what this action did to the risk, so the link stays."))
    _unlink(link, row, "risk", link.risk.code, by=by, now=now)


@transaction.atomic
def link_recommendation(*, action_id: int, recommendation_id: int, by: Acting, now: datetime) -> ActionRecommendation:
    """Say that the action follows a recommendation of a local profile."""
    permissions.check_can_edit(by)
    row = _open(action_id, by)
    recommendation = CtlpRecommendation.objects.visible_to(by).get(pk=recommendation_id)
    if recommendation.response == Response.NOT_ACCEPTED:
        raise RuleBroken(_("This recommendation was not accepted."))
    return _link(ActionRecommendation, row, "recommendation", recommendation, recommendation.code, by=by, now=now)


@transaction.atomic
def unlink_recommendation(*, link_id: int, by: Acting, now: datetime) -> None:
    """Take a recommendation off an action."""
    link, row = _locked_link(ActionRecommendation, link_id, "recommendation", by)
    _unlink(link, row, "recommendation", link.recommendation.code, by=by, now=now)


@transaction.atomic
def link_requirement(*, action_id: int, requirement_id: int, by: Acting, now: datetime) -> ActionRequirement:
    """Say that the action is to meet a requirement of the duty."""
    permissions.check_can_edit(by)
    row = _open(action_id, by)
    requirement = requirements(by).get(pk=requirement_id)
    return _link(ActionRequirement, row, "requirement", requirement, requirement.code, by=by, now=now)


@transaction.atomic
def unlink_requirement(*, link_id: int, by: Acting, now: datetime) -> None:
    """Take a requirement off an action."""
    link, row = _locked_link(ActionRequirement, link_id, "requirement", by)
    _unlink(link, row, "requirement", link.requirement.code, by=by, now=now)


@transaction.atomic
def add_dependency(*, action_id: int, needs_id: int, by: Acting, now: datetime) -> Dependency:
    """Let an action wait for another. A circle is refused, also one that two people close at the same moment."""
    permissions.check_can_edit(by)
    row = _open(action_id, by)
    needed = Action.objects.visible_to(by).get(pk=needs_id)
    if needed.pk == row.pk:
        raise RuleBroken(_("An action cannot wait for itself."))
    try:
        with transaction.atomic():
            return _link(Dependency, row, "needs", needed, needed.code, by=by, now=now)
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != "dependency_makes_no_circle":
            raise
        raise RuleBroken(
            _("%(needed)s waits for %(code)s, directly or through others. Two actions cannot wait for each other.")
            % {"needed": needed.code, "code": row.code}
        ) from error


@transaction.atomic
def remove_dependency(*, link_id: int, by: Acting, now: datetime) -> None:
    """Let an action wait no longer."""
    link, row = _locked_link(Dependency, link_id, "needs", by)
    _unlink(link, row, "needs", link.needs.code, by=by, now=now)


@transaction.atomic
def link_evidence(*, action_id: int, evidence_id: int, by: Acting, now: datetime) -> ActionEvidence:
    """Put a piece of evidence behind an action, open or done."""
    permissions.check_can_edit(by)
    row = locked_action(action_id, by)
    item = EvidenceItem.objects.visible_to(by).get(pk=evidence_id)
    if ActionEvidence.objects.visible_to(by).filter(action=row, evidence=item, unlinked_at__isnull=True).exists():
        raise RuleBroken(_("This is linked already."))
    use = ActionEvidence.objects.create(
        organisation=by.organisation, action=row, evidence=item, linked_at=now, linked_by=by.membership
    )
    _record_link("action.linked", row, "evidence", item.reference, by=by, now=now)
    return use


@transaction.atomic
def unlink_evidence(*, use_id: int, by: Acting, now: datetime) -> ActionEvidence:
    """Take a piece of evidence from behind an action. The evidence itself stays, and so does the history."""
    permissions.check_can_edit(by)
    found = ActionEvidence.objects.visible_to(by).get(pk=use_id)
    row = locked_action(found.action_id, by)
    use = ActionEvidence.objects.visible_to(by).select_related("evidence").get(pk=use_id)
    if use.unlinked_at is not None:
        raise RuleBroken(_("This evidence was already unlinked."))
    use.unlinked_at, use.unlinked_by = now, by.membership
    use.save(update_fields=["unlinked_at", "unlinked_by"])
    _record_link("action.unlinked", row, "evidence", use.evidence.reference, by=by, now=now)
    return use


def requirements(by: Acting) -> Any:
    """Requirements of the duty that this person may see. Their room stands above this one: the key leads to them."""
    model: Any = ActionRequirement._meta.get_field("requirement").related_model
    return model.objects.visible_to(by)


def _open(action_id: int, by: Acting) -> Action:
    row = locked_action(action_id, by)
    workflow.check_open(row.status)
    return row


def _link(
    model: type[Any], row: Action, kind: str, target: models.Model, code: str, *, by: Acting, now: datetime
) -> Any:
    same = {"action": row, kind: target}
    if model.objects.visible_to(by).filter(**same).exists():
        raise RuleBroken(_("This is linked already."))
    link = model.objects.create(organisation=by.organisation, **same, linked_at=now, linked_by=by.membership)
    _record_link("action.linked", row, kind, code, by=by, now=now)
    return link


def _locked_link(model: type[Any], link_id: int, kind: str, by: Acting) -> tuple[Any, Action]:
    """The link as it stands once its action is locked, and the action. Two who take it away at once do it once."""
    permissions.check_can_edit(by)
    rows = model.objects.visible_to(by).filter(pk=link_id).select_related(kind)
    found = rows.first()
    row = _open(found.action_id, by) if found else None
    link = rows.first() if row else None
    if row is None or link is None:
        raise RuleBroken(_("This link was taken away already."))
    return link, row


def _unlink(link: Any, row: Action, kind: str, code: str, *, by: Acting, now: datetime) -> None:
    link.delete()
    _record_link("action.unlinked", row, kind, code, by=by, now=now)


def _record_link(verb: str, row: Action, kind: str, linked: str, *, by: Acting, now: datetime) -> None:
    ledger.record(verb, actor=by, target=row, at=now, code=row.code, kind=kind, linked=linked)
