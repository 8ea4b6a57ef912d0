"""What loading the courses does: new, changed, withdrawn and back; all or nothing, and never to a version there is."""

import io
import json
import time
from datetime import timedelta
from itertools import pairwise

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connections, transaction
from django.test.utils import CaptureQueriesContext

from foundation.core.acting import acting_as
from foundation.ledger import acting_system
from foundation.ledger.models import Event
from tests.conftest import NOW
from tests.factories.asking import ask, assignment, record
from tests.factories.organisations import person
from tests.training.writing import ABOUT, FIRST, Courses
from training import course_files, course_loading
from training.content import Content
from training.course_loading import Changed, Loaded
from training.models import Course, CourseVersion, PersonChange
from training.upkeep import work_out_changed


@pytest.fixture
def courses(tmp_path, _database) -> Courses:
    return Courses(tmp_path)


def load(courses, **options) -> Loaded:
    return course_loading.load(now=NOW, folder=courses.folder, **options)


def rows() -> list[tuple]:
    with acting_system("courses"):
        return list(Course.objects.order_by("code").values_list("code", "title", "withdrawn_at"))


def versions(code: str = "small") -> list[CourseVersion]:
    with acting_system("courses"):
        return list(CourseVersion.objects.filter(course__code=code).order_by("number"))


def told(courses, **options) -> list[str]:
    out = io.StringIO()
    call_command("load_courses", folder=courses.folder, stdout=out, **options)
    return out.getvalue().splitlines()


def test_a_new_course_is_published_as_its_first_version(courses):
    loaded = load(courses)

    (version,) = versions()
    (wanted,) = course_files.read_courses(courses.folder)
    assert loaded == Loaded(new=("small",))
    assert (version.number, version.published_at, version.expires_earlier) == (1, NOW, False)
    assert Content.from_plain(version.content) == wanted.content
    assert version.content_hash == wanted.content.content_hash
    with acting_system("courses"):
        course = Course.objects.get(code="small")
    assert (course.title, course.summary, course.level, course.minutes, course.position, course.organisation_id) == (
        "A small course",
        "What to do with a worry.",
        "awareness",
        20,
        0,
        None,
    )


def test_loading_again_changes_nothing(courses):
    load(courses)

    again = load(courses)

    assert not again
    assert len(versions()) == 1


def test_the_same_files_are_not_read_again(courses, monkeypatch):
    load(courses)
    monkeypatch.setattr(course_files, "read_courses", lambda folder: pytest.fail("it read them"))

    assert not load(courses)


def test_a_second_load_of_the_real_courses_takes_no_time(db):
    course_loading.load(now=NOW)

    began = time.perf_counter()
    again = course_loading.load(now=NOW)

    assert not again
    assert time.perf_counter() - began < 0.3


def test_a_changed_course_gets_a_new_version_and_the_old_one_stays_as_it_was(courses):
    load(courses)
    (first,) = versions()
    courses.change(FIRST, "Read this first.", "Read this, please.")
    courses.change(FIRST, "slug: in-your-school", "slug: at-school")
    courses.change(FIRST, "text: Whom do you tell?", "text: Who is told?")
    courses.change(ABOUT, "title: A small course", "title: Our small course")

    loaded = load(courses)

    assert loaded.changed == (
        Changed(
            code="small",
            number=2,
            added=("at-school",),
            changed=("welcome", "question first"),
            gone=("in-your-school",),
            about=True,
            expires_earlier=False,
        ),
    )
    old, new = versions()
    assert (old.content, old.content_hash, old.published_at) == (first.content, first.content_hash, first.published_at)
    assert (new.number, new.content["title"]) == (2, "Our small course")
    assert rows() == [("small", "Our small course", None)]


def test_a_comment_in_a_file_makes_no_version(courses):
    load(courses)
    courses.change(FIRST, "title: What to do", "# read by Ana\ntitle: What to do")

    loaded = load(courses)

    assert not loaded
    assert len(versions()) == 1


def test_only_the_version_that_says_so_expires_earlier_completions(courses):
    load(courses)
    courses.change(ABOUT, "pass_mark: 80", "pass_mark: 90\nexpires_earlier: true")
    load(courses)
    courses.change(ABOUT, "pass_mark: 90\nexpires_earlier: true", "pass_mark: 100")

    load(courses)

    assert [version.expires_earlier for version in versions()] == [False, True, False]


def test_whoever_is_asked_anew_by_a_version_is_worked_out_soon(courses, acting_for):
    manager = acting_for("training_manager", "organisation_admin")
    load(courses)
    [course] = Course.objects.filter(code="small", organisation=None)
    ask(manager, course)
    did, _did_not = person(manager, name="Did"), person(manager, name="Did not")
    record(manager, did, course, NOW.date())
    work_out_changed(now=NOW)
    later = NOW + timedelta(days=3)
    courses.change(ABOUT, "pass_mark: 80", "pass_mark: 90")
    course_loading.load(now=later, folder=courses.folder)
    assert noted(manager) == set()
    courses.change(ABOUT, "pass_mark: 90", "pass_mark: 100\nexpires_earlier: true")

    course_loading.load(now=later, folder=courses.folder)

    assert noted(manager) == {did.pk}
    assert work_out_changed(now=later) == 1
    assert assignment(manager, did).valid_until == later.date() + timedelta(days=28)


def noted(acting) -> set[int]:
    with acting_as(acting):
        return set(PersonChange.objects.values_list("membership_id", flat=True))


def test_saying_afterwards_that_a_version_expires_earlier_ones_changes_nothing(courses):
    load(courses)
    courses.change(ABOUT, "pass_mark: 80", "pass_mark: 80\nexpires_earlier: true")

    loaded = load(courses)

    assert not loaded
    assert [version.expires_earlier for version in versions()] == [False]


def test_a_course_that_is_gone_is_withdrawn_and_comes_back_with_its_files(courses):
    courses.add("second")
    load(courses)
    courses.remove("second")

    gone = load(courses)
    again = load(courses)
    while_gone = rows()
    courses.add("second")
    back = load(courses)

    assert gone == Loaded(withdrawn=("second",))
    assert not again
    assert while_gone == [("second", "A small course", NOW), ("small", "A small course", None)]
    assert back == Loaded(returned=("second",))
    assert rows() == [("second", "A small course", None), ("small", "A small course", None)]
    assert len(versions("second")) == 1


def test_a_course_that_comes_back_with_other_words_has_a_new_version(courses):
    courses.add("second")
    load(courses)
    courses.remove("second")
    load(courses)
    courses.add("second")
    courses.change("second/course.yaml", "minutes: 20", "minutes: 25")

    back = load(courses)

    assert (back.returned, [change.code for change in back.changed]) == (("second",), ["second"])
    assert [version.number for version in versions("second")] == [1, 2]


def test_one_bad_course_keeps_all_from_being_loaded(courses):
    load(courses)
    courses.add("second")
    courses.change(ABOUT, "minutes: 20", "minutes: 25")
    courses.change("second/course.yaml", "minutes: 20", "minutes: 0")

    with pytest.raises(CommandError) as refused:
        told(courses)

    assert str(refused.value).splitlines() == [
        "The courses were not loaded; nothing has changed.",
        "second/course.yaml:6: 'minutes' must be a whole number from 1 to 240",
    ]
    assert rows() == [("small", "A small course", None)]
    assert len(versions()) == 1


def test_an_empty_folder_withdraws_nothing(courses):
    load(courses)
    courses.remove("small")

    with pytest.raises(course_files.CourseFilesError):
        load(courses)

    assert rows() == [("small", "A small course", None)]


def test_a_dry_run_says_what_would_change_and_changes_nothing(courses):
    courses.add("second")
    load(courses)
    courses.add("third")
    courses.remove("second")
    courses.change(ABOUT, "minutes: 20", "minutes: 25")

    said = told(courses, dry_run=True)

    assert said == [
        "+ third",
        "~ small: version 2; changed around its pages",
        "- second",
        "Would change: 1 new, 1 changed, 1 withdrawn, 0 offered again.",
    ]
    assert [code for code, _, withdrawn in rows() if withdrawn is None] == ["second", "small"]
    assert len(versions()) == 1


def test_the_command_says_what_changed(courses):
    first = told(courses)
    courses.change(FIRST, "Read this first.", "Read this.")
    courses.change(ABOUT, "pass_mark: 80", "pass_mark: 80\nexpires_earlier: true")
    second = told(courses)
    third = told(courses)

    assert first == ["+ small", "Loaded: 1 new, 0 changed, 0 withdrawn, 0 offered again."]
    assert second == [
        "~ small: version 2, which whoever did an earlier one is to do again; changed welcome",
        "Loaded: 0 new, 1 changed, 0 withdrawn, 0 offered again.",
    ]
    assert third == ["Loaded: 0 new, 0 changed, 0 withdrawn, 0 offered again."]


def test_the_ledger_counts_what_a_load_changed_and_says_nothing_where_nothing_did(committed, courses, backup):
    courses.add("second")
    load(courses)
    courses.remove("second")
    courses.change(ABOUT, "minutes: 20", "minutes: 25")
    load(courses)
    load(courses)

    events = backup(Event).filter(verb="courses.loaded").order_by("pk")
    assert [json.loads(event.facts) for event in events] == [
        {"new": 2, "changed": 0, "withdrawn": 0, "returned": 0},
        {"new": 0, "changed": 1, "withdrawn": 1, "returned": 0},
    ]


def test_each_course_costs_the_same_few_queries(courses):
    load(courses)
    counts = []
    for code in ("second", "third", "fourth"):
        courses.add(code)
        courses.change(f"{code}/course.yaml", "minutes: 20", "minutes: 25")
        with CaptureQueriesContext(connections["default"]) as on_default:
            load(courses)
        counts.append(len(on_default))

    one_more = {after - before for before, after in pairwise(counts)}
    assert one_more == {1}


def test_nobody_of_an_organisation_can_write_a_course_of_the_portals(courses, lead, within):
    load(courses)
    within(lead)
    course = Course.objects.visible_to(lead).get(code="small")

    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Course.objects.create(code="mine", title="Mine", summary="", level="awareness", minutes=5)
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        CourseVersion.objects.create(course=course, number=2, content={}, content_hash="", published_at=NOW)
    assert Course.objects.filter(pk=course.pk).update(title="Mine") == 0
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        CourseVersion.objects.filter(course=course).update(content={})
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        CourseVersion.objects.filter(course=course).delete()


def test_not_even_the_loader_can_write_over_a_version(courses):
    load(courses)

    with pytest.raises(ProgrammingError, match="permission denied"), acting_system("courses"):
        CourseVersion.objects.update(content={})


def test_everybody_sees_the_courses_of_the_portal(courses, lead):
    load(courses)

    with acting_as(lead):
        assert [course.code for course in Course.objects.visible_to(lead)] == ["small"]
