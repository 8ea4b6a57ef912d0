"""Where the embedded services are and the passwords to reach them. Reads and writes files; starts nothing."""

import base64
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from urllib.parse import quote

from prevent_portal.embedded.exceptions import ServiceError
from prevent_portal.embedded.places import Places

DATABASE = "portal"


@dataclass(frozen=True)
class Addresses:
    """What ``PORTAL_DATABASE_URL`` and its siblings would hold on a machine with its own services.

    The database addresses are in libpq's form (psycopg, psql and pg_dump take them), the Redis one in Celery's.
    """

    database_url: str
    owner_url: str
    backup_url: str
    redis_url: str


@dataclass(frozen=True)
class Credentials:
    """One random password per role, and a name for this installation that no other has."""

    installation: str
    superuser: str
    owner: str
    app: str
    backup: str
    redis: str


def read_or_create(var_dir: Path) -> Addresses:
    """The addresses of the services under ``var_dir``, the same at every call; passwords are made at the first."""
    held = credentials(var_dir)
    place = Places(var_dir, held.installation)
    return Addresses(
        database_url=_database_url("portal_app", held.app, place),
        owner_url=_database_url("portal_owner", held.owner, place),
        backup_url=_database_url("portal_backup", held.backup, place),
        redis_url=f"redis+socket://:{held.redis}@{quote(str(place.redis_socket))}?virtual_host=0",
    )


def credentials(var_dir: Path) -> Credentials:
    """The passwords of the services under ``var_dir``."""
    text = _read_or_create(var_dir, "services.json", _new_credentials)
    try:
        return Credentials(**json.loads(text))
    except (ValueError, TypeError) as error:
        path = var_dir / "secrets" / "services.json"
        raise ServiceError(
            f"{path} is damaged. Restore it from a copy; the database cannot be opened without."
        ) from error


def read_or_create_secret(var_dir: Path, name: str) -> str:
    """A random text of 86 characters kept under ``var_dir/secrets``."""
    return _read_or_create(var_dir, name, lambda: secrets.token_urlsafe(64))


def read_or_create_key(var_dir: Path, name: str) -> str:
    """A key ring of one random 256-bit key, ``1:<base64>``, kept under ``var_dir/secrets``.

    A later key is added by hand in front of it, as ``2:<base64>,1:<base64>``.
    """
    return _read_or_create(var_dir, name, lambda: "1:" + base64.b64encode(secrets.token_bytes(32)).decode())


def _database_url(role: str, password: str, place: Places) -> str:
    return f"postgresql://{role}:{password}@/{DATABASE}?host={quote(str(place.run))}"


def _new_credentials() -> str:
    names = [field.name for field in fields(Credentials) if field.name != "installation"]
    made = Credentials(installation=secrets.token_hex(6), **{name: secrets.token_hex(24) for name in names})
    return json.dumps(asdict(made), indent=1)


def _read_or_create(var_dir: Path, name: str, new: Callable[[], str]) -> str:
    folder = var_dir / "secrets"
    path = folder / name
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        pass
    except OSError as error:
        raise ServiceError(f"{path} cannot be read ({error.strerror}). Start as the user who started first.") from error
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        return _create(folder, path, new())
    except OSError as error:
        raise ServiceError(f"{path} cannot be written: {error.strerror}.") from error


def _create(folder: Path, path: Path, text: str) -> str:
    """Write the whole file or nothing; when two processes do so at once, both return what the first one wrote."""
    temporary = folder / f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)
        except FileExistsError:
            return path.read_text().strip()
    finally:
        temporary.unlink()
    return text
