"""An author writes a course in a browser, from nothing to a second version; a colleague takes it on a phone."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from foundation.core.acting import Acting, acting_as
from foundation.organisations.models import Organisation
from tests.e2e.axe import assert_accessible
from tests.e2e.going import press
from tests.foundation.files import samples
from training.models import Completion, CourseVersion

SHOTS = os.environ.get("SHOTS")
LONG = (
    "What everybody who works at a desk of our libraries should know about listening, noticing and passing on a worry"
)


@pytest.fixture
def author(committed: None, acting_for, organisation) -> Acting:
    author = acting_for("training_manager", name="Leila Author")
    with acting_as(author):
        Organisation.objects.filter(pk=organisation.pk).update(open_unscanned_files=True)
    return author


def look(page: Page, name: str) -> None:
    assert_accessible(page)
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/writing-{name}.png", full_page=True)


def follow(page: Page, name: str) -> None:
    """Follow the link that says this and no more, and wait for the page it leads to."""
    with page.expect_navigation():
        page.get_by_role("link", name=name, exact=True).click()


def write_options(page: Page) -> None:
    for place, text in enumerate(("Listen, then tell the duty manager", "Promise to keep it secret"), 1):
        page.get_by_label(f"Option {place}", exact=True).fill(text)
        page.get_by_label(f"Why option {place} is right or wrong").fill(f"Because of reason {place}.")
    page.get_by_role("checkbox", name="Option 1 is right").check()


def test_a_course_is_written_refused_published_taken_and_published_again(author, acting_for, page_for, tmp_path):
    page = page_for(author)
    page.goto("/training/")
    follow(page, "Courses we write")
    look(page, "none-yet")
    page.get_by_role("button", name="Begin the first course").click()
    press(page, "Begin the course")
    expect(page.get_by_role("link", name="Enter a title")).to_be_visible()
    look(page, "begin-refused")
    page.get_by_label("Title").fill(LONG)
    press(page, "Begin the course")
    look(page, "empty")
    expect(page.get_by_role("heading", name="things to put right before this can be published")).to_be_visible()

    write_about(page)
    press(page, "Add a part")
    page.get_by_label("Title of the part").fill("At the desk")
    look(page, "part")
    press(page, "Add the part")
    write_pages(page, tmp_path)
    press(page, "Preview")
    look(page, "preview")
    expect(page.get_by_text("Nothing that you do here is kept.")).to_be_visible()
    follow(page, "Back to writing")
    publish_first(page)

    learner = acting_for("staff", name="Sam Staff")
    phone = begin_on_a_phone(page_for(learner, width=375))
    publish_again(page)

    finish_on_a_phone(phone)
    with acting_as(learner):
        [done] = Completion.objects.visible_to(learner)
        versions = CourseVersion.objects.visible_to(learner).order_by("number")
        assert (done.course_title, done.version_number) == (LONG, 1)
        assert list(versions.values_list("number", "expires_earlier")) == [(1, False), (2, True)]


def write_about(page: Page) -> None:
    follow(page, "Change what is said about the course")
    look(page, "about")
    page.get_by_label("What is it about?").fill("What to do with a worry at the desk.")
    for name, value in {"Day": "1", "Month": "10", "Year": "2026"}.items():
        page.get_by_role("group", name="When was it last reviewed?").get_by_label(name).fill(value)
    page.get_by_label("Pass mark of the final check, in per cent").fill("101")
    press(page, "Save")
    expect(page.get_by_role("link", name="The pass mark is from 1 to 100")).to_be_visible()
    expect(page.get_by_label("What is it about?")).to_have_value("What to do with a worry at the desk.")
    look(page, "about-refused")
    page.get_by_label("Pass mark of the final check, in per cent").fill("100")
    press(page, "Save")


def write_pages(page: Page, tmp_path: Path) -> None:
    follow(page, "a page to read to At the desk")
    page.get_by_label("Title of the page").fill("Welcome")
    page.get_by_label("Text").fill("Read this first.\n\n[picture 1]\n\n## Three places\n\n- The desk\n- The computers")
    look(page, "page")
    press(page, "Add the page")
    add_a_picture(page, tmp_path)
    follow(page, "Back")

    follow(page, "a video to At the desk")
    page.get_by_label("Title of the page").fill("A word at the desk")
    page.get_by_label("Address of the video").fill("javascript:alert(1)")
    page.get_by_label("Transcript").fill("**Joe:** Can I ask you something?")
    press(page, "Add the page")
    expect(page.get_by_label("Transcript")).to_have_value("**Joe:** Can I ask you something?")
    look(page, "video-refused")
    page.get_by_label("Address of the video").fill("https://video.example/a-word-at-the-desk")
    press(page, "Add the page")
    follow(page, "Back")

    follow(page, "a scenario to At the desk")
    page.get_by_label("Title of the page").fill("The late printout")
    page.get_by_label("Story").fill("It is ten minutes before closing.")
    page.get_by_label("Question").fill("What do you do?")
    write_options(page)
    look(page, "scenario")
    press(page, "Add the page")

    page.get_by_text("0 questions to draw from").click()
    follow(page, "Add a question to At the desk")
    page.get_by_label("Question").fill("Somebody tells you a worry. What do you do?")
    write_options(page)
    look(page, "question")
    press(page, "Add the question")
    follow(page, "the final check to At the desk")
    page.get_by_label("How many questions are drawn?").fill("2")
    press(page, "Add the page")


def add_a_picture(page: Page, tmp_path: Path) -> None:
    plan = tmp_path / "plan.png"
    plan.write_bytes(b"no picture")
    press(page, "Add a picture")
    page.get_by_label("What does the picture show?").fill("A plan of the floor")
    page.locator("input[type=file]").set_input_files(plan)
    press(page, "Add the picture")
    expect(page.get_by_label("What does the picture show?")).to_have_value("A plan of the floor")
    look(page, "picture-refused")
    plan.write_bytes(samples.png())
    page.locator("input[type=file]").set_input_files(plan)
    page.get_by_label("Caption (optional)").fill("Where things are")
    press(page, "Add the picture")
    expect(page.get_by_text("[picture 1] A plan of the floor")).to_be_visible()
    look(page, "page-with-picture")


def publish_first(page: Page) -> None:
    look(page, "to-put-right")
    follow(page, "Final check: Draws 2 questions, but there are 1.")
    page.get_by_label("How many questions are drawn?").fill("1")
    press(page, "Save")
    look(page, "course")
    press(page, "Publish")
    look(page, "publish")
    press(page, "Publish")
    expect(page.get_by_text("Published, version 1")).to_be_visible()
    look(page, "published")


def begin_on_a_phone(phone: Page) -> Page:
    phone.goto("/training/")
    follow(phone, LONG)
    press(phone, "Begin")
    expect(phone.get_by_role("img", name="A plan of the floor")).to_be_visible()
    look(phone, "learner-375")
    press(phone, "Continue")
    look(phone, "learner-video-375")
    return phone


def publish_again(page: Page) -> None:
    follow(page, "Welcome")
    page.get_by_label("Text").fill("Read this first. It is new.\n\n[picture 1]")
    press(page, "Save")
    expect(page.get_by_text("Changes not published")).to_be_visible()
    press(page, "Publish")
    expect(page.get_by_text("1 person is inside this course right now.")).to_be_visible()
    press(page, "Publish")
    expect(page.get_by_role("link", name="Select whether earlier completions still count")).to_be_visible()
    look(page, "publish-refused")
    page.get_by_label("No: everybody is to take this version").check()
    press(page, "Publish")
    expect(page.get_by_text("Published, version 2")).to_be_visible()
    look(page, "published-again")


def finish_on_a_phone(phone: Page) -> None:
    press(phone, "Continue")
    phone.get_by_label("Listen, then tell the duty manager").check()
    press(phone, "Answer")
    press(phone, "Continue")
    phone.get_by_label("Listen, then tell the duty manager").check()
    press(phone, "Send your answers")
    expect(phone.get_by_role("heading", name=f"You have completed {LONG}")).to_be_visible()
    look(phone, "learner-completed-375")
