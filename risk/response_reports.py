"""The answers to one edition of the local profile as data, before any PDF is drawn. Nothing of the profile itself."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from foundation.core.acting import Acting
from foundation.core.markings import Marking
from foundation.core.templatetags.portal import day
from foundation.documents.layout import DocumentContext
from risk.models import CtlpEdition, CtlpRecommendation, RecommendationRisk, RiskReport
from risk.profile_workflow import Response, State


@dataclass(frozen=True)
class Answer:
    """One recommendation with what was answered, and the codes of the risks it bears on."""

    recommendation: CtlpRecommendation
    risks: list[str]


@dataclass(frozen=True)
class ResponseContent:
    """Everything the response shows."""

    document: DocumentContext
    edition: CtlpEdition
    answers: list[Answer]
    figures: list[tuple[int, str]]

    @property
    def waiting(self) -> int:
        """How many recommendations have no answer yet."""
        return sum(each.recommendation.state == State.OPEN for each in self.answers)


def build(*, acting: Acting, report: RiskReport, now: datetime) -> ResponseContent:
    """The answers as they stand. Neither where the profile is held nor who was briefed leaves the portal."""
    edition = report.edition
    assert edition is not None
    rows = list(
        CtlpRecommendation.objects.visible_to(acting)
        .filter(edition=edition)
        .select_related("responded_by")
        .order_by("code", "pk")
    )
    risks: dict[int, list[str]] = {}
    links = RecommendationRisk.objects.visible_to(acting).filter(recommendation__in=rows, unlinked_at__isnull=True)
    for link in links.select_related("risk").order_by("risk__code", "pk"):
        risks.setdefault(link.recommendation_id, []).append(link.risk.code)
    return ResponseContent(
        document=_document(acting, report, edition, now),
        edition=edition,
        answers=[Answer(row, risks.get(row.pk, [])) for row in rows],
        figures=[
            *((sum(row.response == choice for row in rows), str(choice.label)) for choice in Response),
            (sum(row.state == State.OPEN for row in rows), _("Not answered yet")),
        ],
    )


def _document(acting: Acting, report: RiskReport, edition: CtlpEdition, now: datetime) -> DocumentContext:
    return DocumentContext(
        title=_("Response to the local profile"),
        subtitle=edition.title,
        organisation=acting.organisation.name,
        marking="" if report.marking == Marking.PUBLIC else str(Marking(report.marking).label),
        report_id=report.reference,
        as_at=now,
        generated_at=now,
        version="1",
        period=_("%(first)s to %(last)s") % {"first": day(edition.period_from), "last": day(edition.period_to)},
    )
