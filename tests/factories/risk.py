"""Assessments as a lead writes them and a senior approver approves them."""

from datetime import date, datetime
from typing import Any

from foundation.core.acting import Acting, acting_as
from foundation.organisations.models import Organisation
from foundation.organisations.roles import Role
from risk import actions
from risk.models import Assessment, Entry, Risk, SharedRisk
from tests.conftest import NOW, acting_of, make_membership

WORDS = {"theme": "online", "source": "national", "marking": "official_sensitive"}


def assessment(by: Acting, title: str = "Risk 2026", *, now: datetime = NOW, **fields: Any) -> Assessment:
    """A draft of a scored register for 2026, without risks."""
    wanted = {
        "template": "scored",
        "period_from": date(2026, 1, 1),
        "period_to": date(2026, 12, 31),
        "marking": "official_sensitive",
    } | fields
    with acting_as(by):
        return actions.create_assessment(title=title, by=by, now=now, **wanted)


def risk(by: Acting, to: Assessment, title: str = "Drawn in online", *, now: datetime = NOW, **fields: Any) -> Entry:
    """A risk in an assessment, not scored."""
    described = actions.Description(title=title, **(WORDS | fields))
    with acting_as(by):
        return actions.add_entry(assessment_id=to.pk, description=described, by=by, now=now)


def score(by: Acting, entry: Entry, *, now: datetime = NOW, **cells: Any) -> Entry:
    """Scores on top of what stands: inherent 4 by 4, current 3 by 3, no target."""
    wanted = {"inherent": (4, 4), "residual": (3, 3), "target": None} | cells
    with acting_as(by):
        version = Entry.objects.visible_to(by).get(pk=entry.pk).version
        return actions.score_entry(entry_id=entry.pk, version=version, by=by, now=now, **wanted)


def send(by: Acting, row: Assessment, approver: Acting, *, now: datetime = NOW) -> Assessment:
    """Sent for approval to ``approver``."""
    with acting_as(by):
        version = Assessment.objects.visible_to(by).get(pk=row.pk).version
        return actions.send_for_review(
            assessment_id=row.pk, version=version, approver_id=approver.membership_id, by=by, now=now
        )


def approve(approver: Acting, row: Assessment, *, now: datetime = NOW) -> Assessment:
    """Approved as it stands."""
    with acting_as(approver):
        version = Assessment.objects.visible_to(approver).get(pk=row.pk).version
        return actions.approve(assessment_id=row.pk, version=version, by=approver, now=now)


def share(by: Acting, board: Organisation, entry: Entry, *, comment: str = "Ours", now: datetime = NOW) -> SharedRisk:
    """A risk of the approved assessment, shared with a partnership."""
    with acting_as(by):
        return actions.share_risk(
            risk_id=entry.risk_id, partnership_id=board.pk, entry_id=entry.pk, comment=comment, by=by, now=now
        )


def take_back(by: Acting, shared: SharedRisk, *, now: datetime = NOW) -> SharedRisk:
    with acting_as(by):
        return actions.take_back_risk(shared_id=shared.pk, by=by, now=now)


def approved(
    by: Acting, *titles: str, scores: dict[str, Any] | None = None, now: datetime = NOW, **fields: Any
) -> list[Entry]:
    """An approved assessment with these risks, current 3 by 3 unless said, approved by somebody made for it."""
    approver = acting_of(make_membership(by.organisation, Role.SENIOR_APPROVER, name="Approver of all"))
    row = assessment(by, now=now)
    entries = [
        score(by, risk(by, row, title, now=now, **fields), now=now, **scores or {})
        for title in titles or ("Drawn in online",)
    ]
    send(by, row, approver, now=now)
    approve(approver, row, now=now)
    return entries


def own(by: Acting, entry: Entry, owner_id: int, *, now: datetime = NOW, next_review_on: date | None = None) -> Entry:
    """An owner, and the day on which the risk is looked at again."""
    with acting_as(by):
        return actions.respond(
            entry_id=entry.pk,
            version=Entry.objects.visible_to(by).get(pk=entry.pk).version,
            response="treat",
            tolerated_by_id=None,
            tolerated_until=None,
            owner_id=owner_id,
            review_every_months=12,
            next_review_on=next_review_on,
            by=by,
            now=now,
        )


def close(by: Acting, entry: Entry, *, now: datetime = NOW, reason: str = "Gone") -> Risk:
    """No longer a risk."""
    with acting_as(by):
        row = Risk.objects.visible_to(by).get(pk=entry.risk_id)
        return actions.close_risk(risk_id=row.pk, version=row.version, reason=reason, by=by, now=now)


def called(by: Acting, entry: Entry, code: str) -> Risk:
    """Its risk under a code that a test names, where the register would have given it another."""
    with acting_as(by):
        Risk.objects.filter(pk=entry.risk_id).update(code=code)
        return Risk.objects.visible_to(by).get(pk=entry.risk_id)
