"""The pages on which people write the organisation's own courses."""

import re

import pytest

from foundation.core.acting import acting_as
from tests.conftest import NOW
from tests.factories import own_courses as made
from tests.factories.training import make_course
from tests.training.browsing import rows, words
from training import actions
from training.content import Page, Video
from training.models import Course, CourseDraft

OPTIONS = {
    "option_1_text": "Tell the lead", "option_1_right": "on", "option_1_why": "They see more.",
    "option_2_text": "Wait", "option_2_why": "Nobody needs proof.",
}  # fmt: skip


@pytest.fixture
def author(acting_for):
    return acting_for("training_manager", name="Ann Author")


@pytest.fixture
def browser(author, client_for):
    return client_for(author)


@pytest.fixture
def draft(author):
    return made.written(author)


def content(author, draft):
    return made.content_of(made.as_it_stands(author, draft))


def link(page, text: str) -> bool:
    return bool(re.search(rf">{re.escape(text)}<", page.content.decode()))


# ---- The list
def test_my_training_leads_authors_to_their_courses_and_nobody_else(browser, client_for, acting_for):
    assert link(browser.get("/training/"), "Courses we write")
    assert not link(client_for(acting_for("staff")).get("/training/"), "Courses we write")


def test_an_empty_list_says_what_to_do(browser):
    page = browser.get("/training/writing/")

    assert "No course of your own yet" in words(page)
    assert link(page, "Begin the first course")


def test_the_list_says_how_each_course_stands(browser, author):
    made.published(author, made.written(author, title="B published"))
    changed = made.written(author, title="C changed")
    made.published(author, changed)
    withdrawn = made.written(author, title="D withdrawn")
    made.published(author, withdrawn)
    with acting_as(author):
        actions.add_module(draft_id=changed.pk, title="More", by=author, now=NOW)
        actions.withdraw_course(draft_id=withdrawn.pk, by=author, now=NOW)
    made.begun(author, "A draft")

    page = browser.get("/training/writing/")

    assert [(draft.title, state) for draft, state, _colour in page.context["lines"]] == [
        ("A draft", "Draft"),
        ("B published", "Published, version 1"),
        ("C changed", "Changes not published"),
        ("D withdrawn", "Withdrawn"),
    ]
    filtered = browser.get("/training/writing/?state=changed")
    assert [draft.title for draft, _state, _colour in filtered.context["lines"]] == ["C changed"]
    found = browser.post("/training/writing/", {"search": "withdr"}, follow=True)
    assert [draft.title for draft, _state, _colour in found.context["lines"]] == ["D withdrawn"]
    nothing = browser.post("/training/writing/", {"search": "zebra"}, follow=True)
    assert "Nothing matches" in words(nothing)


@pytest.mark.parametrize("count", [1, 6])
def test_the_list_asks_no_more_for_more_courses(browser, author, django_assert_num_queries, count):
    for number in range(count):
        made.begun(author, f"Course {number}")
    browser.get("/training/writing/")

    with django_assert_num_queries(9):
        page = browser.get("/training/writing/")

    assert len(page.context["lines"]) == count


# ---- From nothing to a published course, with the browser alone
def test_a_course_is_written_and_published_without_scripts(browser, author, client_for, acting_for):
    def send(path, **fields):
        response = browser.post(f"/training/writing/{path}", fields, follow=True)
        assert response.status_code == 200
        assert response.redirect_chain, words(response)
        return response

    page = send("begin/", title="Ours", copy_of_id="none")
    draft = page.context["draft"]
    own = draft.reference
    assert "things to put right before this can be published" in words(page)
    send(
        f"{own}/about/", version="1", title="Ours", summary="What to do.", level="awareness", minutes="10",
        pass_mark="80", reviewed_on_0="1", reviewed_on_1="10", reviewed_on_2="2026",
        sources="The Act https://www.legislation.gov.uk/ukpga/2015/6\nOur handbook",
    )  # fmt: skip
    send(f"{own}/parts/add/", version="2", title="What to do")
    part = content(author, draft).modules[0].slug
    send(f"{own}/parts/{part}/pages/text/", version="3", title="Welcome", body="Read this.", least_seconds="")
    send(
        f"{own}/parts/{part}/pages/video/", version="3", title="A film", address="https://video.example/1",
        transcript="They talk.", caption="", body="",
    )  # fmt: skip
    send(f"{own}/parts/{part}/pages/scenario/", version="3", title="S", body="Once.", question="What now?", **OPTIONS)
    send(f"{own}/parts/{part}/questions/add/", version="3", text="Whom do you tell?", **OPTIONS)
    page = send(f"{own}/parts/{part}/pages/final/", version="3", title="Final check", draw="1")
    assert page.context["problems"] == []
    assert [each.kind for each in content(author, draft).pages] == ["text", "video", "scenario", "check"]
    assert [(each.title, each.address) for each in content(author, draft).sources] == [
        ("The Act", "https://www.legislation.gov.uk/ukpga/2015/6"),
        ("Our handbook", ""),
    ]
    page = send(f"{own}/publish/", version=str(page.context["draft"].version))
    assert "Version 1 is published" in words(page)
    learner = client_for(acting_for("staff"))
    course = learner.get(page.context["draft"].course.get_absolute_url())
    assert "The Act" in words(course)
    assert "Ours" in words(learner.get("/training/"))


def test_beginning_offers_the_portals_courses_as_a_start(browser, author):
    course = make_course()

    page = browser.get("/training/writing/begin/")
    copied = browser.post("/training/writing/begin/", {"title": "Ours", "copy_of_id": course.pk}, follow=True)

    assert "Make it ours: a copy of A small course" in words(page)
    assert len(content(author, copied.context["draft"]).pages) == 4


def test_too_much_is_refused_in_plain_words_and_kept(browser, draft):
    long = {"title": "x" * 200, "minutes": "0", "pass_mark": "101", "level": "awareness", "version": "99"}

    refused = browser.post(f"{draft.get_absolute_url()}about/", long)

    assert {name: errors[0] for name, errors in refused.context["form"].errors.items()} == {
        "title": "Use 120 characters or fewer. You have used 200",
        "minutes": "Enter a number of 1 or more",
        "pass_mark": "The pass mark is from 1 to 100",
    }
    assert "x" * 200 in refused.content.decode()


def test_each_problem_leads_to_the_field_in_which_it_is_put_right(browser, author, draft):
    with acting_as(author):
        page = Page("film", "A film", video=Video("https://video.example/1", ""))
        actions.change_page(draft_id=draft.pk, version=99, page=Page("welcome", "Welcome"), by=author, now=NOW)
        actions.add_page(draft_id=draft.pk, module=made.part_of(draft), page=page, by=author, now=NOW)

    shown = browser.get(draft.get_absolute_url())

    at = f"/training/writing/{draft.reference}/pages"
    assert [(each.where, each.sentence, each.url) for each in shown.context["problems"]] == [
        ("Welcome", "The page is empty.", f"{at}/welcome/change/#id_body"),
        ("A film", "The video has no transcript.", f"{at}/film/change/#id_transcript"),
        (
            "Final check",
            "The final check is not the last page.",
            f"{at}/final-check/change/#id_draw",
        ),
    ]
    form = browser.get(f"{at}/film/change/").content.decode()
    assert 'id="id_transcript"' in form
    refused = browser.post(f"{draft.get_absolute_url()}publish/", {"version": str(draft.version + 2)})
    assert "3 things to put right" in words(refused)
    assert made.as_it_stands(author, draft).course_id is None


def test_pages_and_parts_are_moved_and_removed_by_buttons(browser, author, draft):
    own = draft.get_absolute_url()

    browser.post(f"{own}pages/welcome/move/", {"way": "down"})
    moved = [page.slug for page in content(author, draft).pages]
    asked = browser.get(f"{own}pages/welcome/remove/")
    browser.post(f"{own}pages/welcome/remove/", {"version": asked.context["draft"].version})
    browser.post(f"{own}questions/q-1/remove/", {"version": "99"})

    assert moved == ["final-check", "welcome"]
    assert "Remove this from the draft? Welcome" in words(asked)
    assert [page.slug for page in content(author, draft).pages] == ["final-check"]
    assert [each.code for each in content(author, draft).modules[0].questions] == ["q-2"]


def test_what_somebody_changed_meanwhile_is_not_removed_unseen(browser, author, draft):
    with acting_as(author):
        actions.change_page(draft_id=draft.pk, version=99, page=Page("welcome", "Hello", "New"), by=author, now=NOW)

    answer = browser.post(
        f"{draft.get_absolute_url()}pages/welcome/remove/", {"version": str(draft.version)}, follow=True
    )

    assert "Somebody changed this meanwhile" in words(answer)
    assert content(author, draft).pages[0].body == "New"


def test_a_copied_course_that_is_saved_unchanged_says_the_same(browser, author):
    make_course()
    browser.post("/training/writing/begin/", {"title": "Ours", "copy_of_id": str(Course.objects.get().pk)})
    draft = rows(author, CourseDraft)[0]
    for page in content(author, draft).pages:
        address = f"{draft.get_absolute_url()}pages/{page.slug}/change/"
        form = browser.get(address).context["form"]
        values = {name: form[name].value() for name in form.fields}
        sent = {
            name: "on" if value is True else value
            for name, value in values.items()
            if value is not None and value is not False
        }
        assert browser.post(address, sent).status_code == 302

    assert made.as_it_stands(author, draft).content_hash == draft.content_hash


def test_who_types_on_what_was_removed_meanwhile_gets_their_words_back(browser, author, draft):
    own = draft.get_absolute_url()
    part = made.part_of(draft)
    with acting_as(author):
        actions.remove_module(draft_id=draft.pk, version=99, module=part, by=author, now=NOW)
    typed = {"title": "Welcome", "body": "An hour of <b>work</b>", "version": "1"}

    answers = [
        browser.post(f"{own}pages/welcome/change/", typed),
        browser.post(f"{own}questions/q-1/change/", {"text": "An hour of <b>work</b>"}),
        browser.post(f"{own}parts/{part}/questions/add/", {"text": "An hour of <b>work</b>"}),
        browser.post(f"{own}parts/{part}/pages/text/", typed),
        browser.post(f"{own}parts/{part}/change/", {"title": "An hour of <b>work</b>"}),
    ]

    assert [answer.status_code for answer in answers] == [404] * 5
    assert all("An hour of &lt;b&gt;work&lt;/b&gt;</textarea>" in answer.content.decode() for answer in answers)
    assert browser.get(f"{own}pages/welcome/change/").status_code == 404


def test_what_was_typed_on_one_page_waits_without_a_conflict_when_another_page_was_changed(browser, author, draft):
    address = f"{draft.get_absolute_url()}pages/welcome/change/"
    version = browser.get(address).context["form"]["version"].value()
    browser.post(address, {"title": "Welcome", "body": "Mine.", "least_seconds": "601", "version": version})
    with acting_as(author):
        actions.add_module(draft_id=draft.pk, title="More", by=author, now=NOW)

    later = browser.get(address)

    assert (later.context["editor"].has_draft, later.context["editor"].conflict) == (True, None)
    assert later.context["form"]["body"].value() == "Mine."


def test_a_video_with_another_kind_of_address_is_refused_on_its_field(browser, author, draft):
    fields = {"title": "A film", "address": "javascript:alert(1)", "transcript": "They talk."}

    refused = browser.post(f"{draft.get_absolute_url()}parts/{made.part_of(draft)}/pages/video/", fields)

    assert dict(refused.context["form"].errors) == {
        "address": ["An address begins with https://, and “javascript:alert(1)” does not"]
    }
    assert "They talk.</textarea>" in refused.content.decode()


def test_an_option_that_is_ticked_but_empty_is_kept_and_named(browser, author, draft):
    fields = {"text": "What now?", **OPTIONS, "option_3_right": "on"}

    browser.post(f"{draft.get_absolute_url()}parts/{made.part_of(draft)}/questions/add/", fields)

    shown = browser.get(draft.get_absolute_url())
    assert [each.sentence for each in shown.context["problems"]] == [
        "Option 3 has no text.",
        "Option 3 does not say why it is right or wrong.",
    ]


def test_an_unknown_kind_of_page_is_missing(browser, draft):
    assert browser.get(f"{draft.get_absolute_url()}parts/{made.part_of(draft)}/pages/package/").status_code == 404


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_of_a_course_asks_no_more_for_more_pages(browser, author, django_assert_num_queries, count):
    films = [Page(f"film-{at}", "F", video=Video("https://v.example/1", "They talk.")) for at in range(count)]
    draft = made.written(author, *films)
    browser.get(draft.get_absolute_url())

    with django_assert_num_queries(9):
        page = browser.get(draft.get_absolute_url())

    assert len(page.context["parts"][0].rows) == count + 2
