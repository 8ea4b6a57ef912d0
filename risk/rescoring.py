"""Scoring a risk again because of something that happened: where that is done, and with which reason to begin.

The reason travels in the session, never in an address: it may say what addresses must not.
"""

from django.urls import reverse

from foundation.core.acting import Acting
from foundation.core.http import Request
from risk import queries
from risk.models import Assessment, Entry, Risk
from risk.models.assessments import Template
from risk.workflow import OPEN, Status

KEY = "score_again"
LONGEST = 1_000


def open_entry(acting: Acting, risk: Risk) -> Entry | None:
    """The risk in the assessment that is being written, a draft before one in review, where it can be scored."""
    rows = Entry.objects.visible_to(acting).filter(
        risk=risk, assessment__status__in=OPEN, assessment__template=Template.SCORED
    )
    found = rows.select_related("assessment", "risk").order_by("-assessment__period_from", "-pk")
    return min(found, key=lambda entry: entry.assessment.status != Status.DRAFT, default=None)


def approved_entry(acting: Acting, risk: Risk) -> Entry | None:
    """The risk in the assessment that counts today, where its next version is still to be begun."""
    if queries.being_written(acting):
        return None
    rows = Entry.objects.visible_to(acting).filter(
        risk=risk, assessment__status=Status.APPROVED, assessment__template=Template.SCORED
    )
    return rows.select_related("assessment", "risk").first()


def begin(request: Request, risk: Risk, reason: str) -> str:
    """Keep the reason and return the address to go to: the scores, or first the copy that can be scored."""
    request.session[KEY] = {"risk": risk.reference, "reason": reason.strip()[:LONGEST]}
    if entry := open_entry(request.acting, risk):
        return reverse("risk:score", args=[entry.assessment.reference, risk.reference])
    if (approved := approved_entry(request.acting, risk)) and risk.closed_at is None:
        return reverse("risk:copy", args=[approved.assessment.reference])
    return risk.get_absolute_url()


def reason_for(request: Request, reference: str) -> str:
    """The reason that was kept for this risk, or nothing."""
    kept = request.session.get(KEY) or {}
    return kept.get("reason", "") if kept.get("risk") == reference else ""


def done(request: Request, reference: str) -> None:
    """Forget the reason once the risk is scored."""
    if reason_for(request, reference):
        del request.session[KEY]


def after_copying(request: Request, copy: Assessment) -> str:
    """Where to go on from a new copy: to the scores of the risk that the copy was begun for, else to the copy."""
    kept = request.session.get(KEY) or {}
    risk = Risk.objects.visible_to(request.acting).filter(reference=kept.get("risk", "")).first()
    entry = queries.entries(request.acting, copy).filter(risk=risk).first() if risk else None
    if entry is None:
        return copy.get_absolute_url()
    return reverse("risk:score", args=[copy.reference, entry.risk.reference])
