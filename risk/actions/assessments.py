"""Assessments begin, are renamed and are copied into the next year's."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.core.markings import Marking
from risk import permissions, queries, reference
from risk.actions import keeping
from risk.models import Assessment, Control, Entry, Risk
from risk.models.assessments import Template
from risk.models.risks import Source
from risk.scoring import Matrix
from risk.workflow import Status


@transaction.atomic
def create_assessment(
    *,
    title: str,
    template: str,
    period_from: date,
    period_to: date,
    marking: str,
    summary: str = "",
    starters: Sequence[str] = (),
    by: Acting,
    now: datetime,
) -> Assessment:
    """Begin an assessment as a draft, with the starter risks of these codes in it."""
    permissions.check_can_edit(by)
    keeping.check_days(period_from, period_to)
    known = {starter.code: starter for starter in reference.starters()}
    if unknown := [code for code in starters if code not in known]:
        raise RuleBroken(_("There is no starter risk %(code)s.") % {"code": unknown[0]})
    chosen = queries.settings_of(by)
    assessment = Assessment.objects.create(
        organisation=by.organisation,
        title=title.strip(),
        template=Template(template),
        period_from=period_from,
        period_to=period_to,
        marking=Marking(marking),
        summary=summary.strip(),
        matrix=queries.matrix_of(chosen).as_plain(),
        created_at=now,
        created_by=by.membership,
    )
    for position, code in enumerate(starters, start=1):
        entry = Entry.objects.create(
            organisation=by.organisation,
            assessment=assessment,
            risk=keeping.new_risk(by=by, now=now),
            position=position,
            title=known[code].title,
            theme=known[code].theme,
            description=known[code].description,
            source=Source.PROFESSIONAL,
            marking=assessment.marking,
            review_every_months=chosen.review_every_months,
        )
        keeping.revise(entry, by=by, now=now)
    ledger.record(
        "assessment.created", actor=by, target=assessment, at=now, form=assessment.template, risks=len(starters)
    )
    return assessment


@transaction.atomic
def change_assessment(
    *,
    assessment_id: int,
    version: int,
    title: str,
    period_from: date,
    period_to: date,
    marking: str,
    summary: str,
    by: Acting,
    now: datetime,
) -> Assessment:
    """Change the head of an assessment that is still open."""
    assessment = keeping.open_assessment(assessment_id, by)
    assessment.check_version(version)
    keeping.check_days(period_from, period_to)
    assessment.title, assessment.summary, assessment.marking = title.strip(), summary.strip(), Marking(marking)
    assessment.period_from, assessment.period_to = period_from, period_to
    assessment.count_up(by_id=by.membership_id, now=now)
    assessment.save(
        update_fields=["title", "summary", "marking", "period_from", "period_to", *Assessment.SAVED],
    )
    ledger.record("assessment.changed", actor=by, target=assessment, at=now)
    return assessment


@transaction.atomic
def copy_forward(
    *, assessment_id: int, title: str, period_from: date, period_to: date, by: Acting, now: datetime
) -> Assessment:
    """Begin the next assessment as a copy of an approved one. Closed risks stay behind.

    The copy uses the matrix of today's settings. A score that it cannot hold is lowered to what it can, and says so.
    """
    source = keeping.locked_assessment(assessment_id, by)
    permissions.check_can_edit(by, source)
    if source.status != Status.APPROVED:
        raise RuleBroken(_("Only the approved assessment can be copied forward."))
    keeping.check_days(period_from, period_to)
    if period_from <= source.period_from:
        raise RuleBroken(_("The new period must begin after the one it is copied from."))
    matrix = queries.matrix_of(queries.settings_of(by))
    copy = Assessment.objects.create(
        organisation=by.organisation,
        title=title.strip(),
        template=source.template,
        period_from=period_from,
        period_to=period_to,
        marking=source.marking,
        summary=source.summary,
        matrix=matrix.as_plain(),
        copied_from=source,
        created_at=now,
        created_by=by.membership,
    )
    entries = _entries_of_open_risks(source, by)
    for entry in entries:
        _copy_entry(entry, copy, matrix, by=by, now=now)
    ledger.record("assessment.copied", actor=by, target=copy, at=now, copied_from=source.reference, risks=len(entries))
    return copy


def _entries_of_open_risks(source: Assessment, by: Acting) -> list[Entry]:
    """Nobody closes one of these risks while they are copied: whoever tries waits for the copy, and closes it there."""
    entries = Entry.objects.visible_to(by).filter(assessment=source)
    open_risks = Risk.objects.visible_to(by).filter(pk__in=entries.values("risk_id"), closed_at__isnull=True)
    locked = open_risks.order_by("pk").select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True)
    return list(entries.filter(risk_id__in=list(locked)).prefetch_related("controls").order_by("position", "pk"))


def _copy_entry(entry: Entry, into: Assessment, matrix: Matrix, *, by: Acting, now: datetime) -> None:
    copied = Entry.objects.create(
        **entry.entry_fields(),
        organisation_id=entry.organisation_id,
        assessment=into,
        risk_id=entry.risk_id,
        position=entry.position,
    )
    Control.objects.bulk_create(
        Control(
            organisation_id=entry.organisation_id,
            entry=copied,
            text=control.text,
            strength=control.strength,
            position=control.position,
        )
        for control in entry.controls.all()
    )
    if changed := clamp(copied, matrix, by=by, now=now):
        copied.save(update_fields=changed)
    keeping.revise(copied, by=by, now=now)


def clamp(entry: Entry, matrix: Matrix, *, by: Acting, now: datetime) -> list[str]:
    """Bring scores that a smaller matrix cannot hold to its edge. Returns the columns that changed."""
    reason = _("The matrix has fewer steps than before, so the score was brought to its edge.")
    changed = []
    for kind, _before, after in queries.beyond(entry, matrix):
        keeping.set_cell(entry, kind, after, reason=reason, by=by, now=now)
        changed += keeping.columns_of([kind])
    return changed
