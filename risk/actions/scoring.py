"""Scoring a risk on the assessment's own matrix."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from risk.actions import keeping
from risk.actions.keeping import KINDS, Cell
from risk.models import Entry
from risk.models.assessments import Template


@transaction.atomic
def score_entry(
    *,
    entry_id: int,
    version: int,
    inherent: Cell,
    residual: Cell,
    target: Cell,
    target_on: date | None = None,
    reason: str = "",
    by: Acting,
    now: datetime,
) -> Entry:
    """Give a risk its scores, each a pair of likelihood and impact, or None.

    Raises RuleBroken for a cell the matrix does not have, and where a score falls or is taken away without a reason.
    """
    entry = keeping.open_entry(entry_id, version, by)
    if entry.assessment.template != Template.SCORED:
        raise RuleBroken(_("This assessment is written without scores."))
    wanted = dict(zip(KINDS, (inherent, residual, target), strict=True))
    matrix = entry.assessment.scale
    if any(cell is not None and not matrix.holds(*cell) for cell in wanted.values()):
        raise RuleBroken(_("The matrix of this assessment has no such score."))
    changed = [kind for kind in KINDS if wanted[kind] != keeping.cell_of(entry, kind)]
    if any(_falls(keeping.cell_of(entry, kind), wanted[kind]) for kind in changed) and not reason.strip():
        raise RuleBroken(_("Say why the score falls."))
    facts: dict[str, Any] = {}
    for kind in changed:
        facts[f"{kind}_score"] = f"{_plain(keeping.cell_of(entry, kind))} to {_plain(wanted[kind])}"
        keeping.set_cell(entry, kind, wanted[kind], reason=reason.strip(), by=by, now=now)
    entry.target_on = target_on
    keeping.keep(entry, [*keeping.columns_of(changed), "target_on"], by=by, now=now)
    ledger.record(
        "risk.scored",
        actor=by,
        target=entry.risk,
        at=now,
        assessment=entry.assessment.reference,
        version=entry.version,
        **facts,
    )
    return entry


def _falls(before: Cell, after: Cell) -> bool:
    if before is None:
        return False
    return after is None or after[0] * after[1] < before[0] * before[1]


def _plain(cell: Cell) -> str:
    return f"{cell[0]}x{cell[1]}" if cell else "none"
