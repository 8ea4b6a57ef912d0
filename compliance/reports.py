"""The content of a compliance report as data, before any page or PDF is drawn."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from compliance import queries
from compliance.models import ComplianceReport
from compliance.models.library import CountsAs
from compliance.readiness import Line
from compliance.register import Register, Standing, ThemeSummary
from foundation.core.acting import Acting
from foundation.core.markings import Marking
from foundation.documents.layout import DocumentContext

TAGS = {
    CountsAs.EXCEEDED: "best",
    CountsAs.MET: "good",
    CountsAs.PARTLY_MET: "part",
    CountsAs.NOT_MET: "poor",
    CountsAs.NOTHING: "unknown",
}


@dataclass(frozen=True)
class ComplianceContent:
    """Everything a compliance report shows. ``open_lines`` are those not ready, most pressing first."""

    document: DocumentContext
    register: Register
    summaries: list[ThemeSummary]
    lines: list[Line]
    open_lines: list[Line]
    not_applicable: list[Line]
    earlier: list[Standing]
    with_evidence: bool

    @property
    def whole(self) -> ThemeSummary:
        return ThemeSummary(None, self.lines, self.register.on)


def build_compliance(*, acting: Acting, report: ComplianceReport, now: datetime) -> ComplianceContent:
    """The content of a report as the person who asked may see it, as at the end of the report's day."""
    register, earlier = queries.with_trend(acting, report.as_at, quarters=8)
    lines = [line for line in register.lines if report.theme_id is None or line.theme_code == report.theme_id]
    return ComplianceContent(
        document=_document(acting, report, now),
        register=register,
        summaries=[
            s for s in register.by_theme if report.theme_id is None or (s.theme and s.theme.pk == report.theme_id)
        ],
        lines=lines,
        open_lines=sorted((line for line in lines if line.is_counted and not line.is_ready), key=_pressing),
        not_applicable=[line for line in lines if not line.applies],
        earlier=earlier,
        with_evidence=report.with_evidence,
    )


def _pressing(line: Line) -> tuple:
    """Musts before shoulds, not met before partly met, then by the next review."""
    strength = ["must", "should", "good"].index(line.force)
    state = [CountsAs.NOT_MET, CountsAs.NOTHING, CountsAs.PARTLY_MET, CountsAs.MET, CountsAs.EXCEEDED]
    return strength, state.index(line.counts_as), line.next_review_on or date.max, line.code


def _document(acting: Acting, report: ComplianceReport, now: datetime) -> DocumentContext:
    return DocumentContext(
        title=_("Prevent duty: statement of compliance"),
        subtitle=report.theme.title if report.theme else _("The whole duty"),
        organisation=acting.organisation.name,
        marking="" if report.marking == Marking.PUBLIC else str(Marking(report.marking).label),
        report_id=report.reference,
        as_at=queries.end_of_day(report.as_at),
        generated_at=now,
        version="1",
        lang="cy" if acting.user and acting.user.language == "cy" else "en-GB",
    )
