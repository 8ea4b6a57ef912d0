"""A learner's way through a course: begin, read on, answer, complete. The database holds what really happened."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist

from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from foundation.ledger.models import Event
from tests.conftest import NOW
from tests.factories.learning import answer, begin, chosen, complete, finish, progress, up_to
from tests.factories.training import make_course, publish, question, small_content, withdraw
from training import actions, choosing, queries, workflow
from training.content import Content, Module, Page
from training.models import Attempt, Certificate, Completion, PageDone, Reply
from training.workflow import MOVES, Status


@pytest.fixture
def learner(acting_for):
    return acting_for("staff", name="Leila Learner")


@pytest.fixture
def course(_database):
    return make_course()


def verbs(backup) -> list[str]:
    return list(backup(Event).filter(verb__startswith="training.").order_by("pk").values_list("verb", flat=True))


# ---- Beginning
def test_beginning_takes_the_latest_version_and_is_recorded(committed, learner, course, backup):
    publish(course, small_content(minutes=25))

    attempt = begin(learner, course, sector="LA")

    row = backup(Attempt).get()
    assert (row.pk, row.version.number, row.sector, row.status) == (attempt.pk, 2, "LA", Status.IN_PROGRESS)
    assert (row.started_at, row.moved_at, row.ended_at) == (NOW, NOW, None)
    assert verbs(backup) == ["training.begun"]


def test_beginning_twice_goes_on_with_the_way_one_is_on(committed, learner, course, backup):
    first = begin(learner, course, sector="LA")

    second = begin(learner, course, sector="SCH", now=NOW + timedelta(days=1))

    assert second.pk == first.pk
    assert backup(Attempt).get().sector == "LA"
    assert verbs(backup) == ["training.begun"]


def test_a_version_that_the_course_does_not_have_is_refused(committed, learner, course, backup):
    with pytest.raises(RuleBroken, match="Select one of the versions that this course has"):
        begin(learner, course, sector="HE")

    assert backup(Attempt).count() == 0


def test_a_withdrawn_course_is_not_begun_but_finished_by_who_is_in_it(committed, learner, acting_for, course, backup):
    attempt = up_to(learner, begin(learner, course), "final-check")
    withdraw(course)

    with pytest.raises(RuleBroken, match="This course is no longer offered"):
        begin(acting_for("staff"), course)
    again = begin(learner, course)
    answer(learner, attempt, "final-check")

    assert again.pk == attempt.pk
    assert [row.membership_id for row in backup(Completion)] == [learner.membership_id]


def test_another_organisations_course_is_not_there(committed, learner, other_organisation, backup):
    course, theirs = make_course(), make_course("theirs", organisation=other_organisation)

    with pytest.raises(ObjectDoesNotExist):
        begin(learner, theirs)

    assert begin(learner, course).course_id == course.pk
    assert backup(Attempt).count() == 1


# ---- Beginning anew
def test_beginning_anew_keeps_what_was_done_and_takes_the_newest_version(committed, learner, course, backup):
    old = up_to(learner, begin(learner, course), "check")
    publish(course, small_content(minutes=25))
    later = NOW + timedelta(days=2)

    with acting_as(learner):
        new = actions.begin_anew(attempt_id=old.pk, sector="SCH", by=learner, now=later)

    ended, current = backup(Attempt).order_by("pk")
    assert (ended.pk, ended.status, ended.ended_at, ended.version.number) == (old.pk, Status.ENDED, later, 1)
    assert (current.pk, current.status, current.version.number) == (new.pk, Status.IN_PROGRESS, 2)
    assert {row.attempt_id for row in backup(Reply)} | {row.attempt_id for row in backup(PageDone)} == {old.pk}
    assert verbs(backup)[-2:] == ["training.begun_anew", "training.begun"]


def test_beginning_a_withdrawn_course_anew_changes_nothing(committed, learner, course, backup):
    attempt = begin(learner, course)
    withdraw(course)

    with acting_as(learner), pytest.raises(RuleBroken, match="no longer offered"):
        actions.begin_anew(attempt_id=attempt.pk, by=learner, now=NOW)

    assert backup(Attempt).get().status == Status.IN_PROGRESS


def test_a_version_published_meanwhile_leaves_whoever_is_inside_on_theirs(committed, learner, course, backup):
    attempt = begin(learner, course)
    last = Module("Last", (Page("new-page", "New page"), *small_content().modules[1].pages))
    publish(course, small_content(modules=(small_content().modules[0], last)))

    complete_pages = [page.slug for page in progress(learner, attempt).content.pages]
    up_to(learner, attempt, "final-check")
    answer(learner, attempt, "final-check")

    assert complete_pages == ["welcome", "a-worry", "check", "final-check"]
    assert backup(Completion).get().version_number == 1


# ---- Going through pages
def test_a_page_is_put_behind_once(committed, learner, course, backup):
    attempt = begin(learner, course)
    later = NOW + timedelta(minutes=1)

    finish(learner, attempt, "welcome", now=later)
    finish(learner, attempt, "welcome", now=later + timedelta(minutes=1))

    assert [(row.page, row.done_at) for row in backup(PageDone)] == [("welcome", later)]
    assert backup(Attempt).get().moved_at == later
    assert verbs(backup) == ["training.begun", "training.page_done"]


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ("a-worry", "Go through the pages before this one first"),
        ("final-check", "Go through the pages before this one first"),
        ("in-your-school", "This course has no such page"),
        ("nowhere", "This course has no such page"),
    ],
)
def test_a_page_that_is_ahead_or_not_there_is_refused(committed, learner, course, backup, page, why):
    attempt = begin(learner, course, sector="LA")

    with pytest.raises(RuleBroken, match=why):
        finish(learner, attempt, page)

    assert backup(PageDone).count() == 0


@pytest.mark.parametrize("page", ["a-worry", "check", "final-check"])
def test_a_question_keeps_one_on_its_page_until_it_is_answered(committed, learner, course, backup, page):
    attempt = up_to(learner, begin(learner, course), page)

    with pytest.raises(RuleBroken, match="Answer the question on this page first"):
        finish(learner, attempt, page)

    assert page not in {row.page for row in backup(PageDone)}


def test_a_wrong_answer_lets_one_go_on_but_from_the_final_check(committed, learner, course):
    attempt = up_to(learner, begin(learner, course), "a-worry")

    for page in ("a-worry", "check"):
        answer(learner, attempt, page, option=1)
        finish(learner, attempt, page)
    answer(learner, attempt, "final-check", option=1)

    with pytest.raises(RuleBroken, match="Answer the question on this page first"):
        finish(learner, attempt, "final-check")


def slow() -> Content:
    first, last = small_content().modules
    return small_content(
        modules=(Module("Slow", (Page("slow", "Slow", least_seconds=30), *first.pages), first.questions), last)
    )


@pytest.mark.parametrize(
    ("seconds", "left"), [(0, "30 more seconds"), (10.5, "20 more seconds"), (29.2, "1 more second.")]
)
def test_going_on_sooner_than_the_page_asks_is_refused(committed, learner, backup, seconds, left):
    attempt = begin(learner, make_course(content=slow()))

    with pytest.raises(RuleBroken, match=f"Read on for {left}"):
        finish(learner, attempt, "slow", now=NOW + timedelta(seconds=seconds))

    assert backup(PageDone).count() == 0


def test_going_on_as_soon_as_the_page_asks_is_fine(committed, learner, backup):
    attempt = begin(learner, make_course(content=slow()))

    finish(learner, attempt, "slow", now=NOW + timedelta(seconds=30))

    assert backup(PageDone).get().page == "slow"


# ---- Answering
def test_the_first_answer_stands(committed, learner, course, backup):
    attempt = up_to(learner, begin(learner, course), "a-worry")
    first = answer(learner, attempt, "a-worry", option=1)

    second = answer(learner, attempt, "a-worry", option=0)

    row = backup(Reply).get()
    assert (second.pk, row.pk, row.chosen, row.right, row.total, row.passed) == (
        first.pk, first.pk, {"a-worry": [1]}, 0, 1, False,
    )  # fmt: skip
    assert verbs(backup).count("training.answered") == 1


@pytest.mark.parametrize(("page", "number"), [("a-worry", 2), ("check", 2), ("check", 3)])
def test_a_try_that_is_not_the_next_one_is_refused(committed, learner, course, backup, page, number):
    attempt = up_to(learner, begin(learner, course), page)
    before = backup(Reply).count()

    with pytest.raises(RuleBroken, match="You answered this already"):
        answer(learner, attempt, page, number)

    assert backup(Reply).count() == before


def test_a_check_may_be_tried_again_and_draws_anew_the_same_for_every_device(committed, learner, course):
    attempt = up_to(learner, begin(learner, course), "final-check")
    answer(learner, attempt, "final-check", option=1)

    draws = [set(chosen(learner, attempt, "final-check", number)) for number in range(1, 12)]

    assert draws[1] == set(chosen(learner, attempt, "final-check", 2))
    assert len({frozenset(draw) for draw in draws}) > 1
    assert answer(learner, attempt, "final-check", 2).passed


@pytest.mark.parametrize("picked", [{}, {"a-worry": []}, {"a-worry": [3]}, {"a-worry": [-1]}, {"a-worry": [0, 1]}])
def test_an_answer_that_is_none_is_refused(committed, learner, course, backup, picked):
    attempt = up_to(learner, begin(learner, course), "a-worry")

    with acting_as(learner), pytest.raises(RuleBroken, match="Answer every question"):
        actions.answer(attempt_id=attempt.pk, page="a-worry", number=1, chosen=picked, by=learner, now=NOW)

    assert backup(Reply).count() == 0


def test_all_right_options_are_to_be_chosen_where_there_are_several(committed, learner, backup):
    first, last = small_content().modules
    one, two, three = question("both").options
    asked = question("both", several=True, options=(one, replace(two, right=True), three))
    modules = (Module("Both", (Page("both", "Both", question=asked),)), first, last)
    course = make_course(content=small_content(modules=modules))
    results = []

    for picked in ([0], [0, 1], [1, 0, 1], [0, 1, 2]):
        with acting_as(learner):
            found = queries.open_attempts(learner).first()
            attempt = (
                actions.begin_anew(attempt_id=found.pk, by=learner, now=NOW)
                if found
                else actions.begin(course_id=course.pk, by=learner, now=NOW)
            )
            reply = actions.answer(
                attempt_id=attempt.pk, page="both", number=1, chosen={"both": picked}, by=learner, now=NOW
            )
            results.append((reply.chosen["both"], reply.right))

    assert results == [([0], 0), ([0, 1], 1), ([0, 1], 1), ([0, 1, 2], 0)]


# ---- Completing
def test_passing_the_final_check_completes_the_course_once_with_its_certificate(committed, learner, course, backup):
    attempt = up_to(learner, begin(learner, course), "final-check")
    answer(learner, attempt, "final-check", option=1)

    answer(learner, attempt, "final-check", 2)
    answer(learner, attempt, "final-check", 2)

    row, certificate, done = backup(Attempt).get(), backup(Certificate).get(), backup(Completion).get()
    assert (row.status, row.ended_at) == (Status.COMPLETED, NOW)
    assert (done.course_title, done.score, done.minutes, done.version_number) == ("A small course", 100, 20, 1)
    assert (done.attempt_id, done.membership_id) == (attempt.pk, learner.membership_id)
    assert (certificate.completion_id, certificate.name) == (done.pk, "Leila Learner")
    assert verbs(backup)[-4:] == [
        "training.answered", "training.page_done", "training.completed", "training.certificate_issued",
    ]  # fmt: skip


@pytest.mark.parametrize(("mark", "completes"), [(66, True), (67, False)])
def test_the_pass_mark_decides(committed, learner, backup, mark, completes):
    attempt = up_to(learner, begin(learner, make_course(pass_mark=mark)), "final-check")
    picked = chosen(learner, attempt, "final-check")
    picked[min(picked)] = [1]  # two of three are right: 66.67 per cent

    with acting_as(learner):
        actions.answer(attempt_id=attempt.pk, page="final-check", number=1, chosen=picked, by=learner, now=NOW)

    assert backup(Completion).count() == (1 if completes else 0)
    assert [row.score for row in backup(Completion)] == ([66] if completes else [])


def test_after_it_is_completed_nothing_more_is_answered_or_put_behind(committed, learner, course, backup):
    attempt = complete(learner, course)

    with pytest.raises(RuleBroken, match="This course is completed"):
        answer(learner, attempt, "final-check", 2)
    finish(learner, attempt, "final-check")

    assert backup(Reply).filter(page="final-check").count() == 1
    assert backup(Completion).count() == 1


def test_it_can_be_taken_again_and_both_completions_stay(committed, learner, course, backup):
    complete(learner, course)

    complete(learner, course, now=NOW + timedelta(days=400))

    assert [row.completed_on.isoformat() for row in backup(Completion).order_by("pk")] == ["2026-11-23", "2027-12-28"]
    assert backup(Certificate).count() == 2


def test_a_colleagues_way_is_not_there(committed, learner, acting_for, course, backup):
    attempt, colleague = begin(learner, course), acting_for("staff", "prevent_lead", "organisation_admin")

    for deed in (
        lambda: actions.finish_page(attempt_id=attempt.pk, page="welcome", by=colleague, now=NOW),
        lambda: actions.answer(attempt_id=attempt.pk, page="welcome", number=1, chosen={}, by=colleague, now=NOW),
        lambda: actions.begin_anew(attempt_id=attempt.pk, by=colleague, now=NOW),
    ):
        with acting_as(colleague), pytest.raises(ObjectDoesNotExist):
            deed()

    assert (backup(Attempt).get().status, backup(PageDone).count()) == (Status.IN_PROGRESS, 0)


# ---- States
@pytest.mark.parametrize("wanted", list(Status))
@pytest.mark.parametrize("current", list(Status))
def test_every_pair_of_states_is_allowed_or_refused(current, wanted):
    allowed = {(Status.IN_PROGRESS, Status.COMPLETED), (Status.IN_PROGRESS, Status.ENDED)}

    if (current, wanted) in allowed:
        workflow.check_can_move(current, wanted)
    else:
        with pytest.raises(RuleBroken, match="cannot become"):
            workflow.check_can_move(current, wanted)

    assert set(MOVES) == set(Status)


# ---- Which version
@pytest.mark.parametrize(
    ("sectors", "versions", "offered"),
    [
        (["SCH"], ("LA", "SCH"), ("SCH",)),
        (["LA", "SCH"], ("LA", "SCH"), ("LA", "SCH")),
        (["POL"], ("LA", "SCH"), ("LA", "SCH", "")),
        (["POL"], (), ("",)),
    ],
)
def test_the_versions_of_ones_own_sectors_are_offered_first(lead, sectors, versions, offered):
    lead.organisation.sectors = sectors

    assert choosing.versions_for(small_content(sectors=versions), lead) == offered
