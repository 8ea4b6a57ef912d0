"""What a learner sees before and after a course: my training, a course's own page and the start page."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import escape

from foundation.core.acting import acting_as
from foundation.ledger import acting_system
from tests.conftest import NOW
from tests.factories.learning import begin, complete, finish, progress
from tests.factories.requirements import ask
from tests.factories.training import make_course, publish, small_content, withdraw
from tests.training.browsing import at, rows, words
from training.content import Module, Page, Source
from training.models import Attempt, Completion
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

    assert [(each.content.title, each.percent, each.next_page.slug) for each in page.context["mine"].under_way] == [
        ("A small course", 25, "a-worry")
    ]
    assert [(each.course.code, each.for_whom, each.done_on) for each in page.context["mine"].offered] == [
        ("third", "Everybody.", NOW.date()),
        ("other", "Drivers.", None),
    ]
    assert "25% done Next: A worry" in words(page)
    assert "Done on 23 November 2026" in words(page)
    assert "100%" in words(page)
    assert attempt.get_absolute_url() in page.content.decode()


def test_a_course_that_is_asked_and_under_way_stands_there_once_with_what_comes_next(
    learner, browser, acting_for, course, attempt
):
    ask(acting_for("training_manager"), course, starts_on=timezone.localdate())
    finish(learner, attempt, "welcome")

    page = browser.get("/training/")

    [(asked, _booking)] = page.context["mine"].asked
    assert (asked.progress.percent, asked.progress.next_page.slug) == (25, "a-worry")
    assert page.context["mine"].under_way == []
    assert page.content.decode().count(f'href="{attempt.get_absolute_url()}"') == 1
    assert "25% done Next: A worry" in words(page)
    assert words(page).count("Continue") == 1


def test_a_colleagues_training_is_not_mine(browser, acting_for, course):
    complete(acting_for("staff"), course)
    begin(acting_for("staff"), course)

    page = browser.get("/training/")

    assert (list(page.context["mine"].under_way), list(page.context["mine"].completions)) == ([], [])


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

    with django_assert_num_queries(12):
        page = browser.get("/training/")

    assert (len(page.context["mine"].offered), len(page.context["mine"].completions)) == (count + 1, count + 1)


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
        "The ActSeen in the original. Section 26 only", "A newspaperSeen second hand", "A rumourNot verified",
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
