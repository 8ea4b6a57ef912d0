"""What keeps an author's course from being published: each reason with its page and field."""

from dataclasses import replace
from datetime import date

import pytest

from tests.factories.training import question
from training.content import Check, Content, Module, Option, Page, Picture, Source, Video
from training.course_checks import Problem, before_publishing

WELCOME = Page("welcome", "Welcome", "Read this.")
FINAL = Page("final", "Final check", check=Check(2, from_course=True))
BANK = (question("q-1"), question("q-2"))
WHOLE = Content(
    "Ours", "What to do.", "", "awareness", 20, 80,
    (Module("A part", (WELCOME, FINAL), BANK, slug="part"),), reviewed_on=date(2026, 10, 1),
)  # fmt: skip
VIDEO = Page("film", "A film", video=Video("https://video.example/1", "They talk."))
TODAY = date(2026, 11, 23)
PICTURE = Picture(1, "AAAA-AAAA", "A plan")


def with_pages(*pages: Page) -> Content:
    return replace(WHOLE, modules=(replace(WHOLE.modules[0], pages=(*pages, FINAL)),))


def problems(content: Content, **closed: str) -> list[tuple[str, str, str]]:
    return [
        (each.page or each.question, each.field, each.reason)
        for each in before_publishing(content, closed, today=TODAY)
    ]


def test_a_whole_course_has_none():
    assert problems(with_pages(WELCOME, VIDEO, replace(WELCOME, slug="b", body="", pictures=(PICTURE,)))) == []


def test_a_text_may_lead_to_an_e_mail_address():
    assert problems(with_pages(replace(WELCOME, body="Write to [us](mailto:prevent@severnshire.example)."))) == []


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"title": ""}, "title", "the course has no title"),
        ({"summary": ""}, "summary", "nothing says what the course is about"),
        ({"reviewed_on": None}, "reviewed_on", "nothing says when the course was last reviewed"),
        ({"pass_mark": 0}, "pass_mark", "the pass mark is a percentage from 1 to 100"),
        ({"pass_mark": 101}, "pass_mark", "the pass mark is a percentage from 1 to 100"),
        ({"minutes": 0}, "minutes", "the course takes from 1 to 240 minutes"),
        (
            {"reviewed_on": date(2026, 11, 24)},
            "reviewed_on",
            "the course was last reviewed on a day that is still to come",
        ),
        ({"review_due_on": date(2026, 10, 1)}, "review_due_on", "the next review is due after the last one"),
        (
            {"sources": (Source("A page", "", "http://a.example"),)},
            "sources",
            "an address begins with https://, and “http://a.example” does not",
        ),
    ],
)
def test_what_is_missing_about_the_course_is_named(changes, field, reason):
    assert problems(replace(WHOLE, **changes)) == [("", field, reason)]


@pytest.mark.parametrize(
    ("page", "field", "reason"),
    [
        (replace(WELCOME, title=" "), "title", "the page has no title"),
        (replace(WELCOME, body="  "), "body", "the page is empty"),
        (replace(WELCOME, body="Read\n\n<b>this</b>"), "body", "line 3: HTML is not used here; write it in Markdown"),
        (replace(VIDEO, video=Video("https://v.example", " ")), "transcript", "the video has no transcript"),
        (replace(VIDEO, video=Video("", "They talk.")), "address", "the video has no address"),
        (
            replace(VIDEO, video=Video("http://v.example", "They talk.")),
            "address",
            "an address begins with https://, and “http://v.example” does not",
        ),
        (
            replace(VIDEO, video=Video("https://us er@v.example/", "They talk.")),
            "address",
            "the address “https://us er@v.example/” is not a whole one",
        ),
        (
            replace(VIDEO, video=Video("https://", "They talk.")),
            "address",
            "the address “https://” is not a whole one",
        ),
        (
            replace(WELCOME, body="See:\n\n[picture 2]"),
            "body",
            "the text names picture 2, which is not on this page",
        ),
        (
            replace(WELCOME, pictures=(replace(PICTURE, alt=""),)),
            "pictures",
            "picture 1 has no text that stands for it",
        ),
        (Page("s", "A scenario", "", question("s")), "body", "the scenario has no story"),
        (Page("s", "A scenario", "Once", question("s", text="")), "question", "the question has no text"),
        (Page("s", "A scenario", "Once", question("s", options=())), "options", "none of the options is right"),
    ],
)
def test_what_is_wrong_on_a_page_is_named_with_page_and_field(page, field, reason):
    assert problems(with_pages(page)) == [(page.slug, field, reason)]


def test_a_picture_that_nobody_can_open_is_named_with_the_reason():
    content = with_pages(replace(WELCOME, pictures=(PICTURE,)))

    found = problems(content, **{"AAAA-AAAA": "This file is waiting to be scanned."})

    assert found == [("welcome", "pictures", "picture 1: This file is waiting to be scanned")]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ((Option("A", False, "No"), Option("B", False, "No")), "none of the options is right"),
        ((Option("A", True, "Yes"), Option("B", True, "Yes")), "none of the options is wrong"),
        ((Option("A", True, "Yes"), Option("A", False, "No")), "two options say the same"),
        ((Option("A", True, "Yes"), Option("", False, "No")), "option 2 has no text"),
        (
            (Option("A", True, "Yes"), Option("B", False, " ")),
            "option 2 does not say why it is right or wrong",
        ),
    ],
)
def test_what_is_wrong_with_a_question_is_named_with_the_question(options, reason):
    several = sum(option.right for option in options) > 1
    module = replace(WHOLE.modules[0], questions=(*BANK, question("q-3", options=options, several=several)))

    assert problems(replace(WHOLE, modules=(module,))) == [("q-3", "options", reason)]


def test_a_course_without_a_question_is_named():
    module = replace(WHOLE.modules[0], questions=())

    assert problems(replace(WHOLE, modules=(module,))) == [
        ("", "questions", "the course has no question"),
        ("final", "check", "draws 2 questions, but there are 0"),
    ]


def test_a_course_without_a_final_check_is_named():
    module = replace(WHOLE.modules[0], pages=(WELCOME, Page("check", "Check", check=Check(1))))

    assert problems(replace(WHOLE, modules=(module,))) == [("", "final_check", "the course has no final check")]


def test_a_page_after_the_final_check_is_named():
    module = replace(WHOLE.modules[0], pages=(FINAL, WELCOME))

    assert problems(replace(WHOLE, modules=(module,))) == [("final", "check", "the final check is not the last page")]


def test_a_check_that_draws_more_than_its_part_has_is_named():
    assert problems(with_pages(Page("check", "Check", check=Check(3)))) == [
        ("check", "check", "draws 3 questions, but there are 2")
    ]


def test_an_empty_course_says_all_that_it_lacks():
    assert [each[1] for each in problems(replace(WHOLE, modules=()))] == ["questions", "final_check"]


def test_a_reason_becomes_a_sentence():
    assert Problem("title", "the page has no title").sentence == "The page has no title."
