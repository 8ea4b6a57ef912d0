"""The content of a compliance report as data, before any page or PDF is drawn."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from compliance import queries
from compliance.models import ComplianceReport
from compliance.models.library import CountsAs
from compliance.readiness import Line
from compliance.register import Register, ThemeSummary
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
class Change:
    """A requirement that moved in the period, as at its last day. ``before`` is its state when the period began."""

    line: Line
    before: str


@dataclass(frozen=True)
class Period:
    """What moved in the report's part of the duty. ``registers`` run from the end of the day before the period to the
    end of its last day; ``gone`` is what was asked when it began and no longer is.
    """

    first: date
    last: date
    registers: list[Register]
    changes: list[Change]
    gone: list[Line]

    @property
    def before(self) -> ThemeSummary:
        return self.registers[0].whole

    @property
    def after(self) -> ThemeSummary:
        return self.registers[-1].whole


@dataclass(frozen=True)
class ComplianceContent:
    """Everything a compliance report shows. ``open_lines`` are those not ready, most pressing first."""

    document: DocumentContext
    register: Register
    summaries: list[ThemeSummary]
    lines: list[Line]
    open_lines: list[Line]
    not_applicable: list[Line]
    period: Period
    with_evidence: bool

    @property
    def whole(self) -> ThemeSummary:
        return ThemeSummary(None, self.lines, self.register.on)


def build_compliance(*, acting: Acting, report: ComplianceReport, now: datetime) -> ComplianceContent:
    """The content of a report as the person who asked may see it, as at the end of the report's day."""
    first = report.period_from or queries.period_start(acting, report.as_at)
    registers = queries.registers(acting, queries.period_days(first, report.as_at))
    register = registers[-1]
    lines = [line for line in register.lines if report.theme_id is None or line.theme_code == report.theme_id]
    return ComplianceContent(
        document=_document(acting, report, first, now),
        register=register,
        summaries=[
            s for s in register.by_theme if report.theme_id is None or (s.theme and s.theme.pk == report.theme_id)
        ],
        lines=lines,
        open_lines=sorted((line for line in lines if line.is_counted and not line.is_ready), key=_pressing),
        not_applicable=[line for line in lines if not line.applies],
        period=period([_part(each, report.theme_id) for each in registers], first, report.as_at),
        with_evidence=report.with_evidence,
    )


def period(registers: list[Register], first: date, last: date) -> Period:
    """What moved between the first and the last of ``registers``: an answer, the evidence behind it, or the state."""
    opening, closing = registers[0], registers[-1]
    then = {line.code: line.state_text for line in opening.lines}
    changes = [
        Change(line, then.get(line.code, _("Not asked yet")))
        for line in closing.lines
        if not line.answered_through
        and (then.get(line.code) != line.state_text or (line.last_change_on or date.min) >= first)
    ]
    still_asked = {line.code for line in closing.lines}
    return Period(
        first, last, registers, changes, gone=[line for line in opening.lines if line.code not in still_asked]
    )


def period_in_words(report: ComplianceReport, first: date | None = None) -> str:
    """For example "1 April 2026 to 25 November 2026"; nothing for a report that was asked for without its first day."""
    first = report.period_from or first
    if first is None:
        return ""
    return _("%(first)s to %(last)s") % {
        "first": date_format(first, "j F Y"),
        "last": date_format(report.as_at, "j F Y"),
    }


def _part(register: Register, theme_code: str | None) -> Register:
    """The register, or one theme of it."""
    if theme_code is None:
        return register
    return replace(register, lines=tuple(line for line in register.lines if line.theme_code == theme_code))


def _pressing(line: Line) -> tuple:
    """Musts before shoulds, not met before partly met, then by the next review."""
    strength = ["must", "should", "good"].index(line.force)
    state = [CountsAs.NOT_MET, CountsAs.NOTHING, CountsAs.PARTLY_MET, CountsAs.MET, CountsAs.EXCEEDED]
    return strength, state.index(line.counts_as), line.next_review_on or date.max, line.code


def _document(acting: Acting, report: ComplianceReport, first: date, now: datetime) -> DocumentContext:
    return DocumentContext(
        title=_("Prevent duty: statement of compliance"),
        subtitle=report.theme.title if report.theme else _("The whole duty"),
        organisation=acting.organisation.name,
        marking="" if report.marking == Marking.PUBLIC else str(Marking(report.marking).label),
        report_id=report.reference,
        as_at=min(queries.end_of_day(report.as_at), now),  # what the rest of today brings is not in it
        generated_at=now,
        version="1",
        period=period_in_words(report, first),
        lang="cy" if acting.user and acting.user.language == "cy" else "en-GB",
    )
