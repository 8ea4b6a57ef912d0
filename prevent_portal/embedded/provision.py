"""Makes the database roles and the database, by the same ``roles.sql`` that every installation uses."""

from pathlib import Path

from prevent_portal.embedded.addresses import DATABASE, Credentials
from prevent_portal.embedded.exceptions import ServiceError
from prevent_portal.embedded.places import Places
from prevent_portal.embedded.postgres import SUPERUSER
from prevent_portal.embedded.processes import ServiceUser
from prevent_portal.embedded.programs import installed_postgres

ROLES_SQL = Path(__file__).with_name("roles.sql")


def provision(place: Places, credentials: Credentials, *, tests_allowed: bool = True) -> None:
    """Bring roles, rights and passwords to what ``roles.sql`` says. Safe to repeat.

    ``tests_allowed`` lets the owner make and drop databases; a server that holds real data is provisioned without.
    """
    result = ServiceUser.ourselves().run(
        [
            installed_postgres() / "psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1",
            "--username", SUPERUSER, "--host", place.run, "--dbname", "postgres", "--file", ROLES_SQL,
        ],
        environment={
            # In the environment and not on the command line, which every user of the machine can read.
            "PGPASSWORD": credentials.superuser,
            "PORTAL_DATABASE": DATABASE,
            "PORTAL_OWNER_PASSWORD": credentials.owner,
            "PORTAL_APP_PASSWORD": credentials.app,
            "PORTAL_BACKUP_PASSWORD": credentials.backup,
            "PORTAL_TESTS_ALLOWED": "1" if tests_allowed else "0",
        },
    )  # fmt: skip
    if result.returncode != 0:
        raise ServiceError(f"The database roles could not be made: {result.stderr.strip().splitlines()[-1]}")
