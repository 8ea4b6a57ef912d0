"""The register of an assessment as a spreadsheet: a row for every risk, in the words of the list and of the PDF."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.core.acting import Acting
from foundation.core.lists import EXPORT_CHUNK, Listing
from foundation.core.markings import Marking
from foundation.core.templatetags.portal import day
from foundation.documents import xlsx
from foundation.documents.layout import DocumentContext
from foundation.documents.xlsx import Kind
from risk import beside, checks, listing, queries, reference, reports
from risk.beside import Codes
from risk.models import Assessment, Control, RecommendationRisk, RiskReport, ScoreChange
from risk.models.assessments import Template
from risk.models.risks import Strength
from risk.workflow import Status

Row = dict[str, Any]
KINDS = ScoreChange.Kind
TEXT, NUMBER, DATE = Kind.TEXT, Kind.NUMBER, Kind.DATE
# What is read of each risk beside what the list reads.
ALSO = (
    "inherent_score", "residual_score", "source_note", "marking", "target_on", "tolerated_by__name", "tolerated_until",
    "review_every_months", "last_reviewed_on", "owner_id", "owner__ends_on", "risk__closed_reason", "named_controls",
    "named_recommendations", "why_changed",
    *(f"{kind}_{side}" for kind in KINDS.values for side in ("likelihood", "impact")),
)  # fmt: skip


class Field(NamedTuple):
    """One column, and what it shows of a row."""

    column: xlsx.Column
    cell: Callable[[Row], Any]


def build(*, acting: Acting, report: RiskReport, now: datetime) -> tuple[DocumentContext, xlsx.Sheet]:
    """What the spreadsheet says of itself, and its rows: read one after another, in one query however many there are.

    A superseded version is told as it stood when it was superseded, as in the PDF.
    """
    assessment = report.assessment
    assert assessment is not None
    moment = assessment.superseded_at or now
    codes = beside.codes(acting, moment)
    listed = listing.register_listing(assessment, listing.Offers(reference.words(), []), whole=True)
    fields, tally = _fields(assessment, listed, codes), Counter[str]()
    names = dict.fromkeys((*listed.fields, *ALSO, *(each.name for each in codes)))
    rows = _read(acting, assessment, moment, codes).values(*names)
    return reports.document_of(acting, report, assessment, moment, now), xlsx.Sheet(
        columns=[field.column for field in fields],
        rows=_told(rows, assessment, moment, fields, tally),
        name=_("Risks"),
        frozen=2,
        facts=partial(_facts, acting, report, assessment, moment, tally),
    )


# ---- The columns
def _fields(assessment: Assessment, listed: Listing, codes: Iterable[Codes]) -> list[Field]:
    columns = {column.key: column for column in listed.columns}

    def of_list(key: str, kind: Kind = TEXT, width: int = 24) -> Field:
        column = columns[key]
        make = column.from_raw or (lambda *values: values[0])
        return Field(xlsx.Column(str(column.label), kind, width), lambda row: make(*(row[name] for name in column.raw)))

    is_scored = assessment.template == Template.SCORED
    return [
        of_list("code", width=8),
        of_list("title", width=40),
        of_list("theme"),
        of_list("description", width=50),
        of_list("cause", width=40),
        of_list("at_risk", width=30),
        of_list("places", width=30),
        of_list("ideologies", width=30),
        of_list("source"),
        _field(_("About the source"), "source_note", width=30),
        *(_of_scores(assessment, of_list) if is_scored else _of_prompts(of_list)),
        of_list("owner"),
        of_list("review", DATE, 18),
        _field(_("Last reviewed"), "last_reviewed_on", DATE, 18),
        _field(_("Months between reviews"), "review_every_months", NUMBER, 12),
        Field(xlsx.Column(_("Recommendations of the local profile"), width=40), _recommendations),
        *(Field(xlsx.Column(each.heading, width=16), partial(_joined, each.name)) for each in codes),
        *([] if assessment.status == Status.SUPERSEDED else [_field(_("To be put right"), "wrong", width=36)]),
        Field(xlsx.Column(_("Marking"), width=22), lambda row: str(Marking(row["marking"]).label)),
        of_list("closed", DATE, 18),
        _field(_("Why it was closed"), "risk__closed_reason", width=36),
    ]


def _of_scores(assessment: Assessment, of_list: Callable[..., Field]) -> list[Field]:
    """Of a scored register: each score with its two sides as numbers, the controls, and what is done about the risk."""
    names = {"inherent": "inherent", "residual": "score", "target": "target"}
    found = []
    for kind, label in KINDS.choices:
        for side, title in (("likelihood", _("likelihood")), ("impact", _("impact"))):
            found.append(_field(f"{label}: {title}", f"{kind}_{side}", NUMBER, 12))
        found.append(of_list(names[kind], NUMBER, 11))
        if kind == KINDS.RESIDUAL:
            found.append(of_list("band", width=14))
            found.append(Field(xlsx.Column(_("Current, in words"), width=28), partial(_in_words, assessment)))
            found.append(_field(_("Why the current score last changed"), "why_changed", width=40))
    return [
        *found,
        _field(_("Target to be reached by"), "target_on", DATE, 18),
        Field(xlsx.Column(_("Controls and how well they hold"), width=50), _controls),
        of_list("response", width=30),
        _field(_("Tolerated by"), "tolerated_by__name"),
        _field(_("Tolerated until"), "tolerated_until", DATE, 18),
    ]


def _of_prompts(of_list: Callable[..., Field]) -> list[Field]:
    """Of a form without scores: what is done about the risk, what more is needed, and by when."""
    return [
        of_list("management", width=50),
        of_list("further_action", width=50),
        _field(_("To be done by"), "target_on", DATE, 18),
    ]


def _field(title: str, name: str, kind: Kind = TEXT, width: int = 24) -> Field:
    return Field(xlsx.Column(title, kind, width), lambda row: row[name])


def _in_words(assessment: Assessment, row: Row) -> str:
    likelihood, impact = row["residual_likelihood"], row["residual_impact"]
    return queries.filled_in(assessment.scale, None if likelihood is None else (likelihood, impact))


def _controls(row: Row) -> str:
    return "\n".join(f"{each['text']} ({Strength(each['strength']).label})" for each in row["named_controls"])


def _recommendations(row: Row) -> str:
    return "\n".join(reports.answered(**each) for each in row["named_recommendations"])


def _joined(name: str, row: Row) -> str:
    return "; ".join(row[name])


# ---- The rows
def _read(acting: Acting, assessment: Assessment, moment: datetime, codes: Iterable[Codes]) -> QuerySet:
    """Every risk of the version with all that its row tells, the highest score first as in the PDF. One query."""
    controls = Control.objects.visible_to(acting).filter(entry=OuterRef("pk")).order_by("position", "pk")
    links = RecommendationRisk.objects.visible_to(acting).filter(
        Q(unlinked_at__isnull=True) | Q(unlinked_at__gt=moment), risk=OuterRef("risk_id"), linked_at__lte=moment
    )
    told = JSONObject(
        code="recommendation__code",
        edition="recommendation__edition__title",
        response="recommendation__response",
        state="recommendation__state",
    )
    changes = ScoreChange.objects.visible_to(acting).filter(
        entry=OuterRef("pk"), kind=KINDS.RESIDUAL, before_likelihood__isnull=False, changed_at__lte=moment
    )
    rows = listing.rows_of_register(acting, assessment).annotate(
        named_controls=ArraySubquery(controls.values(said=JSONObject(text="text", strength="strength"))),
        named_recommendations=ArraySubquery(links.order_by("recommendation__code", "pk").values(said=told)),
        why_changed=Subquery(changes.order_by("-changed_at", "-pk").values("reason")[:1]),
        **{each.name: each.expression for each in codes},
    )
    first = ("-residual_score",) if assessment.template == Template.SCORED else ()
    return rows.select_related(None).order_by(*first, "position", "pk")


def _told(
    rows: QuerySet, assessment: Assessment, moment: datetime, fields: list[Field], tally: Counter[str]
) -> Iterator[list[Any]]:
    """The cells of each risk, counted as they go by."""
    for row in rows.iterator(chunk_size=EXPORT_CHUNK):
        if row["risk__closed_at"] is not None and row["risk__closed_at"] > moment:
            row |= {"risk__closed_at": None, "risk__closed_reason": ""}  # it was open then
        row["wrong"] = "\n".join(_wrong(row, assessment, moment))
        _count(row, assessment, tally)
        yield [field.cell(row) for field in fields]


def _wrong(row: Row, assessment: Assessment, moment: datetime) -> list[str]:
    """What the checks find, as beside the risk on its page."""
    if row["risk__closed_at"] is not None or assessment.status == Status.SUPERSEDED:
        return []
    facts = checks.Facts(
        template=assessment.template,
        inherent=row["inherent_score"] or None,
        residual=row["residual_score"] or None,
        has_controls=bool(row["named_controls"]),
        response=row["response"],
        has_tolerator=row["tolerated_by__name"] is not None,
        tolerated_until=row["tolerated_until"],
        has_owner=row["owner_id"] is not None,
        owner_left_on=row["owner__ends_on"],
        next_review_on=row["next_review_on"],
    )
    return [str(checks.SAYS[finding][0]) for finding in checks.findings(facts, timezone.localdate(moment))]


# ---- What the second sheet tells
def _count(row: Row, assessment: Assessment, tally: Counter[str]) -> None:
    if row["risk__closed_at"] is not None:
        tally["closed"] += 1
        return
    tally["open"] += 1
    tally["owned"] += row["owner_id"] is not None
    tally["wrong"] += bool(row["wrong"])
    tally[f"band {queries.band_of(assessment.scale, row['residual_score'])[0]}"] += 1


def _facts(
    acting: Acting, report: RiskReport, assessment: Assessment, moment: datetime, tally: Counter[str]
) -> list[xlsx.Fact]:
    level, since = reports.threat_level_of(acting, assessment, timezone.localdate(moment))
    if level:
        level = (
            _("%(level)s, in force since %(day)s") % {"level": level, "day": day(since)}
            if since
            else _("%(level)s when it was approved") % {"level": level}
        )
    facts: list[xlsx.Fact] = [
        (_("What it is"), _("The risks of one version of the register")),
        (_("Status"), _status(assessment)),
        (_("Written by"), assessment.created_by.name),
        (_("Asked for by"), report.requested_by.name),
        (_("National threat level"), level or _("Not known")),
        *([(_("Summary"), assessment.summary)] if assessment.summary else []),
        (_("Open risks"), tally["open"]),
    ]
    if assessment.template == Template.SCORED:
        facts += [
            (_("Open risks, current score: %(band)s") % {"band": label}, tally[f"band {label}"])
            for label in (
                *(band.label for band in reversed(assessment.scale.bands)),
                queries.band_of(assessment.scale, None)[0],
            )
        ]
    facts.append((_("Open risks with an owner"), tally["owned"]))
    if assessment.status != Status.SUPERSEDED:
        facts.append((_("Open risks with something to put right"), tally["wrong"]))
    return [*facts, (_("Closed risks"), tally["closed"])]


def _status(assessment: Assessment) -> str:
    if assessment.status == Status.DRAFT:
        return _("DRAFT, not approved")
    if assessment.status == Status.IN_REVIEW:
        return _("DRAFT in review, not approved")
    assert assessment.approved_by is not None
    said = _("Approved by %(name)s, %(day)s") % {
        "name": assessment.approved_by.name,
        "day": day(assessment.approved_at),
    }
    if assessment.superseded_at is None:
        return said
    return _("%(approved)s; superseded, %(day)s") % {"approved": said, "day": day(assessment.superseded_at)}
