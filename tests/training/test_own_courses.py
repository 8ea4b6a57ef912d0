"""Writing, publishing and withdrawing a course of the organisation's own."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.ledger.models import Event
from tests.at_once import at_once
from tests.conftest import NOW, acting_of, make_membership
from tests.factories import learning
from tests.factories import own_courses as made
from tests.factories.asking import ask
from tests.factories.records import outside_course
from tests.factories.training import make_course, publish, question, small_content
from training import actions, course_editing, queries
from training.content import Page, Video
from training.models import CourseDraft, CourseVersion, DraftState


@pytest.fixture
def author(acting_for):
    return acting_for("training_manager", name="Ann Author")


@pytest.fixture
def learner(acting_for):
    return acting_for("staff", name="Leila Learner")


@pytest.fixture
def draft(author):
    return made.written(author)


def do(by, action, draft, **arguments):
    with acting_as(by):
        return action(draft_id=draft.pk, by=by, now=NOW, **arguments)


def slugs(author, draft) -> list[list[str]]:
    return [
        [page.slug for page in module.pages] for module in made.content_of(made.as_it_stands(author, draft)).modules
    ]


def state(author, draft) -> str:
    return made.as_it_stands(author, draft).state


# ---- Beginning
def test_a_course_of_the_portal_is_the_start_of_ones_own(author):
    course = make_course()

    with acting_as(author):
        draft = actions.begin_course(title=" Ours ", copy_of_id=course.pk, by=author, now=NOW)

    content = made.content_of(draft)
    assert (draft.title, draft.created_by_id, draft.course_id) == ("Ours", author.membership_id, None)
    assert [page.slug for page in content.pages] == ["welcome", "a-worry", "check", "final-check"]
    assert (content.sectors, content.before, content.reviewed_on) == ((), (), None)
    assert len({module.slug for module in content.modules} - {""}) == 2


def test_only_the_portals_courses_are_copied(author, other_organisation):
    course = make_course("theirs", organisation=other_organisation)

    with acting_as(author), pytest.raises(RuleBroken, match="Choose one of the portal's courses"):
        actions.begin_course(title="Ours", copy_of_id=course.pk, by=author, now=NOW)


@pytest.mark.parametrize("fields", [{"provider": "GOV.UK"}, {"withdrawn_at": NOW}])
def test_a_course_given_elsewhere_or_offered_no_longer_is_not_copied(author, fields):
    course = outside_course(**({"provider": ""} | fields))

    with acting_as(author), pytest.raises(RuleBroken, match="Choose one of the portal's courses"):
        actions.begin_course(title="Ours", copy_of_id=course.pk, by=author, now=NOW)


def test_a_course_without_a_title_is_not_begun(author):
    with acting_as(author), pytest.raises(RuleBroken, match="Enter a title"):
        actions.begin_course(title="  ", by=author, now=NOW)


# ---- Parts and pages
def test_pages_move_within_their_part_and_on_into_the_next(author, draft):
    do(author, actions.add_module, draft, title="More")
    move = {"page": "welcome", "way": "down"}

    do(author, actions.move_page, draft, **move)
    after_one = slugs(author, draft)
    do(author, actions.move_page, draft, **move)
    after_two = slugs(author, draft)
    do(author, actions.move_page, draft, **move)

    assert after_one == [["final-check", "welcome"], []]
    assert after_two == [["final-check"], ["welcome"]]
    assert slugs(author, draft) == after_two


def test_a_page_moves_up_out_of_its_part_to_the_end_of_the_one_before(author, draft):
    do(author, actions.add_module, draft, title="More")
    second = made.content_of(made.as_it_stands(author, draft)).modules[1].slug
    do(author, actions.add_page, draft, module=second, page=Page("late", "Late"))

    do(author, actions.move_page, draft, page="late", way="up")

    assert slugs(author, draft) == [["welcome", "final-check", "late"], []]


def test_parts_move_and_go_with_what_they_hold(author, draft):
    do(author, actions.add_module, draft, title="More")
    first = made.part_of(draft)

    do(author, actions.move_module, draft, module=first, way="down")
    moved = slugs(author, draft)
    do(author, actions.remove_module, draft, version=99, module=first)

    assert moved == [[], ["welcome", "final-check"]]
    assert slugs(author, draft) == [[]]


def test_changing_a_page_keeps_its_pictures(author, draft):
    made.with_picture(author, draft)

    do(author, actions.change_page, draft, version=99, page=Page("welcome", "Hello", "Else."))

    page = made.content_of(made.as_it_stands(author, draft)).pages[0]
    assert (page.title, page.body, [each.alt for each in page.pictures]) == ("Hello", "Else.", ["A plan of the floor"])


def test_two_people_write_on_two_pages_and_neither_is_refused(author, draft):
    other = acting_of(make_membership(author.organisation, "prevent_lead"))
    seen = draft.version

    do(author, actions.change_page, draft, version=seen, page=Page("welcome", "Hello", "Mine."))
    do(other, actions.change_question, draft, version=seen, question=question("q-1", text="Theirs?"))

    content = made.content_of(made.as_it_stands(author, draft))
    assert (content.pages[0].body, content.modules[0].questions[0].text) == ("Mine.", "Theirs?")


def test_two_people_write_on_one_page_and_the_second_is_told(author, draft):
    other = acting_of(make_membership(author.organisation, "prevent_lead"))
    seen = draft.version
    do(other, actions.change_page, draft, version=seen, page=Page("welcome", "Hello", "Theirs."))

    with pytest.raises(StaleVersion):
        do(author, actions.change_page, draft, version=seen, page=Page("welcome", "Hello", "Mine."))

    assert made.content_of(made.as_it_stands(author, draft)).pages[0].body == "Theirs."


def test_a_page_and_a_question_of_the_same_name_are_two_things(author, draft):
    do(author, actions.add_page, draft, module=made.part_of(draft), page=Page("q-1", "Named like a question"))
    seen = made.as_it_stands(author, draft).version
    do(author, actions.change_page, draft, version=seen, page=Page("q-1", "Changed"))

    do(author, actions.change_question, draft, version=seen, question=question("q-1", text="Else?"))

    assert made.content_of(made.as_it_stands(author, draft)).modules[0].questions[0].text == "Else?"


@pytest.mark.parametrize("changed", ["page", "question", "picture"])
def test_a_part_is_not_removed_with_what_somebody_changed_in_it_meanwhile(author, draft, changed):
    made.with_picture(author, draft)
    seen = made.as_it_stands(author, draft).version
    if changed == "page":
        do(author, actions.change_page, draft, version=seen, page=Page("welcome", "Hello", "New."))
    elif changed == "question":
        do(author, actions.change_question, draft, version=seen, question=question("q-1", text="Else?"))
    else:
        said = {"page": "welcome", "number": 1, "alt": "Another plan", "caption": ""}
        do(author, actions.change_picture, draft, version=seen, **said)

    with pytest.raises(StaleVersion):
        do(author, actions.remove_module, draft, version=seen, module=made.part_of(draft))

    assert slugs(author, draft) == [["welcome", "final-check"]]


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "http://video.example/1", "https://", "https://a@b.example/"]
)
def test_a_video_with_another_kind_of_address_is_not_kept(author, draft, address):
    film = Page("film", "A film", video=Video(address, "They talk."))

    with pytest.raises(RuleBroken, match="address"):
        do(author, actions.add_page, draft, module=made.part_of(draft), page=film)

    assert slugs(author, draft) == [["welcome", "final-check"]]


def test_a_course_has_its_limits(author, draft, monkeypatch):
    monkeypatch.setattr(course_editing, "MOST_PAGES", 2)
    monkeypatch.setattr(course_editing, "MOST_PARTS", 1)
    monkeypatch.setattr(course_editing, "MOST_QUESTIONS", 2)
    part = made.part_of(draft)

    with pytest.raises(RuleBroken, match="A course has at most 2 pages"):
        do(author, actions.add_page, draft, module=part, page=Page("more", "More"))
    with pytest.raises(RuleBroken, match="A course has at most 1 parts"):
        do(author, actions.add_module, draft, title="More")
    with pytest.raises(RuleBroken, match="A course has at most 2 questions"):
        do(author, actions.add_question, draft, module=part, question=question("q-3"))


def test_what_was_removed_meanwhile_is_said(author, draft):
    do(author, actions.remove_page, draft, version=99, page="welcome")

    with pytest.raises(RuleBroken, match="Somebody removed it meanwhile"):
        do(author, actions.move_page, draft, page="welcome", way="up")


# ---- Publishing
def test_publishing_makes_a_version_that_people_can_take(author, learner, draft, backup):
    published = made.published(author, draft)

    attempt = learning.begin(learner, published.course)

    assert (published.number, published.published_by_id, published.published_at) == (1, author.membership_id, NOW)
    assert (published.course.title, published.course.organisation_id) == ("Our own course", author.organisation_id)
    assert attempt.version_id == published.pk
    assert state(author, draft) == DraftState.PUBLISHED
    event = backup(Event).get(verb="training.course_published")
    assert json.loads(event.facts) == {"number": 1, "course": published.course.code, "expires_earlier": False}


def test_who_is_inside_finishes_the_version_they_began(author, learner, draft):
    first = made.published(author, draft)
    attempt = learning.begin(learner, first.course)
    do(author, actions.change_page, draft, version=99, page=Page("welcome", "Welcome", "All new."))
    changed = state(author, draft)

    second = made.published(author, draft, expires_earlier=True)

    with acting_as(author):
        inside = queries.count_inside(author, first.course)
    assert (changed, state(author, draft)) == (DraftState.CHANGED, DraftState.PUBLISHED)
    assert (second.number, second.expires_earlier, inside) == (2, True, 1)
    assert learning.progress(learner, attempt).content.pages[0].body == "Read this first."


def test_a_first_version_has_nothing_to_expire(author, draft):
    assert made.published(author, draft, expires_earlier=True).expires_earlier is False


def test_a_course_with_a_problem_is_not_published(author, draft, backup):
    do(author, actions.remove_page, draft, version=99, page="final-check")

    with pytest.raises(RuleBroken, match="something to put right"):
        made.published(author, draft)

    assert backup(CourseVersion).count() == 0


def test_what_learners_read_already_is_not_published_again(author, draft):
    made.published(author, draft)

    with pytest.raises(RuleBroken, match="Nothing was changed since"):
        made.published(author, draft)


def test_two_people_publish_at_once_and_one_wins(committed, author, draft, backup):
    other = acting_of(make_membership(author.organisation, "prevent_lead"))

    def click(by):
        return lambda: do(by, actions.publish_course, draft, version=draft.version)

    results = at_once(click(author), click(other))

    assert sorted(type(each).__name__ for each in results) == ["CourseVersion", "StaleVersion"]
    assert backup(CourseVersion).count() == 1


def test_a_version_that_is_published_later_is_not_begun(author, learner, draft):
    published = made.published(author, draft, now=NOW + timedelta(minutes=1))

    with pytest.raises(RuleBroken, match="not published yet"):
        learning.begin(learner, published.course)


def test_a_title_without_latin_letters_still_gives_the_course_an_address(author):
    published = made.published(author, made.written(author, title="课程"))

    assert published.course.code.startswith("course-")


# ---- Withdrawing
def test_a_course_that_a_requirement_asks_for_is_not_withdrawn(author, draft):
    course = made.published(author, draft).course
    ask(author, course, title="Our own")

    with pytest.raises(RuleBroken, match="“Our own” asks people for this course"):
        do(author, actions.withdraw_course, draft)

    assert state(author, draft) == DraftState.PUBLISHED


def test_a_withdrawn_course_is_finished_by_who_is_inside_and_begun_by_nobody(author, learner, acting_for, draft):
    course = made.published(author, draft).course
    attempt = learning.begin(learner, course)

    do(author, actions.withdraw_course, draft)

    withdrawn = state(author, draft)
    learning.finish(learner, attempt, "welcome")
    with pytest.raises(RuleBroken, match="no longer offered"):
        learning.begin(acting_for("staff"), course)
    do(author, actions.offer_course, draft)
    learning.begin(acting_for("staff"), course)
    assert (withdrawn, state(author, draft)) == (DraftState.WITHDRAWN, DraftState.PUBLISHED)


def test_withdrawing_and_offering_twice_is_refused(author, draft):
    with pytest.raises(RuleBroken, match="never published"):
        do(author, actions.withdraw_course, draft)
    made.published(author, draft)

    with pytest.raises(RuleBroken, match="offered already"):
        do(author, actions.offer_course, draft)
    do(author, actions.withdraw_course, draft)
    with pytest.raises(RuleBroken, match="withdrawn already"):
        do(author, actions.withdraw_course, draft)


# ---- Who may
def test_another_organisation_does_not_find_the_draft(draft, other_organisation):
    stranger = acting_of(make_membership(other_organisation, "training_manager"))

    with pytest.raises(CourseDraft.DoesNotExist):
        do(stranger, actions.withdraw_course, draft)


def test_a_draft_is_offered_to_nobody(author, learner, draft):
    with acting_as(learner):
        assert queries.offered(learner) == []


def test_a_newer_version_of_the_portals_course_is_not_begun_before_its_time(learner):
    course = make_course()
    publish(course, replace(small_content(), minutes=30), now=NOW + timedelta(days=1))

    with pytest.raises(RuleBroken, match="not published yet"):
        learning.begin(learner, course)
