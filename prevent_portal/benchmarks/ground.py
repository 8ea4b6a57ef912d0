"""A scratch database with much in it, and a bare page to compare ours with."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from statistics import median

from celery import current_app
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import Client

from compliance import library_loading
from foundation.accounts.authentication import PASSKEY, STRONG_AT
from foundation.accounts.models import User
from foundation.core.acting import Acting, person_context
from foundation.ledger import acting_system
from foundation.organisations.acting import for_membership
from foundation.organisations.models import Membership, Organisation, RoleGrant
from foundation.organisations.roles import Role
from prevent_portal.benchmarks.answers import answer_most

DATABASE = "portal_bench"
OWN_REDIS = settings.REDIS_URL.replace("virtual_host=0", "virtual_host=15")
ROLES = (Role.PREVENT_LEAD, Role.ORGANISATION_ADMIN, Role.RECORDS_MANAGER)
ROUNDS = 25

EVIDENCE = """
INSERT INTO evidence_evidenceitem (organisation_id, reference, title, kind, effective_from, expires_on, marking, note,
    link, withdrawn_reason, version, created_at, created_by_id, updated_at, owner_id)
SELECT %(organisation)s, substr(md5(%(organisation)s::text || n), 1, 4) || '-' || lpad((n %% 10000)::text, 4, '0'),
    'Evidence ' || md5(n::text), 'note', DATE '2026-01-01' + (n %% 300), DATE '2027-01-01' + (n %% 700), 'official',
    'Seen and filed.', '', '', 1, now(), %(membership)s, now(), %(membership)s
  FROM generate_series(1, %(count)s) n ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class Place:
    """One organisation of the scratch database: who acts there and with how many rows in each long list."""

    acting: Acting
    rows: int

    def client(self) -> Client:
        """A browser of the lead, signed in with a passkey just now."""
        client = Client()
        assert self.acting.user is not None  # made by _lead
        client.force_login(self.acting.user, backend=settings.AUTHENTICATION_BACKENDS[0])
        session = client.session
        session[STRONG_AT], session[PASSKEY] = int(time.time()), True
        session["organisation"] = self.acting.organisation_id
        session.save()
        return client


@contextmanager
def scratch_database() -> Iterator[tuple[Place, Place]]:
    """A database of its own with a small organisation (1,000 rows) and a large one (100,000); dropped afterwards."""
    before = connections["owner"].settings_dict["NAME"]
    current_app.conf["broker_url"] = OWN_REDIS  # a demonstration beside us must not get our jobs
    with connections["owner"].cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{DATABASE}"')
    _use(DATABASE)
    try:
        call_command("migrate", verbosity=0)
        library_loading.load(now=datetime(2024, 1, 1, tzinfo=UTC))
        small, large = fill("Small Council", 1_000), fill("Large Council", 100_000)
        answer_most(small.acting)
        answer_most(large.acting)
        yield small, large
    finally:
        _use(before)
        with connections["owner"].cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)')


def _use(name: str) -> None:
    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def fill(name: str, rows: int, sectors: Sequence[str] = ("LA",)) -> Place:
    """A new organisation with a lead who may do most things, and so many pieces of evidence."""
    acting = _lead(name, sectors)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT set_config('portal.owner_purpose', 'migration', false)")
        values = {"organisation": acting.organisation_id, "membership": acting.membership_id, "count": rows}
        cursor.execute(EVIDENCE, values)
        cursor.execute("CREATE TABLE IF NOT EXISTS bare_evidence AS SELECT * FROM evidence_evidenceitem WITH NO DATA")
        cursor.execute(
            "INSERT INTO bare_evidence SELECT * FROM evidence_evidenceitem WHERE organisation_id = %s",
            [acting.organisation_id],
        )
        cursor.execute("CREATE INDEX IF NOT EXISTS bare_evidence_title ON bare_evidence (organisation_id, title, id)")
        cursor.execute("ANALYZE evidence_evidenceitem")
        cursor.execute("ANALYZE bare_evidence")
    return Place(acting, rows)


def _lead(name: str, sectors: Sequence[str]) -> Acting:
    user = User.objects.create_user(f"{name.split()[0].lower()}@example.org", name=f"Lead of {name}")
    begins = date(2020, 1, 1)
    with acting_system("provision"):
        organisation = Organisation.objects.create(
            name=name, slug=name.lower().replace(" ", "-"), sectors=list(sectors), active_from=begins
        )
        membership = Membership.objects.create(
            organisation=organisation, user=user, name=user.name, email=user.email, starts_on=begins
        )
        for role in ROLES:
            RoleGrant.objects.create(
                organisation=organisation,
                membership=membership,
                role=role,
                starts_on=begins,
                granted_at=datetime(2020, 1, 1, tzinfo=UTC),
            )
    at = datetime.now(UTC)
    with person_context(user_id=user.pk, organisation_id=organisation.pk):
        return for_membership(user, membership, at=at, strong_at=at)


def in_turns(*doings: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """The median time of each, in seconds: done in turns, so that a noisy neighbour disturbs all alike."""
    for doing in doings:
        doing()
    times: list[list[float]] = [[] for _ in doings]
    for _ in range(rounds):
        for number, doing in enumerate(doings):
            began = time.perf_counter()
            doing()
            times[number].append(time.perf_counter() - began)
    return [median(each) for each in times]
