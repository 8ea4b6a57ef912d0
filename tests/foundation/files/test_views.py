"""Giving a stored file out: to whom, in which state, with which headers."""

import pytest
from django.test import Client
from django.urls import reverse

from foundation.core.acting import acting_as
from foundation.files import actions
from foundation.files.models import StoredFile
from foundation.files.workflow import Status
from foundation.ledger.models import Event
from foundation.organisations.models import Organisation
from tests.conftest import NOW, acting_of, make_membership
from tests.foundation.files.conftest import PURPOSE, put

WORDS = b"Present: three.\n" * 10_000


@pytest.fixture
def clean_file(committed, lead, open_to_all) -> StoredFile:
    return settled(lead, put(lead, WORDS, "Minutes – Mai.txt"), Status.CLEAN)


def settled(acting, stored_file: StoredFile, status: Status) -> StoredFile:
    """As after a scan."""
    with acting_as(acting):
        StoredFile.objects.filter(pk=stored_file.pk).update(status=status, scanned_at=NOW, scanner="ClamAV 1.4.3")
    return stored_file


def test_a_clean_file_is_streamed_as_an_attachment_that_no_browser_runs(clean_file, lead, client_for):
    response = client_for(lead).get(reverse("files:download", args=[clean_file.reference]))

    assert response.getvalue() == WORDS
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''Minutes%20%E2%80%93%20Mai.txt"
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Content-Length"] == str(len(WORDS))
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "no-store, private"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"


def test_each_opening_is_in_the_ledger_without_the_files_name(clean_file, lead, client_for, backup):
    client_for(lead).get(reverse("files:download", args=[clean_file.reference])).getvalue()

    event = backup(Event).get(verb="file.opened")
    assert (event.target_reference, event.actor_membership_id) == (clean_file.reference, lead.membership_id)
    assert "Minutes" not in event.facts


def test_another_organisations_file_is_the_same_as_a_missing_one(clean_file, other_organisation, client_for):
    stranger = client_for(acting_of(make_membership(other_organisation, "prevent_lead")))

    theirs = stranger.get(reverse("files:download", args=[clean_file.reference]))
    missing = stranger.get(reverse("files:download", args=["ZZZZ-ZZZZ"]))

    assert (theirs.status_code, missing.status_code) == (404, 404)


def test_a_file_of_a_room_that_lets_nobody_in_is_not_there(committed, lead, client_for):
    hidden = settled(lead, put(lead, WORDS, purpose="nobody.knows"), Status.CLEAN)

    assert client_for(lead).get(reverse("files:download", args=[hidden.reference])).status_code == 404


def test_signed_out_one_is_asked_to_sign_in(clean_file):
    response = Client().get(reverse("files:download", args=[clean_file.reference]))

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/sign-in/?next=%2Ffiles%2F")


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_nothing_but_reading_is_offered(clean_file, lead, client_for, method):
    response = getattr(client_for(lead), method)(reverse("files:download", args=[clean_file.reference]))

    assert response.status_code == 405


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (Status.INFECTED, "The virus scanner found something harmful in this file."),
        (Status.REFUSED, "The virus scanner could not look inside this file or found macros."),
    ],
)
def test_what_the_scanner_found_harmful_opens_for_nobody_and_says_why(clean_file, lead, client_for, status, sentence):
    settled(lead, clean_file, status)

    response = client_for(lead).get(reverse("files:download", args=[clean_file.reference]))

    assert response.status_code == 403
    assert sentence in response.content.decode()


def test_a_file_in_quarantine_does_not_open(committed, lead, client_for, open_to_all, scanner):
    waiting = put(lead)

    response = client_for(lead).get(reverse("files:download", args=[waiting.reference]))

    assert response.status_code == 403
    assert "waiting to be scanned" in response.content.decode()


def test_an_unscanned_file_opens_only_where_the_organisation_says_so(committed, lead, client_for, open_to_all):
    address = reverse("files:download", args=[put(lead, WORDS).reference])
    before = client_for(lead).get(address)
    with acting_as(lead):
        Organisation.objects.filter(pk=lead.organisation_id).update(open_unscanned_files=True)

    after = client_for(lead).get(address)

    assert before.status_code == 403
    assert "No virus scanner has checked this file" in before.content.decode()
    assert after.getvalue() == WORDS


def test_a_withdrawn_file_does_not_open(clean_file, lead, client_for):
    with acting_as(lead):
        actions.withdraw(stored_file_id=clean_file.pk, by=lead, now=NOW)

    assert client_for(lead).get(reverse("files:download", args=[clean_file.reference])).status_code == 403


def test_a_right_withdrawn_while_the_page_is_open_refuses_the_next_step(committed, lead, client_for):
    from foundation.files import owners

    let_in = [True]
    owners.register("test.changing", rule := lambda acting, stored_file: let_in[0])
    address = reverse(
        "files:download", args=[settled(lead, put(lead, purpose="test.changing"), Status.CLEAN).reference]
    )
    client = client_for(lead)
    try:
        first = client.get(address)
        first.getvalue()
        let_in[0] = False
        second = client.get(address)
    finally:
        assert owners._owners.pop("test.changing") is rule

    assert (first.status_code, second.status_code) == (200, 404)


def test_changed_bytes_are_never_given_out(clean_file, lead, client_for, settings):
    from pathlib import Path

    from foundation.core.encryption import CannotDecrypt

    (path,) = (each for each in Path(settings.FILES_DIR).rglob("*") if each.is_file())
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)

    response = client_for(lead).get(reverse("files:download", args=[clean_file.reference]))

    with pytest.raises(CannotDecrypt):
        response.getvalue()


def test_the_purpose_of_a_file_is_part_of_what_is_recorded(clean_file, backup):
    assert PURPOSE in backup(Event).get(verb="file.received").facts
