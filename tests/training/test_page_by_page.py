"""What a learner sees inside a course: pages, scenarios, checks, what came of an answer, and what is refused."""

import re

import pytest
from django.utils import timezone

from foundation.core import drafts
from foundation.core.acting import acting_as
from tests.conftest import NOW
from tests.factories.learning import answer, begin, finish, up_to
from tests.factories.training import make_course, small_content
from tests.training.browsing import at, posted, rows, words
from training.content import Module, Page
from training.models import Attempt, Certificate, Completion, PageDone, Reply


@pytest.fixture
def learner(acting_for):
    return acting_for("staff", name="Leila Learner")


@pytest.fixture
def browser(learner, client_for):
    return client_for(learner)


@pytest.fixture
def course(_database):
    return make_course()


@pytest.fixture
def attempt(learner, course):
    return begin(learner, course, sector="LA")


# ---- Going through
def test_the_way_leads_to_the_next_page(learner, browser, attempt):
    finish(learner, attempt, "welcome")

    assert browser.get(at(attempt))["Location"] == at(attempt, "a-worry")


def test_a_page_to_read_shows_its_text_and_where_one_is(learner, browser, attempt):
    page = browser.get(at(attempt, "welcome"))

    body = page.content.decode()
    assert "<h2>Why</h2>" in body
    assert "<li>because it helps</li>" in body
    assert body.count("<h1") == 1
    assert "Page 1 of 4 What to do" in words(page)
    assert [(step.page.slug, step.state, step.is_here) for part in page.context["parts"] for step in part.steps] == [
        ("welcome", "next", True), ("a-worry", "ahead", False), ("check", "ahead", False),
        ("final-check", "ahead", False),
    ]  # fmt: skip


def test_going_on_leads_to_the_next_page_and_back_again(learner, browser, attempt):
    gone_on = browser.post(at(attempt, "welcome") + "done/")

    back = browser.get(at(attempt, "welcome"))
    assert gone_on["Location"] == at(attempt, "a-worry")
    assert [row.page for row in rows(learner, PageDone)] == ["welcome"]
    assert f'href="{at(attempt, "a-worry")}"' in back.content.decode()
    assert "done/" not in back.content.decode()


def test_looking_changes_nothing(learner, browser, attempt):
    up_to(learner, attempt, "check")
    before = [row.__dict__ | {"_state": None} for model in (Attempt, PageDone, Reply) for row in rows(learner, model)]

    for page in ("", "welcome", "a-worry", "check", "final-check"):
        browser.get(at(attempt, page))
    browser.get(at(attempt, "check") + "?try=again")

    assert before == [
        row.__dict__ | {"_state": None} for model in (Attempt, PageDone, Reply) for row in rows(learner, model)
    ]


def test_a_page_that_is_ahead_leads_to_where_one_is(learner, browser, attempt):
    page = browser.get(at(attempt, "final-check"))
    sent = browser.post(at(attempt, "final-check"), posted(learner, attempt, "final-check"))
    gone_on = browser.post(at(attempt, "check") + "done/", follow=True)

    assert "This page is still ahead of you" in words(page)
    assert "You are now at “Welcome”." in words(page)
    assert f'href="{at(attempt)}"' in page.content.decode()
    assert "This page is still ahead of you" in words(sent)
    assert "Go through the pages before this one first." in words(gone_on)
    assert (rows(learner, Reply), rows(learner, PageDone)) == ([], [])


def test_going_on_too_soon_says_how_long_to_read_on(learner, browser):
    module = Module("Slow", (Page("slow", "Slow", body="Read.", least_seconds=3600), *small_content().modules[0].pages))
    attempt = begin(learner, make_course(modules=(module, small_content().modules[1])), now=NOW)
    with acting_as(learner):
        Attempt.objects.filter(pk=attempt.pk).update(moved_at=timezone.now())

    page = browser.post(at(attempt, "slow") + "done/", follow=True)

    assert re.search(r"Read on for 3\d\d\d more seconds\.", words(page))
    assert rows(learner, PageDone) == []


@pytest.mark.parametrize("page", ["nowhere", "in-your-school"])
def test_a_page_that_the_version_does_not_have_is_not_found(browser, attempt, page):
    assert browser.get(at(attempt, page)).status_code == 404
    assert browser.post(at(attempt, page) + "done/").status_code == 404


def test_a_colleagues_way_is_not_found(attempt, acting_for, client_for):
    colleague = client_for(acting_for("prevent_lead", "organisation_admin"))

    assert [colleague.get(at(attempt)).status_code, colleague.get(at(attempt, "welcome")).status_code] == [404, 404]
    assert colleague.post(at(attempt, "welcome") + "done/").status_code == 404


def test_a_way_that_was_left_leads_to_the_course(learner, browser, course, attempt):
    browser.post("/training/courses/small-course/", {"anew": attempt.reference})

    assert browser.get(at(attempt))["Location"] == "/training/courses/small-course/"
    assert browser.get(at(attempt, "welcome"))["Location"] == "/training/courses/small-course/"


# ---- Scenarios
def test_a_scenario_explains_what_was_chosen_first_and_then_the_others(learner, browser, attempt):
    up_to(learner, attempt, "a-worry")

    sent = browser.post(at(attempt, "a-worry"), posted(learner, attempt, "a-worry", option=1))

    page = browser.get(sent["Location"])
    text = words(page)
    whys = ["Nobody needs proof", "They see more of the picture", "Looking into it is not our part"]
    assert sent["Location"] == at(attempt, "a-worry")
    assert "Sam stopped coming to lunch." in text
    assert "Not right" in text
    assert "Wait until there is proof You chose this. It is not right" in text
    assert sorted(whys, key=text.index) == whys
    assert 'type="radio"' not in page.content.decode()


def test_a_scenario_without_an_answer_says_so_and_shows_the_story_again(learner, browser, attempt):
    up_to(learner, attempt, "a-worry")

    page = browser.post(at(attempt, "a-worry"), {"number": "1"})

    assert "<title>Error: A worry" in page.content.decode()
    assert "There is a problem Select your answer" in words(page)
    assert "Sam stopped coming to lunch." in words(page)
    assert rows(learner, Reply) == []


def test_a_second_answer_leads_to_what_came_of_the_first(learner, browser, attempt):
    up_to(learner, attempt, "a-worry")
    browser.post(at(attempt, "a-worry"), posted(learner, attempt, "a-worry", option=1))

    again = browser.post(at(attempt, "a-worry"), posted(learner, attempt, "a-worry", option=0), follow=True)

    assert [row.chosen for row in rows(learner, Reply)] == [{"a-worry": [1]}]
    assert "Wait until there is proof You chose this. It is not right" in words(again)


@pytest.mark.parametrize("sent", ["7", "-1", "x", "99999999999999999999", "²"])
def test_an_option_that_is_none_is_refused_on_the_page(learner, browser, attempt, sent):
    up_to(learner, attempt, "a-worry")

    page = browser.post(at(attempt, "a-worry"), {"number": sent, "answer-a-worry": sent}, follow=True)

    assert page.status_code == 200
    assert rows(learner, Reply) == []


# ---- Checks
def test_an_unanswered_question_is_named_and_nothing_that_was_chosen_is_lost(learner, browser, attempt):
    up_to(learner, attempt, "check")
    sent = posted(learner, attempt, "check", option=2)
    first, second = [name for name in sent if name != "number"]
    del sent[second]

    page = browser.post(at(attempt, "check"), sent)

    later = browser.get(at(attempt, "check"))
    assert "There is a problem Answer question 2" in words(page)
    assert f'name="{first}" type="radio" value="2" checked' in page.content.decode()
    assert f'name="{first}" type="radio" value="2" checked' in later.content.decode()
    assert [row.page for row in rows(learner, Reply)] == ["a-worry"]


def test_what_was_chosen_on_one_device_is_there_on_the_next(learner, browser, attempt, client_for):
    up_to(learner, attempt, "check")
    sent = posted(learner, attempt, "check", option=1)
    browser.post(f"/drafts/?path={at(attempt, 'check')}", sent)

    other = client_for(learner).get(at(attempt, "check"))
    browser.post(at(attempt, "check"), sent)

    assert other.content.decode().count("checked") == 2
    assert "data-draft" in other.content.decode()
    with acting_as(learner):
        assert drafts.find(learner, at(attempt, "check")) is None


def test_a_check_shows_each_question_with_what_is_right_and_may_be_tried_again(learner, browser, attempt):
    up_to(learner, attempt, "check")

    result = browser.post(at(attempt, "check"), posted(learner, attempt, "check", option=1), follow=True)
    again = browser.get(at(attempt, "check") + "?try=again")

    assert "0 of 2 right" in words(result)
    assert words(result).count("You chose this. It is not right") == 2
    assert words(result).count("This is right") == 2
    assert at(attempt, "check") + "done/" in result.content.decode()
    assert 'name="number" value="2"' in again.content.decode()


def test_a_final_check_that_failed_says_the_mark_and_only_offers_another_try(learner, browser, attempt):
    up_to(learner, attempt, "final-check")
    asked = browser.get(at(attempt, "final-check"))

    result = browser.post(at(attempt, "final-check"), posted(learner, attempt, "final-check", option=1), follow=True)

    assert "You need 80% to complete the course." in words(asked)
    assert "You need 80% to complete the course. Read why below, then try again" in words(result)
    assert "done/" not in result.content.decode()
    assert "?try=again" in result.content.decode()


def test_passing_the_final_check_says_so_and_leads_to_the_certificate(learner, browser, attempt):
    up_to(learner, attempt, "final-check")

    result = browser.post(at(attempt, "final-check"), posted(learner, attempt, "final-check"), follow=True)

    [certificate] = rows(learner, Certificate)
    body = result.content.decode()
    assert "You have completed A small course" in words(result)
    assert "3 of 3 right, 100%" in words(result)
    assert f'href="{certificate.get_absolute_url()}"' in body
    assert 'href="/training/"' in body
    assert "?try=again" not in body
    assert browser.get(at(attempt))["Location"] == at(attempt, "final-check")


def test_a_completed_course_can_be_read_again_but_not_answered(learner, browser, attempt):
    up_to(learner, attempt, "final-check")
    answer(learner, attempt, "final-check")

    read = browser.get(at(attempt, "welcome"))
    sent = browser.post(at(attempt, "final-check"), posted(learner, attempt, "final-check", 2), follow=True)

    assert "Next page" in words(read)
    assert "This course is completed." in words(sent)
    assert len(rows(learner, Completion)) == 1
