"""Somebody takes the course that everybody takes: on a phone, with the keyboard alone, and gets the certificate."""

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect
from pypdf import PdfReader

from foundation.core.acting import Acting, acting_as
from foundation.jobs import actions as jobs
from foundation.organisations.roles import Role
from tests.e2e import keys
from tests.e2e.axe import assert_accessible
from tests.foundation.documents.pdf_checks import assert_is_accessible
from tests.foundation.jobs.ground import Process
from training import course_files, course_loading
from training.content import Content, Question
from training.content import Page as CoursePage
from training.models import Certificate, Completion

COURSE = "Prevent awareness"
NAME = "Zoë Ó Briain-Łukasiewicz"


@pytest.fixture
def content(committed: None) -> Content:
    """The course as the portal ships it, loaded, as a council reads it."""
    course_loading.load(now=timezone.now())
    [course] = [each for each in course_files.read_courses(course_loading.LIBRARY) if each.content.title == COURSE]
    return course.content.for_sector("LA")


@pytest.fixture
def learner(committed: None, acting_for: Callable[..., Acting]) -> Acting:
    return acting_for(Role.STAFF, name=NAME)


def test_prevent_awareness_is_completed_on_a_phone_with_the_keyboard_and_its_certificate_is_genuine(
    worker: Process,
    content: Content,
    learner: Acting,
    page_for: Callable[..., Page],
    new_context: Callable[..., BrowserContext],
) -> None:
    half = len(content.pages) // 2
    page = page_for(learner, width=375)
    page.goto("/training/")
    assert_accessible(page)
    keys.follow(page, COURSE)
    assert_accessible(page)
    keys.follow(page, "Begin", key="Space")
    go_through(page, content, content.pages[:half])

    other = page_for(learner, width=375)
    other.goto("/training/")
    assert_accessible(other)
    keys.follow(other, f"Continue {COURSE}")
    go_through(other, content, content.pages[half:])
    expect(other.get_by_role("heading", name=f"You have completed {COURSE}")).to_be_visible()
    keys.follow(other, "Your certificate")
    pdf = downloaded(other)

    assert_is_accessible(pdf)
    with acting_as(learner):
        certificate = Certificate.objects.visible_to(learner).get()
        assert [row.score for row in Completion.objects.visible_to(learner)] == [100]
    text = " ".join(" ".join(sheet.extract_text() for sheet in PdfReader(BytesIO(pdf)).pages).split())
    assert all(each in text for each in (NAME, COURSE, certificate.reference))
    check_as_anybody(new_context(width=375).new_page(), certificate)


def go_through(page: Page, content: Content, course_pages: Sequence[CoursePage]) -> None:
    """Read the pages in their order, answer right what they ask, and go on from each but the last of the course."""
    questions = questions_by_field(content)
    for each in course_pages:
        expect(page.get_by_role("heading", level=1)).to_have_text(each.title)
        assert_accessible(page)
        if each.kind != "text":
            answer_all(page, questions)
            keys.press(page, "Answer" if each.kind == "scenario" else "Send your answers")
            assert_accessible(page)
        if each != content.final_check:
            keys.follow(page, "Continue", key="Space")


def answer_all(page: Page, questions: Mapping[str, Question]) -> None:
    keys.skip_to_content(page)
    for asked in page.locator("form[data-resend] fieldset").all():
        name = asked.locator("input").first.get_attribute("name") or ""
        keys.answer(page, name, questions[name].right, several=questions[name].several)


def questions_by_field(content: Content) -> dict[str, Question]:
    """What the course asks, by the name of its field in the form."""
    banks = [question for module in content.modules for question in module.questions]
    scenarios = [page.question for page in content.pages if page.question]
    return {f"answer-{each.code}": each for each in [*banks, *scenarios]}


def downloaded(page: Page) -> bytes:
    """The certificate, once the job has made it."""
    assert_accessible(page)
    ready = page.get_by_role("button", name="Download the certificate (PDF)")
    for _ in range(60):
        if ready.count():
            break
        page.wait_for_timeout(500)
        jobs.dispatch(now=timezone.now())  # what the clock does: Redis may have been slow to take the message
        page.reload()
    assert_accessible(page)
    keys.skip_to_content(page)
    keys.tab_to(page, "Download the certificate (PDF)")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    return Path(download.value.path()).read_bytes()


def check_as_anybody(page: Page, certificate: Certificate) -> None:
    """Nobody signed in learns course and day from number and name, and nothing from the number alone."""
    page.goto("/training/verify/")
    assert_accessible(page)
    ask(page, certificate.reference, "Somebody Else")
    expect(page.get_by_role("heading", name="Not found", exact=True)).to_be_visible()
    assert_accessible(page)
    page.goto("/training/verify/")
    ask(page, certificate.reference.lower().replace("-", " "), NAME)
    assert_accessible(page)
    on = certificate.completed_on
    assert page.get_by_role("status").inner_text().split("\n")[-1] == (
        "The certificate with this number and name was issued here for the course Prevent awareness, completed on"
        f" {on.day} {on:%B %Y}."
    )
    shown = page.get_by_role("main").inner_text()
    assert not any(hidden in shown for hidden in (certificate.organisation_name, "100", certificate.sha256))


def ask(page: Page, number: str, name: str) -> None:
    keys.skip_to_content(page)
    keys.write(page, "Certificate number", number)
    keys.write(page, "Name on the certificate", name)
    keys.press(page, "Check the certificate")
