"""The pages on which people write the organisation's own courses."""

import re

import pytest

from foundation.core.acting import acting_as
from tests.conftest import NOW
from tests.factories import learning
from tests.factories import own_courses as made
from tests.factories.training import make_course
from tests.training.browsing import cells, rows, words
from training import actions
from training.content import Check, Page, Video
from training.models import Attempt, Course, CourseDraft, Reply

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


# ---- Preview and versions
def test_the_preview_shows_what_a_learner_sees_and_keeps_nothing(browser, author, client_for, acting_for):
    check = Page("check", "Check", check=Check(2))
    video = Page("film", "A film", video=Video("https://video.example/1", "They **talk**.", "Two minutes"))
    draft = made.written(author, video, check)
    at = f"{draft.get_absolute_url()}preview"

    read = browser.get(f"{at}/film/")
    asked = browser.get(f"{at}/final-check/")
    answers = {f"answer-{code}": "0" for code in ("q-1", "q-2")}
    unanswered = browser.post(f"{at}/final-check/", {"number": "1"})
    passed = browser.post(f"{at}/final-check/", {"number": "1", **answers})
    failed = browser.post(f"{at}/check/", {"number": "1", **dict.fromkeys(answers, "1")})

    attempt = learning.begin(acting_for("staff"), made.published(author, draft).course)
    learner = acting_for("staff")
    assert [response.templates[0].name for response in (read, asked, passed)] == [
        "training/page.html",
        "training/question.html",
        "training/result.html",
    ]
    assert "Nothing that you do here is kept" in words(read)
    assert 'href="https://video.example/1" target="_blank" rel="noopener noreferrer"' in read.content.decode()
    assert "They talk." in words(read)
    assert "Answer question 1" in words(unanswered)
    assert "You have completed Our own course" in words(passed)
    assert "0 of 2 right" in words(failed)
    assert f"{at}/final-check/" in failed.content.decode()
    assert rows(author, Attempt) == rows(learner, Attempt) == []
    assert rows(author, Reply) == []
    assert attempt.pk


def test_an_unfinished_page_has_a_preview_too(browser, author):
    draft = made.begun(author)
    with acting_as(author):
        draft = actions.add_module(draft_id=draft.pk, title="P", by=author, now=NOW)
        for page in (Page("empty", ""), Page("check", "Check", check=Check(2))):
            actions.add_page(draft_id=draft.pk, module=made.part_of(draft), page=page, by=author, now=NOW)

    answers = [
        browser.get(f"{draft.get_absolute_url()}preview/empty/"),
        browser.get(f"{draft.get_absolute_url()}preview/check/"),
        browser.post(f"{draft.get_absolute_url()}preview/check/", {"number": "1"}),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200]


def test_a_version_can_be_read_after_the_draft_went_on(browser, author, draft):
    made.published(author, draft)
    with acting_as(author):
        actions.change_page(draft_id=draft.pk, version=99, page=Page("welcome", "Hello", "All new"), by=author, now=NOW)

    page = browser.get(f"{draft.get_absolute_url()}versions/1/", follow=True)
    shown = browser.get(draft.get_absolute_url())

    assert "Version 1, as learners see it" in words(page)
    assert "Read this first." in words(page)
    assert "Version 1 23 November 2026 Ann Author" in cells(shown)


# ---- Publishing
def test_publishing_says_who_is_inside_and_asks_whether_earlier_completions_count(browser, author, acting_for, draft):
    course = made.published(author, draft).course
    learning.begin(acting_for("staff"), course)
    with acting_as(author):
        actions.change_page(draft_id=draft.pk, version=99, page=Page("welcome", "Hello", "New"), by=author, now=NOW)
    standing = made.as_it_stands(author, draft)
    address = f"{draft.get_absolute_url()}publish/"

    page = browser.get(address)
    unanswered = browser.post(address, {"version": standing.version})
    stale = browser.post(address, {"version": draft.version, "expires_earlier": "yes"}, follow=True)
    published = browser.post(address, {"version": standing.version, "expires_earlier": "yes"}, follow=True)

    assert "1 person is inside this course right now. They finish the version they began." in words(page)
    assert "Select whether earlier completions still count" in words(unanswered)
    assert "Somebody changed or published this course meanwhile" in words(stale)
    assert "Version 2 is published" in words(published)
    assert made.as_it_stands(author, draft).published.expires_earlier is True


def test_what_learners_read_already_is_not_offered_for_publishing(browser, author, draft):
    made.published(author, draft)
    own = draft.get_absolute_url()
    with acting_as(author):
        actions.withdraw_course(draft_id=draft.pk, by=author, now=NOW)

    assert browser.get(own).context["can_publish"] is False
    page = browser.get(f"{own}publish/")
    assert "This is what learners read already. Nothing was changed since." in words(page)
    assert 'name="version"' not in page.content.decode()


def test_withdrawing_and_offering_again_by_buttons(browser, author, draft):
    made.published(author, draft)
    own = draft.get_absolute_url()

    withdrawn = browser.post(f"{own}withdraw/", follow=True)
    again = browser.post(f"{own}withdraw/", follow=True)
    offered = browser.post(f"{own}offer/", follow=True)

    assert "The course is withdrawn. Whoever is inside can finish it" in words(withdrawn)
    assert "This course is withdrawn already." in words(again)
    assert "The course is offered again" in words(offered)
    assert rows(author, CourseDraft)[0].course_id is not None
