"""What waits for an administrator among people and roles: the figure and the list behind it are the same people."""

import re
from datetime import timedelta

import pytest

from foundation.core.acting import acting_as
from foundation.notifications.models import Notice
from foundation.organisations import actions, attention
from foundation.organisations.roles import Role
from tests.conftest import NOW, acting_of, make_membership, make_organisation
from tests.factories import organisations as factories

TODAY = NOW.date()
SITE = "https://portal.example.org/"
LATER = NOW + timedelta(hours=73)


@pytest.fixture(autouse=True)
def _today_is_now(time_machine):
    time_machine.move_to(NOW, tick=False)


def invite(admin, name):
    person = factories.person(admin, name=name, email=f"{name.lower()}@example.org")
    actions.invite(membership_id=person.pk, site=SITE, by=admin, now=NOW)
    return person


def invited(admin):
    invite(admin, "Ann")
    leaver = invite(admin, "Gone")
    actions.end_person(membership_id=leaver.pk, last_day=TODAY - timedelta(days=1), by=admin, now=NOW)


def ran_out(admin):
    ann, again = invite(admin, "Ann"), invite(admin, "Again")
    joined = invite(admin, "Joined")
    for row in ann, again, joined:
        row.invitations.update(sent_at=NOW - timedelta(hours=80), expires_at=NOW - timedelta(hours=8))
    actions.invite(membership_id=again.pk, site=SITE, by=admin, now=NOW)
    joined.user = make_membership(make_organisation("Elsewhere District Council"), name="Elsewhere").user
    joined.save(update_fields=["user"])


def left(admin):
    gone, stays = factories.person(admin, name="Gone"), factories.person(admin, name="Stays")
    factories.person(admin, name="Ann", line_manager_id=gone.pk)
    factories.person(admin, name="Fine", line_manager_id=stays.pk)
    actions.end_person(membership_id=gone.pk, last_day=TODAY - timedelta(days=1), by=admin, now=NOW)


def ending(admin):
    ann, later, over = (factories.person(admin, name=name) for name in ("Ann", "Later", "Over"))
    factories.role_grant(admin, ann, Role.ASSURER, ends_on=TODAY + timedelta(days=30))
    factories.role_grant(admin, later, Role.ASSURER, ends_on=TODAY + timedelta(days=31))
    factories.role_grant(admin, over, Role.ASSURER, ends_on=TODAY - timedelta(days=1))


def asked_to_remove(admin):
    other = acting_of(make_membership(admin.organisation, Role.ORGANISATION_ADMIN, name="Other"))
    ann, mine = (make_membership(admin.organisation, name=name) for name in ("Ann", "Mine"))
    for by, person in ((other, ann), (admin, mine)):
        with acting_as(by):
            actions.request_factor_reset(membership_id=person.pk, site=SITE, by=by, now=NOW)


@pytest.mark.parametrize(
    ("arrange", "filters", "text"),
    [
        (invited, "sign_in=invited", "1 invitation is open"),
        (ran_out, "sign_in=ran_out", "1 invitation ran out before it was used"),
        (left, "manager=left", "1 person has a line manager who left"),
        (ending, "role=ending", "1 person has a role that ends within 30 days"),
        (asked_to_remove, "sign_in=reset", "1 request to remove second factors waits for a second administrator"),
    ],
)
def test_what_waits_is_counted_and_leads_to_exactly_those_people(admin, client_for, arrange, filters, text):
    arrange(admin)

    found = attention.concerns(admin)

    assert attention.Concern(text, filters) in found
    client = client_for(admin)
    assert f'href="/organisations/people/?{filters}">{text}</a>' in client.get("/").content.decode()
    page = client.get(f"/organisations/people/?{filters}").content.decode()
    assert re.findall(r'/organisations/people/[A-Z0-9-]{9}/">([^<]+)</a>', page) == ["Ann"]


def test_a_request_that_is_too_old_waits_for_nobody(admin, time_machine):
    asked_to_remove(admin)
    time_machine.move_to(LATER, tick=False)

    assert attention.concerns(acting_of(admin.membership, at=LATER)) == []


def test_nothing_waits_in_another_organisation_or_for_who_does_not_look_after_people(admin, acting_for):
    invited(admin)
    ending(admin)

    assert attention.concerns(acting_for("prevent_lead")) == []
    other = acting_for("organisation_admin", organisation=make_organisation("Elsewhere District Council"))
    with acting_as(other):
        assert attention.concerns(other) == []


def test_what_waits_costs_one_query(admin, django_assert_num_queries):
    invited(admin)
    attention.concerns(admin)

    with django_assert_num_queries(1):
        attention.concerns(admin)


def test_the_other_administrators_are_told_that_second_factors_are_to_be_removed(admin):
    others = [make_membership(admin.organisation, Role.ORGANISATION_ADMIN, name=name) for name in ("Other", "Third")]
    make_membership(admin.organisation, Role.PREVENT_LEAD)
    lost = make_membership(admin.organisation, Role.ORGANISATION_ADMIN, name="Lost")

    actions.request_factor_reset(membership_id=lost.pk, site=SITE, by=admin, now=NOW)

    notices = Notice.objects.filter(kind="organisations.factor_reset_asked")
    assert sorted(notices.values_list("membership_id", "target_reference")) == sorted(
        (other.pk, lost.reference) for other in others
    )
