"""Web, worker and scheduler refuse to start where a mistake would leave data open. ``manage.py`` does not ask."""

import sys
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

APP_ROLE = "portal_app"
SHORTEST_KEY = 50
FEWEST_CHARACTERS = 10
WILL_NOT_START = 3  # gunicorn stops altogether on this status, where another would make it try for ever
FORGETFUL_CACHES = ("django.core.cache.backends.dummy.", "django.core.cache.backends.locmem.")

# Rights of a role that this one may become count as its own.
RIGHTS = """
    SELECT session_user,
           coalesce(bool_or(rolsuper), false) AS superuser,
           coalesce(bool_or(rolbypassrls), false) AS past_policies,
           coalesce(bool_or(rolcreaterole), false) AS makes_roles,
           coalesce(bool_or(rolcreatedb), false) AS makes_databases,
           coalesce(bool_or(rolreplication), false) AS replicates,
           EXISTS (
               SELECT FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f')
               AND pg_has_role(session_user, relowner, 'MEMBER')
           ) AS owns_tables
    FROM pg_roles WHERE pg_has_role(session_user, oid, 'MEMBER')
"""


def refuse_what_is_unsafe() -> None:
    """Say on standard error what is unsafe and end the process; return when nothing is.

    A database that does not answer yet is no reason to end: the first connection that succeeds is looked at instead.
    """
    stop_for(list(unsafe_settings()))
    connection_created.connect(_look_at_first_connection, dispatch_uid=__name__)
    try:
        connection.ensure_connection()
    except OperationalError:
        return
    connection.close()  # a worker's children must not share it


def unsafe_settings() -> Iterator[str]:
    """One sentence for each setting that must not stand where people sign in."""
    if settings.DEBUG:
        yield "DEBUG is on: error pages would show data and settings. Turn it off."
    key = settings.SECRET_KEY
    if len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_CHARACTERS:
        yield f"PORTAL_SECRET_KEY can be guessed: give it at least {SHORTEST_KEY} random characters."
    if "*" in settings.ALLOWED_HOSTS:
        yield "PORTAL_HOSTS is *: the portal would answer to any name. List the host names that people use."
    if any(str(cache["BACKEND"]).startswith(FORGETFUL_CACHES) for cache in settings.CACHES.values()):
        yield "The cache forgets between processes: limits on guessing would not hold. Use the database cache."
    if not settings.HTTPS and not settings.EMBEDDED:
        yield "PORTAL_HTTPS is off: passwords and sessions would cross the network in clear. Set it to 1."


def unsafe_rights(database: BaseDatabaseWrapper) -> Iterator[str]:
    """One sentence for each right that the role of this connection has and must not have."""
    with database.cursor() as cursor:
        cursor.execute(RIGHTS)
        role, superuser, past_policies, makes_roles, makes_databases, replicates, owns_tables = cursor.fetchone()
    if role != APP_ROLE:
        yield f"PORTAL_DATABASE_URL signs in as {role}: use the role {APP_ROLE}."
    if superuser:
        yield f"The database role {role} is a superuser: row-level security would not bind it. Take that right away."
    if past_policies:
        yield f"The database role {role} may bypass row-level security. Take BYPASSRLS away."
    if makes_roles:
        yield f"The database role {role} may make roles. Take CREATEROLE away."
    if makes_databases:
        yield f"The database role {role} may make databases. Take CREATEDB away."
    if replicates:
        yield f"The database role {role} may copy the whole server. Take REPLICATION away."
    if owns_tables:
        yield f"The database role {role} owns tables and could change their policies. Give them to portal_owner."


def stop_for(reasons: list[str]) -> None:
    """End the process when there is a reason to, and say each on a line of its own."""
    if reasons:
        sys.stderr.write("The portal does not start.\n" + "".join(f"{reason}\n" for reason in reasons))
        sys.exit(WILL_NOT_START)


def _look_at_first_connection(sender: type, connection: BaseDatabaseWrapper, **_details: Any) -> None:
    if connection.alias == "default":
        stop_for(list(unsafe_rights(connection)))
        connection_created.disconnect(dispatch_uid=__name__)
