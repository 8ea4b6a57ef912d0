"""What roles.sql promises, read from PostgreSQL's own catalogue and tried as each role."""

from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import errors

from prevent_portal.embedded import addresses, postgres, provision, services
from tests.prevent_portal.conftest import place_of

OURS = ("portal_owner", "portal_app", "portal_system", "portal_backup")


@pytest.fixture(scope="module")
def found(scratch) -> addresses.Addresses:
    return services.ensure_running(scratch)


@pytest.fixture
def superuser(scratch, found) -> Iterator[psycopg.Connection]:
    held, place = addresses.credentials(scratch), place_of(scratch)
    with psycopg.connect(
        host=str(place.run), user=postgres.SUPERUSER, password=held.superuser, dbname="portal", autocommit=True
    ) as connection:
        yield connection


@pytest.fixture
def app(found) -> Iterator[psycopg.Connection]:
    with psycopg.connect(found.database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def owner(found) -> Iterator[psycopg.Connection]:
    with psycopg.connect(found.owner_url, autocommit=True) as connection:
        yield connection
        connection.execute("DROP TABLE IF EXISTS trial")


def test_roles_have_exactly_the_attributes_promised(superuser):
    rows = superuser.execute(
        "SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolreplication, rolinherit, rolcreatedb"
        " FROM pg_roles WHERE rolname LIKE 'portal%' ORDER BY rolname"
    ).fetchall()

    assert rows == [
        # name, log in, superuser, past policies, make roles, replicate, inherit, make databases (tests only)
        ("portal_app", True, False, False, False, False, False, False),
        ("portal_backup", True, False, True, False, False, False, False),
        ("portal_owner", True, False, False, False, False, True, True),
        ("portal_system", False, False, False, False, False, False, False),
    ]


def test_app_may_become_system_without_inheriting_and_there_is_no_membership_beside_it(superuser):
    rows = superuser.execute(
        "SELECT roleid::regrole::text, member::regrole::text, admin_option, inherit_option, set_option"
        " FROM pg_auth_members WHERE member::regrole::text = ANY(%s) ORDER BY 1",
        [list(OURS)],
    ).fetchall()

    assert rows == [
        ("pg_signal_backend", "portal_owner", False, True, True),  # only where tests may run
        ("portal_system", "portal_app", False, False, True),
    ]


def test_passwords_are_kept_as_scram_only(superuser):
    rows = superuser.execute(
        "SELECT rolname, left(rolpassword, 14) FROM pg_authid WHERE rolcanlogin ORDER BY 1"
    ).fetchall()

    assert rows == [
        ("portal_app", "SCRAM-SHA-256$"),
        ("portal_backup", "SCRAM-SHA-256$"),
        ("portal_owner", "SCRAM-SHA-256$"),
        ("postgres", "SCRAM-SHA-256$"),
    ]


@pytest.mark.parametrize("role", ["portal_owner", "portal_backup", "postgres"])
def test_app_cannot_become_another_role(app, role):
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute(f"SET ROLE {role}")


@pytest.mark.parametrize("user", ["postgres", "portal_owner", "portal_app"])
def test_nobody_is_let_in_with_another_roles_password(scratch, found, user):
    wrong = addresses.credentials(scratch).redis

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(host=str(place_of(scratch).run), user=user, password=wrong, dbname="portal")


def test_the_server_listens_on_no_port(superuser):
    assert superuser.execute("SHOW listen_addresses").fetchone() == ("",)


def test_app_reads_and_writes_what_the_owner_makes_but_owns_nothing(app, owner, superuser):
    owner.execute("CREATE TABLE trial (id bigint GENERATED ALWAYS AS IDENTITY, number serial, word text)")

    app.execute("INSERT INTO trial (word) VALUES ('one')")
    app.execute("UPDATE trial SET word = 'two'")

    assert app.execute("SELECT word FROM trial").fetchall() == [("two",)]
    for forbidden in ("TRUNCATE trial", "DROP TABLE trial", "ALTER TABLE trial ADD x int", "CREATE TABLE mine ()"):
        with pytest.raises(errors.InsufficientPrivilege):
            app.execute(forbidden)
    owned = superuser.execute(
        "SELECT count(*) FROM pg_shdepend WHERE refobjid = 'portal_app'::regrole AND deptype = 'o'"
    )
    assert owned.fetchone() == (0,)


def test_rights_of_system_are_there_after_set_role_and_not_before(app, owner):
    owner.execute("CREATE TABLE trial (word text)")
    owner.execute("REVOKE ALL ON trial FROM portal_app")

    with pytest.raises(errors.InsufficientPrivilege):
        app.execute("SELECT * FROM trial")
    with app.transaction():
        app.execute("SET LOCAL ROLE portal_system")
        app.execute("INSERT INTO trial VALUES ('sealed')")
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute("SELECT * FROM trial")


def test_policies_bind_the_owner_where_forced_and_let_the_backup_see_all(found, owner):
    owner.execute("CREATE TABLE trial (word text)")
    owner.execute("INSERT INTO trial VALUES ('hidden')")
    owner.execute("ALTER TABLE trial ENABLE ROW LEVEL SECURITY")
    owner.execute("ALTER TABLE trial FORCE ROW LEVEL SECURITY")

    with psycopg.connect(found.backup_url) as backup:
        seen_by_backup = backup.execute("SELECT word FROM trial").fetchall()

    assert owner.execute("SELECT word FROM trial").fetchall() == []
    assert seen_by_backup == [("hidden",)]


def test_backup_cannot_write_even_when_it_asks_to(found, owner):
    owner.execute("CREATE TABLE trial (word text)")

    with psycopg.connect(found.backup_url, autocommit=True) as backup:
        with pytest.raises(errors.ReadOnlySqlTransaction):
            backup.execute("INSERT INTO trial VALUES ('x')")
        backup.execute("SET default_transaction_read_only = off")
        with pytest.raises(errors.InsufficientPrivilege):
            backup.execute("INSERT INTO trial VALUES ('x')")


@pytest.mark.parametrize(
    ("role", "name", "value"),
    [
        ("database", "statement_timeout", "30s"),
        ("database", "lock_timeout", "5s"),
        ("database", "idle_in_transaction_session_timeout", "1min"),
        ("owner", "lock_timeout", "2s"),
        ("owner", "statement_timeout", "0"),
        ("owner", "idle_in_transaction_session_timeout", "10min"),
        ("backup", "statement_timeout", "0"),
        ("backup", "default_transaction_read_only", "on"),
    ],
)
def test_nothing_waits_for_ever(found, role, name, value):
    with psycopg.connect(getattr(found, f"{role}_url")) as connection:
        assert connection.execute(f"SHOW {name}").fetchone() == (value,)


@pytest.mark.parametrize("database", ["postgres", "template1"])
def test_app_enters_no_database_but_its_own(found, database):
    elsewhere = urlunsplit(urlsplit(found.database_url)._replace(path=f"/{database}"))

    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(elsewhere)


def test_a_database_made_for_tests_has_the_same_rights(found, owner):
    owner.execute("CREATE DATABASE test_rights")
    parts = urlsplit(found.owner_url), urlsplit(found.database_url)
    as_owner, as_app = (urlunsplit(part._replace(path="/test_rights")) for part in parts)
    try:
        with psycopg.connect(as_owner) as connection:
            connection.execute("CREATE TABLE trial (word text)")
        with psycopg.connect(as_app) as connection:
            connection.execute("INSERT INTO trial VALUES ('x')")
            assert connection.execute("SELECT word FROM trial").fetchall() == [("x",)]
        with psycopg.connect(as_app) as connection, pytest.raises(errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine ()")
    finally:
        owner.execute("DROP DATABASE test_rights WITH (FORCE)")


def test_a_right_given_by_hand_is_taken_away_at_the_next_start(scratch, superuser):
    superuser.execute("ALTER ROLE portal_app SUPERUSER BYPASSRLS")
    superuser.execute("GRANT portal_owner TO portal_app")

    provision.provision(place_of(scratch), addresses.credentials(scratch))

    assert superuser.execute(
        "SELECT rolsuper, rolbypassrls, pg_has_role('portal_app', 'portal_owner', 'MEMBER')"
        " FROM pg_roles WHERE rolname = 'portal_app'"
    ).fetchone() == (False, False, False)


def test_where_tests_are_not_allowed_the_owner_makes_no_database(scratch, superuser):
    place, held = place_of(scratch), addresses.credentials(scratch)
    provision.provision(place, held, tests_allowed=False)
    try:
        found = superuser.execute(
            "SELECT rolcreatedb, pg_has_role(oid, 'pg_signal_backend', 'MEMBER')"
            " FROM pg_roles WHERE rolname = 'portal_owner'"
        ).fetchone()
    finally:
        provision.provision(place, held)

    assert found == (False, False)


def test_passwords_reach_neither_log_nor_process_list(scratch, found):
    held, place = addresses.credentials(scratch), place_of(scratch)
    provision.provision(place, held)

    log = place.postgres_log.read_text()

    assert [word for word in (held.superuser, held.owner, held.app, held.backup) if word in log] == []
