"""The kinds of file people may upload, and the lists of them that a form field accepts."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class FileType(models.TextChoices):
    PDF = "pdf", _("PDF")
    DOCX = "docx", _("Word document")
    XLSX = "xlsx", _("Excel workbook")
    PPTX = "pptx", _("PowerPoint presentation")
    ODT = "odt", _("OpenDocument text")
    ODS = "ods", _("OpenDocument spreadsheet")
    PNG = "png", _("PNG image")
    JPEG = "jpeg", _("JPEG image")
    WEBP = "webp", _("WebP image")
    TXT = "txt", _("Plain text")
    CSV = "csv", _("CSV")

    @property
    def content_type(self) -> str:
        return _CONTENT_TYPES[self]

    @property
    def extensions(self) -> tuple[str, ...]:
        """How names of this type may end. The first is used where the portal makes a name."""
        return ("jpg", "jpeg") if self is FileType.JPEG else (self.value,)


_OFFICE = "application/vnd.openxmlformats-officedocument"
_CONTENT_TYPES = {
    FileType.PDF: "application/pdf",
    FileType.DOCX: f"{_OFFICE}.wordprocessingml.document",
    FileType.XLSX: f"{_OFFICE}.spreadsheetml.sheet",
    FileType.PPTX: f"{_OFFICE}.presentationml.presentation",
    FileType.ODT: "application/vnd.oasis.opendocument.text",
    FileType.ODS: "application/vnd.oasis.opendocument.spreadsheet",
    FileType.PNG: "image/png",
    FileType.JPEG: "image/jpeg",
    FileType.WEBP: "image/webp",
    FileType.TXT: "text/plain; charset=utf-8",
    FileType.CSV: "text/csv; charset=utf-8",
}
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Allowlist:
    """What one form field takes: which types, and how large."""

    types: tuple[FileType, ...]
    max_bytes: int = 20 * MEGABYTE

    def __post_init__(self) -> None:
        assert self.types
        assert 0 < self.max_bytes <= LARGEST

    @property
    def extensions(self) -> dict[str, FileType]:
        return {extension: kind for kind in self.types for extension in kind.extensions}

    @property
    def accept(self) -> str:
        """For the ``accept`` attribute of the file input."""
        return ",".join(f".{extension}" for extension in self.extensions)

    @property
    def in_words(self) -> str:
        """The endings as a person reads them: PDF, DOCX or PNG."""
        *most, last = [extension.upper() for kind in self.types for extension in kind.extensions[:1]]
        return str(_("%(most)s or %(last)s") % {"most": ", ".join(most), "last": last}) if most else last


LARGEST = 20 * MEGABYTE
SPREADSHEETS = Allowlist((FileType.CSV, FileType.XLSX))
PDF_ONLY = Allowlist((FileType.PDF,))
IMAGES = Allowlist((FileType.PNG, FileType.JPEG, FileType.WEBP))
EVERYTHING = Allowlist(tuple(FileType))
