import time
from io import BytesIO

import pikepdf
import pytest
from pypdf import PdfReader

from foundation.documents import layout, long_pdf, pdf
from foundation.documents.child.tagging import NUMBERS_PER_PART
from foundation.documents.layout import RegisterColumn
from foundation.documents.pdf import Limits, PdfCancelled, PdfFailed, PdfTooLarge, PdfTooSlow
from tests.foundation.documents import sample
from tests.foundation.documents.pdf_checks import Tree, assert_is_accessible
from tests.foundation.documents.test_pdf import children

COLUMNS = [RegisterColumn("Reference", 20), RegisterColumn("What", 60), RegisterColumn("When", 20)]
SLOW = "<html lang='en'>" + "<div style='display:flex'>" * 40 + "x"


def rows(count: int) -> list[tuple[str, str, str]]:
    return [(f"R-{number:05d}", f"Entry <b>{number}</b> & more", "4 March 2026") for number in range(1, count + 1)]


def page_numbers(pages: int) -> str:
    return "<html lang='en'><style>div { break-after: page }</style>" + "<div>x</div>" * pages


@pytest.fixture(scope="module")
def seen() -> list[tuple[int, int]]:
    return []


@pytest.fixture(scope="module")
def register(seen) -> bytes:
    return layout.make_register_pdf(
        sample.DOCUMENT,
        COLUMNS,
        rows(350),
        introduction="Every entry of the register.",
        rows_in_a_part=150,
        progress=lambda done, total: seen.append((done, total)),
    )


def test_a_register_in_parts_meets_the_rules_of_an_accessible_pdf(register):
    assert_is_accessible(register)


def test_every_row_is_there_once_and_in_order(register):
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(register)).pages).split()

    assert [word for word in text if word.startswith("R-0")] == [f"R-{number:05d}" for number in range(1, 351)]
    assert text.count("<b>350</b>") == 1


def test_the_pages_of_all_parts_are_counted_as_one_document(register):
    pages = PdfReader(BytesIO(register)).pages

    for number, page in enumerate(pages, start=1):
        assert page.extract_text().count(f"Page {number} of {len(pages)}") == 1


def test_each_part_keeps_its_own_numbers_in_one_parent_tree(register):
    with pikepdf.open(BytesIO(register)) as opened:
        parts = [int(page.StructParents) // NUMBERS_PER_PART for page in opened.pages]
        branches = opened.Root.StructTreeRoot.ParentTree.Kids
        tree = Tree(opened)

        assert sorted(set(parts)) == [0, 1, 2]
        assert parts == sorted(parts)
        assert len(branches) == 3
        assert [tree.of_kind("Document")[0].objgen] == [tree.root.K[0].objgen]
        assert len(tree.of_kind("Part")) == 2
        assert len(tree.of_kind("Table")) == 4  # the facts on the cover, and one for each part
        assert len(tree.of_kind("TR")) == 5 + 3 + 350


def test_bookmarks_of_all_parts_form_one_chain(register):
    reader = PdfReader(BytesIO(register))

    assert [bookmark.title for bookmark in reader.outline] == ["Rows 1 to 150", "Rows 151 to 300", "Rows 301 to 350"]
    pages = [reader.get_destination_page_number(bookmark) for bookmark in reader.outline]
    assert pages == sorted(set(pages))
    with pikepdf.open(BytesIO(register)) as opened:
        outlines = opened.Root.Outlines
        assert int(outlines.Count) == 3
        assert outlines.Last.Prev.Prev.objgen == outlines.First.objgen


def test_progress_counts_every_part_and_the_putting_together(register, seen):
    assert seen == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_register_without_rows_says_so():
    made = layout.make_register_pdf(sample.DOCUMENT, COLUMNS, [])

    assert_is_accessible(made)
    assert "There is nothing to list." in PdfReader(BytesIO(made)).pages[1].extract_text()


def test_links_of_two_parts_with_the_same_anchor_each_stay_in_their_part():
    def part() -> str:
        return (
            '<html lang="en"><style>#there { break-before: page }</style><h1>T</h1><p><a href="#there">go</a></p>'
            '<p id="there">here</p></html>'
        )

    made = long_pdf.render_long([part, part], title="T", lang="en-GB", furniture=page_numbers)

    assert_is_accessible(made)
    reader = PdfReader(BytesIO(made))
    targets = [
        reader.get_destination_page_number(reader.named_destinations[page["/Annots"][0].get_object()["/Dest"]])
        for page in (reader.pages[0], reader.pages[2])
    ]
    assert targets == [1, 3]


def test_html_of_a_part_is_made_only_when_it_is_about_to_be_needed():
    made, finished = [], []

    def part(number: int):
        def html() -> str:
            made.append((number, len(finished)))
            return f"<html lang='en'><h1>{number}</h1></html>"

        return html

    long_pdf.render_long(
        [part(number) for number in range(6)],
        title="T",
        lang="en-GB",
        furniture=page_numbers,
        progress=lambda done, _total: finished.append(done) if done else None,
    )

    assert [number for number, _ in made] == [0, 1, 2, 3, 4, 5]
    assert all(number - done <= 1 for number, done in made)


def test_a_part_that_takes_too_long_ends_the_whole_and_leaves_nothing_running():
    pdf.forget_spare()
    before = children()

    with pytest.raises(PdfTooSlow):
        long_pdf.render_long(
            [lambda: SLOW] * 3, title="T", lang="en-GB", furniture=page_numbers, limits=Limits(seconds=1)
        )

    pdf.forget_spare()
    assert children() == before


def test_cancelling_ends_every_part_soon():
    pdf.forget_spare()
    before, began = children(), time.monotonic()

    with pytest.raises(PdfCancelled):
        long_pdf.render_long(
            [lambda: SLOW] * 4,
            title="T",
            lang="en-GB",
            furniture=page_numbers,
            cancelled=lambda: time.monotonic() - began > 1,
        )

    assert time.monotonic() - began < 4
    pdf.forget_spare()
    assert children() == before


def test_a_part_that_loads_something_ends_the_whole():
    with pytest.raises(PdfFailed, match="tried to load"):
        long_pdf.render_long(
            [lambda: "<html lang='en'><h1>T</h1><img src='file:///etc/passwd'></html>"],
            title="T",
            lang="en-GB",
            furniture=page_numbers,
        )


def test_more_parts_than_a_document_may_have_are_refused_at_once():
    with pytest.raises(PdfTooLarge, match="more than 100 parts"):
        long_pdf.render_long([lambda: ""] * 101, title="T", lang="en-GB", furniture=page_numbers)


def test_furniture_for_another_number_of_pages_is_refused():
    with pytest.raises(PdfFailed):
        long_pdf.render_long(
            [lambda: "<html lang='en'><h1>T</h1></html>"],
            title="T",
            lang="en-GB",
            furniture=lambda pages: page_numbers(pages + 1),
        )


def test_rows_are_cut_into_parts_without_losing_any():
    assert list(long_pdf.in_parts(range(7), 3)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(long_pdf.in_parts([], 3)) == []
