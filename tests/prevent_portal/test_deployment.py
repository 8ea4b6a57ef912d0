"""What docker-compose.yml and the image promise, read from the files themselves."""

import base64
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from prevent_portal.embedded import supervisor

ROOT = Path(__file__).resolve().parents[2]
OURS = {"web", "worker", "scheduler", "prepare"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def services(compose) -> dict[str, Any]:
    return compose["services"]


def test_every_container_is_locked_down(services):
    loose = {
        name
        for name, service in services.items()
        if service["cap_drop"] != ["ALL"] or service["security_opt"] != ["no-new-privileges:true"]
    }

    assert loose == set()


def test_code_is_read_only_and_nobody_is_root_but_the_scanner_that_updates_itself(services):
    writable = {name for name, service in services.items() if service["read_only"] is not True}
    root = {name for name, service in services.items() if service.get("user", "0").startswith("0")}

    assert writable == {"clamav"}
    assert root == {"clamav"}


def test_only_migrations_know_the_owners_password(services):
    knowing = {
        name: sorted({"PORTAL_OWNER_URL", "PORTAL_BACKUP_URL", "owner_password"} & set(service.get("secrets", [])))
        for name, service in services.items()
    }

    assert {name: known for name, known in knowing.items() if known} == {
        "prepare": ["PORTAL_OWNER_URL"],
        "roles": ["owner_password"],
    }


def test_data_and_scheduler_reach_nothing_outside(compose, services):
    internal = {name for name, network in compose["networks"].items() if network.get("internal")}

    enclosed = {name for name, service in services.items() if set(service["networks"]) <= internal}

    assert enclosed == {"scheduler", "prepare", "roles", "postgres", "redis"}


def test_only_the_proxy_has_a_port_open_to_others(services):
    assert {name for name, service in services.items() if "ports" in service} == {"proxy"}


def test_containers_run_the_commands_make_demo_runs(services):
    in_demo = {
        child.name: [word for word in child.command[child.command.index("--app") :] if not word.isdigit()]
        for child in supervisor.commands(8000)
        if child.name != "web"
    }

    in_containers = {name: services[name]["command"][1:] for name in in_demo}

    in_demo["worker"].remove("--concurrency")  # Celery's own default is the number of processors
    assert in_containers == in_demo


def test_every_image_names_its_version(services):
    images = {service["image"] for name, service in services.items() if name not in OURS}

    assert [image for image in images if not re.search(r":[a-z-]*\d", image)] == []


def test_the_image_installs_by_hash_and_runs_unprivileged():
    dockerfile = (ROOT / "Dockerfile").read_text()

    assert "--require-hashes -r /tmp/base.txt" in dockerfile
    assert "npm ci" in dockerfile
    assert re.findall(r"^USER (.*)$", dockerfile, re.MULTILINE) == ["10001:10001"]


def test_secrets_are_made_once_and_never_changed(tmp_path):
    script = shutil.copy(ROOT / "deploy" / "make-secrets", tmp_path)
    subprocess.run([script], check=True, capture_output=True)
    first = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}

    subprocess.run([script], check=True, capture_output=True)

    assert {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()} == first
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert len(base64.b64decode(first["PORTAL_ENCRYPTION_KEYS"].removeprefix("1:"), validate=True)) == 32
    assert first["app_password"] in first["PORTAL_DATABASE_URL"]
    assert len(set(first.values())) == len(first) == 11


def test_every_secret_a_container_wants_is_made(compose, services, tmp_path):
    script = shutil.copy(ROOT / "deploy" / "make-secrets", tmp_path)
    subprocess.run([script], check=True, capture_output=True)

    made = {f"deploy/secrets/{path.name}" for path in (tmp_path / "secrets").iterdir()}

    assert {secret["file"] for secret in compose["secrets"].values()} <= made
    assert {name for service in services.values() for name in service.get("secrets", [])} == set(compose["secrets"])
