"""What we answer to a recommendation of the local profile, and what follows from it."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from risk import permissions, tasks_queries
from risk.models import CtlpRecommendation, RecommendationRisk
from risk.profile_workflow import Response, State, check_transition, state_after


@transaction.atomic
def answer_recommendation(
    *, recommendation_id: int, version: int, response: str, reason: str, by: Acting, now: datetime
) -> CtlpRecommendation:
    """Accept a recommendation, partly or not at all; whatever is not accepted needs a reason.

    Answering anew takes back that the earlier response was sent: the police have not had the new one.
    """
    row = _locked(recommendation_id, by)
    row.check_version(version)
    answer = Response(response)
    if answer != Response.ACCEPTED and not reason.strip():
        raise RuleBroken(_("Say why it is not accepted, or only partly."))
    check_transition(row.state, state_after(answer))
    before = row.response
    row.state, row.response, row.reason = state_after(answer), answer, reason.strip()
    row.responded_at, row.responded_by, row.sent_on = now, by.membership, None
    row.count_up(by_id=by.membership_id, now=now)
    changed = ["state", "response", "reason", "responded_at", "responded_by", "sent_on"]
    row.save(update_fields=[*changed, *CtlpRecommendation.SAVED])
    ledger.record("ctlp_recommendation.answered", actor=by, target=row, at=now, before=before, after=row.response)
    return row


@transaction.atomic
def record_sent(
    *, recommendation_id: int, version: int, sent_on: date, by: Acting, now: datetime
) -> CtlpRecommendation:
    """Record the day on which the response was sent to the police. Sending is done outside the portal."""
    row = _locked(recommendation_id, by)
    row.check_version(version)
    if row.responded_at is None:
        raise RuleBroken(_("Respond to the recommendation first."))
    if not row.edition.issued_on <= sent_on <= timezone.localdate(now):
        raise RuleBroken(_("The response must be sent on or after the day of issue, and not in the future."))
    row.sent_on = sent_on
    row.count_up(by_id=by.membership_id, now=now)
    row.save(update_fields=["sent_on", *CtlpRecommendation.SAVED])
    ledger.record("ctlp_recommendation.sent", actor=by, target=row, at=now, sent_on=sent_on)
    return row


@transaction.atomic
def finish_recommendation(*, recommendation_id: int, version: int, by: Acting, now: datetime) -> CtlpRecommendation:
    """Say that what was accepted is done."""
    row = _locked(recommendation_id, by)
    row.check_version(version)
    check_transition(row.state, State.DONE)
    row.state = State.DONE
    row.count_up(by_id=by.membership_id, now=now)
    row.save(update_fields=["state", *CtlpRecommendation.SAVED])
    ledger.record("ctlp_recommendation.done", actor=by, target=row, at=now)
    return row


@transaction.atomic
def link_risks(
    *, recommendation_id: int, version: int, risk_ids: Iterable[int], by: Acting, now: datetime
) -> CtlpRecommendation:
    """Say which live risks a recommendation bears on: exactly these. Links to closed risks stay as they are."""
    row = _locked(recommendation_id, by)
    row.check_version(version)
    wanted = set(risk_ids)
    live = set(tasks_queries.live_risks(by.organisation_id).values_list("pk", flat=True))
    if not wanted <= live:
        raise RuleBroken(_("Choose only risks that are not closed."))
    links = RecommendationRisk.objects.visible_to(by).filter(recommendation=row, unlinked_at__isnull=True)
    standing = {link.risk_id: link for link in links}
    gone, new = (standing.keys() & live) - wanted, wanted - standing.keys()
    if not gone and not new:
        return row
    for risk_id in sorted(gone):
        link = standing[risk_id]
        link.unlinked_at, link.unlinked_by = now, by.membership
        link.save(update_fields=["unlinked_at", "unlinked_by"])
    RecommendationRisk.objects.bulk_create(
        RecommendationRisk(
            organisation_id=by.organisation_id,
            recommendation=row,
            risk_id=risk_id,
            linked_at=now,
            linked_by=by.membership,
        )
        for risk_id in sorted(new)
    )
    row.count_up(by_id=by.membership_id, now=now)
    row.save(update_fields=[*CtlpRecommendation.SAVED])
    ledger.record("ctlp_recommendation.linked", actor=by, target=row, at=now, linked=len(new), unlinked=len(gone))
    return row


def _locked(recommendation_id: int, by: Acting) -> CtlpRecommendation:
    permissions.check_can_keep_profiles(by)
    rows = CtlpRecommendation.objects.visible_to(by).select_related("edition", "saved_by")
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=recommendation_id)
