"""Where the risks of an assessment stand, as its heat map shows them. The database counts them."""

from collections import Counter
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count

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
    cells, highest = answers(_CELLS.question(*place), _HIGHEST.question(*place))
    found = sorted((Standing(*row) for row in highest), key=_in_order)
    before = []
    if earlier is not None and found:
        wanted = as_one_value(standing.risk_id for standing in found)
        before = _EARLIER.rows(acting.organisation_id, earlier.pk, wanted)
    return Drawn(
        Counter({None if likelihood is None else (likelihood, impact): count for likelihood, impact, count in cells}),
        found,
        {risk_id: (likelihood, impact) for risk_id, likelihood, impact in before},
    )


def _in_order(standing: Standing) -> tuple[int, int, str]:
    """The highest first; of those alike R2 before R10."""
    likelihood, impact = standing.cell or (0, 0)
    return -likelihood * impact, len(standing.code), standing.code


def _in_force(organisation_id: int, assessment_id: int, until: datetime) -> EntryQuerySet:
    rows = Entry.objects.filter(organisation_id=organisation_id, assessment_id=assessment_id, removed_at__isnull=True)
    return rows.exclude(risk__closed_at__lte=until).order_by()


_CELLS = Prepared(
    lambda *place: _in_force(*place).values_list("residual_likelihood", "residual_impact").annotate(number=Count("pk")),
    int,
    int,
    datetime,
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
        Entry.objects.filter(organisation_id=organisation_id, assessment_id=assessment_id, removed_at__isnull=True)
        .filter(risk__any_of=wanted, residual_likelihood__isnull=False)
        .order_by()
        .values_list("risk_id", "residual_likelihood", "residual_impact")
    ),
    int,
    int,
    str,
)
