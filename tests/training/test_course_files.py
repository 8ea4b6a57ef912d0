"""The reader of courses: what it makes of good files, and that it names every problem by file, line and reason."""

from datetime import date
from pathlib import Path

import pytest

from tests.training.writing import ABOUT, FIRST, LAST, SMALL, Courses
from training.content import Check, Content, Module, Option, Page, Question, Source
from training.course_files import CourseFile, CourseFilesError, hashes, read_courses

RIGHT = "- {text: The safeguarding lead, right: true, why: They see more of the picture.}"
WRONG = "- {text: Nobody, right: false, why: A worry that is not shared helps nobody.}"


def problems_of(courses: Courses) -> list[str]:
    with pytest.raises(CourseFilesError) as caught:
        read_courses(courses.folder)
    return caught.value.problems


def test_a_course_is_read_whole():
    (course,) = read_courses(SMALL)

    scenario = Question(
        "a-worry",
        "What do you do first?",
        (
            Option("Ask Sam how things are", True, "It is the kind and simple thing to do."),
            Option("Wait for proof", False, "Nobody needs proof to share a worry."),
        ),
    )
    first = Module(
        "What to do",
        (
            Page(
                "welcome",
                "Welcome",
                "Read this first.\n\n## Why\n\nIt helps. See [the Act](https://www.legislation.gov.uk/ukpga/2015/6).",
                least_seconds=30,
            ),
            Page("in-your-school", "In your school", "Speak with the designated lead.", sectors=("SCH",)),
            Page("a-worry", "A worry", "Sam stopped coming to lunch.\n\nNobody knows why.", scenario),
            Page("check", "Check what you know", check=Check(2)),
        ),
        course.content.modules[0].questions,
    )
    assert course == CourseFile(
        code="small",
        content=Content(
            title="A small course",
            summary="What to do with a worry.",
            for_whom="Everybody.",
            level="awareness",
            minutes=20,
            pass_mark=80,
            modules=(
                first,
                Module("Final check", (Page("final-check", "Final check", check=Check(2, from_course=True)),)),
            ),
            sectors=("LA", "SCH"),
            sources=(Source("The Act", "S", "https://www.legislation.gov.uk/ukpga/2015/6", "Read in part."),),
            reviewed_on=date(2026, 1, 1),
            review_due_on=date(2027, 1, 1),
        ),
        expires_earlier=False,
    )
    assert [(each.code, each.several, each.sectors, each.right) for each in first.questions] == [
        ("first", False, (), {0}),
        ("second", True, (), {0, 1}),
        ("third", False, ("SCH",), {0}),
    ]


def test_that_earlier_completions_expire_is_read_too(courses):
    courses.change(ABOUT, "pass_mark: 80", "pass_mark: 80\nexpires_earlier: true")

    assert read_courses(courses.folder)[0].expires_earlier is True


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("code: small", "code: other", f"{ABOUT}:1: the code 'other' is not the name of the folder"),
        ("for_whom: Everybody.\n", "", f"{ABOUT}:1: the key 'for_whom' is missing"),
        ("minutes: 20", "minutes: 20\ncolour: red", f"{ABOUT}:7: unknown key 'colour'"),
        ("title: A small course", f"title: {'x' * 121}", f"{ABOUT}:2: the title has 121 characters; the limit is 120"),
        ("level: awareness", "level: expert", f"{ABOUT}:5: unknown level 'expert'"),
        ("minutes: 20", "minutes: 0", f"{ABOUT}:6: 'minutes' must be a whole number from 1 to 240"),
        ("minutes: 20", "minutes: 241", f"{ABOUT}:6: 'minutes' must be a whole number from 1 to 240"),
        ("minutes: 20", "minutes:", f"{ABOUT}:6: 'minutes' is empty"),
        ("pass_mark: 80", "pass_mark: 0", f"{ABOUT}:7: 'pass_mark' must be a whole number from 1 to 100"),
        ("pass_mark: 80", "pass_mark: 101", f"{ABOUT}:7: 'pass_mark' must be a whole number from 1 to 100"),
        ("pass_mark: 80", "pass_mark: most", f"{ABOUT}:7: 'pass_mark' must be a number, not text"),
        ("before: []", "before: [nowhere]", f"{ABOUT}:8: unknown course 'nowhere'"),
        ("before: []", "before: [small]", f"{ABOUT}:8: unknown course 'small'"),
        ("[LA, SCH]", "[LA, SCH, ZOO]", f"{ABOUT}:9: unknown sector 'ZOO'"),
        ("2026-01-01", "2026-02-30", f"{ABOUT}:10: 'reviewed_on' is not a date like 2023-12-31"),
        ("2026-01-01", "soon", f"{ABOUT}:10: 'reviewed_on' is not a date like 2023-12-31"),
        ("2027-01-01", "", f"{ABOUT}:11: 'review_due_on' is empty"),
        ("2027-01-01", "2026-01-01", f"{ABOUT}:11: the next review is due after the last one"),
        ("mark: S", "mark: X", f"{ABOUT}:15: unknown mark 'X': use one of S, S2, NV, INF"),
        (
            "address: https:",
            "address: http:",
            f"{ABOUT}:14: an address begins with https://, and “http://www.legislation.gov.uk/ukpga/2015/6” does not",
        ),
    ],
)
def test_what_is_wrong_about_a_course_is_named(courses, old, new, problem):
    courses.change(ABOUT, old, new)

    assert problems_of(courses) == [problem]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("title: What to do", "title: What to do\nkind: scorm", f"{FIRST}:2: unknown key 'kind'"),
        ("    title: Welcome\n", "", f"{FIRST}:3: the key 'title' is missing"),
        ("least_seconds: 30", "least_seconds: 601", f"{FIRST}:5: 'least_seconds' must be a whole number from 0 to 600"),
        ("slug: in-your-school", "slug: welcome", f"{FIRST}:12: the slug 'welcome' is used twice in this course"),
        ("slug: welcome", "slug: a welcome", f"{FIRST}:3: 'slug' is 'a welcome': use letters, digits and hyphens only"),
        ("slug: check", "slug: final-check", f"{LAST}:3: the slug 'final-check' is used twice in this course"),
        ("code: second", "code: first", f"{FIRST}:36: the code 'first' is used twice in this course"),
        (
            "    body: Speak with the designated lead.\n",
            "",
            f"{FIRST}:12: a page has one of body, scenario, video and check",
        ),
        (
            "check: {draw: 2}",
            "check: {draw: 2}\n    body: Text",
            f"{FIRST}:27: a page has one of body, scenario, video and check",
        ),
        (
            "title: In your school\n    for: [SCH]",
            "title: In your school\n    for: [HE]",
            f"{FIRST}:14: unknown version of this course 'HE'",
        ),
        (
            "text: Who helps in a school?\n    for: [SCH]",
            "text: Who helps in a school?\n    for: [HE]",
            f"{FIRST}:45: unknown version of this course 'HE'",
        ),
        (RIGHT, RIGHT.replace("true", "false"), f"{FIRST}:34: none of the options is right"),
        (WRONG, WRONG.replace("false", "true"), f"{FIRST}:34: none of the options is wrong"),
        (
            "right: true, why: It is the kind",
            "right: false, why: It is the kind",
            f"{FIRST}:25: none of the options is right",
        ),
        (
            "right: false, why: Nobody needs",
            "right: true, why: Nobody needs",
            f"{FIRST}:25: none of the options is wrong",
        ),
        ("    choose: several\n", "", f"{FIRST}:39: more than one option is right, but only one can be chosen"),
        ("choose: several", "choose: some", f"{FIRST}:38: unknown way to choose 'some'"),
        (
            WRONG,
            WRONG.replace(", why: A worry that is not shared helps nobody.", ""),
            f"{FIRST}:35: the key 'why' is missing",
        ),
        (WRONG, WRONG.replace("A worry that is not shared helps nobody.", "''"), f"{FIRST}:35: 'why' is empty"),
        (WRONG, WRONG.replace("Nobody", "The safeguarding lead"), f"{FIRST}:34: two options say the same"),
        (WRONG, WRONG.replace("false", "maybe"), f"{FIRST}:35: 'right' must be true or false, not text"),
        ("check: {draw: 2}", "check: {draw: 0}", f"{FIRST}:29: 'draw' must be a whole number from 1 to 50"),
        ("check: {draw: 2}", "check: {draw: 2, from: world}", f"{FIRST}:29: unknown bank 'world'"),
        ("Read this first.", "Read <b>this</b> first.", f"{FIRST}:7: HTML is not used here; write it in Markdown"),
        ("      It helps.", "      <div>It helps.</div>", f"{FIRST}:11: HTML is not used here; write it in Markdown"),
        (
            "      ## Why",
            "      # Why",
            f"{FIRST}:9: headings are of level 2 or 3 (## or ###); the page's title stands above them",
        ),
        (
            "      ## Why",
            "      #### Why",
            f"{FIRST}:9: headings are of level 2 or 3 (## or ###); the page's title stands above them",
        ),
        (
            "      It helps. See [the Act](https:",
            "      It helps.\n      See [the Act](http:",
            f"{FIRST}:12: an address begins with https://, and “http://www.legislation.gov.uk/ukpga/2015/6” does not",
        ),
        (
            "Read this first.",
            "![A map](https://example.org/map.png)",
            f"{FIRST}:7: pictures are not written in the text like this",
        ),
        (
            "        Nobody knows why.",
            "        <i>Nobody</i>",
            f"{FIRST}:22: HTML is not used here; write it in Markdown",
        ),
    ],
)
def test_what_is_wrong_in_a_module_is_named(courses, old, new, problem):
    courses.change(FIRST, old, new)

    assert problem in problems_of(courses)


def test_a_check_that_draws_more_than_one_of_the_versions_has_is_refused(courses):
    courses.change(FIRST, "draw: 2", "draw: 3")

    assert problems_of(courses) == [
        f"{FIRST}:29: draws 3 questions, but the version for LA has 2",
        f"{FIRST}:29: draws 3 questions, but the version for no sector has 2",
    ]


def test_the_final_check_is_held_against_every_version_too(courses):
    courses.change(LAST, "draw: 2", "draw: 3")

    assert problems_of(courses) == [
        f"{LAST}:5: draws 3 questions, but the version for LA has 2",
        f"{LAST}:5: draws 3 questions, but the version for no sector has 2",
    ]


def test_a_course_that_nothing_decides_is_refused(courses):
    courses.change(LAST, ", from: course", "")

    assert f"{ABOUT}:1: the version for SCH has no final check" in problems_of(courses)


def test_a_version_without_the_final_check_is_refused(courses):
    courses.change(LAST, "slug: final-check", "slug: final-check\n    for: [SCH]")

    assert problems_of(courses) == [
        f"{ABOUT}:1: the version for LA has no final check",
        f"{ABOUT}:1: the version for no sector has no final check",
    ]


def test_a_page_after_the_final_check_is_refused(courses):
    courses.change(
        LAST,
        "course}",
        "course}\n  - slug: goodbye\n    title: Goodbye\n    for: [SCH]\n    body: Thank you.",
    )

    assert problems_of(courses) == [f"{LAST}:5: the final check is not the last page"]


def test_a_course_without_a_question_is_refused(courses):
    path = courses.folder / FIRST
    path.write_text(path.read_text().split("questions:\n")[0])

    assert f"{ABOUT}:1: the course has no question" in problems_of(courses)


def test_a_module_that_cannot_be_read_is_the_only_problem(courses):
    (courses.folder / FIRST).write_text("title: [")

    assert [problem.split(": ")[0] for problem in problems_of(courses)] == [f"{FIRST}:1"]


def test_a_module_without_pages_is_refused(courses):
    courses.change(LAST, (SMALL / LAST).read_text().split("pages:\n")[1], "")

    assert f"{LAST}:2: a module has at least one page" in problems_of(courses)


def test_files_that_are_no_part_of_a_course_are_named(courses):
    (courses.folder / "notes.txt").write_text("")
    (courses.folder / "small" / "draft.yaml").write_text("")
    (courses.folder / "small" / "modules" / "more.yaml").write_text("")

    assert problems_of(courses) == [
        "notes.txt:1: only folders of courses stand here",
        "small/draft.yaml:1: a course is course.yaml and a folder modules",
        "small/modules/more.yaml:1: a module's file is named like 01-what-to-do.yaml",
    ]


def test_a_course_without_modules_is_refused(courses):
    for path in (courses.folder / "small" / "modules").glob("*"):
        path.unlink()

    assert "small/modules:1: there are no modules in this folder" in problems_of(courses)


def test_an_empty_folder_is_refused(tmp_path: Path):
    with pytest.raises(CourseFilesError) as caught:
        read_courses(tmp_path)

    assert caught.value.problems == [f"{tmp_path.name}:1: there are no courses in this folder"]


def test_problems_of_several_courses_come_together(courses):
    courses.add("second")
    courses.change(ABOUT, "minutes: 20", "minutes: 0")
    courses.change("second/course.yaml", "level: awareness", "level: expert")

    assert problems_of(courses) == [
        "second/course.yaml:5: unknown level 'expert'",
        f"{ABOUT}:6: 'minutes' must be a whole number from 1 to 240",
    ]


def test_another_course_may_be_asked_for_first(courses):
    courses.add("second")
    courses.change("second/course.yaml", "before: []", "before: [small]")

    assert [course.content.before for course in read_courses(courses.folder)] == [("small",), ()]


def test_the_hash_of_a_course_follows_its_files_and_no_others(courses):
    courses.add("second")
    before = hashes(courses.folder)

    courses.change(FIRST, "Read this first.", "Read this.")

    after = hashes(courses.folder)
    assert before.keys() == after.keys() == {"small", "second"}
    assert before["small"] != after["small"]
    assert before["second"] == after["second"]
