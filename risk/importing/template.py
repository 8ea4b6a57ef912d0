"""An empty register to fill in: its headings are our own words, so every column is known without asking."""

from datetime import datetime
from typing import BinaryIO

from django.utils.translation import gettext as _

from foundation.core.acting import Acting
from foundation.core.markings import Marking
from foundation.documents import xlsx
from foundation.documents.layout import DocumentContext
from foundation.documents.xlsx import Column, Kind
from risk.importing.fields import DAYS, SCORES, SIDES, Field
from risk.importing.tables import MOST_ROWS

__all__ = ["MOST_ROWS", "headings", "write"]


def fields() -> list[Field]:
    """The columns of the template. A whole score is left out: likelihood and impact say more."""
    return [field for field in Field if not (field in SCORES and field.endswith(SIDES[-1]))]


def headings() -> list[str]:
    return [str(field.label) for field in fields()]


def write(target: BinaryIO, *, acting: Acting, now: datetime) -> None:
    """The template as a workbook."""
    document = DocumentContext(
        title=_("Risk register to fill in"),
        organisation=acting.organisation.name,
        marking=str(Marking.OFFICIAL_SENSITIVE.label),
        report_id="",
        as_at=now,
        generated_at=now,
        version="1",
        period="",
    )
    columns = [Column(str(field.label), Kind.DATE if field in DAYS else Kind.TEXT, _width(field)) for field in fields()]
    xlsx.write(target, document=document, columns=columns, rows=[])


def _width(field: Field) -> int:
    return 12 if field in SCORES or field in DAYS or field == Field.CODE else 30
