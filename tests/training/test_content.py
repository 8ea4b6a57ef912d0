"""What a course says: its way through JSON, its versions by sector, what a check draws and when it is passed."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.training import question, small_content
from training.content import Check, Content, Module, Option, Page, Question, Source

SECTORS = ("LA", "SCH", "FE", "HE", "HLT")

texts = st.text(max_size=30)
sectors = st.lists(st.sampled_from(SECTORS), unique=True, max_size=3).map(tuple)
options = st.builds(Option, text=texts, right=st.booleans(), why=texts)
questions = st.builds(
    Question,
    code=texts,
    text=texts,
    options=st.lists(options, max_size=4).map(tuple),
    several=st.booleans(),
    sectors=sectors,
)
checks = st.builds(Check, draw=st.integers(1, 12), from_course=st.booleans())
pages = st.builds(
    Page,
    slug=texts,
    title=texts,
    body=texts,
    question=st.none() | questions,
    check=st.none() | checks,
    sectors=sectors,
    least_seconds=st.integers(0, 600),
)
modules = st.builds(
    Module,
    title=texts,
    pages=st.lists(pages, min_size=1, max_size=3).map(tuple),
    questions=st.lists(questions, max_size=3).map(tuple),
)
contents = st.builds(
    Content,
    title=texts,
    summary=texts,
    for_whom=texts,
    level=texts,
    minutes=st.integers(1, 240),
    pass_mark=st.integers(1, 100),
    modules=st.lists(modules, max_size=3).map(tuple),
    sectors=sectors,
    before=st.lists(texts, max_size=2).map(tuple),
    sources=st.lists(st.builds(Source, title=texts, mark=texts, address=texts, note=texts), max_size=2).map(tuple),
    reviewed_on=st.none() | st.dates(),
    review_due_on=st.none() | st.dates(),
)


# JSON


@given(content=contents)
def test_what_went_through_json_is_what_it_was(content):
    back = Content.from_plain(json.loads(json.dumps(content.as_plain())))

    assert back == content
    assert back.content_hash == content.content_hash


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "Another"},
        {"minutes": 21},
        {"pass_mark": 81},
        {"before": ("prevent-awareness",)},
        {"reviewed_on": date(2026, 1, 2)},
        {"sources": ()},
    ],
)
def test_other_words_have_another_hash(changed):
    assert small_content(**changed).content_hash != small_content().content_hash


def test_another_right_answer_has_another_hash():
    module = small_content().modules[0]
    options = module.questions[0].options
    turned = (replace(options[0], right=False), replace(options[1], right=True), options[2])
    questions = (replace(module.questions[0], options=turned), *module.questions[1:])

    changed = small_content(modules=(replace(module, questions=questions), small_content().modules[1]))

    assert changed.content_hash != small_content().content_hash


def test_what_as_plain_did_not_write_is_refused():
    plain = small_content().as_plain()

    with pytest.raises(KeyError):
        Content.from_plain({key: value for key, value in plain.items() if key != "modules"})
    with pytest.raises(TypeError):
        Content.from_plain(plain | {"colour": "red"})


# Versions by sector


@given(content=contents, sector=st.sampled_from(["", *SECTORS]))
def test_a_version_has_what_is_for_all_and_what_is_for_its_sector_in_the_same_order(content, sector):
    version = content.for_sector(sector)

    wanted = [page for page in content.pages if not page.sectors or sector in page.sectors]
    assert list(version.pages) == wanted
    for module in version.modules:
        assert module.pages
        assert all(not each.sectors or sector in each.sectors for each in module.questions)
    assert version.for_sector(sector) == version


def test_each_version_of_a_course_has_its_own_pages():
    content = small_content()

    assert [page.slug for page in content.for_sector("SCH").pages] == [
        "welcome",
        "in-your-school",
        "a-worry",
        "check",
        "final-check",
    ]
    assert [page.slug for page in content.for_sector("LA").pages] == ["welcome", "a-worry", "check", "final-check"]
    assert content.for_sector("") == content.for_sector("LA")


# Checks


@given(seed=texts, draw=st.integers(1, 12), bank=st.integers(1, 15))
def test_the_same_seed_draws_the_same_questions_and_none_twice(seed, draw, bank):
    check = Page("check", "Check", check=Check(draw))
    asked = tuple(question(f"q-{number}") for number in range(bank))
    content = small_content(modules=(Module("One", (check,), asked),))

    drawn = content.drawn(check, seed)

    assert drawn == content.drawn(check, seed)
    assert len(set(drawn)) == len(drawn) == min(draw, bank)
    assert set(drawn) <= set(asked)


def test_another_try_draws_others():
    content = small_content()
    check = content.pages[content.places["check"]]

    drawn = {tuple(each.code for each in content.drawn(check, f"try {number}")) for number in range(50)}

    assert len(drawn) > 5


def test_a_check_draws_from_its_module_and_the_final_check_from_all():
    content = small_content()
    extra = Module("More", (Page("more", "More", check=Check(1)),), (question("q-5"),))
    content = replace(content, modules=(content.modules[0], extra, content.modules[1]))

    of_module, of_course = (content.pages[content.places[slug]] for slug in ("more", "final-check"))

    assert [each.code for each in content.bank(of_module)] == ["q-5"]
    assert [each.code for each in content.bank(of_course)] == ["q-1", "q-2", "q-3", "q-4", "q-5"]
    assert content.final_check == of_course


@pytest.mark.parametrize(
    ("pass_mark", "right", "total", "passed"),
    [(80, 8, 10, True), (80, 7, 10, False), (80, 4, 5, True), (67, 2, 3, False), (66, 2, 3, True), (100, 9, 10, False)],
)
def test_a_check_is_passed_at_the_pass_mark_and_not_below(pass_mark, right, total, passed):
    assert small_content(pass_mark=pass_mark).passed(right, total) is passed


@given(pass_mark=st.integers(1, 100), total=st.integers(1, 50))
def test_more_right_answers_never_fail_where_fewer_pass(pass_mark, total):
    content = small_content(pass_mark=pass_mark)

    verdicts = [content.passed(right, total) for right in range(total + 1)]

    assert verdicts == sorted(verdicts)
    assert verdicts[0] is False
    assert verdicts[-1] is True


@given(content=contents)
def test_a_question_is_right_only_with_all_its_right_options_and_no_other(content):
    for module in content.modules:
        for asked in module.questions:
            right = [place for place, option in enumerate(asked.options) if option.right]
            assert asked.is_right(right)
            assert not any(asked.is_right([*right, place]) for place in range(len(asked.options)) if place not in right)
            assert not any(asked.is_right([each for each in right if each != one]) for one in right)
