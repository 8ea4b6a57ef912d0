"""What another organisation keeps appears in nothing that this one can fetch; and reading changes nothing."""

from datetime import date

import pytest
from django.apps import apps
from django.db import connections

from compliance import actions as compliance
from compliance.models import Requirement
from foundation import jobs
from foundation.core.acting import acting_as
from foundation.organisations.roles import Role
from tests.conftest import NOW, acting_of, make_membership, make_organisation
from tests.crawling import crawl
from tests.factories.compliance import give_answer
from tests.factories.evidence import note
from tests.factories.organisations import team
from tests.factories.partnerships import join, partnership, share, take_back

CANARY = "zanzibarquokka"


def plant(organisation) -> None:
    """Put the canary into every text that people of ``organisation`` can write."""
    lead = acting_of(make_membership(organisation, Role.PREVENT_LEAD, name=f"{CANARY} Lead"))
    assurer = acting_of(make_membership(organisation, Role.ASSURER, name=f"{CANARY} Assurer"))
    administrator = acting_of(make_membership(organisation, Role.ORGANISATION_ADMIN, name=f"{CANARY} Admin"))
    team(administrator, f"{CANARY} team")
    for code in ("LA-05", "GEN-01", "B1"):
        give_answer(lead, Requirement.objects.get(code=code), status="met", comment=f"{CANARY} comment {code}")
    give_answer(lead, Requirement.objects.get(code="LA-09"), applies=False, why_not=f"{CANARY} reason")
    item = note(lead, f"{CANARY} evidence", note=f"{CANARY} text")
    with acting_as(assurer):
        compliance.assure(
            requirement_id=Requirement.objects.get(code="B1").pk,
            version=1,
            status="met",
            comment=f"{CANARY} rating",
            assured_on=date(2026, 11, 1),
            by=assurer,
            now=NOW,
        )
    with acting_as(lead):
        row = compliance.add_requirement(
            code=f"{CANARY}-1",
            theme_code="LEAD",
            title=f"{CANARY} title",
            text=f"{CANARY} wording",
            force="should",
            review_interval_months=12,
            by=lead,
            now=NOW,
        )
        compliance.link_evidence(requirement_id=row.pk, evidence_id=item.pk, by=lead, now=NOW)
        report = compliance.request_report(
            theme_code="LEAD", as_at=NOW.date(), marking="official", with_evidence=True, by=lead, now=NOW
        )
        jobs.run_here(report.job, at=NOW)


ADDRESSES_WITH_SEARCH = ("/evidence/", "/organisations/people/", "/compliance/reports/", "/audit/")


@pytest.mark.parametrize("role", list(Role))
def test_nothing_of_another_organisation_can_be_reached(committed, client_for, role):
    plant(make_organisation(f"{CANARY} District Council"))
    own = make_organisation()
    give_answer(acting_of(make_membership(own, Role.PREVENT_LEAD)), Requirement.objects.get(code="LA-05"))
    client = client_for(acting_of(make_membership(own, role)))

    leaks, broken = [], []
    for address, status, body in crawl(client):
        if CANARY.encode() in body.lower() and CANARY not in address:
            leaks.append(address)
        if status >= 500:
            broken.append(address)
    for address in ADDRESSES_WITH_SEARCH:
        found = client.post(address, {"search": CANARY}, follow=True)
        page = found.content.decode().replace(f'value="{CANARY}"', "")
        if CANARY in page and found.status_code == 200:
            leaks.append(f"search {address}")

    assert (leaks, broken) == ([], [])


@pytest.mark.parametrize("role", [Role.PREVENT_LEAD, Role.INSPECTOR])
def test_nothing_that_a_member_does_not_share_reaches_its_partnership(committed, client_for, role):
    board = partnership()
    member = make_organisation("Ashmere District Council")
    join(board, member)
    plant(member)
    lead = acting_of(make_membership(member, Role.PREVENT_LEAD))
    benchmark = Requirement.objects.get(code="B1")
    take_back(lead, share(lead, board, benchmark, comment=f"{CANARY} taken back"))
    give_answer(lead, Requirement.objects.get(code="B2"), comment="Kept back")
    share(lead, board, Requirement.objects.get(code="B2"), comment="Given freely")
    client = client_for(acting_of(make_membership(board, role)))

    pages = {address: body.lower() for address, _status, body in crawl(client)}

    assert [address for address, body in pages.items() if CANARY.encode() in body] == []
    assert b"given freely" in pages["/compliance/contributions/"]
    assert [address for address, body in pages.items() if b"kept back" in body] == []


def checksums() -> dict[str, str]:
    """One number for each table's rows, past every policy."""
    unlike = {"ledger_event", "django_session", "usersessions_usersession", "portal_cache"}
    tables = [m._meta.db_table for m in apps.get_models() if m._meta.managed and m._meta.db_table not in unlike]
    found = {}
    with connections["backup"].cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '') FROM {table} t")
            found[table] = cursor.fetchone()[0]
    connections["backup"].close()
    return found


def test_reading_everything_changes_nothing_but_the_ledger(committed, client_for):
    own = make_organisation()
    plant(own)
    client = client_for(acting_of(make_membership(own, *[role for role in Role if role != Role.INSPECTOR])))
    before = checksums()

    visited = [address for address, _status, _body in crawl(client)]

    changed = [table for table, checksum in checksums().items() if checksum != before[table]]
    assert len(visited) > 100
    assert changed == []
