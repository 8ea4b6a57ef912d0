"""Who must do what: the list, the form with its preview, a requirement's page, and its withdrawal."""

from datetime import date

import pytest

from foundation.core.acting import acting_as
from foundation.jobs.models import Job
from tests.factories.learning import complete
from tests.factories.organisations import person, team
from tests.factories.requirements import ask, equivalence, outside_course, run_jobs
from tests.factories.training import make_course
from tests.training.browsing import cells
from tests.writing_pages import day
from training.models import Assignment, Requirement, Rule
from training.scope import Scope

NEW = "/training/requirements/new/"


@pytest.fixture
def course(_database):
    return make_course("prevent-awareness", title="Prevent awareness course")


@pytest.fixture
def manager(acting_for):
    return acting_for("training_manager", name="Leila Manager")


@pytest.fixture
def admin(acting_for):
    return acting_for("organisation_admin", name="Gwen Admin")


@pytest.fixture
def browser(manager, client_for):
    return client_for(manager)


def typed(course, **changes):
    return {
        "title": "Awareness for all", "course_id": str(course.pk), "staff_groups": "", "job_titles": "",
        "how_often": "completion", "months": "24", "grace_days": "28", "expiring_days": "60", "target": "90",
        **day("starts_on", "1 10 2026"), **changes,
    }  # fmt: skip


def kept(manager):
    with acting_as(manager):
        return list(Requirement.objects.order_by("pk"))


# ---- The list
def test_nothing_asked_yet_offers_the_default_matrix_to_whoever_may_ask(browser, acting_for, client_for):
    empty = cells(browser.get("/training/requirements/"))
    to_read = cells(client_for(acting_for("assurer")).get("/training/requirements/"))

    assert "Nothing is asked of anybody yet" in empty
    assert "Begin from the default matrix" in empty
    assert "A training manager or the Prevent lead says who is to do which course." in to_read
    assert "default matrix" not in to_read


def test_the_list_says_whom_how_often_and_how_many_are_in_date(manager, admin, browser, course):
    person(admin, job_title="Housing Officer")
    complete(manager, course)
    ask(manager, course, target=90)
    ask(manager, course, title="For housing", scope=Scope(job_titles=("Housing",)), months=None)

    page = cells(browser.get("/training/requirements/"))

    assert "Everybody Every 24 months from the day it was done 3 1 of 3 33%, target 90% Below target" in page
    assert "Job title with: “Housing” Once 1 0 of 1 0% In force" in page


def test_what_was_withdrawn_stands_apart_without_figures(manager, browser, course):
    requirement = ask(manager, course)
    browser.post(f"{requirement.get_absolute_url()}withdraw/", {"sure": "on", "version": "1"})

    page = browser.get("/training/requirements/")

    assert [line.requirement.pk for line in page.context["withdrawn"]] == [requirement.pk]
    assert page.context["lines"] == []


def test_a_requirement_says_that_it_is_being_worked_out(manager, browser, course):
    browser.post(NEW, typed(course, save="yes"))

    page = cells(browser.get("/training/requirements/"))

    assert "Being worked out" in page


def test_the_list_costs_the_same_for_one_requirement_and_for_four(
    manager, browser, course, django_assert_max_num_queries
):
    ask(manager, course)
    browser.get("/training/requirements/")
    with django_assert_max_num_queries(60) as one:
        browser.get("/training/requirements/")
    for number in range(3):
        ask(manager, course, title=f"Another {number}")

    with django_assert_max_num_queries(60) as four:
        browser.get("/training/requirements/")

    assert len(four) == len(one)


# ---- The default matrix
def test_the_matrix_offers_what_fits_the_sector_and_marks_what_is_in_use(manager, browser, course):
    make_course("making-a-referral", title="Making a referral")
    ask(manager, course, title="Prevent awareness for everybody")

    page = browser.get("/training/requirements/matrix/")

    offered = {line["default"].code: line["is_used"] for line in page.context["lines"]}
    assert offered == {"la-everybody": True, "la-front-line": False, "la-prevent-lead": False}
    assert "a starting point, not a rule of law" in cells(page)


def test_a_form_begun_from_the_matrix_is_filled_in_and_says_where_it_comes_from(browser, course):
    page = browser.get(f"{NEW}?from=la-everybody")

    values = {name: page.context["form"][name].value() for name in ("title", "course_id", "months", "how_often")}
    assert values == {
        "title": "Prevent awareness for everybody", "course_id": course.pk, "months": 24, "how_often": "completion",
    }  # fmt: skip
    assert "a starting point, not a rule of law" in cells(page)


# ---- Preview, then save
def test_the_preview_says_whom_it_asks_and_why_and_saves_nothing(manager, admin, browser, course):
    housing = team(admin, "Housing")
    person(admin, name="Ann Bowen", job_title="Rents Officer", team_id=team(admin, "Rents", part_of=housing).pk)

    page = browser.post(NEW, typed(course, teams=[str(housing.pk)]))

    assert "It asks 1 of 3 people" in cells(page)
    assert "Ann Bowen Rents Officer Housing" in cells(page)
    assert "Nothing is saved yet." in cells(page)
    assert kept(manager) == []


def test_saving_from_the_preview_keeps_what_was_typed_and_works_it_out(manager, browser, course):
    preview = browser.post(NEW, typed(course, employments=["permanent", "agency"], sure="yes"))
    hidden = {}
    for name, value in preview.context["typed"]:
        hidden.setdefault(name, []).append(value)

    saved = browser.post(NEW, {**hidden, "save": "yes", "sure": "yes"}, follow=True)

    requirement = kept(manager)[0]
    with acting_as(manager):
        rule = Rule.objects.get(requirement=requirement)
    assert saved.redirect_chain == [(requirement.get_absolute_url(), 302)]
    assert (requirement.title, requirement.target, requirement.starts_on) == (
        "Awareness for all",
        90,
        date(2026, 10, 1),
    )
    assert rule.scope == {"employments": ["permanent", "agency"]}
    assert (rule.months, rule.grace_days, rule.expiring_days) == (24, 28, 60)
    assert run_jobs(manager) == 1


def test_a_rule_that_asks_nobody_warns_and_is_saved_only_when_that_is_confirmed(manager, browser, course):
    nobody = typed(course, job_titles="Astronaut")

    preview = cells(browser.post(NEW, nobody))
    without = cells(browser.post(NEW, nobody | {"save": "yes"}))
    before = kept(manager)
    browser.post(NEW, nobody | {"save": "yes", "sure": "yes"})

    assert "It asks nobody who is here today." in preview
    assert "Confirm that it may ask nobody for now" in without
    assert before == []
    assert [each.title for each in kept(manager)] == ["Awareness for all"]


def test_a_rule_that_asks_everybody_says_so(browser, course):
    page = cells(browser.post(NEW, typed(course)))

    assert "It asks 1 of 1 person" in page
    assert "It asks everybody who is here today." in page


def test_going_back_from_the_preview_loses_nothing(browser, course):
    page = browser.post(NEW, typed(course, job_titles="Housing\nLicensing", back="yes"))

    form = page.context["form"]
    assert (form["title"].value(), form["job_titles"].value()) == ("Awareness for all", "Housing\nLicensing")
    assert form.errors == {}


@pytest.mark.parametrize(
    ("changes", "field", "error"),
    [
        ({"months": ""}, "months", "Enter how many months"),
        ({"how_often": "once"}, "months", "Leave the months empty where it is asked once"),
        ({"how_often": "window"}, "window_from", "Enter the first day of a period"),
        (day("window_from", "1 9 2026"), "window_from",
         "Leave this empty where it is not asked by periods of the calendar"),
        (day("started_from", "2 1 2026") | day("started_to", "1 1 2026"), "started_to",
         "The last starting date is before the first"),
        ({"target": "101"}, "target", "Ensure this value is less than or equal to 100."),
        ({"job_titles": "x" * 101}, "job_titles", "Keep each line to 100 characters"),
        ({"job_titles": "\n".join(map(str, range(51)))}, "job_titles", "Enter at most 50 lines"),
    ],
)  # fmt: skip
def test_an_error_is_said_at_its_field_and_nothing_is_saved(manager, browser, course, changes, field, error):
    page = browser.post(NEW, typed(course, save="yes", **changes))

    assert page.context["form"].errors == {field: [error]}
    assert kept(manager) == []


def test_a_title_that_is_taken_is_refused_with_a_sentence(manager, browser, course):
    ask(manager, course, title="Awareness for ALL")

    page = browser.post(NEW, typed(course, save="yes"))

    assert "There is a requirement with this title already." in cells(page)
    assert len(kept(manager)) == 1


# ---- Changing one
def change_of(requirement, **changes):
    return {
        "title": requirement.title, "staff_groups": "", "job_titles": "", "how_often": "completion", "months": "24",
        "grace_days": "28", "expiring_days": "60", "target": "", "version": str(requirement.version), **changes,
    }  # fmt: skip


def test_a_change_shows_how_many_come_under_it_and_how_many_leave(manager, admin, browser, course):
    person(admin, job_title="Housing Officer")
    person(admin, job_title="Licensing Officer")
    person(admin, job_title="Licensing Clerk")
    requirement = ask(manager, course, scope=Scope(job_titles=("Housing",)))

    page = cells(
        browser.post(f"{requirement.get_absolute_url()}change/", change_of(requirement, job_titles="Licensing"))
    )

    assert "2 come under it" in page
    assert "1 are not asked any longer" in page


def test_a_saved_change_is_a_new_rule_and_the_history_says_both(manager, admin, browser, course):
    person(admin, job_title="Housing Officer")
    requirement = ask(manager, course)
    address = f"{requirement.get_absolute_url()}change/"

    browser.post(address, change_of(requirement, job_titles="Housing", save="yes"))
    run_jobs(manager)

    page = cells(browser.get(requirement.get_absolute_url()))
    assert "Rule 2: Job title with: “Housing”" in page
    assert "Rule 1: Everybody" in page
    assert "Leila Manager" in page
    with acting_as(manager):
        standing = Assignment.objects.filter(requirement=requirement, known_until__isnull=True)
        assert [row.job_title for row in standing] == ["Housing Officer"]


def test_of_two_who_change_at_once_the_second_sees_both_and_loses_nothing(
    manager, browser, acting_for, client_for, course
):
    requirement = ask(manager, course)
    address = f"{requirement.get_absolute_url()}change/"
    client_for(acting_for("prevent_lead", name="Hal Theirs")).post(
        address, change_of(requirement, title="Theirs", save="yes")
    )

    conflict = browser.post(address, change_of(requirement, title="Mine", save="yes"))

    differing = {str(each.label): (each.theirs, each.mine) for each in conflict.context["editor"].conflict.fields}
    assert conflict.status_code == 409
    assert differing == {"Title": ("Theirs", "Mine")}
    assert kept(manager)[0].title == "Theirs"


def test_what_was_withdrawn_cannot_be_changed(manager, browser, course):
    requirement = ask(manager, course)
    browser.post(f"{requirement.get_absolute_url()}withdraw/", {"sure": "on", "version": "1"})

    page = browser.get(f"{requirement.get_absolute_url()}change/", follow=True)

    assert page.redirect_chain == [(requirement.get_absolute_url(), 302)]
    assert "This requirement was withdrawn." in cells(page)


# ---- Its page
def test_its_page_says_the_rule_what_counts_for_it_and_whom_it_asks(manager, admin, browser, course):
    person(admin, name="Ann Bowen", job_title="Housing Officer")
    equivalence(manager, outside_course(manager), course, months=12)
    requirement = ask(manager, course, scope=Scope(job_titles=("Housing",)), target=85)

    page = cells(browser.get(requirement.get_absolute_url()))

    assert "Job title with “Housing”" in page
    assert "1 other course counts for it" in page
    assert "A day with the police (The police), good for 12 months" in page
    assert "Ann Bowen – Housing Officer Job title with “Housing”" in page


def test_its_people_are_found_by_name_and_by_status(manager, admin, browser, course):
    person(admin, name="Ann Bowen")
    person(admin, name="Dev Patel")
    complete(manager, course)
    requirement = ask(manager, course)
    address = requirement.get_absolute_url()

    found = browser.post(address, {"search": "bowen"}, follow=True)
    in_date = browser.get(f"{address}?standing=in_date")
    nobody = cells(browser.get(f"{address}?standing=waived"))

    assert [line["name"] for line in found.context["lines"]] == ["Ann Bowen"]
    assert [line["name"] for line in in_date.context["lines"]] == ["Leila Manager"]
    assert "Nobody whom it asks fits this search and filter." in nobody


def test_its_page_costs_the_same_for_two_people_and_for_twenty(
    manager, admin, browser, course, django_assert_max_num_queries
):
    requirement = ask(manager, course)
    browser.post(f"{requirement.get_absolute_url()}again/")
    run_jobs(manager)
    browser.get(requirement.get_absolute_url())
    with django_assert_max_num_queries(60) as few:
        browser.get(requirement.get_absolute_url())
    for _number in range(18):
        person(admin, team_id=None)
    browser.post(f"{requirement.get_absolute_url()}again/")
    run_jobs(manager)
    browser.get(requirement.get_absolute_url())  # says what was done, once

    with django_assert_max_num_queries(60) as many:
        page = browser.get(requirement.get_absolute_url())

    assert len(page.context["lines"]) == 20
    assert len(many) == len(few)


def test_a_job_that_failed_says_so_and_can_be_done_again(manager, browser, course):
    browser.post(NEW, typed(course, save="yes"))
    requirement = kept(manager)[0]
    with acting_as(manager):
        job = Job.objects.get(name="training.work_out")
        Job.objects.filter(pk=job.pk).update(
            status="failed", failure_code="error", failure_sentence="It broke.", finished_at=requirement.created_at
        )
    page = cells(browser.get(requirement.get_absolute_url()))

    browser.post(f"{requirement.get_absolute_url()}again/")

    assert "It broke." in page
    assert "Work it out again" in page
    assert run_jobs(manager) == 1
    assert "Work it out again" not in cells(browser.get(requirement.get_absolute_url()))


def test_whoever_reads_sees_no_button_to_change_or_withdraw(manager, acting_for, client_for, course):
    requirement = ask(manager, course)

    page = cells(client_for(acting_for("assurer")).get(requirement.get_absolute_url()))

    assert "Change it" not in page
    assert "Withdraw it" not in page


def test_withdrawing_asks_for_confirmation_and_asks_nobody_from_then_on(manager, browser, course):
    requirement = ask(manager, course)
    address = f"{requirement.get_absolute_url()}withdraw/"

    unsure = browser.post(address, {"version": "1"})
    done = browser.post(address, {"version": "1", "sure": "on"})

    assert unsure.context["form"].errors == {"sure": ["Confirm that nobody is to be asked any longer"]}
    assert done.status_code == 302
    page = cells(browser.get(requirement.get_absolute_url()))
    assert "Nobody is asked for it any longer." in page
    with acting_as(manager):
        assert not Assignment.objects.filter(requirement=requirement, known_until__isnull=True).exists()
