"""Previewing a course of the organisation's own, reading its versions, publishing and withdrawing it in the browser."""

import pytest

from foundation.core.acting import acting_as
from tests.conftest import NOW
from tests.factories import learning
from tests.factories import own_courses as made
from tests.training.browsing import cells, rows, words
from training import actions
from training.content import Check, Page, Video
from training.models import Attempt, CourseDraft, Reply


@pytest.fixture
def author(acting_for):
    return acting_for("training_manager", name="Ann Author")


@pytest.fixture
def browser(author, client_for):
    return client_for(author)


@pytest.fixture
def draft(author):
    return made.written(author)


# ---- Preview and versions
def test_the_preview_shows_what_a_learner_sees_and_keeps_nothing(browser, author, client_for, acting_for):
    check = Page("check", "Check", check=Check(2))
    video = Page("film", "A film", video=Video("https://video.example/1", "They **talk**.", "Two minutes"))
    draft = made.written(author, video, check)
    at = f"{draft.get_absolute_url()}preview"

    read = browser.get(f"{at}/film/")
    asked = browser.get(f"{at}/final-check/")
    answers = {f"answer-{code}": "0" for code in ("q-1", "q-2")}
    unanswered = browser.post(f"{at}/final-check/", {"number": "1"})
    passed = browser.post(f"{at}/final-check/", {"number": "1", **answers})
    failed = browser.post(f"{at}/check/", {"number": "1", **dict.fromkeys(answers, "1")})

    attempt = learning.begin(acting_for("staff"), made.published(author, draft).course)
    learner = acting_for("staff")
    assert [response.templates[0].name for response in (read, asked, passed)] == [
        "training/page.html",
        "training/question.html",
        "training/result.html",
    ]
    assert "Nothing that you do here is kept" in words(read)
    assert 'href="https://video.example/1" target="_blank" rel="noopener noreferrer"' in read.content.decode()
    assert "They talk." in words(read)
    assert "Answer question 1" in words(unanswered)
    assert "You have completed Our own course" in words(passed)
    assert "0 of 2 right" in words(failed)
    assert f"{at}/final-check/" in failed.content.decode()
    assert rows(author, Attempt) == rows(learner, Attempt) == []
    assert rows(author, Reply) == []
    assert attempt.pk


def test_an_unfinished_page_has_a_preview_too(browser, author):
    draft = made.begun(author)
    with acting_as(author):
        draft = actions.add_module(draft_id=draft.pk, title="P", by=author, now=NOW)
        for page in (Page("empty", ""), Page("check", "Check", check=Check(2))):
            actions.add_page(draft_id=draft.pk, module=made.part_of(draft), page=page, by=author, now=NOW)

    answers = [
        browser.get(f"{draft.get_absolute_url()}preview/empty/"),
        browser.get(f"{draft.get_absolute_url()}preview/check/"),
        browser.post(f"{draft.get_absolute_url()}preview/check/", {"number": "1"}),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200]


def test_a_version_can_be_read_after_the_draft_went_on(browser, author, draft):
    made.published(author, draft)
    with acting_as(author):
        actions.change_page(draft_id=draft.pk, version=99, page=Page("welcome", "Hello", "All new"), by=author, now=NOW)

    page = browser.get(f"{draft.get_absolute_url()}versions/1/", follow=True)
    shown = browser.get(draft.get_absolute_url())

    assert "Version 1, as learners see it" in words(page)
    assert "Read this first." in words(page)
    assert "Version 1 23 November 2026 Ann Author" in cells(shown)


# ---- Publishing
def test_publishing_says_who_is_inside_and_asks_whether_earlier_completions_count(browser, author, acting_for, draft):
    course = made.published(author, draft).course
    learning.begin(acting_for("staff"), course)
    with acting_as(author):
        actions.change_page(draft_id=draft.pk, version=99, page=Page("welcome", "Hello", "New"), by=author, now=NOW)
    standing = made.as_it_stands(author, draft)
    address = f"{draft.get_absolute_url()}publish/"

    page = browser.get(address)
    unanswered = browser.post(address, {"version": standing.version})
    stale = browser.post(address, {"version": draft.version, "expires_earlier": "yes"}, follow=True)
    published = browser.post(address, {"version": standing.version, "expires_earlier": "yes"}, follow=True)

    assert "1 person is inside this course right now. They finish the version they began." in words(page)
    assert "Select whether earlier completions still count" in words(unanswered)
    assert "Somebody changed or published this course meanwhile" in words(stale)
    assert "Version 2 is published" in words(published)
    assert made.as_it_stands(author, draft).published.expires_earlier is True


def test_what_learners_read_already_is_not_offered_for_publishing(browser, author, draft):
    made.published(author, draft)
    own = draft.get_absolute_url()
    with acting_as(author):
        actions.withdraw_course(draft_id=draft.pk, by=author, now=NOW)

    assert browser.get(own).context["can_publish"] is False
    page = browser.get(f"{own}publish/")
    assert "This is what learners read already. Nothing was changed since." in words(page)
    assert 'name="version"' not in page.content.decode()


def test_withdrawing_and_offering_again_by_buttons(browser, author, draft):
    made.published(author, draft)
    own = draft.get_absolute_url()

    withdrawn = browser.post(f"{own}withdraw/", follow=True)
    again = browser.post(f"{own}withdraw/", follow=True)
    offered = browser.post(f"{own}offer/", follow=True)

    assert "The course is withdrawn. Whoever is inside can finish it" in words(withdrawn)
    assert "This course is withdrawn already." in words(again)
    assert "The course is offered again" in words(offered)
    assert rows(author, CourseDraft)[0].course_id is not None
