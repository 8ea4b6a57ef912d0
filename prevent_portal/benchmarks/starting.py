"""P19 and P20: how long a start takes, and what a page loads."""

import gzip
import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage

from foundation.core.benchmarks import Measurement
from prevent_portal.benchmarks.ground import Place
from prevent_portal.benchmarks.serving import free_port

ROOT = Path(settings.BASE_DIR)
FRONTEND = ROOT / "node_modules/govuk-frontend/dist/govuk"
LOADED = re.compile(r'(?:src|href)="(/static/[^"]+\.(?:css|js))"')
PAGES = ("/", "/evidence/", "/compliance/", "/compliance/requirements/LA-05/answer/")
STARTS = 3
SECONDS_TO_START = 600


def measure_start() -> Iterator[Measurement]:
    """``make demo`` to Ready, in a folder of its own and with its packages: the first start, and those after it."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-", dir=settings.VAR_DIR) as folder:
        Path(folder).chmod(0o755)  # as root, the database runs as another user
        first = _start(folder)
        seconds = [_start(folder) for _ in range(STARTS)]
    yield Measurement("P19 first start to Ready, packages installed", first, 60.0, 1.0)
    yield Measurement("P19 second start to Ready", median(seconds), 15.0, 1.0)


def _start(folder: str) -> float:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    began = time.monotonic()
    process = subprocess.Popen(
        ["make", "demo"],  # noqa: S607 -- as people type it
        cwd=ROOT,
        env=kept | {"PORTAL_VAR_DIR": folder, "PORT": str(free_port())},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    said: list[str] = []
    try:
        for line in process.stdout:
            said.append(line)
            if line.startswith("Ready:"):
                return time.monotonic() - began
        raise RuntimeError("make demo did not become ready: " + "".join(said[-5:]))
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=SECONDS_TO_START)


def measure_assets(large: Place) -> Iterator[Measurement]:
    """Style and script of the heaviest of some pages, compressed, against GOV.UK Frontend's own two files."""
    client = large.client()
    theirs = _compressed(FRONTEND / f"govuk-frontend.min.{kind}" for kind in ("css", "js"))
    ours = max(
        _compressed(Path(staticfiles_storage.path(address.removeprefix("/static/"))) for address in found)
        for found in (set(LOADED.findall(client.get(page).content.decode())) for page in PAGES)
    )
    yield Measurement("P20 CSS and JavaScript of a page", ours, theirs, 1.3, "kB")


def _compressed(paths: "Iterator[Path]") -> float:
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths) / 1000
