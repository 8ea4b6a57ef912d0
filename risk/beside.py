"""What stands beside a risk or a recommendation on its page: other rooms say what they know of it.

Rooms above this one register a source when they start; imports go one way only.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import QuerySet

from foundation.core.acting import Acting
from foundation.core.prepared import PreparedObjects
from risk.models import CtlpRecommendation, RecommendationRisk, Risk


@dataclass(frozen=True)
class Row:
    """One thing. ``tag`` is its state in words and the colour of it."""

    text: str
    url: str
    hint: str = ""
    tag: tuple[str, str] | None = None


@dataclass(frozen=True)
class Panel:
    """Things of one kind under their heading; ``empty`` says that there are none."""

    heading: str
    empty: str
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Codes:
    """What people call the things of another room that each risk is linked to, as a column of a register.

    ``expression`` gives a list of them for a row of entries; ``name`` is what to annotate the row with.
    """

    name: str
    heading: str
    expression: ArraySubquery


OfRisk = Callable[[Acting, Risk], Panel | None]
OfRecommendation = Callable[[Acting, CtlpRecommendation], Panel | None]
CodesOf = Callable[[Acting, datetime], Codes | None]
_of_risks: list[OfRisk] = []
_of_recommendations: list[OfRecommendation] = []
_codes: list[CodesOf] = []


def register(of_risk: OfRisk, of_recommendation: OfRecommendation, codes: CodesOf) -> None:
    """Call it from ``AppConfig.ready``. A source answers None for who may not see its things."""
    _of_risks.append(of_risk)
    _of_recommendations.append(of_recommendation)
    _codes.append(codes)


def of_risk(acting: Acting, risk: Risk) -> list[Panel]:
    """What the other rooms know of a risk."""
    return [panel for source in _of_risks if (panel := source(acting, risk)) is not None]


def of_recommendation(acting: Acting, recommendation: CtlpRecommendation) -> list[Panel]:
    """What the other rooms know of a recommendation."""
    return [panel for source in _of_recommendations if (panel := source(acting, recommendation)) is not None]


def codes(acting: Acting, moment: datetime) -> list[Codes]:
    """What the other rooms had linked to each risk at a moment, as columns."""
    return [found for source in _codes if (found := source(acting, moment)) is not None]


def recommendations(acting: Acting, risk: Risk) -> list[CtlpRecommendation]:
    """The recommendations of local profiles that bear on a risk, the newest edition first."""
    return _RECOMMENDATIONS.all(acting.organisation_id, risk.pk) if acting.may("risk.view") else []


def _recommendations(organisation_id: int, risk_id: int) -> QuerySet:
    links = RecommendationRisk.objects.filter(
        organisation_id=organisation_id, risk_id=risk_id, unlinked_at__isnull=True
    )
    rows = CtlpRecommendation.objects.filter(organisation_id=organisation_id, pk__in=links.values("recommendation_id"))
    return rows.order_by("-edition__issued_on", "code", "pk")[:100]


_RECOMMENDATIONS = PreparedObjects(_recommendations, int, int, related=("edition",))
