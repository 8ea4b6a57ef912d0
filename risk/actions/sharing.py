"""What an organisation lets its partnerships read of its risks, and takes back."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.organisations import queries as organisations
from risk import permissions, queries
from risk.models import Entry, Risk, SharedRisk
from risk.models.sharing import SHORT


@transaction.atomic
def share_risk(
    *, risk_id: int, partnership_id: int, entry_id: int, comment: str, by: Acting, now: datetime
) -> SharedRisk:
    """Let a partnership read a risk as the approved assessment has it, with a short comment.

    Later assessments are not shared until somebody shares them: this function again, which ends what was shared
    before. ``entry_id`` is what the person saw; raises StaleVersion when another assessment was approved since.
    """
    permissions.check_can_share(by)
    today = timezone.localdate(now)
    partnership = next((each for each in organisations.belongs_to(by, today) if each.pk == partnership_id), None)
    if partnership is None:
        raise RuleBroken(_("Your organisation is not a member of this partnership today."))
    if len(comment.strip()) > SHORT:
        raise RuleBroken(_("The comment must be %(most)s characters or fewer.") % {"most": SHORT})
    risk = Risk.objects.visible_to(by).select_for_update(no_key=True).get(pk=risk_id)
    if risk.closed_at is not None:
        raise RuleBroken(_("This risk is closed."))
    assessment = queries.approved(by)
    entry = Entry.objects.visible_to(by).filter(assessment=assessment, risk=risk).first() if assessment else None
    if assessment is None or entry is None or assessment.approved_at is None:
        raise RuleBroken(_("Only a risk of your approved assessment can be shared."))
    if entry.pk != entry_id:
        raise StaleVersion(entry)
    standing = _open(by).filter(partnership=partnership, risk=risk).first()
    if standing is not None:
        _end(standing, SharedRisk.Ended.RENEWED, by=by, now=now)
    score = entry.score("residual")
    band, colour = queries.band_of(assessment.scale, score) if score else ("", "")
    shared = SharedRisk.objects.create(
        organisation=by.organisation,
        partnership=partnership,
        risk=risk,
        entry=entry,
        title=entry.title,
        theme=entry.theme,
        ideologies=entry.ideologies,
        comment=comment.strip(),
        likelihood=entry.residual_likelihood,
        impact=entry.residual_impact,
        matrix=assessment.matrix,
        band=band,
        band_colour=colour,
        response=entry.response,
        marking=entry.marking,
        assessed_at=assessment.approved_at,
        shared_at=now,
        shared_by=by.membership,
    )
    ledger.record(
        "shared_risk.shared",
        actor=by,
        target=shared,
        at=now,
        code=risk.code,
        partnership=partnership.slug,
        renewed=standing is not None,
    )
    return shared


@transaction.atomic
def take_back_risk(*, shared_id: int, by: Acting, now: datetime) -> SharedRisk:
    """Stop sharing. The partnership sees nothing of it from this moment on; our own record of it stays."""
    permissions.check_can_share(by)
    shared = _open(by).filter(pk=shared_id).first()
    if shared is None:
        raise RuleBroken(_("This is not shared any more."))
    _end(shared, SharedRisk.Ended.TAKEN_BACK, by=by, now=now)
    ledger.record(
        "shared_risk.taken_back",
        actor=by,
        target=shared,
        at=now,
        code=shared.risk.code,
        partnership=shared.partnership.slug,
    )
    return shared


def _open(by: Acting) -> QuerySet[SharedRisk]:
    """What the organisation shares now, locked."""
    return (
        SharedRisk.objects.visible_to(by)
        .filter(organisation=by.organisation, ended_at__isnull=True)
        .select_for_update(no_key=True, of=("self",))
        .select_related("risk", "partnership")
    )


def _end(shared: SharedRisk, how: SharedRisk.Ended, *, by: Acting, now: datetime) -> None:
    shared.ended_at, shared.ended_by, shared.ended_how = now, by.membership, how
    shared.save(update_fields=["ended_at", "ended_by", "ended_how"])
