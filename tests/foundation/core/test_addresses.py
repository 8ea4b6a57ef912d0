"""Letters lead to the address people type, wherever they were written."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from foundation.core import addresses
from foundation.notifications import letters
from foundation.notifications.models import OutgoingMail
from prevent_portal import environment


def test_a_page_has_the_address_people_type(settings) -> None:
    settings.PORTAL_ADDRESS = "https://prevent.example.gov.uk:8443"

    assert addresses.absolute("/jobs/") == "https://prevent.example.gov.uk:8443/jobs/"
    assert addresses.host() == "prevent.example.gov.uk"


def test_letters_about_notices_lead_there(settings) -> None:
    settings.PORTAL_ADDRESS = "https://prevent.example.gov.uk"

    letter = letters.write(OutgoingMail(about=1), to="somebody@example.org", language="en-gb")

    assert "https://prevent.example.gov.uk/notifications/" in letter.body


def test_an_address_is_read_without_its_last_slash(monkeypatch) -> None:
    monkeypatch.setenv("PORTAL_ADDRESS", "https://prevent.example.gov.uk/")

    assert environment.address("PORTAL_ADDRESS", https=True) == "https://prevent.example.gov.uk"


@pytest.mark.parametrize(
    "value",
    [
        "prevent.example.gov.uk",
        "http://prevent.example.gov.uk",
        "https://",
        "https://prevent.example.gov.uk/portal",
        "https://prevent.example.gov.uk?a=b",
        "https://name:word@prevent.example.gov.uk",  # pragma: allowlist secret
        "ftp://prevent.example.gov.uk",
    ],
)
def test_what_is_not_the_address_of_a_site_stops_the_start(monkeypatch, value) -> None:
    monkeypatch.setenv("PORTAL_ADDRESS", value)

    with pytest.raises(ImproperlyConfigured, match="PORTAL_ADDRESS"):
        environment.address("PORTAL_ADDRESS", https=True)


def test_an_address_without_a_default_is_asked_for(monkeypatch) -> None:
    monkeypatch.delenv("PORTAL_ADDRESS", raising=False)

    with pytest.raises(ImproperlyConfigured, match="Set the environment variable PORTAL_ADDRESS"):
        environment.address("PORTAL_ADDRESS", https=True)
