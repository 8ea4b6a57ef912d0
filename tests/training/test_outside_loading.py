"""Courses that others give and the default matrix: read from their files, loaded, and loaded again."""

from pathlib import Path

import pytest

from tests.conftest import NOW
from tests.factories.training import make_course
from training import course_loading, defaults, outside_files, outside_loading
from training.course_files import CourseFilesError
from training.models import Course, Equivalence

OWN = [path.name for path in course_loading.LIBRARY.iterdir()]
COURSE = """
  - code: {code}
    title: {title}
    provider: Home Office
    level: awareness
    minutes: 30
    summary: What to notice.
"""
PAIR = """
  - done: {done}
    counts_for: prevent-awareness
    why: {why}
"""


def written(folder: Path, courses: str, counts: str) -> Path:
    file = folder / "outside.yaml"
    file.write_text(f"courses:{courses}\ncounts:{counts}")
    return file


@pytest.fixture
def own(_database):
    return make_course("prevent-awareness", title="Prevent awareness course")


def load(file, **more):
    return outside_loading.load(now=NOW, file=file, **more)


def pairs(**wanted):
    rows = Equivalence.objects.filter(organisation=None, **wanted).order_by("pk")
    return list(rows.values_list("done__code", "counts_for__code", "reason"))


# ---- The real files
def test_the_real_file_says_that_level_3_counts_for_levels_1_and_2_and_that_refreshers_count_only_after():
    file = outside_files.read(outside_loading.FILE, OWN)

    said = {(each.done, each.counts_for): each for each in file.counts}
    assert ("nhs-awareness-level-3", "nhs-basic-awareness") in said
    assert {("govuk-awareness", "prevent-awareness"), ("prevent-awareness", "govuk-awareness")} <= said.keys()
    refreshers = [each for each in file.counts if "refresher" in each.done and "refresher" not in each.counts_for]
    assert len(refreshers) == 6
    assert all(each.only_after for each in refreshers)


def test_what_nobody_could_confirm_says_so_in_the_words_that_people_read():
    file = outside_files.read(outside_loading.FILE, OWN)

    course = next(each for each in file.courses if each.code == "govuk-refresher-awareness")
    assert course.summary.endswith("Not confirmed: The name of the course, and how long it takes.")


def test_every_line_of_the_default_matrix_asks_for_a_course_that_there_is():
    outside = outside_files.read(outside_loading.FILE, OWN)
    known = {*OWN, *(course.code for course in outside.courses)}

    lines = defaults.read(defaults.FILE)

    assert [line.code for line in lines if line.course not in known] == []
    assert {sector for line in lines for sector in line.sectors} == {
        "LA", "SCH", "EY", "FE", "HE", "HLT", "POL", "PRI", "PRO",
    }  # fmt: skip


def test_the_matrix_is_narrowed_to_the_sectors_of_an_organisation_and_whole_without_any():
    health = defaults.for_sectors(["HLT"])

    assert [line.code for line in health] == ["health-basic", "health-level-3", "health-lead"]
    assert [line.target for line in health] == [85, 85, None]
    assert len(defaults.for_sectors([])) == len(defaults.read(defaults.FILE))


# ---- Loading
def test_loading_makes_courses_and_pairs_and_loading_again_changes_nothing(own, tmp_path):
    file = written(tmp_path, COURSE.format(code="wrap", title="WRAP"), PAIR.format(done="wrap", why="The same."))

    loaded = load(file)
    again = load(file)

    course = Course.objects.get(code="wrap")
    assert (loaded.new, loaded.counting) == (("wrap",), ("wrap for prevent-awareness",))
    assert (course.provider, course.organisation, course.files_hash != "") == ("Home Office", None, True)
    assert pairs() == [("wrap", "prevent-awareness", "The same.")]
    assert not again


def test_a_pair_that_says_something_else_is_ended_and_said_anew(own, tmp_path):
    course = COURSE.format(code="wrap", title="WRAP")
    load(written(tmp_path, course, PAIR.format(done="wrap", why="The same.")))

    loaded = load(written(tmp_path, course, PAIR.format(done="wrap", why="Much the same.")))

    assert loaded.counting == ("wrap for prevent-awareness",)
    assert pairs(ended_on=NOW.date()) == [("wrap", "prevent-awareness", "The same.")]
    assert pairs(ended_on=None) == [("wrap", "prevent-awareness", "Much the same.")]


def test_what_is_gone_from_the_file_is_withdrawn_and_ended_and_comes_back_with_it(own, tmp_path):
    both = COURSE.format(code="wrap", title="WRAP") + COURSE.format(code="old", title="Old")
    load(written(tmp_path, both, PAIR.format(done="old", why="The same.")))

    gone = load(written(tmp_path, COURSE.format(code="wrap", title="WRAP"), " []"))
    withdrawn = Course.objects.get(code="old").withdrawn_at
    back = load(written(tmp_path, both, " []"))

    assert (gone.withdrawn, gone.no_longer, withdrawn) == (("old",), ("old for prevent-awareness",), NOW)
    assert back.new == ("old",)
    assert Course.objects.get(code="old").withdrawn_at is None


def test_a_dry_run_says_what_would_change_and_changes_nothing(own, tmp_path):
    file = written(tmp_path, COURSE.format(code="wrap", title="WRAP"), " []")

    loaded = load(file, dry_run=True)

    assert loaded.new == ("wrap",)
    assert not Course.objects.filter(code="wrap").exists()


def test_loading_the_portals_own_courses_leaves_those_from_outside_alone(own, tmp_path):
    load(written(tmp_path, COURSE.format(code="wrap", title="WRAP"), " []"))

    loaded = course_loading.load(now=NOW)

    assert "wrap" not in loaded.withdrawn
    assert Course.objects.get(code="wrap").withdrawn_at is None


@pytest.mark.parametrize(
    ("courses", "counts", "problem"),
    [
        (COURSE.format(code="prevent-awareness", title="Mine"), " []", "the code 'prevent-awareness' is taken"),
        (COURSE.format(code="a", title="x" * 121), " []", "'title' is longer than 120 characters"),
        (" []", PAIR.format(done="nowhere", why="So."), "unknown course 'nowhere'"),
        (" []", PAIR.format(done="prevent-awareness", why="So."), "a course counts for itself anyway"),
        (COURSE.format(code="a", title="A"), PAIR.format(done="a", why="So.") * 2, "this stands here twice"),
        (COURSE.format(code="a", title="A"), PAIR.format(done="a", why="x" * 301), "longer than 300 characters"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line_and_nothing_is_loaded(own, tmp_path, courses, counts, problem):
    file = written(tmp_path, courses, counts)

    with pytest.raises(CourseFilesError, match=problem) as error:
        load(file)

    assert error.value.problems[0].startswith("outside.yaml:")
    assert list(Course.objects.values_list("code", flat=True)) == ["prevent-awareness"]
