from datetime import UTC, datetime
from io import BytesIO

import pikepdf
import pytest
from pypdf import PdfReader

from foundation.documents import layout
from foundation.documents.layout import DocumentContext
from tests.foundation.documents import sample
from tests.foundation.documents.pdf_checks import assert_is_accessible, headings

HOSTILE = DocumentContext(
    title='<img src="file:///etc/passwd"> "quoted"',
    organisation="A & B </style><script>alert(1)</script>",
    marking="OFFICIAL\\0022 } @page { size: A3 }",
    report_id="{{ 7|add:7 }}",
    as_at=datetime(2026, 7, 1, 23, 30, tzinfo=UTC),
    generated_at=datetime(2026, 7, 2, 8, 0, tzinfo=UTC),
    version="1",
    lang="cy",
)


@pytest.fixture(scope="module")
def cover_of_hostile_words() -> bytes:
    return layout.make_pdf("documents/base.html", HOSTILE, {})


def test_words_on_the_cover_and_in_running_lines_stay_words(cover_of_hostile_words):
    assert_is_accessible(cover_of_hostile_words)

    page = PdfReader(BytesIO(cover_of_hostile_words)).pages[0]
    words = "".join(page.extract_text().split())
    assert '<imgsrc="file:///etc/passwd">"quoted"' in words
    assert "A&B</style><script>alert(1)</script>" in words
    assert "OFFICIAL\\0022}@page{size:A3}" in words
    assert "{{7|add:7}}" in words
    assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]


def test_the_document_is_in_the_language_asked_for(cover_of_hostile_words):
    with pikepdf.open(BytesIO(cover_of_hostile_words)) as opened:
        assert str(opened.Root.Lang) == "cy"


def test_times_are_those_of_london(cover_of_hostile_words):
    text = PdfReader(BytesIO(cover_of_hostile_words)).pages[0].extract_text()

    assert "00:30" in text
    assert "09:00" in text


def test_the_title_of_the_file_names_document_and_organisation():
    made = layout.make_pdf("documents/base.html", sample.DOCUMENT, {})

    with pikepdf.open(BytesIO(made)) as opened:
        assert str(opened.docinfo.Title) == "Prevent duty compliance report – Severnshire County Council"
    assert headings(made) == ["H1"]


def test_the_fonts_are_those_of_the_system_and_never_gds_transport():
    html = layout.html("documents/base.html", sample.DOCUMENT, {})

    assert "transport" not in html.lower()
    assert "url(" not in html
