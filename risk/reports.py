"""The content of a report of an assessment as data, before any PDF is drawn."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.core.acting import Acting
from foundation.core.markings import Marking
from foundation.core.templatetags.portal import day
from foundation.documents.charts import Chart
from foundation.documents.layout import DocumentContext
from risk import attention, comparison, pictures, queries, reference, sides, standings, threat
from risk.checks import SAYS
from risk.models import Assessment, Control, Entry, RecommendationRisk, RiskReport, ScoreChange
from risk.models.assessments import Template
from risk.models.reports import ReportKind
from risk.models.risks import Strength
from risk.profile_workflow import Response, State
from risk.workflow import OPEN, Status

TOP = 10


@dataclass(frozen=True)
class Score:
    """One of a risk's scores in words. ``tag`` is a style of the print sheet."""

    label: str
    words: str
    band: str
    tag: str


@dataclass(frozen=True)
class Line:
    """One open risk as the report tells it. What only the full version tells is empty in the other."""

    entry: Entry
    theme: str
    ideologies: str
    scores: list[Score]
    controls: list[tuple[str, str]]
    reasons: list[tuple[ScoreChange, str, str]]
    recommendations: list[str]
    wrong: list[str]

    @property
    def current(self) -> Score:
        return self.scores[1]


@dataclass(frozen=True)
class RiskContent:
    """Everything a report of an assessment shows. ``chart`` is None in forms without scores.

    ``checked`` is False for a superseded version: what is outstanding is said of the version that counts.
    """

    document: DocumentContext
    assessment: Assessment
    is_full: bool
    is_scored: bool
    lines: list[Line]
    top: list[Line]
    figures: list[tuple[int, str]]
    chart: Chart | None
    earlier: Assessment | None
    changes: list[dict[str, object]]
    checked: bool
    wrong: list[Line]
    closed: list[Entry]
    threat_level: str
    threat_from: date | None


def build(*, acting: Acting, report: RiskReport, now: datetime) -> RiskContent:
    """The content of a report: the version as it stands, a superseded one as it stood when it was superseded."""
    assessment = report.assessment
    assert assessment is not None
    moment = assessment.superseded_at or now
    on = timezone.localdate(moment)
    is_scored, is_full = assessment.template == Template.SCORED, report.kind == ReportKind.FULL
    lines = _lines(acting, assessment, moment, is_full=is_full)
    if is_scored:
        lines.sort(key=lambda line: (-(line.entry.score("residual") or 0), line.entry.position, line.entry.pk))
    earlier = queries.approved_before(acting, assessment)
    level, since = threat_level_of(acting, assessment, on)
    wrong = [line for line in lines if line.wrong]
    return RiskContent(
        document=document_of(acting, report, assessment, moment, now),
        assessment=assessment,
        is_full=is_full,
        is_scored=is_scored,
        lines=lines,
        top=[line for line in lines if line.entry.score("residual")][:TOP] if is_scored else [],
        figures=_figures(assessment, lines, wrong),
        chart=_chart(acting, assessment, earlier) if is_scored else None,
        earlier=earlier,
        changes=_changes(acting, earlier, assessment) if earlier else [],
        checked=assessment.status != Status.SUPERSEDED,
        wrong=wrong,
        closed=_closed(acting, assessment, moment),
        threat_level=level,
        threat_from=since,
    )


def _lines(acting: Acting, assessment: Assessment, moment: datetime, *, is_full: bool) -> list[Line]:
    """Every risk that was open, in the order of the register."""
    themes, ideologies = reference.words()
    rows = queries.entries(acting, assessment).filter(Q(risk__closed_at__isnull=True) | Q(risk__closed_at__gt=moment))
    entries = list(rows.select_related("risk", "owner", "tolerated_by").order_by("position", "pk"))
    outstanding = _outstanding(acting, assessment, timezone.localdate(moment))
    controls = _controls(acting, entries) if is_full else {}
    reasons = _reasons(acting, assessment, entries, moment) if is_full else {}
    recommendations = _recommendations(acting, entries, moment) if is_full else {}
    return [
        Line(
            entry=entry,
            theme=themes.get(entry.theme, entry.theme),
            ideologies=", ".join(ideologies.get(code, code) for code in entry.ideologies),
            scores=[_score(assessment, entry, kind, str(label)) for kind, label in ScoreChange.Kind.choices],
            controls=controls.get(entry.pk, []),
            reasons=reasons.get(entry.pk, []),
            recommendations=recommendations.get(entry.risk_id, []),
            wrong=outstanding.get(entry.pk, []),
        )
        for entry in entries
    ]


def _outstanding(acting: Acting, assessment: Assessment, on: date) -> dict[int, list[str]]:
    """By entry, what the checks found. Nothing of a superseded version, which nobody puts right any more."""
    if assessment.status == Status.SUPERSEDED:
        return {}
    return {
        line.entry.pk: [str(SAYS[finding][0]) for finding in line.findings]
        for line in attention.of_assessment(acting, assessment, on)
    }


def _controls(acting: Acting, entries: list[Entry]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = {}
    for row in Control.objects.visible_to(acting).filter(entry__in=[entry.pk for entry in entries]):
        found.setdefault(row.entry_id, []).append((row.text, str(Strength(row.strength).label)))
    return found


def _reasons(
    acting: Acting, assessment: Assessment, entries: list[Entry], moment: datetime
) -> dict[int, list[tuple[ScoreChange, str, str]]]:
    """By entry, every score that was changed in this version, the latest first. What was scored first is no change."""
    scale = assessment.scale
    rows = ScoreChange.objects.visible_to(acting).filter(
        entry__in=[entry.pk for entry in entries], before_likelihood__isnull=False, changed_at__lte=moment
    )
    found: dict[int, list[tuple[ScoreChange, str, str]]] = {}
    for row in rows.select_related("changed_by"):
        before, after = _cell(row.before_likelihood, row.before_impact), _cell(row.likelihood, row.impact)
        words = (queries.filled_in(scale, before), queries.filled_in(scale, after) or _("Not scored"))
        found.setdefault(row.entry_id, []).append((row, *words))
    return found


def _recommendations(acting: Acting, entries: list[Entry], moment: datetime) -> dict[int, list[str]]:
    """By risk, the recommendations that bear on it: by number and edition, never by what the profile says."""
    rows = RecommendationRisk.objects.visible_to(acting).filter(
        Q(unlinked_at__isnull=True) | Q(unlinked_at__gt=moment),
        risk__in=[entry.risk_id for entry in entries],
        linked_at__lte=moment,
    )
    found: dict[int, list[str]] = {}
    for row in rows.select_related("recommendation__edition").order_by("recommendation__code", "pk"):
        told = row.recommendation
        found.setdefault(row.risk_id, []).append(answered(told.code, told.edition.title, told.response, told.state))
    return found


def answered(code: str, edition: str, response: str, state: str) -> str:
    """One recommendation in words: its number, its edition, and what we answered or that nobody did yet."""
    return f"{code}, {edition}: {Response(response).label if response else State(state).label}"


def _score(assessment: Assessment, entry: Entry, kind: str, label: str) -> Score:
    value = entry.score(kind)
    band, colour = queries.band_of(assessment.scale, value)
    tag = {"green": "good", "yellow": "part", "orange": "part", "red": "poor"}.get(colour, "unknown")
    return Score(label, queries.filled_in(assessment.scale, queries.cell(entry, kind)) or band, band, tag)


def _figures(assessment: Assessment, lines: list[Line], wrong: list[Line]) -> list[tuple[int, str]]:
    """How many risks each band has, the worst first; without scores, how many there are and how many need attention."""
    if assessment.template != Template.SCORED:
        owned = sum(line.entry.owner_id is not None for line in lines)
        return [
            (len(lines), _("open risks")),
            (owned, _("with an owner")),
            (len(wrong), _("with something to put right")),
        ]
    labels = [line.current.band for line in lines]
    return [(labels.count(band.label), band.label) for band in reversed(assessment.scale.bands)]


def _chart(acting: Acting, assessment: Assessment, earlier: Assessment | None) -> Chart:
    drawn = standings.of(acting, assessment, earlier)
    return pictures.matrix_chart(assessment.scale, drawn, chart_id="pdf-heat-map")


def _changes(acting: Acting, earlier: Assessment, assessment: Assessment) -> list[dict[str, object]]:
    """Risk by risk what differs from the version approved before."""
    pairs = comparison.compare(sides.of(acting, earlier), sides.of(acting, assessment))
    moved = [pair for pair in pairs if pair.change != comparison.Change.SAME]
    return sides.lines(moved, earlier, assessment)


def _closed(acting: Acting, assessment: Assessment, moment: datetime) -> list[Entry]:
    """What stood in this version of risks that were closed."""
    rows = queries.entries(acting, assessment).filter(risk__closed_at__lte=moment).select_related("risk__closed_by")
    return list(rows.order_by("risk__closed_at", "pk"))


def threat_level_of(acting: Acting, assessment: Assessment, on: date) -> tuple[str, date | None]:
    """The level at approval; while it is written, the one in force and since when."""
    if assessment.status not in OPEN:
        return assessment.threat_level_label, None
    row = threat.level_in_force(acting, on)
    return (str(row.get_level_display()), row.effective_from) if row else ("", None)


def document_of(
    acting: Acting, report: RiskReport, assessment: Assessment, moment: datetime, now: datetime
) -> DocumentContext:
    """What a report of an assessment says of itself, whatever its format."""
    return DocumentContext(
        title=assessment.title,
        subtitle=str(_("Risk assessment")),
        organisation=acting.organisation.name,
        marking="" if report.marking == Marking.PUBLIC else str(Marking(report.marking).label),
        report_id=report.reference,
        as_at=moment,
        generated_at=now,
        version=str(assessment.version),
        period=_("%(first)s to %(last)s") % {"first": day(assessment.period_from), "last": day(assessment.period_to)},
        is_draft=assessment.status in OPEN,
    )


def _cell(likelihood: int | None, impact: int | None) -> tuple[int, int] | None:
    return None if likelihood is None or impact is None else (likelihood, impact)
