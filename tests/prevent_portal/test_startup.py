"""Web, worker and scheduler refuse to start where a mistake would leave data open."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
import pytest

from prevent_portal import startup
from prevent_portal.embedded import addresses, postgres, services
from tests.prevent_portal.conftest import place_of

ROOT = Path(__file__).resolve().parents[2]
OWNS_TABLES = "The database role portal_app owns tables and could change their policies. Give them to portal_owner."
COMMANDS = {
    "web": [sys.executable, "-c", "import prevent_portal.wsgi; print('started')"],
    "gunicorn": [
        *(sys.executable, "-m", "gunicorn", "--config", "python:prevent_portal.gunicorn_settings"),
        *("--bind", "127.0.0.1:0", "prevent_portal.wsgi:application"),
    ],
    "worker": [sys.executable, "-m", "celery", "--app", "prevent_portal.celery:app", "worker", "--concurrency", "1"],
    "scheduler": [
        *(sys.executable, "-m", "celery", "--app", "prevent_portal.celery:app", "beat", "--pidfile="),
        *("--scheduler", "celery.beat:PersistentScheduler", "--schedule", "beat.file"),  # the portal's own is in tables
    ],
    "manage": [sys.executable, "manage.py", "check"],
}


# ---- Settings ------------------------------------------------------------------------------------------------------
def test_settings_as_they_stand_are_safe() -> None:
    assert list(startup.unsafe_settings()) == []


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"DEBUG": True}, "DEBUG is on: error pages would show data and settings. Turn it off."),
        (
            {"SECRET_KEY": "aZ3-".join("bcdefghijklm")[:49]},  # pragma: allowlist secret
            "PORTAL_SECRET_KEY can be guessed: give it at least 50 random characters.",
        ),
        (
            {"SECRET_KEY": "abcabcabc" * 10},  # pragma: allowlist secret
            "PORTAL_SECRET_KEY can be guessed: give it at least 50 random characters.",
        ),
        (
            {"ALLOWED_HOSTS": ["prevent.example.org", "*"]},
            "PORTAL_HOSTS is *: the portal would answer to any name. List the host names that people use.",
        ),
        (
            {"CACHES": {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}},
            "The cache forgets between processes: limits on guessing would not hold. Use the database cache.",
        ),
        (
            {"CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}},
            "The cache forgets between processes: limits on guessing would not hold. Use the database cache.",
        ),
        (
            {"HTTPS": False, "EMBEDDED": False},
            "PORTAL_HTTPS is off: passwords and sessions would cross the network in clear. Set it to 1.",
        ),
    ],
    ids=["debug", "short key", "dull key", "any host", "dummy cache", "cache of one process", "no https"],
)
def test_an_unsafe_setting_is_named_with_what_to_do(settings: Any, changed: dict[str, Any], sentence: str) -> None:
    for name, value in changed.items():
        setattr(settings, name, value)

    assert list(startup.unsafe_settings()) == [sentence]


# ---- The database role, as processes of their own meet it ------------------------------------------------------------
@pytest.fixture(scope="module")
def superuser(scratch: Path) -> Iterator[psycopg.Connection]:
    services.ensure_running(scratch)
    with psycopg.connect(
        host=str(place_of(scratch).run),
        user=postgres.SUPERUSER,
        password=addresses.credentials(scratch).superuser,
        dbname="portal",
        autocommit=True,
    ) as connection:
        yield connection


@pytest.fixture
def start(scratch: Path, superuser: psycopg.Connection) -> Callable[..., subprocess.CompletedProcess]:
    """``start("web")``: run it from the scratch folder, as portal_app or the role named, until it ends by itself."""

    def run(process: str, *, user: str = "", **more: str) -> subprocess.CompletedProcess:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")} | more
        environment |= {"PORTAL_VAR_DIR": str(scratch), "PYTHONWARNINGS": "ignore", "WEB_CONCURRENCY": "1"}
        if user:
            held, found = addresses.credentials(scratch), addresses.read_or_create(scratch)
            password = {"postgres": held.superuser, "portal_owner": held.owner, "portal_backup": held.backup}[user]
            where = urlencode({"host": str(place_of(scratch).run)}, quote_via=quote, safe="")
            environment = {
                "PORTAL_DATABASE_URL": f"postgresql://{user}:{password}@/portal?{where}",
                "PORTAL_REDIS_URL": found.redis_url,
                "PORTAL_SECRET_KEY": "0123456789abcdefghij" * 3,
                "PORTAL_ENCRYPTION_KEYS": addresses.read_or_create_key(scratch, "encryption"),
                "PORTAL_HOSTS": "prevent.example.org",
                "PORTAL_ADDRESS": "https://prevent.example.org",
                "PORTAL_PROXY_COUNT": "1",
                "PORTAL_EMAIL_URL": "consolemail://",
            } | environment
        command = [str(scratch / "beat") if word == "beat.file" else word for word in COMMANDS[process]]
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
        )

    return run


@pytest.fixture
def granted(superuser: psycopg.Connection) -> Iterator[Callable[[str, str], None]]:
    """``granted(statement, undo)``: run a statement as the superuser, and undo it after the test."""
    undone: list[str] = []

    def run(statement: str, undo: str) -> None:
        undone.append(undo)
        superuser.execute(statement)

    yield run
    for statement in undone:
        superuser.execute(statement)


def test_the_app_role_starts(start: Callable) -> None:
    result = start("web")

    assert (result.returncode, result.stdout) == (0, "started\n"), result.stderr


def reasons(scratch: Path) -> list[str]:
    """What is said about portal_app as it is now."""
    with psycopg.connect(addresses.read_or_create(scratch).database_url) as connection:
        return list(startup.unsafe_rights(connection))  # type: ignore[arg-type]  # its cursors are what is asked for


@pytest.mark.parametrize(
    ("right", "sentence"),
    [
        ("BYPASSRLS", "may bypass row-level security. Take BYPASSRLS away."),
        ("CREATEROLE", "may make roles. Take CREATEROLE away."),
        ("CREATEDB", "may make databases. Take CREATEDB away."),
        ("REPLICATION", "may copy the whole server. Take REPLICATION away."),
    ],
)
def test_each_right_too_many_is_named(scratch: Path, granted: Callable, right: str, sentence: str) -> None:
    granted(f"ALTER ROLE portal_app {right}", f"ALTER ROLE portal_app NO{right}")

    assert reasons(scratch) == [f"The database role portal_app {sentence}"]


def test_a_superuser_is_named(scratch: Path, granted: Callable) -> None:
    granted("ALTER ROLE portal_app SUPERUSER", "ALTER ROLE portal_app NOSUPERUSER")

    assert reasons(scratch)[0] == (
        "The database role portal_app is a superuser: row-level security would not bind it. Take that right away."
    )


def test_a_role_that_owns_a_table_is_named(scratch: Path, granted: Callable) -> None:
    granted("CREATE TABLE trial (); ALTER TABLE trial OWNER TO portal_app", "DROP TABLE trial")

    assert reasons(scratch) == [OWNS_TABLES]


def test_a_role_that_may_become_the_owner_of_a_table_is_named(scratch: Path, granted: Callable) -> None:
    granted(
        "CREATE TABLE trial (); ALTER TABLE trial OWNER TO portal_owner; GRANT portal_owner TO portal_app",
        "REVOKE portal_owner FROM portal_app; DROP TABLE trial",
    )

    assert OWNS_TABLES in reasons(scratch)


def test_another_role_than_the_apps_does_not_start(start: Callable) -> None:
    result = start("web", user="portal_backup")

    assert result.returncode == startup.WILL_NOT_START
    assert "PORTAL_DATABASE_URL signs in as portal_backup: use the role portal_app." in result.stderr.splitlines()


@pytest.mark.parametrize("process", ["gunicorn", "worker", "scheduler"])
def test_every_process_ends_instead_of_starting(start: Callable, granted: Callable, process: str) -> None:
    granted("ALTER ROLE portal_app BYPASSRLS", "ALTER ROLE portal_app NOBYPASSRLS")

    result = start(process)

    assert result.returncode == startup.WILL_NOT_START
    assert "The database role portal_app may bypass row-level security. Take BYPASSRLS away." in result.stderr


def test_unsafe_settings_end_the_process_before_the_database_is_asked(start: Callable) -> None:
    result = start("web", user="portal_backup", PORTAL_HTTPS="0", PORTAL_ADDRESS="http://prevent.example.org")

    assert result.returncode == startup.WILL_NOT_START
    assert result.stderr.splitlines() == [
        "The portal does not start.",
        "PORTAL_HTTPS is off: passwords and sessions would cross the network in clear. Set it to 1.",
    ]


def test_a_management_command_does_not_ask(start: Callable, granted: Callable) -> None:
    granted("ALTER ROLE portal_app BYPASSRLS", "ALTER ROLE portal_app NOBYPASSRLS")

    assert start("manage").returncode == 0


def test_a_database_that_is_down_is_looked_at_when_it_answers(scratch: Path, superuser: psycopg.Connection) -> None:
    program = (
        "import prevent_portal.wsgi, sys; from django.db import connection; print('started', flush=True);"
        " connection.settings_dict['OPTIONS']['host'] = connection.settings_dict['HOST'] = sys.argv[1];"
        " connection.ensure_connection()"
    )
    held = addresses.credentials(scratch)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")} | {
        "PORTAL_VAR_DIR": str(scratch),
        "PORTAL_DATABASE_URL": f"postgresql://portal_backup:{held.backup}@/portal?host=/nowhere",
        "PORTAL_REDIS_URL": "redis://localhost:1/0",
        "PORTAL_SECRET_KEY": "0123456789abcdefghij" * 3,
        "PORTAL_ENCRYPTION_KEYS": addresses.read_or_create_key(scratch, "encryption"),
        "PORTAL_HOSTS": "prevent.example.org",
        "PORTAL_ADDRESS": "https://prevent.example.org",
        "PORTAL_PROXY_COUNT": "1",
        "PORTAL_EMAIL_URL": "consolemail://",
    }

    result = subprocess.run(
        [sys.executable, "-c", program, str(place_of(scratch).run)],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert (result.returncode, result.stdout) == (startup.WILL_NOT_START, "started\n"), result.stderr
