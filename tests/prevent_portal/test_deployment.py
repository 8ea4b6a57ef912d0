"""What docker-compose.yml and the image promise, read from the files themselves."""

import base64
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from foundation.files import scanning
from foundation.jobs import broker
from prevent_portal.embedded import supervisor

ROOT = Path(__file__).resolve().parents[2]
OURS = {"web", "worker", "worker-long", "scheduler", "prepare"}


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
        child.name: child.command[child.command.index("--app") :]
        for child in supervisor.commands(8000)
        if child.name != "web"
    }

    in_containers = {name: services[name]["command"][1:] for name in in_demo}

    at = in_demo["worker"].index("--concurrency")
    del in_demo["worker"][at : at + 2]  # Celery's own default is the number of processors
    assert in_containers == in_demo


def test_each_queue_has_one_worker_and_none_takes_from_both(services):
    queues = {
        name: service["command"][service["command"].index("-Q") + 1]
        for name, service in services.items()
        if "worker" in service.get("command", [])
    }

    assert queues == {"worker": broker.SHORT_QUEUE, "worker-long": broker.LONG_QUEUE}
    assert set(queues.values()) == set(settings.CELERY_TASK_QUEUES)


def test_the_scanner_tells_what_it_could_not_look_into_and_takes_the_largest_upload(services):
    lines = (ROOT / "deploy" / "clamd.conf").read_text().splitlines()
    told = dict(line.split(maxsplit=1) for line in lines if line and not line.startswith("#"))
    uploads = re.findall(r"client_max_body_size (\d+)m;", (ROOT / "deploy" / "nginx.conf").read_text())

    assert "./deploy/clamd.conf:/etc/clamav/clamd.conf:ro" in services["clamav"]["volumes"]
    assert {told[name] for name in ("AlertEncrypted", "AlertExceedsMax", "AlertOLE2Macros")} == {"yes"}
    for limit in ("StreamMaxLength", "MaxFileSize", "MaxScanSize"):
        assert int(told[limit].removesuffix("M")) > max(map(int, uploads))
    assert int(told["MaxScanTime"]) < scanning.SECONDS * 1000


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
