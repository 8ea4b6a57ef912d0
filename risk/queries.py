"""Reads that the pages, the actions and the demonstration share."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from foundation.core.acting import Acting
from foundation.core.prepared import PreparedObjects, Question, answers
from risk import reference
from risk.models import (
    Assessment,
    Comment,
    Control,
    Entry,
    RegisterImport,
    RegisterImportRow,
    Risk,
    ScoreChange,
    Settings,
)
from risk.models.assessments import AssessmentQuerySet
from risk.models.risks import EntryFields, EntryQuerySet, score_of
from risk.scoring import Matrix
from risk.workflow import OPEN, Status

WITH_ASSESSMENT = ("created_by", "submitted_by", "approver", "approved_by", "copied_from")
LONG_AGO, FAR_AHEAD = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
KINDS = ("inherent", "residual", "target")
_NOT_SCORED = _("Not scored")
Moved = tuple[str, tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Clamped:
    """A risk of an open assessment with scores that a smaller matrix cannot hold: kind, from where, to where."""

    entry_id: int
    code: str
    title: str
    scores: tuple[Moved, ...]


def settings_of(acting: Acting) -> Settings:
    """The organisation's settings; the defaults, unsaved and of version 0, where it never chose."""
    return Settings.objects.visible_to(acting).select_related("saved_by").first() or Settings(
        organisation=acting.organisation, version=0
    )


def matrix_of(chosen: Settings) -> Matrix:
    """The matrix for new assessments."""
    return Matrix.from_plain(chosen.matrix) if chosen.matrix else reference.default_matrix()


def assessments(acting: Acting) -> AssessmentQuerySet:
    """All assessments with the people that pages name."""
    return Assessment.objects.visible_to(acting).select_related(*WITH_ASSESSMENT)


def assessments_for_list(acting: Acting) -> QuerySet[Assessment]:
    """With the number of risks in each."""
    standing = Q(entries__removed_at__isnull=True)
    return Assessment.objects.visible_to(acting).annotate(risks=Count("entries", filter=standing))


def approved(acting: Acting) -> Assessment | None:
    """The assessment that counts today."""
    return assessments(acting).filter(status=Status.APPROVED).first()


def being_written(acting: Acting) -> list[Assessment]:
    """Drafts and those in review, the newest period first. At most ten are shown."""
    return list(assessments(acting).filter(status__in=OPEN)[:10])


def drafts(acting: Acting) -> list[Assessment]:
    """Assessments that are being written and nobody reads to approve, the newest period first. At most twenty."""
    return list(Assessment.objects.visible_to(acting).filter(status=Status.DRAFT)[:20])


def approved_before(acting: Acting, assessment: Assessment) -> Assessment | None:
    """The last assessment that was approved before this one; for one being written, the one that counts today."""
    if not acting.may("risk.view"):
        return None
    found = _APPROVED_BEFORE.first(acting.organisation_id, assessment.pk, assessment.approved_at or FAR_AHEAD)
    return cast(Assessment | None, found)


_APPROVED_BEFORE = PreparedObjects(
    lambda organisation_id, assessment_id, moment: (
        Assessment.objects.filter(organisation_id=organisation_id, approved_at__lt=moment)
        .exclude(pk=assessment_id)
        .order_by("-approved_at")[:1]
    ),
    int,
    int,
    datetime,
    related=WITH_ASSESSMENT,
)


def get_assessment_or_404(acting: Acting, reference_: str) -> Assessment:
    return get_assessment_with(acting, reference_)[0]


def get_assessment_with(
    acting: Acting, reference_: str, *beside: Question
) -> tuple[Assessment, list[list[tuple[Any, ...]]]]:
    """The assessment, and the answers to what a page asks beside it, in one message to the database. Or Http404."""
    if not acting.may("risk.view"):
        raise Http404
    rows, *others = answers(_ASSESSMENT.question(acting.organisation_id, reference_), *beside)
    if not rows:
        raise Http404
    return _ASSESSMENT.made_of(rows)[0], others


_ASSESSMENT = PreparedObjects(
    lambda organisation_id, reference_: Assessment.objects.filter(
        organisation_id=organisation_id, reference=reference_
    ).order_by(),
    int,
    str,
    related=WITH_ASSESSMENT,
)


def get_entry_or_404(acting: Acting, reference_: str, risk: str) -> Entry:
    """A risk as it stands in an assessment, by the references of both, with the assessment."""
    assessment, (rows,) = get_assessment_with(
        acting, reference_, _ENTRY.question(acting.organisation_id, reference_, risk)
    )
    if not rows:
        raise Http404
    found: Entry = _ENTRY.made_of(rows)[0]
    found.assessment = assessment
    return found


_ENTRY = PreparedObjects(
    lambda organisation_id, reference_, risk: Entry.objects.filter(
        organisation_id=organisation_id,
        assessment__reference=reference_,
        risk__reference=risk,
        removed_at__isnull=True,
    ).order_by(),
    int,
    str,
    str,
    related=("risk", "owner", "saved_by", "tolerated_by"),
)


def controls_of(entry: Entry) -> list[Control]:
    """What is done already about a risk. Whoever sees the risk sees this, as the two below."""
    return _CONTROLS.all(entry.organisation_id, entry.pk)


def score_changes(entry: Entry) -> list[ScoreChange]:
    """How the scores of its risk moved through all assessments: the last hundred times, newest first."""
    return _SCORE_CHANGES.all(entry.organisation_id, entry.risk_id)


def comments_on(entry: Entry) -> list[Comment]:
    """What was said about a risk in this assessment, newest first."""
    return _COMMENTS.all(entry.organisation_id, entry.pk)


_CONTROLS = PreparedObjects(
    lambda organisation_id, entry_id: Control.objects.filter(organisation_id=organisation_id, entry_id=entry_id),
    int,
    int,
)
_SCORE_CHANGES = PreparedObjects(
    lambda organisation_id, risk_id: ScoreChange.objects.filter(organisation_id=organisation_id, risk_id=risk_id)[:100],
    int,
    int,
    related=("changed_by",),
)
_COMMENTS = PreparedObjects(
    lambda organisation_id, entry_id: Comment.objects.filter(organisation_id=organisation_id, entry_id=entry_id),
    int,
    int,
    related=("written_by",),
)


def get_risk_or_404(acting: Acting, reference_: str) -> Risk:
    found = Risk.objects.visible_to(acting).select_related("closed_by", "created_by").filter(reference=reference_)
    risk = found.first()
    if risk is None:
        raise Http404
    return risk


def register_imports(acting: Acting) -> QuerySet[RegisterImport]:
    """Files with a register, with what their pages name."""
    return RegisterImport.objects.visible_to(acting).select_related("job", "assessment", "uploaded_by", "applied_by")


def latest_register_imports(acting: Acting) -> list[RegisterImport]:
    """The last ten files."""
    return list(register_imports(acting)[:10])


def get_register_import_or_404(acting: Acting, reference_: str) -> RegisterImport:
    found = register_imports(acting).filter(reference=reference_).first()
    if found is None:
        raise Http404
    return found


def register_rows(acting: Acting, found: RegisterImport) -> QuerySet[RegisterImportRow]:
    """The rows of a file that is being imported."""
    return RegisterImportRow.objects.visible_to(acting).filter(register_import=found).order_by("number")


def name_of(acting: Acting, risk: Risk) -> str:
    """What people call a risk: its number, and its title as the newest assessment has it."""
    newest = Entry.objects.visible_to(acting).filter(risk=risk).order_by("-assessment__period_from", "-pk")
    return f"{risk.code} {newest.values_list('title', flat=True).first() or ''}".strip()


def entries(acting: Acting, assessment: Assessment) -> EntryQuerySet:
    """What stands in an assessment, with risk and owner."""
    return Entry.objects.visible_to(acting).filter(assessment=assessment).select_related("risk", "owner")


def counted(rows: EntryQuerySet, assessment: Assessment) -> EntryQuerySet:
    """Without risks that were closed while it was written. What was closed after its approval stays in it."""
    return rows.exclude(risk__closed_at__lte=assessment.approved_at or FAR_AHEAD)


def with_scores(rows: EntryQuerySet) -> EntryQuerySet:
    """With the scores as numbers to sort and filter by; 0 where there is none."""
    return rows.annotate(**{f"{kind}_score": score_of(kind) for kind in KINDS})


def beyond(entry: EntryFields, matrix: Matrix) -> list[Moved]:
    """Scores of an entry that a matrix cannot hold, with the cell at its edge that each would come to."""
    found: list[Moved] = []
    for kind in KINDS:
        likelihood, impact = getattr(entry, f"{kind}_likelihood"), getattr(entry, f"{kind}_impact")
        if likelihood is not None and impact is not None and not matrix.holds(likelihood, impact):
            edge = (min(likelihood, len(matrix.likelihood)), min(impact, len(matrix.impact)))
            found.append((kind, (likelihood, impact), edge))
    return found


def clamped(entry: Entry, matrix: Matrix) -> Clamped | None:
    """What a matrix would do to the scores of an entry; None where it holds all of them."""
    moved = beyond(entry, matrix)
    if not moved:
        return None
    return Clamped(entry.pk, entry.risk.code, entry.title, tuple(moved))


def band_of(matrix: Matrix, score: int | None) -> tuple[str, str]:
    """The label and the colour of a score; "Not scored" where there is none."""
    if not score:
        return str(_NOT_SCORED), "grey"
    band = matrix.band(score)
    return band.label, band.colour


def filled_in(matrix: Matrix, cell: tuple[int, int] | None) -> str:
    """A cell in words: "12: Very likely, Serious"."""
    if cell is None or not matrix.holds(*cell):
        return "" if cell is None else str(cell[0] * cell[1])
    return f"{cell[0] * cell[1]}: {matrix.likelihood[cell[0] - 1]}, {matrix.impact[cell[1] - 1]}"


def cell(row: Any, kind: str) -> tuple[int, int] | None:
    """Likelihood and impact of an entry or a revision."""
    likelihood, impact = getattr(row, f"{kind}_likelihood"), getattr(row, f"{kind}_impact")
    return None if likelihood is None or impact is None else (likelihood, impact)
