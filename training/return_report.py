"""The figures of a return as a document: each with what it means, and how far that was checked."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone

from foundation.core.acting import Acting
from foundation.core.marks import mark_in_words
from foundation.documents.layout import DocumentContext
from training import compliance_report, returns
from training.models import TrainingReport
from training.return_files import Choice, Definition, definitions
from training.return_periods import Period, period_of
from training.returns import Line


@dataclass(frozen=True)
class Content:
    """Everything that the document shows. ``chosen``: the titles of what stands for each part of the return."""

    document: DocumentContext
    definition: Definition
    period: Period
    is_running: bool
    lines: list[tuple[Line, str]]
    chosen: list[tuple[str, list[str]]]


def build(*, acting: Acting, report: TrainingReport, now: datetime) -> Content:
    """The figures of the report's period, counted now."""
    assert report.period_from is not None  # a constraint says so of each of a return
    definition = definitions()[report.definition]
    period, today = period_of(definition.every, report.period_from), timezone.localdate(now)
    kept = returns.choices_of(acting, definition).chosen
    lines = returns.lines(acting, definition, period, kept, today=today)
    document = compliance_report.document_of(acting, report, now)
    return Content(
        document=replace(
            document, title=definition.title, subtitle="", period=period.in_words, version=str(definition.version)
        ),
        definition=definition,
        period=period,
        is_running=period.last >= today,
        lines=[(line, mark_in_words(line.field.mark.value)) for line in lines],
        chosen=[(choice.label, _titles(acting, choice, kept.get(choice.code, ()))) for choice in definition.choices],
    )


def _titles(acting: Acting, choice: Choice, wanted: list[int]) -> list[str]:
    return [title for pk, title in returns.named(acting, choice) if pk in wanted]
