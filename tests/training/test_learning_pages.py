"""What a learner sees: my training, a course, its pages, what came of an answer, and what is refused."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import escape

from foundation.core import drafts
from foundation.core.acting import acting_as
from foundation.ledger import acting_system
from tests.conftest import NOW
from tests.factories.learning import answer, begin, chosen, complete, finish, progress, up_to
from tests.factories.training import make_course, publish, small_content, withdraw
from training.content import Module, Page, Source
from training.models import Attempt, Certificate, Completion, PageDone, Reply
from training.workflow import Status


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


def words(response) -> str:
    """What a person reads, without markup."""
    body = re.sub(r"<(script|style)\b.*?</\1>", "", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", body)).replace("&#x27;", "'")


def at(attempt, page="") -> str:
    return f"/training/learning/{attempt.reference}/{page}{'/' if page else ''}"


def posted(learner, attempt, page, number=1, option=0) -> dict:
    picked = chosen(learner, attempt, page, number, option)
    return {"number": str(number)} | {f"answer-{code}": [str(each) for each in row] for code, row in picked.items()}


def rows(learner, model):
    with acting_as(learner):
        return list(model.objects.visible_to(learner))


# ---- My training
def test_my_training_says_what_to_do_when_there_is_nothing(browser):
    page = browser.get("/training/")

    assert "No course is offered yet" in words(page)
    assert "Nothing yet. A course that you complete stands here with its certificate." in words(page)
    assert "Continue" not in words(page)


def test_my_training_shows_what_is_under_way_what_can_be_begun_and_what_is_done(learner, browser, attempt):
    finish(learner, attempt, "welcome")
    make_course("other", title="Another course", for_whom="Drivers.")
    complete(learner, make_course("third", title="A third course"))
    gone = make_course("gone", title="Gone")
    withdraw(gone)

    page = browser.get("/training/")

    assert [(each.content.title, each.percent, each.next_page.slug) for each in page.context["under_way"]] == [
        ("A small course", 25, "a-worry")
    ]
    assert [(each.course.code, each.for_whom, each.done_on) for each in page.context["offered"]] == [
        ("third", "Everybody.", NOW.date()),
        ("other", "Drivers.", None),
    ]
    assert "25% done Next: A worry" in words(page)
    assert "Done on 23 November 2026" in words(page)
    assert "100%" in words(page)
    assert attempt.get_absolute_url() in page.content.decode()


def test_a_colleagues_training_is_not_mine(browser, acting_for, course):
    complete(acting_for("staff"), course)
    begin(acting_for("staff"), course)

    page = browser.get("/training/")

    assert (list(page.context["under_way"]), list(page.context["completions"])) == ([], [])


@pytest.mark.parametrize("count", [10, 100])
def test_my_training_asks_no_more_for_more_courses_and_completions(learner, browser, django_assert_num_queries, count):
    first = make_course("done")
    content = small_content(modules=small_content().modules[1:], pass_mark=1)
    last = make_course("last", content=small_content(modules=(small_content().modules[0], *content.modules)))
    for number in range(count):
        make_course(f"offered-{number}")
    attempts = [complete(learner, first)]
    with acting_as(learner):
        row = Completion.objects.get(attempt=attempts[0])
        for number in range(count):
            Attempt.objects.bulk_create(
                [
                    Attempt(
                        organisation_id=row.organisation_id, membership_id=row.membership_id, course_id=row.course_id,
                        version_id=attempts[0].version_id, status=Status.ENDED, started_at=NOW, moved_at=NOW,
                        ended_at=NOW,
                    )
                ]
            )  # fmt: skip
            copied = Attempt.objects.visible_to(learner).order_by("-pk")[0]
            row.pk, row.attempt_id, row.reference = None, copied.pk, f"ZZZZ-{number:04}"
            row.save(force_insert=True)
    begin(learner, last)
    browser.get("/training/")

    with django_assert_num_queries(16):
        page = browser.get("/training/")

    assert (len(page.context["offered"]), len(page.context["completions"])) == (count + 1, count + 1)


# ---- A course
def test_a_course_says_what_it_is_and_how_far_its_sources_were_checked(browser):
    sources = (
        Source("The Act", "S", "https://www.legislation.gov.uk/ukpga/2015/6", "Section 26 only"),
        Source("A newspaper", "S2"),
        Source("A rumour", "NV"),
    )
    make_course(sources=sources)

    page = browser.get("/training/courses/small-course/")

    text = words(page)
    for said in (
        "A small course", "What to do with a worry.", "Everybody.", "About 20 minutes", "You need 80%",
        "Version 1, published 5 January 2026", "Reviewed on 1 January 2026", "Next review by 1 January 2027",
        "The ActRead in the original. Section 26 only", "A newspaperSeen in a secondary source", "A rumourNot verified",
        "What to do", "Check what you know Check", "A worry Scenario",
    ):  # fmt: skip
        assert said in text
    assert "In your school" not in text


def test_the_version_of_the_organisations_sector_is_begun_without_asking(learner, browser, course):
    page = browser.get("/training/courses/small-course/")

    begun = browser.post("/training/courses/small-course/")

    [row] = rows(learner, Attempt)
    assert list(page.context["form"].fields) == []
    assert (begun["Location"], row.sector) == (at(row), "LA")


@pytest.mark.parametrize(
    ("sectors", "choices"),
    [(["LA", "SCH"], ["LA", "SCH"]), (["POL"], ["LA", "SCH", "none"])],
)
def test_the_version_is_asked_for_where_several_fit_or_none(learner, browser, course, organisation, sectors, choices):
    with acting_system("provision"):
        type(organisation).objects.filter(pk=organisation.pk).update(sectors=sectors)

    empty = browser.post("/training/courses/small-course/")
    begun = browser.post("/training/courses/small-course/", {"sector": choices[-1]})

    [row] = rows(learner, Attempt)
    assert [value for value, _label in empty.context["form"].fields["sector"].choices] == choices
    assert "Select the version you need" in words(empty)
    assert "<title>Error: A small course" in empty.content.decode()
    assert (begun.status_code, row.sector) == (302, "SCH" if choices[-1] == "SCH" else "")


def test_one_who_is_on_the_way_may_begin_anew_and_hears_of_a_newer_version(learner, browser, course, attempt):
    before = browser.get("/training/courses/small-course/")
    publish(course, small_content(minutes=25))

    page = browser.get("/training/courses/small-course/")
    answered = browser.post("/training/courses/small-course/", {"anew": attempt.reference})

    newer, older = rows(learner, Attempt)
    assert "A newer version" not in words(before)
    assert "A newer version of this course was published on 23 November 2026" in words(page)
    assert "Begin anew" in words(page)
    assert (answered["Location"], older.status, newer.version_id > older.version_id) == (at(newer), Status.ENDED, True)


def test_sending_the_beginning_twice_leads_to_the_same_way(learner, browser, course):
    first = browser.post("/training/courses/small-course/")

    second = browser.post("/training/courses/small-course/")

    assert first["Location"] == second["Location"]
    assert len(rows(learner, Attempt)) == 1


def test_a_completed_course_can_be_taken_again(learner, browser, course):
    complete(learner, course)

    page = browser.get("/training/courses/small-course/")

    assert "You completed this course on 23 November 2026" in words(page)
    assert "Your score was 100%." in words(page)
    assert "Take it again" in words(page)


def test_a_withdrawn_course_offers_no_beginning(browser, course):
    withdraw(course)

    page = browser.get("/training/courses/small-course/")
    refused = browser.post("/training/courses/small-course/", follow=True)

    assert "This course is no longer offered." in words(page)
    assert 'type="submit"' not in page.content.decode().split("<main")[1].split("</main")[0]
    assert "This course is no longer offered." in words(refused)


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


def test_what_a_course_says_is_never_markup(learner, browser):
    evil = "<script>alert(1)</script>"
    pages = (Page("welcome", f"Title {evil}", body=f"Body {evil}\n\n[x](javascript:alert(1))"),)
    module = Module(f"Module {evil}", pages)
    row = make_course(title=f"T {evil}", summary=evil, modules=(module, *small_content().modules[1:]))
    attempt = begin(learner, row)

    for address in ("/training/", "/training/courses/small-course/", at(attempt, "welcome")):
        body = browser.get(address).content.decode()
        assert evil not in body
        assert 'href="javascript' not in body
        assert escape(evil) in body


# ---- The start page
def test_the_start_page_of_staff_shows_what_training_is_open(learner, browser, attempt):
    for number in range(5):
        make_course(f"more-{number}", title=f"Course {number}")
    complete(learner, make_course("done", title="Done long ago"))

    page = browser.get("/")

    assert "Continue A small course" in words(page)
    assert len(page.context["start"].courses) == 3
    assert "Done long ago" not in words(page)


def test_everybody_finds_training_in_the_menu(acting_for, client_for):
    for role in ("staff", "prevent_lead", "inspector", "records_manager"):
        assert 'href="/training/"' in client_for(acting_for(role)).get("/help/").content.decode()


def test_progress_and_time_are_those_of_the_learner(learner, attempt):
    finish(learner, attempt, "welcome", now=NOW + timedelta(minutes=3))

    assert (progress(learner, attempt).percent, progress(learner, attempt).next_page.slug) == (25, "a-worry")
