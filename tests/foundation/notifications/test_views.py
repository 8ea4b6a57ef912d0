from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from foundation.core.acting import Acting
from foundation.notifications.models import Notice, Preference
from foundation.organisations.models import Organisation

Backup = Callable[..., Any]
ClientFor = Callable[[Acting], Client]
Tell = Callable[..., Notice]


def text_of(client: Client, address: str = "/notifications/") -> str:
    return client.get(address).content.decode()


def test_the_page_shows_what_is_new_and_opens_it(
    committed: None, lead: Acting, tell: Tell, client_for: ClientFor, backup: Backup
) -> None:
    notice = tell(lead)
    client = client_for(lead)

    before = text_of(client)
    response = client.post(f"/notifications/{notice.reference}/open/")
    after = text_of(client)

    assert f"Job {notice.target_reference} is ready" in before
    assert '<strong class="govuk-tag govuk-tag--blue">New</strong>' in before
    assert response.headers["Location"] == f"/jobs/{notice.target_reference}/"
    assert backup(Notice).get().read_at is not None
    assert '<strong class="govuk-tag govuk-tag--blue">New</strong>' not in after


def test_nobody_else_sees_or_opens_a_notice(
    committed: None, lead: Acting, tell: Tell, acting_for: Callable[..., Acting], other_organisation: Organisation,
    client_for: ClientFor, backup: Backup,
) -> None:  # fmt: skip
    notice = tell(lead)
    others = [acting_for("organisation_admin"), acting_for("prevent_lead", organisation=other_organisation)]

    for other in others:
        client = client_for(other)
        assert notice.target_reference not in text_of(client)
        assert client.post(f"/notifications/{notice.reference}/open/").status_code == 404
    assert Client().post(f"/notifications/{notice.reference}/open/").status_code == 302
    assert Client().get("/notifications/").status_code == 302

    assert backup(Notice).get().read_at is None


def test_looking_at_the_page_or_the_address_of_a_button_marks_nothing_read(
    committed: None, lead: Acting, tell: Tell, client_for: ClientFor, backup: Backup
) -> None:
    notice = tell(lead)
    client = client_for(lead)

    assert client.get("/notifications/").status_code == 200
    assert client.get(f"/notifications/{notice.reference}/open/").status_code == 405
    assert client.get("/notifications/read/").status_code == 405

    assert backup(Notice).get().read_at is None


def test_all_are_marked_read_at_once(
    committed: None, lead: Acting, tell: Tell, client_for: ClientFor, backup: Backup
) -> None:
    for _ in range(3):
        tell(lead)

    response = client_for(lead).post("/notifications/read/", follow=True)

    assert "3 notices marked as read" in response.content.decode()
    assert backup(Notice).filter(read_at__isnull=True).count() == 0


def test_only_the_new_ones_can_be_shown(committed: None, lead: Acting, tell: Tell, client_for: ClientFor) -> None:
    read, new = tell(lead), tell(lead)
    client = client_for(lead)
    client.post(f"/notifications/{read.reference}/open/")

    text = text_of(client, "/notifications/?show=new")

    assert new.target_reference in text
    assert read.target_reference not in text


def test_a_person_chooses_when_letters_come(
    committed: None, lead: Acting, client_for: ClientFor, backup: Backup
) -> None:
    client = client_for(lead)

    shown = text_of(client, "/notifications/letters/")
    response = client.post(
        "/notifications/letters/", {"tests": "daily", "others": "none", "membership": "99"}, follow=True
    )

    assert shown.count('value="immediately"') == 2
    assert "Your choice is saved" in response.content.decode()
    chosen = backup(Preference).order_by("group").values_list("membership_id", "group", "delivery")
    assert list(chosen) == [(lead.membership_id, "others", "none"), (lead.membership_id, "tests", "daily")]


def test_a_choice_that_does_not_exist_is_an_error_on_the_form(
    committed: None, lead: Acting, client_for: ClientFor, backup: Backup
) -> None:
    text = client_for(lead).post("/notifications/letters/", {"tests": "hourly"}).content.decode()

    assert "<title>Error: When you get e-mails" in text
    assert "Select when you want e-mails about this" in text
    assert backup(Preference).count() == 0


def test_an_empty_centre_says_what_will_be_here(committed: None, lead: Acting, client_for: ClientFor) -> None:
    assert "No notices yet" in text_of(client_for(lead))


@pytest.mark.parametrize("count", [1, 15])
def test_the_number_of_queries_does_not_grow_with_the_list(
    committed: None, lead: Acting, tell: Tell, client_for: ClientFor, django_assert_max_num_queries: Any, count: int
) -> None:
    for _ in range(count):
        tell(lead, now=timezone.now())
    client = client_for(lead)

    with django_assert_max_num_queries(14):
        text = text_of(client)

    assert text.count("govuk-table__row") == count + 1
