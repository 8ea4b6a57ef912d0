"""Another organisation's object and one that never was get the same answer: not found, word for word."""

import re

import pytest
from django.urls import reverse

from compliance import actions as compliance
from foundation.core.acting import acting_as
from foundation.organisations.roles import Role
from tests.conftest import NOW, acting_of, make_membership
from tests.factories.evidence import note

EVERYTHING = [role for role in Role if role != Role.INSPECTOR]
ROUTES = [
    ("evidence:item", "item"),
    ("evidence:revise", "item"),
    ("evidence:withdraw", "item"),
    ("evidence:history", "item"),
    ("compliance:requirement", "requirement"),
    ("compliance:answer", "requirement"),
    ("compliance:assure", "requirement"),
    ("compliance:history", "requirement"),
    ("compliance:link_evidence", "requirement"),
    ("compliance:change_requirement", "requirement"),
    ("compliance:withdraw_requirement", "requirement"),
    ("compliance:report", "report"),
    ("compliance:download_report", "report"),
    ("compliance:export_report", "report"),
    ("compliance:report_again", "report"),
    ("jobs:job", "job"),
    ("jobs:progress", "job"),
    ("jobs:cancel", "job"),
    ("jobs:retry", "job"),
    ("organisations:person", "person"),
    ("organisations:change_person", "person"),
    ("organisations:end_person", "person"),
    ("organisations:reinstate_person", "person"),
    ("organisations:grant_role", "person"),
    ("organisations:invite", "person"),
    ("organisations:reset_password", "person"),
    ("organisations:reset_factors", "person"),
]
MISSING = {"requirement": "NOWHERE-1"}


@pytest.fixture
def theirs(other_organisation, _database) -> dict[str, str]:
    """One of each thing of another organisation, by its public name."""
    stranger = acting_of(make_membership(other_organisation, *EVERYTHING))
    item = note(stranger, "Theirs")
    with acting_as(stranger):
        row = compliance.add_requirement(
            code="THEIRS-1",
            theme_code="LEAD",
            title="Theirs",
            text="Theirs",
            force="should",
            review_interval_months=12,
            by=stranger,
            now=NOW,
        )
        report = compliance.request_report(
            theme_code="", as_at=NOW.date(), marking="official", with_evidence=True, by=stranger, now=NOW
        )
        job = report.job.reference
    return {
        "item": item.reference,
        "requirement": row.code,
        "report": report.reference,
        "job": job,
        "person": stranger.membership.reference,
    }


def without_tokens(page: str) -> str:
    """The page less what differs at every request."""
    return re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]+"', "", page)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(("route", "kind"), ROUTES)
def test_their_object_is_as_missing_as_one_that_never_was(organisation, theirs, client_for, route, kind, method):
    client = client_for(acting_of(make_membership(organisation, *EVERYTHING)))

    there = getattr(client, method)(reverse(route, args=[theirs[kind]]))
    nowhere = getattr(client, method)(reverse(route, args=[MISSING.get(kind, "ZZZZ-ZZZZ")]))

    assert (there.status_code, there.status_code) in {(404, nowhere.status_code), (405, nowhere.status_code)}
    assert without_tokens(there.content.decode()) == without_tokens(nowhere.content.decode())
