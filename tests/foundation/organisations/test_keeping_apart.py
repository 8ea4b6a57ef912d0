"""Two entries that look alike are said to be two people: not offered any more, not joined, until it is taken back."""

import json

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from foundation.ledger.models import Event
from foundation.organisations import actions, duplicates
from foundation.organisations.models import KeptApart, Membership
from foundation.organisations.roles import Role
from tests.at_once import at_once
from tests.conftest import NOW, acting_of, make_membership
from tests.factories import organisations as factories
from tests.foundation.organisations.test_joining import join
from tests.foundation.organisations.test_joining_pages import address, groups, text_of

APART = "Somebody said that these are two people. Take that back first."


@pytest.fixture
def admin(committed, acting_for):
    return acting_for(Role.ORGANISATION_ADMIN, name="Administrator")


@pytest.fixture
def alike(admin):
    return [factories.person(admin, name="Ann Bowen", staff_number=number) for number in "123"]


def keep_apart(by, one, other):
    with acting_as(by):
        return actions.keep_apart(membership_id=one.pk, other_id=other.pk, by=by, now=NOW)


def take_back(by, one, other):
    with acting_as(by):
        actions.no_longer_keep_apart(membership_id=one.pk, other_id=other.pk, by=by, now=NOW)


def numbers(admin):
    return [found for _why, found in groups(admin)]


def test_a_pair_that_is_two_people_is_not_offered_and_each_is_still_beside_the_third(admin, alike):
    one, two, three = alike
    assert numbers(admin) == [["1", "2", "3"]]

    keep_apart(admin, two, one)
    assert numbers(admin) == [["1", "3"]]
    keep_apart(admin, one, three)
    assert numbers(admin) == [["2", "3"]]
    keep_apart(admin, two, three)
    assert numbers(admin) == []

    take_back(admin, one, two)
    assert numbers(admin) == [["1", "2"]]


def test_pairs_that_are_two_people_do_not_push_others_off_the_page(admin, alike, monkeypatch):
    one, two, three = alike
    for number in "45":
        factories.person(admin, name="Cai Davies", staff_number=number)
    monkeypatch.setattr(duplicates, "MOST", 3)
    assert numbers(admin) == [["1", "2", "3"]]

    for pair in ((one, two), (one, three), (two, three)):
        keep_apart(admin, *pair)

    assert numbers(admin) == [["4", "5"]]


def test_it_is_said_once_in_whichever_order_and_by_whom_is_kept(admin, alike, backup):
    one, two, _three = alike

    keep_apart(admin, two, one)
    keep_apart(admin, one, two)
    take_back(admin, two, one)
    take_back(admin, one, two)

    [said] = backup(KeptApart)
    assert (said.lower_id, said.higher_id, said.said_by_id) == (one.pk, two.pk, admin.membership_id)
    assert (said.ended_at, said.ended_by_id) == (NOW, admin.membership_id)
    verbs = ["person.kept_apart", "person.no_longer_kept_apart"]
    recorded = backup(Event).filter(verb__in=verbs).order_by("pk")
    assert [(event.verb, json.loads(event.facts)["other"]) for event in recorded] == [
        (verb, two.reference) for verb in verbs
    ]


def test_two_people_cannot_be_joined_before_that_is_taken_back(admin, alike, backup):
    one, two, _three = alike
    keep_apart(admin, one, two)

    with acting_as(admin), pytest.raises(RuleBroken, match=APART):
        join(admin, two, one)
    assert backup(Membership).get(pk=one.pk).joined_into_id is None

    take_back(admin, one, two)
    with acting_as(admin):
        join(admin, two, one)
    assert backup(Membership).get(pk=one.pk).joined_into_id == two.pk


def test_what_was_joined_is_no_pair_any_more(admin, alike):
    one, two, three = alike
    with acting_as(admin):
        join(admin, two, one)

    with pytest.raises(RuleBroken, match="was joined with another meanwhile"):
        keep_apart(admin, one, three)
    with pytest.raises(RuleBroken, match="one and the same"):
        keep_apart(admin, two, two)


def test_who_joins_and_who_says_two_people_at_once_do_not_both_succeed(admin, alike, backup):
    one, two, _three = alike

    def joins():
        with acting_as(admin):
            join(admin, one, two)

    outcomes = at_once(joins, lambda: keep_apart(admin, one, two))

    assert sum(isinstance(outcome, RuleBroken) for outcome in outcomes) == 1
    was_joined = backup(Membership).filter(joined_into__isnull=False).exists()
    assert was_joined != backup(KeptApart).exists()


def test_two_who_say_it_at_once_say_it_once(admin, alike, acting_for, backup):
    one, two, _three = alike
    other = acting_for(Role.ORGANISATION_ADMIN, name="Second")

    outcomes = at_once(lambda: keep_apart(admin, one, two), lambda: keep_apart(other, two, one))

    assert not any(isinstance(outcome, Exception) for outcome in outcomes)
    assert backup(KeptApart).count() == 1


@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.ORGANISATION_ADMIN])
def test_only_an_administrator_says_it(admin, alike, acting_for, role, backup):
    one, two, _three = alike
    by = acting_for(role)

    with pytest.raises((PermissionDenied, Membership.DoesNotExist)):
        keep_apart(by, one, two)
    assert not backup(KeptApart).exists()


def test_nobody_says_it_of_another_organisations_people(admin, alike, other_organisation):
    stranger = acting_of(make_membership(other_organisation, Role.ORGANISATION_ADMIN))

    with pytest.raises(Membership.DoesNotExist):
        keep_apart(stranger, alike[0], alike[1])
    with pytest.raises(Membership.DoesNotExist):
        keep_apart(admin, alike[0], stranger.membership)


@pytest.mark.parametrize(
    "changes", [{"lower": "two", "higher": "one"}, {"ended_at": NOW}, {"lower": "one", "higher": "one"}]
)
def test_the_database_refuses_what_cannot_be(admin, alike, within, changes):
    named = dict(zip(("one", "two"), alike, strict=False))
    said = keep_apart(admin, alike[0], alike[1])
    within(admin)

    with pytest.raises(IntegrityError), transaction.atomic():
        KeptApart.objects.filter(pk=said.pk).update(**{key: named.get(value, value) for key, value in changes.items()})


def test_an_administrator_says_it_on_the_page_sees_who_did_and_takes_it_back(admin, alike, client_for):
    one, two, three = alike
    keep_apart(admin, one, three)
    keep_apart(admin, two, three)
    client, pair = client_for(admin), address(one, two)
    assert "These are two people" in text_of(client.get(pair))

    after = text_of(client.post(reverse("organisations:keep_apart", args=[one.reference, two.reference]), follow=True))
    compared = text_of(client.get(pair))

    assert "Nobody looks like somebody else" in after
    assert pair in after
    assert "Administrator said on" in compared
    assert "Join the two entries" not in compared
    back = reverse("organisations:end_keep_apart", args=[one.reference, two.reference])
    assert "Compare with the one above" in text_of(client.post(back, follow=True))


def test_who_has_left_is_not_in_the_list_of_pairs(admin, alike):
    one, two, _three = alike
    keep_apart(admin, one, two)
    with acting_as(admin):
        assert len(duplicates.kept_apart(admin)) == 1
        Membership.objects.filter(pk=two.pk).update(ends_on=admin.at.date().replace(year=2025), starts_on="2024-01-01")
        assert duplicates.kept_apart(admin) == []


def test_a_pair_with_ones_own_entry_is_for_another_administrator_to_look_at(admin, acting_for, client_for):
    second = acting_for(Role.ORGANISATION_ADMIN, name="Second")
    twin = factories.person(second, name="Administrator")
    keep_apart(second, admin.membership, twin)

    own, others = (
        client_for(acting).get(reverse("organisations:duplicates")).content.decode() for acting in (admin, second)
    )

    assert "Your own entry: another administrator can" in own
    assert "Compare again" not in own
    assert "Compare again" in others
