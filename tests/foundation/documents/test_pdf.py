import os
import time
from io import BytesIO
from multiprocessing import get_context

import pikepdf
import pytest
import weasyprint
from django.conf import settings
from pypdf import PdfReader

from foundation.documents import pdf
from foundation.documents.identity import Identity
from foundation.documents.pdf import Limits, PdfCancelled, PdfFailed, PdfTooLarge, PdfTooSlow
from tests.foundation.documents import sample
from tests.foundation.documents.pdf_checks import assert_is_accessible, headings

IDENTITY = Identity(
    report_id="PR-1", as_at="2026-11-20T17:00:00+00:00", generated_at="2026-11-23", marking="OFFICIAL", version="2"
)
SLOW = "<div style='display:flex'>" * 40 + "x" + "</div>" * 40


def page(body: str, head: str = "") -> str:
    return f'<!DOCTYPE html><html lang="en-GB"><head><title>Inside</title>{head}</head><body>{body}</body></html>'


def make(body: str, head: str = "", **options) -> bytes:
    return pdf.render(page(body, head), title="Register", lang="en-GB", **options)


def text_of(made: bytes) -> str:
    return "\n".join(read.extract_text() for read in PdfReader(BytesIO(made)).pages)


@pytest.fixture(scope="module")
def report() -> bytes:
    return pdf.render(sample.report_html(200), title="Prevent duty compliance report", lang="en-GB", identity=IDENTITY)


def test_the_sample_report_meets_the_rules_of_an_accessible_pdf(report):
    assert_is_accessible(report)


def test_the_check_itself_finds_what_the_engine_alone_leaves_out():
    untouched = weasyprint.HTML(string=sample.report_html(200)).write_pdf(pdf_variant="pdf/ua-1")

    with pytest.raises(AssertionError):
        assert_is_accessible(untouched)


def test_headings_become_heading_tags_of_the_same_level():
    made = make("<h1>One</h1><h2>Two</h2><h3>Three</h3><h2>Two again</h2>")

    assert headings(made) == ["H1", "H2", "H3", "H2"]


def test_headings_become_bookmarks(report):
    outline = PdfReader(BytesIO(report)).outline

    assert outline[0].title == "1 Summary"
    assert outline[1].title == "2 Leadership and governance"
    assert outline[2][0].title.startswith("2.1 A1: The authority")


def test_title_and_language_are_those_asked_for_not_those_of_the_html():
    made = pdf.render(page("<h1>Cofrestr</h1>"), title="Cofrestr", lang="cy")

    with pikepdf.open(BytesIO(made)) as opened:
        assert (str(opened.Root.Lang), str(opened.docinfo.Title)) == ("cy", "Cofrestr")


def test_a_table_over_several_pages_is_one_table_with_one_head():
    rows = "".join(f'<tr><th scope="row">R{n}</th><td>text {n}</td></tr>' for n in range(120))
    made = make(f'<h1>T</h1><table><thead><tr><th scope="col">A</th><th scope="col">B</th></tr></thead>{rows}</table>')

    assert_is_accessible(made)
    with pikepdf.open(BytesIO(made)) as opened:
        from tests.foundation.documents.pdf_checks import Tree

        tree = Tree(opened)
        assert len(opened.pages) > 1
        assert (len(tree.of_kind("Table")), len(tree.of_kind("THead")), len(tree.of_kind("TR"))) == (1, 1, 121)
        column = bytes(tree.of_kind("TH")[1].ID)
        cells = tree.of_kind("TD")
        assert [bytes(cell.A.Headers[1]) for cell in cells] == [column] * 120
        assert [str(header.A.Scope) for header in tree.of_kind("TH")] == ["/Column", "/Column"] + ["/Row"] * 120


def test_two_tables_that_follow_each_other_stay_two_tables():
    table = '<table><thead><tr><th scope="col">A</th></tr></thead><tr><td>x</td></tr></table>'
    made = make(f'<h1>T</h1>{table}<div style="break-before: page">{table}</div>')

    with pikepdf.open(BytesIO(made)) as opened:
        from tests.foundation.documents.pdf_checks import Tree

        assert len(Tree(opened).of_kind("Table")) == 2


def test_no_heading_and_no_name_of_a_table_is_left_alone_at_the_end_of_a_page():
    row = "<tr><th scope='row'>Row</th></tr>"
    tables = "".join(
        f"<h2>Heading-{n}.</h2><table><caption>Caption-{n}.</caption>"
        f"<thead><tr><th scope='col'>Head-{n}.</th></tr></thead><tbody>{row * (1 + n % 7)}</tbody></table>"
        for n in range(60)
    )
    style = (settings.BASE_DIR / "templates/documents/print.css").read_text()

    pages = [read.extract_text() for read in PdfReader(BytesIO(make(tables, f"<style>{style}</style>"))).pages]

    assert len(pages) > 5
    for n in range(60):
        assert [all(f"{word}-{n}." in page for word in ("Heading", "Caption", "Head")) for page in pages].count(
            True
        ) == 1


def test_running_lines_are_on_every_page_but_not_in_the_reading_order(report):
    pages = PdfReader(BytesIO(report)).pages
    with pikepdf.open(BytesIO(report)) as opened:
        contents = [bytes(page.Contents.read_bytes()) for page in opened.pages]

    for number, read in enumerate(pages, start=1):
        words = " ".join(read.extract_text().split())
        assert "OFFICIAL – SENSITIVE" in words
        assert "Report PR-2026-7K3QX · version 1.0 · as at 20 November 2026" in words
        assert f"Page {number} of {len(pages)}" in words
    assert all(b"/Artifact\n<</Type /Pagination>>" in content for content in contents)


def test_who_the_document_is_stands_in_its_metadata():
    made = make("<h1>T</h1>", identity=IDENTITY)

    with pikepdf.open(BytesIO(made)) as opened:
        assert str(opened.docinfo["/PortalReportId"]) == "PR-1"
        assert b"<ns1:ReportId>PR-1</ns1:ReportId>" in opened.Root.Metadata.read_bytes()


def test_welsh_letters_survive():
    assert "Ŵyth o’r ŷd" in text_of(make("<h1>Ŵyth o’r ŷd</h1>"))


@pytest.mark.parametrize(
    "loading",
    [
        '<img alt="x" src="file:///etc/passwd">',
        '<img alt="x" src="http://127.0.0.1:1/x.png">',
        '<img alt="x" src="data:image/png;base64,AAAA">',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<a rel="attachment" href="file:///etc/passwd">x</a>',
        '<link rel="stylesheet" href="https://example.org/x.css">',
        '<style>@import "file:///etc/hosts";</style>',
        '<style>p { background: url("file:///etc/hosts") }</style><p>x</p>',
        '<style>@font-face { font-family: F; src: url("file:///x.ttf") } p { font-family: F }</style><p>x</p>',
        '<object data="file:///etc/passwd">x</object>',
        '<embed src="file:///etc/passwd">',
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd" width="9" height="9"/></svg>',
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image xlink:href="http://127.0.0.1:1/x"/></svg>',
        '<base href="file:///etc/"><img alt="x" src="passwd">',
    ],
)
def test_a_document_that_loads_anything_is_refused(loading):
    with pytest.raises(PdfFailed, match=r"^A report tried to load something \((file|http|https|data)\)$"):
        make(f"<h1>T</h1>{loading}")


@pytest.mark.parametrize(
    "broken",
    ['<svg width="9" height="9"><style>@import "file:///etc/hosts";</style><rect width="9" height="9"/></svg>'],
)
def test_a_report_whose_drawing_is_lost_is_not_handed_out(broken):
    with pytest.raises(PdfFailed, match=r"^A drawing could not be drawn$"):
        make(f"<h1>T</h1>{broken}")


def test_a_drawing_that_points_at_another_file_shows_nothing_of_it():
    made = make('<h1>T</h1><svg width="99" height="99"><title>x</title><use href="file:///etc/passwd#a"/></svg>')

    assert text_of(made).strip() == "T"


def test_links_lead_to_the_web_or_mail_and_nowhere_else():
    made = make(
        '<h1>T</h1><p><a href="https://example.org/">web</a> <a href="javascript:alert(1)">script</a>'
        ' <a href="file:///etc/passwd">file</a> <a href="mailto:lead@example.org">mail</a></p>'
    )

    with pikepdf.open(BytesIO(made)) as opened:
        actions = [annotation.get("/A") for annotation in opened.pages[0].Annots]
        assert [action and str(action.URI) for action in actions] == [
            "https://example.org/",
            None,
            None,
            "mailto:lead@example.org",
        ]


def test_markup_in_a_persons_text_stays_text():
    hostile = '</td></table><img src="file:///etc/passwd"><script>alert(1)</script>{{ 7|add:7 }}'

    made = pdf.render(sample.report_html(8, comment=hostile), title="T", lang="en-GB")

    assert '<imgsrc="file:///etc/passwd"><script>alert(1)</script>{{7|add:7}}' in "".join(text_of(made).split())


def test_a_document_that_takes_too_long_is_killed_and_the_next_one_is_made():
    began = time.monotonic()

    with pytest.raises(PdfTooSlow):
        make(SLOW, limits=Limits(seconds=1))

    assert time.monotonic() - began < 4
    assert "still here" in text_of(make("<h1>still here</h1>"))


def test_a_document_that_needs_too_much_memory_is_killed_and_the_next_one_is_made():
    with pytest.raises(PdfTooLarge):
        make("<p>" + "word " * 4_000_000, limits=Limits(megabytes=160))

    assert "still here" in text_of(make("<h1>still here</h1>"))


def test_the_usual_limits_are_a_minute_and_half_a_gigabyte():
    assert Limits() == Limits(seconds=60, megabytes=512)


def test_more_rows_than_a_document_may_have_are_refused_at_once():
    with pytest.raises(PdfTooLarge, match="more than 2500 table rows"):
        make("<table>" + "<tr><td>x</td></tr>" * 2501 + "</table>")


def test_markup_nested_without_end_fails_and_says_so():
    with pytest.raises(PdfFailed):
        make("<div>" * 5_000)


def test_work_stops_soon_after_it_is_cancelled():
    began = time.monotonic()

    with pytest.raises(PdfCancelled):
        make(SLOW, cancelled=lambda: time.monotonic() - began > 0.5)

    assert time.monotonic() - began < 3


def test_a_cancel_check_that_fails_ends_the_child_too():
    before = children()

    def broken() -> bool:
        raise ConnectionError("database gone")

    with pytest.raises(ConnectionError):
        make(SLOW, cancelled=broken)

    pdf.forget_spare()
    assert children() - before == set()


def test_nothing_is_left_running_after_a_failure():
    pdf.forget_spare()
    before = children()

    with pytest.raises(PdfTooSlow):
        make(SLOW, limits=Limits(seconds=0.5))

    pdf.forget_spare()
    assert children() == before


def test_the_child_knows_none_of_the_portals_secrets(monkeypatch):
    monkeypatch.setenv("PORTAL_SECRET_KEY", "canary-3141")
    pdf.forget_spare()

    pdf.warm()

    with pdf.take_child() as child, open(f"/proc/{child.pid}/environ", "rb") as environment:
        assert b"canary-3141" not in environment.read()


def test_a_daemonic_process_can_make_documents():
    """A Celery worker's processes are daemonic: they may not have multiprocessing children."""
    context = get_context("spawn")
    receiver, sender = context.Pipe()
    worker = context.Process(target=_make_in_worker, args=(sender,), daemon=True)

    worker.start()

    assert receiver.poll(30)
    assert receiver.recv() == b"%PDF-"
    worker.join(10)


def _make_in_worker(sender) -> None:
    made = pdf.render(page("<h1>T</h1>"), title="T", lang="en-GB")
    pdf.forget_spare()
    sender.send(made[:5])


def test_a_fork_leaves_its_parents_child_alone():
    pdf.forget_spare()
    pdf.warm()
    spare = pdf._spare
    assert spare is not None

    forked = os.fork()
    if forked == 0:
        child = pdf.take_child()
        outcome = 0 if child is not spare else 1
        child.end()
        os._exit(outcome)
    _, status = os.waitpid(forked, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    assert spare.usable()


def children() -> set[int]:
    """Processes this one has started and that still exist, ended or not."""
    with open(f"/proc/self/task/{os.getpid()}/children") as listed:
        return {int(pid) for pid in listed.read().split()}
