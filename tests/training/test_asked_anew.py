"""A version of a course that asks everybody anew: what was done in an earlier one counts for the days of the rule."""

from datetime import date, timedelta

import pytest

from foundation.core.acting import acting_as
from foundation.jobs.models import Job
from tests.conftest import NOW
from tests.factories import learning
from tests.factories import own_courses as made
from tests.factories.asking import ask, assignment, record, standing, work_out
from tests.factories.organisations import person
from tests.factories.training import make_course
from tests.training.browsing import words
from training import actions
from training.content import Page
from training.models import CourseVersion, Equivalence

TODAY = NOW.date()
LAST = TODAY + timedelta(days=28)
BEFORE = NOW - timedelta(days=30)


@pytest.fixture
def author(acting_for):
    return acting_for("training_manager", "organisation_admin", name="Ann Author")


@pytest.fixture
def learner(acting_for):
    return acting_for("staff", name="Leila Learner")


@pytest.fixture
def draft(author):
    return made.written(author, now=BEFORE)


@pytest.fixture
def course(author, draft):
    return made.published(author, draft, now=BEFORE).course


def publish_again(author, draft, *, anew: bool, body: str = "All new.", now=NOW) -> CourseVersion:
    with acting_as(author):
        page = Page("welcome", "Welcome", body)
        actions.change_page(draft_id=draft.pk, version=99, page=page, by=author, now=now)
    return made.published(author, draft, expires_earlier=anew, now=now)


def how_it_stands(author, learner) -> tuple[date | None, date, list[str]]:
    row = assignment(author, learner.membership)
    return row.valid_until, row.due_on, standing(author, learner.membership)


def test_what_was_done_before_counts_for_the_days_of_the_rule_and_then_no_longer(author, learner, draft, course):
    requirement = ask(author, course, now=BEFORE)
    learning.complete(learner, course, BEFORE)

    publish_again(author, draft, anew=True)
    changed = work_out(author, requirement)

    assert changed == 2  # one row closed, one opened
    assert how_it_stands(author, learner) == (LAST, LAST, ["expiring"])
    assert standing(author, learner.membership, LAST + timedelta(days=1), today=LAST + timedelta(days=1)) == ["overdue"]
    assert work_out(author, requirement) == 0


def test_it_still_counts_where_the_new_version_asks_nobody_anew(author, learner, draft, course):
    requirement = ask(author, course, now=BEFORE)
    learning.complete(learner, course, BEFORE)

    publish_again(author, draft, anew=False)

    assert work_out(author, requirement) == 0
    assert standing(author, learner.membership) == ["in_date"]


def test_publishing_has_those_requirements_worked_out_for_which_the_course_counts(author, draft, course, backup):
    other = make_course("other")
    with acting_as(author):
        Equivalence.objects.create(
            organisation=author.organisation, done=course, counts_for=other, reason="Same", recorded_at=NOW,
            recorded_by=author.membership,
        )  # fmt: skip
    wanted = [ask(author, course, title="Ours"), ask(author, other, title="Theirs")]
    ask(author, make_course("third"), title="Third")
    before = set(backup(Job).values_list("pk", flat=True))

    publish_again(author, draft, anew=True)

    queued = backup(Job).exclude(pk__in=before).order_by("pk")
    assert [(job.name, job.arguments["requirement_id"]) for job in queued] == [
        ("training.work_out", requirement.pk) for requirement in wanted
    ]


def test_who_did_the_new_version_is_in_date(author, learner, draft, course):
    requirement = ask(author, course, now=BEFORE)
    learning.complete(learner, course, BEFORE)
    publish_again(author, draft, anew=True)
    work_out(author, requirement)

    learning.complete(learner, course, NOW)

    assert how_it_stands(author, learner) == (date(2028, 11, 23), date(2028, 11, 23), ["in_date"])


def test_who_was_inside_and_finishes_the_earlier_version_is_asked_again_too(author, learner, draft, course):
    ask(author, course, now=BEFORE)
    attempt = learning.up_to(learner, learning.begin(learner, course, now=BEFORE), "final-check", BEFORE)
    publish_again(author, draft, anew=True)

    learning.answer(learner, attempt, "final-check", now=NOW)

    assert how_it_stands(author, learner) == (LAST, LAST, ["expiring"])


def test_a_requirement_that_is_made_later_counts_the_earlier_version_no_longer(author, learner, draft, course):
    learning.complete(learner, course, BEFORE)
    publish_again(author, draft, anew=True)

    ask(author, course, starts_on=TODAY)

    assert how_it_stands(author, learner) == (LAST, LAST, ["expiring"])


def test_what_ends_sooner_by_itself_is_not_made_longer(author, learner, draft, course):
    requirement = ask(author, course, now=BEFORE, months=1)
    learning.complete(learner, course, BEFORE)

    publish_again(author, draft, anew=True)

    assert work_out(author, requirement) == 0
    assert assignment(author, learner.membership).valid_until == date(2026, 11, 24)


@pytest.mark.parametrize(("done", "until"), [(TODAY - timedelta(days=1), LAST), (TODAY, date(2028, 11, 23))])
def test_what_was_done_elsewhere_before_that_day_is_asked_again(author, draft, course, done, until):
    requirement = ask(author, course, now=BEFORE)
    colleague = person(author, name="Cole Colleague", starts_on=date(2026, 1, 1))
    publish_again(author, draft, anew=True)

    record(author, colleague, course, done)
    work_out(author, requirement)

    assert assignment(author, colleague).valid_until == until


def test_a_version_after_it_that_asks_nobody_anew_changes_nothing_about_it(author, learner, draft, course):
    requirement = ask(author, course, now=BEFORE)
    learning.complete(learner, course, BEFORE)
    publish_again(author, draft, anew=True)
    publish_again(author, draft, anew=False, body="Newer still.", now=NOW + timedelta(hours=1))

    work_out(author, requirement)

    assert assignment(author, learner.membership).valid_until == LAST


def test_who_is_inside_reads_whether_what_they_began_will_count(author, learner, draft, course, client_for):
    learning.begin(learner, course, now=BEFORE)
    publish_again(author, draft, anew=False)
    mild = client_for(learner).get(course.get_absolute_url())
    publish_again(author, draft, anew=True, body="Newer still.")

    strict = client_for(learner).get(course.get_absolute_url())

    assert "You can finish the one you began, or begin anew with the newer one." in words(mild)
    assert "everybody is asked to take it. Begin anew" in words(strict)
