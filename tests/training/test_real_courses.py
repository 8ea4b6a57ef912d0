"""The courses that come with the portal: long enough, for every sector, in the glossary's words, with their sources."""

import re
from collections.abc import Iterator

import pytest

from training.content import Content, Page, Question
from training.course_files import read_courses
from training.course_loading import LIBRARY

WORDS_A_MINUTE = 180
NOT_THESE = (
    r"vulnerable to radicalisation",
    r"vulnerable to being radicalised",
    r"drawn into extremism",
    r"channel referrals?",
    r"prevent committees?",
    r"venue control",
    r"far[- ]right",
    r"jihad\w*",
    r"osct leads?",
    r"ccgs?",
    r"lscbs?",
    r"hefce",
    r"suspects",
    r"a suspect\b",
    r"radicals?",
    r"at-risk communit\w+",
)
LEAST = {"prevent-awareness": (3_000, 8)}
LEAST_OF_OTHERS = (1_500, 5)
LEAST_SCENARIOS_FOR_NO_SECTOR = 3  # what is only for one sector is not in it

COURSES = {course.code: course.content for course in read_courses(LIBRARY)}
VERSIONS = [(code, sector) for code, content in COURSES.items() for sector in (*content.sectors, "")]


def texts(content: Content) -> Iterator[str]:
    """All that a learner of this version may read, but for the draw of the checks."""
    yield from (content.title, content.summary, content.for_whom)
    for module in content.modules:
        yield module.title
        for page in module.pages:
            yield from texts_of_page(page)
        for question in module.questions:
            yield from texts_of_question(question)


def texts_of_page(page: Page) -> Iterator[str]:
    yield from (page.title, page.body)
    if page.question:
        yield from texts_of_question(page.question)


def texts_of_question(question: Question) -> Iterator[str]:
    yield question.text
    for option in question.options:
        yield from (option.text, option.why)


def words(*parts: str) -> int:
    return len(re.findall(r"[\w’'-]+", " ".join(parts)))


def pages_words(content: Content) -> int:
    """Words on the pages and in the scenarios with their options: what every learner of the version sees."""
    return sum(words(*texts_of_page(page)) for page in content.pages)


def scenarios(content: Content) -> int:
    return sum(page.kind == "scenario" for page in content.pages)


def minutes(content: Content) -> float:
    """As authors are asked to reckon: reading, a minute a scenario, half a minute a question."""
    reading = sum(words(page.body) for page in content.pages if page.kind == "text") / WORDS_A_MINUTE
    return reading + scenarios(content) + sum(page.check.draw for page in content.pages if page.check) / 2


def test_all_courses_that_the_portal_promises_are_there():
    assert {"prevent-awareness", "making-a-referral"} <= COURSES.keys()


@pytest.mark.parametrize(("code", "sector"), VERSIONS)
def test_each_version_has_its_words_and_scenarios(code, sector):
    version = COURSES[code].for_sector(sector)

    least_words, least_scenarios = LEAST.get(code, LEAST_OF_OTHERS)

    assert pages_words(version) >= least_words
    assert scenarios(version) >= (least_scenarios if sector else LEAST_SCENARIOS_FOR_NO_SECTOR)


@pytest.mark.parametrize("code", COURSES)
def test_a_course_takes_as_long_as_it_says_in_every_sector(code):
    content = COURSES[code]

    reckoned = [minutes(content.for_sector(sector)) for sector in content.sectors]

    assert 20 <= content.minutes <= 40
    assert [each for each in reckoned if abs(each - content.minutes) > 2] == []


@pytest.mark.parametrize("code", COURSES)
def test_a_course_says_how_it_was_checked(code):
    content = COURSES[code]

    assert content.reviewed_on is not None
    assert content.review_due_on is not None
    assert content.sources
    assert [source.title for source in content.sources if not (source.address or source.note)] == []


@pytest.mark.parametrize("code", COURSES)
def test_no_course_says_what_the_glossary_says_differently(code):
    found = [
        match.group(0)
        for text in texts(COURSES[code])
        for match in re.finditer(rf"\b({'|'.join(NOT_THESE)})\b", text, re.IGNORECASE)
    ]

    assert found == []


@pytest.mark.parametrize("code", COURSES)
def test_every_sector_of_a_course_has_something_of_its_own(code):
    content = COURSES[code]

    alike = [sector for sector in content.sectors if content.for_sector(sector) == content.for_sector("")]

    assert alike == []


@pytest.mark.parametrize("code", COURSES)
def test_what_is_shown_as_plain_text_has_no_markdown_in_it(code):
    content = COURSES[code]
    plain = [text for module in content.modules for each in module.questions for text in texts_of_question(each)]
    plain += [text for page in content.pages if page.question for text in texts_of_question(page.question)]

    assert [text for text in plain if re.search(r"\*\*|\]\(|^#|^- ", text, re.MULTILINE)] == []
