"""The register of training: a row for every person and what they are asked, as at a day and as known then."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.core.lists import EXPORT_CHUNK
from foundation.documents import xlsx
from foundation.documents.xlsx import Kind
from training.assigning.reckon import FOR_EVER
from training.models import Came, Mode
from training.models.assignments import AssignmentQuerySet
from training.workflow import Standing

Row = dict[str, Any]


class Field(NamedTuple):
    """One column. ``share``: of the printed page's width in per cent; nothing where it is not printed."""

    title: str | Promise
    cell: Callable[[Row], Any]
    kind: Kind = Kind.TEXT
    width: int = 24
    share: int = 0


def _of(name: str) -> Callable[[Row], Any]:
    return lambda row: row[name] or ""


FIELDS = (
    Field(_("Person"), _of("membership__name"), width=28, share=13),
    Field(_("Staff number"), _of("membership__staff_number"), width=14, share=9),
    Field(_("Team"), _of("team__name"), share=14),
    Field(_("Job title"), _of("job_title"), share=14),
    Field(_("Staff group"), _of("staff_group")),
    Field(_("What is asked"), _of("requirement__title"), width=32, share=12),
    Field(_("Course"), _of("requirement__course__title"), width=32),
    Field(_("Standing"), lambda row: str(Standing(row["standing"]).label), width=18, share=9),
    Field(_("Due"), lambda row: None if row["due_on"] == FOR_EVER else row["due_on"], Kind.DATE, 18, 10),
    Field(_("Done"), lambda row: row["done_on"], Kind.DATE, 18, 10),
    Field(_("Valid until"), lambda row: row["valid_until"], Kind.DATE, 18),
    Field(_("How"), lambda row: _label(Mode, row["completion__mode"]), width=14),
    Field(_("Where the record comes from"), lambda row: _label(Came, row["completion__came"]), width=28, share=9),
    Field(_("Course done"), _of("completion__course_title"), width=32),
    Field(_("Provider"), _of("completion__provider")),
    Field(_("Certificate number"), _of("completion__number"), width=18),
)
READ = (
    "membership__name", "membership__staff_number", "team__name", "job_title", "staff_group", "requirement__title",
    "requirement__course__title", "standing", "due_on", "done_on", "valid_until", "completion__mode",
    "completion__came", "completion__course_title", "completion__provider", "completion__number",
)  # fmt: skip


def _label(choices: Any, value: str | None) -> str:
    return str(choices(value).label) if value else ""


def rows(asked: AssignmentQuerySet) -> Iterator[list[Any]]:
    """The cells of each row, by person; read one after another."""
    found = asked.order_by("membership__name", "membership_id", "requirement__title", "pk").values(*READ)
    for row in found.iterator(chunk_size=EXPORT_CHUNK):
        yield [field.cell(row) for field in FIELDS]


def headers() -> list[str]:
    return [str(field.title) for field in FIELDS]


def columns() -> list[xlsx.Column]:
    """As a spreadsheet has them."""
    return [xlsx.Column(str(field.title), field.kind, field.width) for field in FIELDS]


def printed(cells: list[Any]) -> list[str]:
    """The cells of a row that fit on paper, in words."""
    return [_in_words(cell) for field, cell in zip(FIELDS, cells, strict=True) if field.share]


def _in_words(cell: Any) -> str:
    return date_format(cell, "j M Y") if isinstance(cell, date) else str(cell or "")
