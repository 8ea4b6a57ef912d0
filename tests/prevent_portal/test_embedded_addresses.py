import base64
import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from prevent_portal.embedded import addresses
from prevent_portal.embedded.exceptions import ServiceError
from prevent_portal.embedded.places import FOR_ROOT, LONGEST_RUN_DIR, Places, open_to_others


def test_addresses_are_the_same_at_every_call(tmp_path):
    first = addresses.read_or_create(tmp_path)

    second = addresses.read_or_create(tmp_path)

    assert second == first


def test_every_role_has_a_password_of_its_own(tmp_path):
    held = addresses.credentials(tmp_path)

    assert len({held.superuser, held.owner, held.app, held.backup, held.redis}) == 5


def test_secrets_can_be_read_by_nobody_else(tmp_path):
    addresses.read_or_create(tmp_path)
    addresses.read_or_create_secret(tmp_path, "django")
    addresses.read_or_create_key(tmp_path, "encryption")

    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "secrets").iterdir()}

    assert modes == {"services.json": 0o600, "django": 0o600, "encryption": 0o600}
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700


def test_addresses_start_nothing_and_make_no_service_folder(tmp_path):
    addresses.read_or_create(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["secrets"]


def test_processes_that_start_at_the_same_moment_agree(tmp_path):
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: addresses.read_or_create_secret(tmp_path, "django"), range(64)))

    assert len(set(found)) == 1
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["django"]


def test_a_key_ring_begins_with_one_key_of_256_bits(tmp_path):
    number, _, key = addresses.read_or_create_key(tmp_path, "encryption").partition(":")

    assert number == "1"
    assert len(base64.b64decode(key, validate=True)) == 32


@pytest.mark.parametrize("content", ["", "{", "{}", json.dumps({"owner": "x"})])
def test_a_damaged_file_is_named(tmp_path, content):
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "services.json").write_text(content)

    with pytest.raises(ServiceError, match=r"services\.json is damaged"):
        addresses.read_or_create(tmp_path)


def test_sockets_move_to_a_short_folder_where_the_path_would_be_too_long(scratch):
    long = scratch / ("x" * LONGEST_RUN_DIR)

    run = Places(long, "installation").run

    assert run.parent == Path("/tmp")
    assert run == Places(long, "installation").run
    assert run != Places(scratch / ("y" * LONGEST_RUN_DIR), "installation").run


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's services run as somebody else")
def test_services_of_root_live_where_their_user_can_enter(tmp_path):
    tmp_path.chmod(0o700)
    assert not open_to_others(tmp_path)

    services = Places(tmp_path, "installation").services

    assert services == FOR_ROOT / "installation"


def test_a_place_once_used_stays_when_mode_bits_change(scratch):
    folder = scratch / "var"
    (folder / "services").mkdir(parents=True)
    folder.chmod(0o700)

    assert Places(folder, "installation").services == folder / "services"

    shutil.rmtree(folder)
