"""What a partnership counts of shared risks is kept between changes, and never out of date."""

from datetime import timedelta

import pytest
from django.db import connection

from foundation.core.acting import acting_as
from foundation.ledger import acting_system
from foundation.organisations.models import Given, PartnershipMember
from risk import sharing
from tests.at_once import at_once
from tests.conftest import NOW, acting_of, make_membership, make_organisation
from tests.factories import risk as factories
from tests.factories.partnerships import join, partnership

TODAY = NOW.date()


@pytest.fixture
def board(committed):
    return partnership()


@pytest.fixture
def owner(board):
    """The Prevent lead of a member."""
    member = make_organisation("Ashmere District Council")
    join(board, member)
    return acting_of(make_membership(member, "prevent_lead"))


@pytest.fixture
def chair(board):
    return acting_of(make_membership(board, "prevent_lead"))


@pytest.fixture
def entries(owner):
    return factories.approved(owner, "Online", "Halls", "Gaming")


def seen_by(chair):
    with acting_as(chair):
        found = sharing.rolled_up(chair, TODAY)
    return found.total, {heap.value: heap.total for heap in found.by_theme}, sum(found.drawn.values())


def changes(acting, board):
    with acting_as(acting):
        rows = Given.objects.visible_to(acting).filter(partnership=board, what="risks")
        return list(rows.values_list("organisation__name", "changes"))


def test_every_deed_that_changes_what_is_shared_is_in_the_figures_at_once(owner, board, chair, entries):
    seen = [seen_by(chair)]
    shared = []
    for entry in entries:
        shared.append(factories.share(owner, board, entry))
        seen.append(seen_by(chair))
    factories.take_back(owner, shared[0])
    seen.append(seen_by(chair))
    factories.share(owner, board, entries[1], comment="Anew")
    seen.append(seen_by(chair))

    assert [total for total, _themes, _drawn in seen] == [0, 1, 2, 3, 2, 2]
    assert [drawn for _total, _themes, drawn in seen] == [0, 1, 2, 3, 2, 2]


def test_who_is_no_member_any_more_is_not_counted_any_more(owner, board, chair, entries):
    factories.share(owner, board, entries[0])
    before = seen_by(chair)

    with acting_system("provision"):
        PartnershipMember.objects.filter(member=owner.organisation).update(ends_on=TODAY - timedelta(days=10))

    assert (before[0], seen_by(chair)[0]) == (1, 0)


def test_what_did_not_change_is_not_counted_again(owner, board, chair, entries, monkeypatch):
    factories.share(owner, board, entries[0])
    before = seen_by(chair)

    monkeypatch.setattr(sharing, "_counted", lambda *_place: pytest.fail("counted again"))

    assert seen_by(chair) == before


def test_nobody_can_read_in_the_cache_what_was_counted(owner, board, chair, entries):
    factories.share(owner, board, entries[0])
    seen_by(chair)

    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, decode(value, 'base64') FROM portal_cache")
        [(key, kept)] = cursor.fetchall()

    assert len(kept) > 100
    assert not [word for word in ("online", "Medium", "heaps") if word in key or word.encode() in bytes(kept)]


# ---- How often something changed
def test_each_change_is_counted_for_its_partnership_alone(owner, board, chair, entries):
    other = partnership("Valley Partnership")
    join(other, owner.organisation)
    shared = factories.share(owner, board, entries[0])
    factories.share(owner, other, entries[0])
    factories.take_back(owner, shared)

    assert changes(owner, board) == [("Ashmere District Council", 2)]
    assert changes(chair, board) == [("Ashmere District Council", 2)]
    assert changes(chair, other) == []


def test_a_stranger_sees_none_of_it(owner, board, entries):
    factories.share(owner, board, entries[0])
    stranger = acting_of(make_membership(make_organisation("Brindle Valley District Council"), "prevent_lead"))
    join(board, stranger.organisation)

    assert changes(stranger, board) == []
    with acting_as(stranger):
        assert Given.objects.count() == 0


def test_two_who_share_at_once_are_both_counted(owner, board, chair, entries):
    second = acting_of(make_membership(owner.organisation, "prevent_lead"))

    at_once(
        lambda: factories.share(owner, board, entries[0]),
        lambda: factories.share(second, board, entries[1]),
    )

    assert changes(owner, board) == [("Ashmere District Council", 2)]
    assert seen_by(chair)[0] == 2
