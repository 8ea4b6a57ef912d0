"""A draft begun by mistake is put away and taken up again; nothing published is touched, nothing written is lost."""

import pytest
from django.db import IntegrityError

from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken, StaleVersion
from foundation.ledger.models import Event
from tests.at_once import at_once
from tests.conftest import NOW
from tests.factories import own_courses as made
from tests.training.browsing import words
from training import actions
from training.models import CourseDraft, DraftState

AWAY = "This draft was put away. Take it up again to go on with it."


@pytest.fixture
def author(acting_for):
    return acting_for("training_manager", name="Ann Author")


@pytest.fixture
def colleague(acting_for):
    return acting_for("prevent_lead", name="Cole League")


@pytest.fixture
def draft(author):
    return made.written(author, title="By mistake")


@pytest.fixture
def browser(author, client_for):
    return client_for(author)


def put_away(by, draft, version=None):
    with acting_as(by):
        return actions.put_draft_away(draft_id=draft.pk, version=version or draft.version, by=by, now=NOW)


def take_up(by, draft):
    with acting_as(by):
        return actions.take_draft_up(draft_id=draft.pk, by=by, now=NOW)


def add_part(by, draft):
    with acting_as(by):
        return actions.add_module(draft_id=draft.pk, title="More", by=by, now=NOW)


def test_put_away_it_says_by_whom_and_keeps_all_that_was_written(committed, author, draft, backup):
    before = made.as_it_stands(author, draft)

    put_away(author, draft)

    row = backup(CourseDraft).get()
    assert (row.put_away_at, row.put_away_by_id) == (NOW, author.membership_id)
    assert (row.content, row.version) == (before.content, before.version)
    assert backup(Event).filter(verb="training.draft_put_away", target_id=draft.pk).count() == 1
    assert made.as_it_stands(author, draft).state == DraftState.PUT_AWAY


def test_nobody_writes_in_it_or_publishes_it(author, draft):
    put_away(author, draft)

    with pytest.raises(RuleBroken, match=AWAY):
        add_part(author, draft)
    with pytest.raises(RuleBroken, match=AWAY):
        made.published(author, draft)
    with pytest.raises(RuleBroken, match=AWAY):
        put_away(author, draft)


def test_taken_up_it_goes_on_as_it_stood(committed, author, colleague, draft, backup):
    put_away(author, draft)

    take_up(colleague, draft)
    add_part(colleague, draft)

    row = backup(CourseDraft).get()
    assert (row.put_away_at, row.put_away_by_id, row.version) == (None, None, draft.version + 1)
    assert backup(Event).filter(verb="training.draft_taken_up").count() == 1
    with pytest.raises(RuleBroken, match="not put away"):
        take_up(author, draft)


def test_what_somebody_wrote_meanwhile_is_not_put_away_unseen(author, colleague, draft):
    add_part(colleague, draft)

    with pytest.raises(StaleVersion):
        put_away(author, draft)

    assert made.as_it_stands(author, draft).state == DraftState.DRAFT


def test_put_away_and_written_in_at_once_one_comes_first_and_the_other_is_told(
    committed, author, colleague, draft, backup
):
    results = at_once(lambda: put_away(author, draft), lambda: add_part(colleague, draft))

    refused = [type(each) for each in results if isinstance(each, Exception)]
    row = backup(CourseDraft).get()
    assert refused in ([RuleBroken], [StaleVersion])
    assert row.is_put_away == (refused == [RuleBroken])


@pytest.mark.parametrize("withdrawn", [False, True])
def test_what_was_ever_published_is_never_put_away(committed, author, draft, backup, withdrawn):
    made.published(author, draft)
    if withdrawn:
        with acting_as(author):
            actions.withdraw_course(draft_id=draft.pk, by=author, now=NOW)

    with pytest.raises(RuleBroken, match=r"^This course was published\. Withdraw it instead\.$"):
        put_away(author, made.as_it_stands(author, draft))
    with acting_as(author), pytest.raises(IntegrityError, match="course_draft_put_away_was_never_published"):
        CourseDraft.objects.filter(pk=draft.pk).update(put_away_at=NOW, put_away_by=author.membership_id)

    assert backup(CourseDraft).get().put_away_at is None


# ---- The pages
def test_asked_first_then_it_leaves_the_list_and_stands_under_put_away(browser, draft):
    own = draft.get_absolute_url()

    asked = browser.get(f"{own}put-away/")
    done = browser.post(f"{own}put-away/", {"version": asked.context["draft"].version}, follow=True)
    listed, away = browser.get("/training/writing/"), browser.get("/training/writing/?state=put_away")

    assert "Put this draft away?" in words(asked)
    assert "2 pages are written in it. Ann Author changed it last" in words(asked)
    assert "The draft is put away" in words(done)
    assert [[each.title for each in page.context["page"].items] for page in (listed, away)] == [[], ["By mistake"]]
    assert "Show the drafts that were put away" in words(listed)
    assert "Take it up again" in words(done)
    assert "Add a part" not in words(done)


def test_the_page_takes_it_up_again(browser, author, draft):
    put_away(author, draft)

    done = browser.post(f"{draft.get_absolute_url()}take-up/", follow=True)

    assert "You can go on with the draft" in words(done)
    assert "Add a part" in words(done)
    assert "Put this draft away" in words(done)


@pytest.mark.parametrize("sent", ["", "x", "-1", "9999999999"])
def test_without_the_version_that_was_seen_nothing_goes(browser, author, draft, sent):
    own = draft.get_absolute_url()
    posted = {"version": sent} if sent else {}

    answers = [browser.post(f"{own}{way}", posted, follow=True) for way in ("put-away/", "pages/welcome/remove/")]

    assert ["Nothing was removed: it was not said what you saw." in words(each) for each in answers] == [True, True]
    stands = made.as_it_stands(author, draft)
    assert (stands.state, len(made.content_of(stands).pages)) == (DraftState.DRAFT, 2)


def test_who_writes_in_it_at_that_moment_keeps_their_words_and_can_save_them_later(browser, author, colleague, draft):
    address = f"{draft.get_absolute_url()}pages/welcome/change/"
    typed = {"title": "Welcome", "body": "A long new text.", "version": str(draft.version)}
    put_away(colleague, draft)

    refused = browser.post(address, typed)
    take_up(author, draft)
    saved = browser.post(address, typed, follow=True)

    assert AWAY in words(refused)
    assert "A long new text." in refused.content.decode()
    assert made.content_of(made.as_it_stands(author, draft)).pages[0].body == "A long new text."
    assert saved.status_code == 200


def test_the_page_of_a_published_course_offers_no_putting_away(browser, author, draft):
    made.published(author, draft)
    own = draft.get_absolute_url()

    assert "Put this draft away" not in words(browser.get(own))
    assert browser.get(f"{own}put-away/").status_code == 302
