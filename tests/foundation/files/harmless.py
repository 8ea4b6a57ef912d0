"""Files that come in, by name, and what makes each of them."""

import io
from functools import partial

import pikepdf
from pikepdf import Array, Dictionary, Name

from tests.foundation.files import samples
from tests.foundation.files.samples import docx, docx_field, docx_linking, docx_with, odf, pdf, pptx, xlsx


def real_xlsx() -> bytes:
    import xlsxwriter

    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        sheet = book.add_worksheet("Training")
        sheet.write_row(0, 0, ["Team", "Trained"])
        sheet.write_formula(1, 1, "=SUM(1,2)")
        sheet.write_url(2, 0, "https://www.gov.uk/")
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=Training!$B$2:$B$2"})
        sheet.insert_chart("D2", chart)
    return made.getvalue()


def openpyxl_xlsx() -> bytes:
    import openpyxl

    book, made = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Team", "Trained"])
    book.save(made)
    return made.getvalue()


def linked_pdf(document: pikepdf.Pdf) -> None:
    link = Dictionary(S=Name.URI, URI=pikepdf.String("https://www.gov.uk/"))
    document.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=link)])
    document.Root.OpenAction = Array([document.pages[0].obj, Name.Fit])


GOOD = {
    "minutes.pdf": pdf,
    "compressed.pdf": partial(pdf, object_stream_mode=pikepdf.ObjectStreamMode.generate),
    "linear.pdf": partial(pdf, linearize=True),
    "with links.pdf": partial(pdf, linked_pdf),
    "UPPER.PDF": pdf,
    "minutes.docx": docx,
    "template on own disk.docx": partial(docx_linking, "attachedTemplate", "file:///C:\\Templates\\Letter.dotx"),
    "with page number.docx": partial(docx_field, " PAGE "),
    "with picture.docx": partial(docx_with, "word/media/image1.png", samples.png()),
    "figures.xlsx": real_xlsx,
    "plain figures.xlsx": openpyxl_xlsx,
    "with printer.xlsx": partial(xlsx, {"xl/printerSettings/printerSettings1.bin": b"\x00\x01\x02"}),
    "slides.pptx": pptx,
    "letter.odt": partial(odf, "text"),
    "letter with link.odt": partial(odf, "text", '<text:p><text:a xlink:href="https://www.gov.uk/">x</text:a></text:p>'),
    "figures.ods": partial(odf, "spreadsheet"),
    "scan.png": samples.png,
    "with transparency.png": partial(samples.png, mode="RGBA"),
    "few colours.png": partial(samples.png, mode="P"),
    "photo.jpg": samples.jpeg,
    "photo.jpeg": samples.jpeg,
    "printed.jpg": partial(samples.jpeg, mode="CMYK"),
    "poster.webp": samples.webp,
    "note.txt": lambda: "Caerdydd – ŵyl, 5 < 6 & “quoted”\r\nsecond line\n".encode(),
    "windows note.txt": lambda: "Café £5".encode("cp1252"),
    "utf-16 note.txt": lambda: "Café £5\n".encode("utf-16"),
    "people.csv": lambda: b"name,email\nA Person,a@example.org\n",
    "semicolons.csv": lambda: "name;note\nA Person;-5 | down\n".encode("utf-8-sig"),
}  # fmt: skip
