"""How an organisation assesses risk. A matrix that shrinks under open assessments is shown first, then confirmed."""

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.core.markings import Marking
from risk import permissions, queries
from risk.actions import keeping
from risk.actions.assessments import clamp
from risk.models import Assessment, Entry, Settings
from risk.queries import Clamped
from risk.scoring import Matrix, problems_of
from risk.workflow import OPEN


class ConfirmationNeeded(RuleBroken):
    """The change would lower scores. ``clamped`` says which; send ``key`` back to confirm exactly these."""

    def __init__(self, clamped: list[Clamped], key: str) -> None:
        super().__init__(_("The new matrix cannot hold some scores. Confirm that they are brought to its edge."))
        self.clamped, self.key = clamped, key


@transaction.atomic
def change_settings(
    *,
    version: int,
    matrix: Matrix,
    marking: str,
    review_every_months: int,
    confirmed: str = "",
    by: Acting,
    now: datetime,
) -> Settings:
    """Set the matrix, the default marking and the months between reviews.

    Open assessments get the matrix at once; approved ones keep theirs. Raises ConfirmationNeeded where scores of open
    assessments would fall, unless ``confirmed`` is the key of exactly those.
    """
    permissions.check_can_edit(by)
    if problems_of(matrix):
        raise RuleBroken(_("This is not a matrix that scores can be given on."))
    if not 1 <= review_every_months <= 60:
        raise RuleBroken(_("The months between reviews must be from 1 to 60."))
    Settings.objects.bulk_create(
        [
            Settings(
                organisation=by.organisation,
                version=0,
                matrix=queries.matrix_of(queries.settings_of(by)).as_plain(),
            )
        ],
        ignore_conflicts=True,
    )
    row = Settings.objects.visible_to(by).select_for_update(no_key=True, of=("self",)).get()
    row.check_version(version)
    clamped = _bring_to(matrix, confirmed, by=by, now=now) if matrix.as_plain() != row.matrix else 0
    row.matrix, row.marking, row.review_every_months = matrix.as_plain(), Marking(marking), review_every_months
    row.count_up(by_id=by.membership_id, now=now)
    row.save(update_fields=["matrix", "marking", "review_every_months", *Settings.SAVED])
    ledger.record(
        "risk.settings_changed",
        actor=by,
        target=row,
        at=now,
        likelihood=len(matrix.likelihood),
        impact=len(matrix.impact),
        scores_clamped=clamped,
    )
    return row


def _bring_to(matrix: Matrix, confirmed: str, *, by: Acting, now: datetime) -> int:
    """Put the open assessments on a matrix. Returns how many entries had a score it cannot hold."""
    assessments = {
        row.pk: row
        for row in Assessment.objects.visible_to(by)
        .filter(status__in=OPEN)
        .select_for_update(no_key=True, of=("self",))
        .order_by("pk")
    }
    entries = list(
        Entry.objects.visible_to(by)
        .filter(assessment_id__in=assessments)
        .select_for_update(no_key=True, of=("self",))
        .select_related("risk")
        .order_by("pk")
    )
    clamped = [found for entry in entries if (found := queries.clamped(entry, matrix))]
    key = hashlib.sha256(repr([(each.entry_id, each.scores) for each in clamped]).encode()).hexdigest()[:16]
    if clamped and confirmed != key:
        raise ConfirmationNeeded(clamped, key)
    for assessment in assessments.values():
        assessment.matrix = matrix.as_plain()
        assessment.count_up(by_id=by.membership_id, now=now)
        assessment.save(update_fields=["matrix", *Assessment.SAVED])
    for entry in entries:
        entry.assessment = assessments[entry.assessment_id]
        if changed := clamp(entry, matrix, by=by, now=now):
            keeping.keep(entry, changed, by=by, now=now)
            ledger.record(
                "risk.score_clamped",
                actor=by,
                target=entry.risk,
                at=now,
                assessment=entry.assessment.reference,
                columns=changed,
            )
    return len(clamped)
