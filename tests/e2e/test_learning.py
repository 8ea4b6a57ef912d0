"""A learner takes a course in a browser: on a phone with the keyboard alone, and goes on on another device."""

import os

import pytest
from playwright.sync_api import Page, expect

from foundation.core.acting import Acting, acting_as
from tests.e2e.axe import assert_accessible
from tests.factories.learning import begin, chosen, complete, up_to
from tests.factories.training import make_course, small_content
from training.models import Attempt, Completion, Reply

SHOTS = os.environ.get("SHOTS")
LONG = "What everybody who works with the public should know about noticing, checking and sharing"


@pytest.fixture
def learner(committed: None, acting_for) -> Acting:
    return acting_for("staff", name="Leila Learner")


def look(page: Page, name: str) -> None:
    assert_accessible(page)
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def tab_to(page: Page, text: str) -> None:
    """Press Tab until the control with this text has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if text in page.evaluate(
            "document.activeElement.labels?.[0]?.textContent ?? document.activeElement.textContent"
        ):
            return
    raise AssertionError(f"Tab never came to {text}")


def press(page: Page, text: str) -> None:
    tab_to(page, text)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def choose(page: Page, learner: Acting, slug: str, option: int = 0) -> None:
    """Choose the option of each question with Tab and the arrow keys."""
    questions = page.locator("form[data-resend] fieldset")
    for place in range(questions.count()):
        name = questions.nth(place).locator("input").first.get_attribute("name")
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.name") == name:
                break
        page.keyboard.press("Space")
        for _ in range(option):
            page.keyboard.press("ArrowDown")


def test_a_course_is_completed_on_a_phone_with_the_keyboard_and_resumed_on_another_device(learner, page_for):
    make_course(title=LONG)
    page = page_for(learner, width=375)
    page.goto("/training/")
    look(page, "375-mine-empty")
    press(page, LONG)
    look(page, "375-course")
    press(page, "Begin")
    look(page, "375-page")
    press(page, "Continue")
    press_answer(page, learner, "a-worry", "Answer", option=1)
    look(page, "375-scenario-answered")
    expect(page.get_by_text("You chose this. It is not right")).to_be_visible()

    other = page_for(learner, width=1280)
    other.goto("/training/")
    look(other, "1280-mine-under-way")
    press(other, "Continue")
    expect(other.get_by_role("heading", level=1)).to_have_text("A worry")
    press(other, "Continue")
    look(other, "1280-check")
    with other.expect_navigation():
        tab_to(other, "Send your answers")
        other.keyboard.press("Enter")
    expect(other).to_have_title(f"Error: Check what you know – {LONG} – Prevent Portal")
    look(other, "1280-check-unanswered")
    press_answer(other, learner, "check", "Send your answers")
    look(other, "1280-check-answered")
    press(other, "Continue")

    page.goto("/training/")
    press(page, "Continue")
    expect(page.get_by_role("heading", level=1)).to_have_text("Final check")
    look(page, "375-final")
    press_answer(page, learner, "final-check", "Send your answers", option=2)
    look(page, "375-final-failed")
    press(page, "Try again")
    press_answer(page, learner, "final-check", "Send your answers")
    expect(page.get_by_role("heading", name=f"You have completed {LONG}")).to_be_visible()
    look(page, "375-completed")
    press(page, "My training")
    look(page, "375-mine-done")

    with acting_as(learner):
        assert [row.score for row in Completion.objects.visible_to(learner)] == [100]


def press_answer(page: Page, learner: Acting, slug: str, button: str, option: int = 0) -> None:
    choose(page, learner, slug, option)
    with page.expect_navigation():
        tab_to(page, button)
        page.keyboard.press("Enter")
    expect(page.locator("form[data-resend]")).to_have_count(0)


def test_a_lost_connection_keeps_what_was_chosen_and_lets_one_send_again(learner, page_for):
    attempt = up_to(learner, begin(learner, make_course()), "check")
    page = page_for(learner, width=375)
    page.goto(f"{attempt.get_absolute_url()}check/")
    for question in page.locator("form[data-resend] fieldset").all():
        question.get_by_label("Ask the safeguarding lead").check()

    page.context.set_offline(True)
    page.get_by_role("button", name="Send your answers").click()

    lost = page.get_by_role("alert").filter(has_text="the connection was lost")
    expect(lost).to_be_visible()
    look(page, "375-lost")
    expect(page.locator("input[type=radio]:checked")).to_have_count(2)
    page.context.set_offline(False)
    page.get_by_role("button", name="Send your answers").click()
    expect(page.get_by_role("heading", name="2 of 2 right")).to_be_visible()
    with acting_as(learner):
        [reply] = Reply.objects.visible_to(learner).filter(page="check")
    assert reply.chosen == chosen(learner, attempt, "check")


def test_a_course_can_be_completed_without_javascript(learner, page_for):
    make_course()
    page = page_for(learner, width=375, java_script_enabled=False)
    page.goto("/training/courses/small-course/")
    page.get_by_role("button", name="Begin").click()
    for _ in range(9):
        if page.get_by_role("heading", name="You have completed").count():
            break
        for question in page.locator("form[data-resend] fieldset").all():
            question.get_by_label("Ask the safeguarding lead").check()
        page.locator("main form button[type=submit]").first.click()

    expect(page.get_by_role("heading", name="You have completed A small course")).to_be_visible()
    with acting_as(learner):
        assert Attempt.objects.visible_to(learner).get().status == "completed"


@pytest.mark.parametrize("width", [1280, 375])
def test_every_page_can_be_read_full_and_refused(learner, page_for, width):
    course = make_course("done", title=LONG, summary=LONG * 3, for_whom=LONG)
    complete(learner, course)
    for number in range(4):
        make_course(f"more-{number}", title=f"Course {number}", summary=small_content().summary * (number + 1))
    attempt = begin(learner, make_course("way", title=f"{LONG} on the way"))
    page = page_for(learner, width=width)

    page.goto("/training/")
    look(page, f"{width}-mine-full")
    page.goto("/training/courses/done/")
    look(page, f"{width}-course-done")
    page.goto("/training/courses/way/")
    page.get_by_text("Begin anew").first.click()
    look(page, f"{width}-course-under-way")
    page.goto(f"{attempt.get_absolute_url()}final-check/")
    look(page, f"{width}-ahead")
    page.goto("/")
    look(page, f"{width}-start")
