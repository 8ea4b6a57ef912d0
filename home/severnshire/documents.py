"""Small files as office programs would write them, with made-up content, for the evidence of the demonstration."""

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from html import escape
from textwrap import wrap

import openpyxl
import pikepdf

OFFICE = "application/vnd.openxmlformats-officedocument"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
A4 = (595, 842)
LONGEST_LINE = 82
MADE_UP = "Made up for demonstration. Severnshire does not exist."

Lines = Sequence[str]
Rows = Sequence[Sequence[str]]


def pdf(title: str, organisation: str, says: Lines) -> bytes:
    """One page with a title, who it is from, and some paragraphs."""
    with pikepdf.new() as document:
        page = document.add_blank_page(page_size=A4)
        fonts = pikepdf.Dictionary(Plain=_font(document, "/Helvetica"), Strong=_font(document, "/Helvetica-Bold"))
        page.Resources = pikepdf.Dictionary(Font=fonts)
        page.Contents = document.make_stream(_page(title, organisation, says))
        document.docinfo["/Title"] = title
        made = io.BytesIO()
        document.save(made)
    return made.getvalue()


def docx(title: str, organisation: str, says: Lines) -> bytes:
    """A Word document of paragraphs."""
    paragraphs = [title, organisation, *says, MADE_UP]
    body = "".join(f"<w:p><w:r><w:t>{escape(text, quote=False)}</w:t></w:r></w:p>" for text in paragraphs)
    return _package(
        {
            "[Content_Types].xml": (
                '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
                '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
                '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                '<Default Extension="xml" ContentType="application/xml"/>'
                f'<Override PartName="/word/document.xml" ContentType="{OFFICE}.wordprocessingml.document.main+xml"/>'
                "</Types>"
            ),
            "_rels/.rels": (
                f'<Relationships xmlns="{RELATIONS}">'
                f'<Relationship Id="r1" Type="{DOCUMENT}" Target="word/document.xml"/></Relationships>'
            ),
            "word/document.xml": f'<w:document xmlns:w="{WORDS}"><w:body>{body}</w:body></w:document>',
        }
    )


def xlsx(title: str, organisation: str, rows: Rows) -> bytes:
    """A workbook with one sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Register"
    for row in [*rows, [], [title], [organisation], [MADE_UP]]:
        sheet.append(list(row))
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def as_csv(title: str, organisation: str, rows: Rows) -> bytes:
    """Comma-separated text, as a system would export it."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


MAKERS: dict[str, Callable[..., bytes]] = {"pdf": pdf, "docx": docx, "xlsx": xlsx, "csv": as_csv}


def _font(document: pikepdf.Pdf, name: str) -> pikepdf.Object:
    return document.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type1,
            BaseFont=pikepdf.Name(name),
            Encoding=pikepdf.Name.WinAnsiEncoding,
        )
    )


def _page(title: str, organisation: str, says: Lines) -> bytes:
    lines = [("Strong", 16, 24, line) for line in wrap(title, LONGEST_LINE - 24)]
    lines += [("Plain", 11, 30, organisation)]
    for paragraph in [*says, MADE_UP]:
        parts = wrap(paragraph, LONGEST_LINE)
        lines += [("Plain", 11, 15, part) for part in parts[:-1]] + [("Plain", 11, 26, parts[-1])]
    drawn, height = [b"BT"], A4[1] - 80
    for font, size, below, text in lines:
        drawn.append(f"/{font} {size} Tf 1 0 0 1 60 {height} Tm ".encode() + _string(text) + b" Tj")
        height -= below
    return b"\n".join([*drawn, b"ET"])


def _string(text: str) -> bytes:
    plain = text.encode("cp1252", "replace")
    return b"(" + plain.replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)") + b")"


def _package(parts: dict[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()
