"""The pages on which an administrator finds two entries of one person, compares and joins them."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from foundation.core.acting import acting_as
from foundation.organisations import actions, duplicates
from foundation.organisations.models import Membership
from foundation.organisations.roles import Role
from tests.conftest import NOW, acting_of, make_membership
from tests.factories import organisations as factories
from tests.foundation.organisations.test_joining import join

TODAY = NOW.date()
COMPARED = 17


@pytest.fixture
def admin(committed, acting_for):
    return acting_for(Role.ORGANISATION_ADMIN, name="Administrator")


@pytest.fixture
def pair(admin):
    one = factories.person(admin, name="Rhys Morgan", staff_number="H1", email="rhys.morgan@example.org")
    return one, factories.person(admin, name="Rhys  MORGAN", staff_number="N7", email="")


def address(one, other):
    return reverse("organisations:join", args=[one.reference, other.reference])


def text_of(response) -> str:
    return unescape(response.content.decode())


def sent(one, other, kept):
    return {"kept": kept.reference, "version_of_one": str(one.version), "version_of_other": str(other.version)}


def test_two_entries_are_found_compared_and_joined(admin, pair, client_for, backup):
    one, other = pair
    client = client_for(admin)

    likely = text_of(client.get(reverse("organisations:duplicates")))
    found = text_of(client.post(reverse("organisations:find_entry", args=[one.reference]), {"text": "n7"}))
    page = text_of(client.get(address(one, other)))
    done = client.post(address(one, other), sent(one, other, kept=other))

    assert address(one, other) in likely
    assert address(one, other) in found
    assert "rhys.morgan@example.org" in page
    assert "Joining two entries cannot be taken back." in page
    assert done["Location"] == reverse("organisations:person", args=[other.reference])
    assert backup(Membership).get(pk=one.pk).joined_into_id == other.pk
    left = text_of(client.get(reverse("organisations:person", args=[one.reference])))
    kept = text_of(client.get(reverse("organisations:person", args=[other.reference])))
    assert "This is the same person as" in left
    assert reverse("organisations:change_person", args=[one.reference]) not in left
    assert "was joined into this entry on" in kept


def test_an_entry_that_changed_meanwhile_is_said_and_nothing_is_joined(admin, pair, client_for, backup):
    one, other = pair
    typed = sent(one, other, kept=one)
    with acting_as(admin):
        actions.end_person(membership_id=other.pk, last_day=TODAY, by=admin, now=NOW)

    page = client_for(admin).post(address(one, other), typed)

    assert "One of the two was changed meanwhile" in text_of(page)
    assert backup(Membership).get(pk=other.pk).joined_into_id is None


def test_the_entry_to_keep_has_to_be_chosen_and_is_one_of_the_two(admin, pair, client_for, backup):
    one, other = pair
    third = factories.person(admin)

    for kept in ("", third.reference):
        page = client_for(admin).post(address(one, other), sent(one, other, kept=one) | {"kept": kept})

        assert page.status_code == 200
    assert not backup(Membership).filter(joined_into__isnull=False).exists()


def test_each_page_is_for_administrators_of_the_organisation(admin, pair, acting_for, client_for, other_organisation):
    one, other = pair
    stranger = acting_of(make_membership(other_organisation, Role.ORGANISATION_ADMIN))
    places = [
        reverse("organisations:duplicates"),
        reverse("organisations:find_entry", args=[one.reference]),
        address(one, other),
    ]

    for role in Role.values:
        client = client_for(acting_for(role))
        wanted = 200 if role == Role.ORGANISATION_ADMIN else 403
        assert [client.get(place).status_code for place in places] == [wanted] * 3
    assert [client_for(stranger).get(place).status_code for place in places] == [200, 404, 404]
    assert client_for(admin).get(address(one, stranger.membership)).status_code == 404


def test_ones_own_entry_is_not_offered_and_cannot_be_joined(admin, pair, client_for):
    client = client_for(admin)

    page = client.get(reverse("organisations:person", args=[admin.membership.reference]))

    assert reverse("organisations:find_entry", args=[admin.membership.reference]) not in text_of(page)
    assert client.get(address(admin.membership, pair[0])).status_code == 403


def test_the_other_account_is_told_why_it_opens_nothing(admin, organisation, client_for):
    kept, ended = make_membership(organisation, name="Rhys Morgan"), make_membership(organisation, name="R Morgan")
    browser = acting_of(ended)
    with acting_as(admin):
        join(admin, kept, ended)

    page = client_for(browser).get("/organisations/")

    assert page.status_code == 403
    assert "sign in with your other account" in text_of(page)


# ---- Likely duplicates
def groups(admin):
    with acting_as(admin):
        return [
            (group.why, [each.staff_number for each in (group.first, *group.others)])
            for group in duplicates.likely(admin, TODAY)
        ]


def test_a_name_in_one_team_and_an_e_mail_name_are_signs_and_a_common_name_elsewhere_is_not(admin):
    housing, roads = factories.team(admin, "Housing"), factories.team(admin, "Roads")
    factories.person(admin, name="Ann Bowen", staff_number="1", team_id=housing.pk)
    factories.person(admin, name="ann  bowen", staff_number="2", team_id=housing.pk)
    factories.person(admin, name="Ann Bowen", staff_number="3", team_id=roads.pk)
    factories.person(admin, name="Dev Patel", staff_number="4", email="dev.patel@old.example")
    factories.person(admin, name="Devan Patel", staff_number="5", email="Dev.Patel@new.example")

    factories.person(admin, name="Eira Lloyd", staff_number="6", email="eira@example.org")
    factories.person(admin, name="Eira Lloyd", staff_number="7", email="eira@example.org")

    assert groups(admin) == [  # what looks most alike comes first
        ("Same name and team", ["6", "7"]),
        ("Same e-mail name before the @", ["4", "5"]),
        ("Same name and team", ["1", "2"]),
    ]


def test_a_shared_mailbox_people_who_left_and_joined_entries_are_no_signs(admin):
    for number in range(6):
        factories.person(admin, name=f"Driver {number}", email="depot@example.org")
    gone = factories.person(admin, name="Ann Bowen")
    factories.person(admin, name="Ann Bowen")
    one, other = factories.person(admin, name="Dev Patel"), factories.person(admin, name="Dev Patel")
    with acting_as(admin):
        actions.end_person(membership_id=gone.pk, last_day=TODAY - timedelta(days=1), by=admin, now=NOW)
        join(admin, one, other)

    assert groups(admin) == []


@pytest.mark.parametrize("count", [1, 30])
def test_the_pages_ask_as_many_questions_however_many_there_are(
    admin, client_for, count, django_assert_num_queries, pair
):
    for number in range(count):
        factories.person(admin, name=f"Twin {number}")
        factories.person(admin, name=f"Twin {number}")
    client = client_for(admin)
    client.get(reverse("organisations:duplicates"))

    with acting_as(admin), django_assert_num_queries(3):
        assert len(duplicates.likely(admin, TODAY)) == count + 1
    with acting_as(admin), django_assert_num_queries(COMPARED):
        duplicates.compare(admin, *pair)
