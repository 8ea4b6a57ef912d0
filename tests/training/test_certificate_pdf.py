"""A certificate on paper: what it says, that everyone can read it, and that the longest name fits."""

import io

import pikepdf
import pytest
from pypdf import PdfReader

from foundation.documents import verify
from foundation.documents.layout import make_pdf
from foundation.organisations.roles import Role
from tests.conftest import NOW
from tests.factories import certificates as factories
from tests.foundation.documents.pdf_checks import assert_is_accessible
from training import certificates

LONG = {
    "latin": "Wilhelmina " * 18 + "Oh",
    "no spaces": "W" * 200,
    "arabic": "عبد الرحمن " * 18,
    "chinese": "歐陽" * 100,
    "devanagari": "श्रीनिवासन " * 18,
    "short": "Jo",
}


def words(pdf):
    return " ".join(PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())


def printed(certificate, **changed):
    for name, value in changed.items():
        setattr(certificate, name, value)
    content = certificates.build(certificate, now=NOW)
    return make_pdf(certificates.TEMPLATE, content.document, {"content": content})


@pytest.fixture
def learner(acting_for):
    return acting_for(Role.STAFF, name="Siân O’Neill-Żak")


@pytest.fixture
def certificate(learner):
    return factories.issued(learner)


def test_it_says_who_completed_what_when_and_how_to_check_it(certificate, settings):
    settings.PORTAL_ADDRESS = "https://prevent.example.gov.uk"
    text = words(printed(certificate))

    for said in (
        "Prevent Portal", "Severnshire County Council", "Certificate of completion", "This is to certify that",
        "Siân O’Neill-Żak", "completed the course", "Prevent awareness", "23 November 2026", "35 minutes",
        "100 per cent", "Course version", certificate.reference,
        "https://prevent.example.gov.uk/training/verify/",
    ):  # fmt: skip
        assert said in text


def test_what_was_not_kept_is_left_out(certificate):
    certificate.completion.score = certificate.completion.minutes = certificate.completion.version_number = None
    text = words(printed(certificate))

    assert [word for word in ("Result", "per cent", "Length", "minute", "version") if word in text] == []


def test_everybody_can_read_it(certificate):
    pdf = printed(certificate)

    assert_is_accessible(pdf)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert str(opened.Root.Lang) == "en-GB"
        assert str(opened.docinfo["/Title"]) == "Certificate: Prevent awareness – Severnshire County Council"
    assert verify.read_properties(pdf)["ReportId"] == certificate.reference


def test_the_code_says_in_words_what_it_opens(certificate, settings):
    settings.PORTAL_ADDRESS = "https://prevent.example.gov.uk"
    pdf = printed(certificate)

    with pikepdf.open(io.BytesIO(pdf)) as opened:
        described = [str(each.Alt) for each in opened.objects if _is_figure(each) and "/Alt" in each]
    assert len(described) == 1
    assert "https://prevent.example.gov.uk/training/verify/" in described[0]


def _is_figure(thing):
    return isinstance(thing, pikepdf.Dictionary) and thing.get("/S") == "/Figure"


def lines_down_to(pdf, last):
    """How high on the page each line stands that is read before ``last``, and it too. In points."""
    heights = []

    def line(text, page, matrix, _font, _size):
        words = text.replace("\0", "").strip()  # letters of a fallback font come with zeros between them
        if words and last not in seen:
            seen.add(words)
            heights.append(page[1] * matrix[4] + page[3] * matrix[5] + page[5])

    seen = set()
    PdfReader(io.BytesIO(pdf)).pages[0].extract_text(visitor_text=line)
    assert last in seen
    return heights


@pytest.mark.parametrize("name", LONG.values(), ids=LONG)
def test_the_longest_name_title_and_organisation_fit_on_one_page_without_covering_each_other(certificate, name):
    long = name[:200]
    pdf = printed(certificate, name=long, course_title=long, organisation_name=long)

    heights = lines_down_to(pdf, "Completed")
    assert verify.page_count(pdf) == 1
    assert min(heights[:-1]) > heights[-1] + 14
    assert_is_accessible(pdf)


def test_the_same_certificate_is_drawn_the_same(certificate):
    first = certificates.build(certificate, now=NOW)

    assert certificates.build(certificate, now=NOW) == first
