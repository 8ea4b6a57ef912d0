"""Test ground: an embedded PostgreSQL and Redis of the run's own, and the code under test as the app role."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections, models
from django.test import Client

from compliance import library_loading
from foundation.accounts.authentication import PASSKEY, STRONG_AT
from foundation.accounts.models import User
from foundation.core.acting import Acting, acting_as, person_context
from foundation.ledger import acting_system
from foundation.organisations.acting import for_membership
from foundation.organisations.models import Membership, Organisation, RoleGrant
from foundation.organisations.roles import Role
from foundation.organisations.sectors import Sector
from prevent_portal.embedded import services
from risk import reference, threat_loading
from training import course_memory

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
LONG_AGO = date(2020, 1, 1)
NUMBERED = (
    "compliance_requirement",
    "compliance_requirementrevision",
    "compliance_samequestion",
    "compliance_relation",
    "compliance_libraryload",
    "risk_category",
    "risk_threatwording",
    "risk_threatlevel",
)
LIBRARY_TABLES = (
    "compliance_theme",
    "compliance_sectorentry",
    "compliance_scale",
    "compliance_instrument",
    "compliance_framework",
    "compliance_outline",
    *NUMBERED,
)


@pytest.fixture(scope="session", autouse=True)
def _running_services() -> None:
    """PostgreSQL and Redis in PORTAL_VAR_DIR; left running between runs, so that the next one starts at once."""
    if settings.EMBEDDED:
        services.ensure_running(settings.VAR_DIR)
    call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any, _running_services: None) -> Iterator[None]:
    """Make the test database as the owner; afterwards every alias points at it under its own role."""
    name = settings.DATABASES["default"]["TEST"]["NAME"]
    with django_db_blocker.unblock():
        owner = connections["owner"]
        with owner.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{name}"')
        for alias in connections:
            connections[alias].close()
            settings.DATABASES[alias]["NAME"] = connections[alias].settings_dict["NAME"] = name
        call_command("migrate", verbosity=0)
        library_loading.load(now=NOW.replace(year=2024))
        reference.load(on=LONG_AGO)
        threat_loading.load(now=NOW.replace(year=2024))
        keep_library()
    yield
    with django_db_blocker.unblock():
        for alias in connections:
            connections[alias].close()


@pytest.fixture(autouse=True)
def _files_of_this_test(tmp_path: Any, settings: Any) -> None:
    settings.FILES_DIR = tmp_path / "files"
    settings.CHECKPOINT_DIR = tmp_path / "checkpoints"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """For tests of isolation, races and absence: work is committed, and the owner empties the tables afterwards.

    Name it before any fixture that writes. All aliases may be used.
    """
    with django_db_blocker.unblock():
        try:
            yield
        finally:
            for alias in connections:
                connections[alias].close()
            empty_all_tables()


def empty_all_tables() -> None:
    tables = [
        "portal_cache",
        *(
            model._meta.db_table
            for model in apps.get_models(include_auto_created=True)
            if model._meta.managed and not model._meta.proxy and model._meta.app_label not in {"contenttypes", "sites"}
        ),
    ]
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT set_config('portal.owner_purpose', 'migration', false)")
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})" for table in tables))
        filled = [table for (table,) in cursor.fetchall()]
        if filled:
            cursor.execute(f"TRUNCATE {', '.join(filled)} RESTART IDENTITY CASCADE")
            for table in LIBRARY_TABLES:  # emptied with the organisations that requirements may belong to
                cursor.execute(f"INSERT INTO {table} SELECT * FROM library_as_loaded.{table} ON CONFLICT DO NOTHING")
                if table in NUMBERED:
                    sequence = f"pg_get_serial_sequence('{table}', 'id')"
                    cursor.execute(f"SELECT setval({sequence}, max(id)) FROM {table} HAVING max(id) > 0")
    connections["owner"].close()
    course_memory.forget()


def keep_library() -> None:
    """The duty library is loaded once a run and put back after each test that empties tables."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT set_config('portal.owner_purpose', 'migration', false)")
        cursor.execute("CREATE SCHEMA library_as_loaded")
        for table in LIBRARY_TABLES:
            cursor.execute(f"CREATE TABLE library_as_loaded.{table} AS TABLE {table}")
    connections["owner"].close()


@pytest.fixture
def _database(request: pytest.FixtureRequest) -> None:
    """A rolled-back transaction, or a committing test where ``committed`` was asked for."""
    request.getfixturevalue("committed" if "committed" in request.fixturenames else "db")


# ---- Organisations and people --------------------------------------------------------------------------------------
def make_organisation(name: str = "Severnshire County Council", **fields: Any) -> Organisation:
    fields = {
        "sectors": [Sector.LOCAL_AUTHORITY],
        "active_from": LONG_AGO,
        "slug": name.lower().replace(" ", "-"),
    } | fields
    with acting_system("provision"):
        return Organisation.objects.create(name=name, **fields)


def make_membership(organisation: Organisation, *roles: str, name: str = "", with_user: bool = True) -> Membership:
    name = name or (f"{Role(roles[0]).label} of {organisation.name}" if roles else f"Person of {organisation.name}")
    number = User.objects.count() + 1
    user = User.objects.create_user(f"person{number}@example.org", name=name) if with_user else None
    with acting_system("provision"):
        membership = Membership.objects.create(
            organisation=organisation, user=user, name=name, email=user.email if user else "", starts_on=LONG_AGO
        )
        for role in roles:
            RoleGrant.objects.create(
                organisation=organisation,
                membership=membership,
                role=role,
                starts_on=LONG_AGO,
                ends_on=date(2027, 12, 31) if role == Role.INSPECTOR else None,
                granted_at=NOW,
            )
    return membership


def acting_of(membership: Membership, *, at: datetime = NOW) -> Acting:
    """The acting value of a membership, strongly authenticated just now."""
    with person_context(user_id=membership.user_id, organisation_id=membership.organisation_id):
        return for_membership(membership.user, membership, at=at, strong_at=at)


@pytest.fixture
def organisation(_database: None) -> Organisation:
    return make_organisation()


@pytest.fixture
def other_organisation(_database: None) -> Organisation:
    return make_organisation("Elsewhere District Council")


@pytest.fixture
def acting_for(organisation: Organisation) -> Callable[..., Acting]:
    """``acting_for("prevent_lead")``: somebody of the organisation with that role."""

    def make(*roles: str, organisation: Organisation = organisation, at: datetime = NOW, name: str = "") -> Acting:
        return acting_of(make_membership(organisation, *roles, name=name), at=at)

    return make


@pytest.fixture
def lead(acting_for: Callable[..., Acting]) -> Acting:
    return acting_for(Role.PREVENT_LEAD)


@pytest.fixture
def within(_database: None) -> Iterator[Callable[[Acting], Acting]]:
    """``within(acting)``: the rest of the test runs in that person's context, as a request or job would."""
    with ExitStack() as stack:

        def enter(acting: Acting) -> Acting:
            return stack.enter_context(acting_as(acting))

        yield enter


def sign_in(client: Client, acting: Acting) -> Client:
    """Give a client a session that went through a passkey just now, acting for the organisation."""
    import time

    client.force_login(acting.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session[STRONG_AT] = int(time.time())
    session[PASSKEY] = True
    session["organisation"] = acting.organisation_id
    session.save()
    return client


@pytest.fixture
def client_for() -> Callable[[Acting], Client]:
    """``client_for(acting)``: a browser of that person, signed in with a second factor."""
    return lambda acting: sign_in(Client(), acting)


# ---- What is really in the database --------------------------------------------------------------------------------
@pytest.fixture
def backup(committed: None) -> Callable[[type[models.Model]], models.QuerySet]:
    """``backup(Model)``: all committed rows, as the backup role sees them, past every policy."""
    return lambda model: model._base_manager.using("backup")
