"""Who leads somebody, on their page, in the list and on the form."""

from datetime import date
from html import unescape

import pytest

from foundation.core.acting import acting_as
from foundation.organisations import actions, queries
from foundation.organisations.models import Membership
from foundation.organisations.roles import Role
from tests.conftest import NOW
from tests.factories import organisations as factories

FORM = {"name": "Ann", "starts_on_0": "1", "starts_on_1": "9", "starts_on_2": "2026"}


@pytest.fixture
def admin(committed, acting_for):
    return acting_for(Role.ORGANISATION_ADMIN, name="Administrator")


@pytest.fixture
def boss(admin):
    return factories.person(admin, name="Bo Ahn")


def text_of(response):
    return unescape(response.content.decode())


def test_the_form_names_what_somebody_does_and_who_leads_them(admin, boss, client_for, backup):
    post = FORM | {"staff_group": "Front line", "employment": "casual", "line_manager_id": boss.pk}

    page = client_for(admin).post("/organisations/people/add/", post, follow=True)

    added = backup(Membership).get(name="Ann")
    assert (added.staff_group, added.employment, added.line_manager_id) == ("Front line", "casual", boss.pk)
    assert all(each in text_of(page) for each in ("Front line", "Casual or bank", "Bo Ahn"))


def test_the_form_refuses_oneself_beside_the_field(admin, boss, client_for, backup):
    post = FORM | {"line_manager_id": boss.pk, "version": 1}

    page = client_for(admin).post(f"/organisations/people/{boss.reference}/change/", post)

    assert 'href="#id_line_manager_id"' in page.content.decode()
    assert "Nobody is their own line manager" in text_of(page)
    assert backup(Membership).get(pk=boss.pk).line_manager_id is None


def test_in_a_large_organisation_the_line_manager_is_typed(admin, boss, client_for, backup, monkeypatch):
    monkeypatch.setattr(queries, "MOST_CHOICES", 1)

    client_for(admin).post("/organisations/people/add/", FORM | {"line_manager_id": "bo ahn"})

    assert backup(Membership).get(name="Ann").line_manager_id == boss.pk


def test_the_page_and_the_list_say_that_a_line_manager_has_left(admin, boss, client_for):
    ann = factories.person(admin, name="Ann", line_manager_id=boss.pk)
    with acting_as(admin):
        actions.end_person(membership_id=boss.pk, last_day=date(2026, 10, 1), by=admin, now=NOW)

    page = text_of(client_for(admin).get(f"/organisations/people/{ann.reference}/"))
    listed = text_of(client_for(admin).get("/organisations/people/"))

    assert "Has left" in page
    assert "Name another line manager" in page
    assert "Bo Ahn (has left)" in listed
