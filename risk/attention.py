"""Which risks of an assessment need somebody to look at them, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse

from foundation.core.acting import Acting
from risk import queries
from risk.checks import SAYS, Facts, Finding, findings, fix_of
from risk.models import Assessment, Control, Entry


@dataclass(frozen=True)
class Line:
    """A risk with what was found."""

    entry: Entry
    findings: list[Finding]


def of_assessment(acting: Acting, assessment: Assessment, on: date) -> list[Line]:
    """Every risk that counts in an assessment with what is wrong with it, in the order of the register. One query."""
    rows = queries.counted(queries.entries(acting, assessment), assessment)
    rows = rows.annotate(has_controls=Exists(Control.objects.filter(entry=OuterRef("pk"))))
    return [Line(entry, of_entry(assessment, entry, has_controls=entry.has_controls, on=on)) for entry in rows]


def of_entry(assessment: Assessment, entry: Entry, *, has_controls: bool, on: date) -> list[Finding]:
    """What is wrong with one risk. Load its owner with it. Nothing is wrong with a closed one."""
    return [] if entry.risk.closed_at else findings(_facts(entry, assessment, has_controls), on)


def flags(assessment: Assessment, entry: Entry, found: Iterable[Finding], *, can_fix: bool) -> list[dict[str, Any]]:
    """Findings for components/flags.html, each with the way to put it right for who may."""
    shown = []
    for finding in found:
        text, tone, _page = SAYS[finding]
        flag: dict[str, Any] = {"text": text, "tone": tone}
        if can_fix:
            page = fix_of(finding, assessment.template)
            flag["url"] = reverse(page, args=[assessment.reference, entry.risk.reference])
        shown.append(flag)
    return shown


def _facts(entry: Entry, assessment: Assessment, has_controls: bool) -> Facts:
    return Facts(
        template=assessment.template,
        inherent=entry.score("inherent"),
        residual=entry.score("residual"),
        has_controls=has_controls,
        response=entry.response,
        has_tolerator=entry.tolerated_by_id is not None,
        tolerated_until=entry.tolerated_until,
        has_owner=entry.owner is not None,
        owner_left_on=entry.owner.ends_on if entry.owner else None,
        next_review_on=entry.next_review_on,
    )
