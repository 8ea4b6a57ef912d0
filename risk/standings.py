"""Where the risks of an assessment stand, as its heat map shows them. The database counts them."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet

from foundation.core.acting import Acting
from foundation.core.lookups import as_one_value
from foundation.core.prepared import Prepared, answers
from risk import queries
from risk.models import Assessment, Entry
from risk.models.risks import EntryQuerySet, score_of

ONE_BY_ONE = 50
Cell = tuple[int, int]


class Standing(NamedTuple):
    """A risk of an assessment as drawings need it: what it is called, and the likelihood and impact it has now."""

    risk_id: int
    code: str
    title: str
    closed_at: datetime | None
    likelihood: int | None
    impact: int | None

    @property
    def cell(self) -> tuple[int, int] | None:
        return None if self.likelihood is None or self.impact is None else (self.likelihood, self.impact)


class Drawn(NamedTuple):
    """What the heat map of an assessment shows: how many stand in each cell, and the highest risks one by one.

    ``counts`` has those without a score under None; ``before`` says where the ``highest`` stood in an earlier version.
    """

    counts: Counter[Cell | None]
    highest: list[Standing]
    before: dict[int, Cell]


def of(acting: Acting, assessment: Assessment, earlier: Assessment | None) -> Drawn:
    """An assessment as its heat map shows it, with movement since an ``earlier`` one. Counted by the database."""
    if not acting.may("risk.view"):
        return Drawn(Counter(), [], {})
    place = (acting.organisation_id, assessment.pk, assessment.approved_at or queries.FAR_AHEAD)
    cells, closed, highest = answers(_CELLS.question(*place[:2]), _CLOSED.question(*place), _HIGHEST.question(*place))
    counts = _by_cell(cells)
    counts.subtract(_by_cell(closed))
    found = sorted((Standing(*row) for row in highest), key=_in_order)
    before = []
    if earlier is not None and found:
        wanted = as_one_value(standing.risk_id for standing in found)
        before = _EARLIER.rows(acting.organisation_id, earlier.pk, wanted)
    return Drawn(
        +counts,
        found,
        {risk_id: (likelihood, impact) for risk_id, likelihood, impact in before},
    )


def _in_order(standing: Standing) -> tuple[int, int, str]:
    """The highest first; of those alike R2 before R10."""
    likelihood, impact = standing.cell or (0, 0)
    return -likelihood * impact, len(standing.code), standing.code


def _by_cell(rows: Sequence[tuple[Any, ...]]) -> Counter[Cell | None]:
    return Counter({None if likelihood is None else (likelihood, impact): count for likelihood, impact, count in rows})


def _standing_in(organisation_id: int, assessment_id: int) -> EntryQuerySet:
    rows = Entry.objects.filter(organisation_id=organisation_id, assessment_id=assessment_id, removed_at__isnull=True)
    return rows.order_by()


def _in_force(organisation_id: int, assessment_id: int, until: datetime) -> EntryQuerySet:
    return _standing_in(organisation_id, assessment_id).exclude(risk__closed_at__lte=until)


def _counted(rows: EntryQuerySet) -> QuerySet:
    return rows.values_list("residual_likelihood", "residual_impact").annotate(number=Count("*"))


# All are counted along an index, and the few whose risk was closed in time are taken off: to ask each entry for its
# risk would cost a long register more than everything else on the page.
_CELLS = Prepared(lambda *place: _counted(_standing_in(*place)), int, int)
_CLOSED = Prepared(
    lambda *place: _counted(_standing_in(*place[:2]).filter(risk__closed_at__lte=place[2])), int, int, datetime
)
_HIGHEST = Prepared(
    lambda *place: (
        _in_force(*place)
        .filter(residual_likelihood__isnull=False)
        .order_by(score_of("residual").desc(), "-pk")  # along an index: see Entry
        .values_list("risk_id", "risk__code", "title", "risk__closed_at", "residual_likelihood", "residual_impact")[
            :ONE_BY_ONE
        ]
    ),
    int,
    int,
    datetime,
)
_EARLIER = Prepared(
    lambda organisation_id, assessment_id, wanted: (
        _standing_in(organisation_id, assessment_id)
        .filter(risk__any_of=wanted, residual_likelihood__isnull=False)
        .values_list("risk_id", "residual_likelihood", "residual_impact")
    ),
    int,
    int,
    str,
)
