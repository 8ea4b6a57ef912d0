"""Pictures on the pages of an organisation's own courses: who sees them, and how they come and go."""

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from foundation.files import actions as files
from foundation.files.models import StoredFile
from foundation.files.workflow import Status as FileStatus
from tests.conftest import NOW, acting_of, make_membership
from tests.factories import learning
from tests.factories import own_courses as made
from tests.foundation.files import samples
from tests.training.browsing import words
from training import actions, queries, showing
from training.content import Page
from training.models import CoursePicture


@pytest.fixture
def author(acting_for):
    return acting_for("training_manager", name="Ann Author")


@pytest.fixture
def learner(acting_for):
    return acting_for("staff", name="Leila Learner")


@pytest.fixture
def browser(author, client_for):
    return client_for(author)


@pytest.fixture
def draft(author):
    return made.written(author)


def do(by, action, draft, **arguments):
    with acting_as(by):
        return action(draft_id=draft.pk, by=by, now=NOW, **arguments)


def content(author, draft):
    return made.content_of(made.as_it_stands(author, draft))


# ---- Who sees them, and what becomes of them
def opens(by, reference: str) -> bool:
    with acting_as(by):
        file = StoredFile.objects.visible_to(by).filter(reference=reference).first()
        if file is None:
            return False
        try:
            files.open_file(stored_file_id=file.pk, by=by, now=NOW)
        except PermissionDenied:
            return False
        return True


def test_a_picture_is_for_authors_until_it_is_published_and_for_the_organisation_alone(
    author, learner, draft, other_organisation
):
    stranger = acting_of(make_membership(other_organisation, "training_manager"))
    draft = made.with_picture(author, draft)
    for each in (learner, author):
        each.organisation.open_unscanned_files = True
    reference = made.content_of(draft).pages[0].pictures[0].file
    before = [opens(each, reference) for each in (author, learner, stranger)]

    made.published(author, draft)

    assert before == [True, False, False]
    assert [opens(each, reference) for each in (author, learner, stranger)] == [True, True, False]


def test_a_picture_without_a_text_that_stands_for_it_is_refused(author, draft, backup):
    with pytest.raises(RuleBroken, match="Say what the picture shows"):
        do(author, actions.add_picture, draft, page="welcome", upload=made.picture(), alt=" ")

    assert backup(CoursePicture).count() == 0


def test_a_picture_taken_off_before_it_was_published_is_withdrawn_and_later_kept(author, draft, backup):
    made.with_picture(author, draft)
    do(author, actions.remove_picture, draft, version=99, page="welcome", number=1)
    made.with_picture(author, draft)
    made.published(author, draft)

    do(author, actions.remove_picture, draft, version=99, page="welcome", number=1)

    files_of = backup(CoursePicture).order_by("pk").values_list("file__status", flat=True)
    assert list(files_of) == [FileStatus.WITHDRAWN, FileStatus.NOT_SCANNED]


@pytest.mark.parametrize("how", ["page", "part"])
def test_a_picture_goes_with_its_page_or_part_before_it_was_published(author, draft, backup, how):
    made.with_picture(author, draft)
    if how == "page":
        do(author, actions.remove_page, draft, version=99, page="welcome")
    else:
        do(author, actions.remove_module, draft, version=99, module=made.part_of(draft))

    assert backup(CoursePicture).get().file.status == FileStatus.WITHDRAWN


def test_a_course_with_a_picture_that_is_gone_is_not_published(author, draft):
    draft = made.with_picture(author, draft)
    with acting_as(author):
        (picture,) = CoursePicture.objects.visible_to(author)
        files.withdraw(stored_file_id=picture.file_id, by=author, now=NOW)
        closed = queries.closed_pictures(author, made.content_of(draft).files)

    assert list(closed.values()) == ["This file was withdrawn."]
    with pytest.raises(RuleBroken, match="something to put right"):
        made.published(author, draft)


@pytest.mark.parametrize("count", [1, 5])
def test_more_pictures_cost_no_more_queries(author, draft, django_assert_num_queries, count):
    for _ in range(count):
        draft = made.with_picture(author, draft)

    with acting_as(author), django_assert_num_queries(1):
        assert queries.closed_pictures(author, made.content_of(draft).files) == {}


# ---- In the browser
def test_a_picture_is_added_with_what_it_shows_and_asked_for_it(browser, author, draft):
    address = f"{draft.get_absolute_url()}pages/welcome/pictures/add/"
    file = {"upload": SimpleUploadedFile("plan.png", samples.png(), "image/png"), "version": "1"}

    refused = browser.post(address, {**file, "alt": ""})
    file["upload"].seek(0)
    added = browser.post(address, {**file, "alt": "A plan", "caption": "Our floor"}, follow=True)
    browser.post(
        address.replace("add", "1/change"), {"version": "99", "alt": "A plan of the floor", "caption": "Our floor"}
    )

    (picture,) = content(author, draft).pages[0].pictures
    assert "Say what the picture shows" in words(refused)
    assert "[picture 1]" in words(added)
    assert (picture.alt, picture.caption) == ("A plan of the floor", "Our floor")


def test_a_file_that_is_no_picture_is_refused(browser, author, draft):
    address = f"{draft.get_absolute_url()}pages/welcome/pictures/add/"
    file = SimpleUploadedFile("plan.png", b"%PDF-1.7 no picture", "image/png")

    refused = browser.post(address, {"upload": file, "alt": "A plan", "version": "1"})

    assert refused.context["form"].errors.keys() == {"upload"}
    assert content(author, draft).pages[0].pictures == ()


def test_learners_see_the_picture_with_its_text_and_caption_where_the_text_says_so(
    browser, author, client_for, acting_for, draft
):
    draft = made.with_picture(author, draft)
    with acting_as(author):
        page = Page("welcome", "Welcome", "Before.\n\n[picture 1]\n\nAfter.")
        actions.change_page(draft_id=draft.pk, version=99, page=page, by=author, now=NOW)
    course = made.published(author, draft).course
    learner = acting_for("staff")
    attempt = learning.begin(learner, course)

    page = client_for(learner).get(f"/training/learning/{attempt.reference}/welcome/")

    picture = content(author, draft).pages[0].pictures[0]
    body = re.sub(r"\s+", " ", page.content.decode())
    assert f'src="/files/{picture.file}/" alt="A plan of the floor"' in body
    assert body.index("Before.") < body.index("A plan of the floor") < body.index("Ours</figcaption>")
    assert body.index("Ours</figcaption>") < body.index("After.")
    assert "[picture 1]" not in body
    file = client_for(learner).get(f"/files/{picture.file}/")
    assert file["Content-Type"] == "image/png"
    assert b"".join(file.streaming_content).startswith(b"\x89PNG")


def test_a_picture_named_in_the_text_is_found_with_the_line_ends_of_browsers(browser, author, draft):
    made.with_picture(author, draft)
    fields = {"version": "99", "title": "Welcome", "body": "Before.\r\n\r\n[picture 1]\r\n\r\nAfter.\r\n"}

    browser.post(f"{draft.get_absolute_url()}pages/welcome/change/", fields)

    page = content(author, draft).pages[0]
    assert page.body == "Before.\n\n[picture 1]\n\nAfter."
    assert [bool(piece.picture) for piece in showing.pieces(page)] == [False, True, False]
