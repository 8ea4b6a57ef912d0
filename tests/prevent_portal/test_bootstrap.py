import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def bootstrap(tmp_path, monkeypatch) -> ModuleType:
    """bin/bootstrap.py working on a copy of the files it reads."""
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "bin" / "bootstrap.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "bootstrap", module)
    spec.loader.exec_module(module)
    for name in ("pyproject.toml", "package.json", "package-lock.json"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "REQUIREMENTS", tmp_path / "requirements")
    return module


def test_the_lock_files_of_this_checkout_are_not_stale(bootstrap):
    bootstrap.refuse_stale_locks()


def test_every_locked_package_has_a_hash(bootstrap):
    for lock in bootstrap.REQUIREMENTS.glob("*.txt"):
        if lock.name != "floors.txt":
            entries = lock.read_text().split("\n    # via")[0:-1]
            assert [entry for entry in entries if "==" in entry and "--hash=sha256:" not in entry] == []


def test_the_npm_lock_file_names_no_server(bootstrap, tmp_path):
    packages = json.loads((tmp_path / "package-lock.json").read_text())["packages"]

    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if name and "integrity" not in entry] == []


def test_a_python_lock_file_older_than_the_project_is_refused(bootstrap, tmp_path):
    project = tmp_path / "pyproject.toml"
    project.write_text(
        project.read_text().replace("dependencies = [\n", 'dependencies = [\n    "New_Thing[x]>=2",\n', 1)
    )

    with pytest.raises(bootstrap.StepError, match=r"requirements/base\.txt is older .*: it lacks new-thing\."):
        bootstrap.refuse_stale_locks()


def test_an_npm_lock_file_older_than_the_package_file_is_refused(bootstrap, tmp_path):
    package = json.loads((tmp_path / "package.json").read_text())
    package["dependencies"]["govuk-frontend"] = "99.0.0"
    (tmp_path / "package.json").write_text(json.dumps(package))

    with pytest.raises(bootstrap.StepError, match=r"npm install --package-lock-only"):
        bootstrap.refuse_stale_locks()


@pytest.mark.parametrize(
    ("requirement", "name"),
    [
        ("Django>=5.2", "django"),
        ("psycopg[binary]>=3.3", "psycopg"),
        ("types-PyYAML", "types-pyyaml"),
        ("ruamel.yaml ~= 1.0", "ruamel-yaml"),
        ("a_b==1; python_version < '3'", "a-b"),
    ],
)
def test_package_names_are_compared_as_the_index_does(bootstrap, requirement, name):
    assert bootstrap.plain_name(requirement) == name


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("OSError: [Errno 28] No space left on device", "is full. Free some space"),
        ("npm error code ENOSPC", "is full. Free some space"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "not the one the lock file names"),
        ("npm error code EINTEGRITY", "not the one the lock file names"),
        ("Failed to establish a new connection: Temporary failure in name resolution", "Check the network"),
        ("npm error code ENOTFOUND", "Check the network"),
        ("E: Could not resolve 'deb.debian.org'", "Check the network"),
    ],
)
def test_a_known_failure_is_explained(bootstrap, said, advice):
    assert advice in bootstrap.explain(said)


def test_an_unknown_failure_is_passed_on_by_its_error_line(bootstrap):
    said = "Collecting x\nERROR: x needs a compiler\n\nnotice: a new release is there\n"

    assert bootstrap.explain(said) is None
    assert bootstrap.last_line(said) == "ERROR: x needs a compiler"


def test_missing_system_packages_are_named_with_the_command_where_we_may_not_install(bootstrap, monkeypatch):
    monkeypatch.setattr(bootstrap, "how_to_become_root", lambda: None)
    monkeypatch.setattr(bootstrap, "distribution", lambda: "debian")
    needs = [
        bootstrap.SystemNeed("present", lambda: True),
        bootstrap.SystemNeed("libmissing", lambda: False),
        bootstrap.SystemNeed("for-tests", lambda: False, for_tests=True),
    ]
    monkeypatch.setattr(bootstrap, "SYSTEM_NEEDS", needs)

    with pytest.raises(bootstrap.StepError) as refusal:
        bootstrap.system_packages(tests=False)

    assert str(refusal.value) == (
        "Some system packages are missing. Install them and run this again: "
        "sudo apt-get update && sudo apt-get install -y --no-install-recommends libmissing"
    )


def test_a_moved_environment_names_its_new_place(bootstrap, tmp_path):
    built, final = tmp_path / ".venv.new", tmp_path / ".venv"
    (built / "bin").mkdir(parents=True)
    (built / "bin" / "tool").write_text(f"#!{built}/bin/python\nprint(1)\n")
    (built / "bin" / "tool").chmod(0o755)
    (built / "bin" / "python").symlink_to(sys.executable)

    bootstrap.repoint(built, final)
    bootstrap.swap(built, final)

    assert (final / "bin" / "tool").read_text() == f"#!{final}/bin/python\nprint(1)\n"
    assert (final / "bin" / "tool").stat().st_mode & 0o777 == 0o755
    assert subprocess.run([final / "bin" / "tool"], capture_output=True, check=True).stdout == b"1\n"


def test_a_broken_installation_leaves_the_old_one_and_no_half_one(bootstrap, tmp_path, monkeypatch):
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (tmp_path / "requirements" / "base.txt").write_text("no-such-package==1 --hash=sha256:" + "0" * 64 + "\n")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")

    with pytest.raises(bootstrap.StepError, match="The Python packages could not be installed"):
        bootstrap.python_packages("base")

    assert (tmp_path / ".venv" / "bin" / "python").exists()
    assert not (tmp_path / ".venv.new").exists()
    assert bootstrap.stamp(tmp_path / ".venv", "base") is None


def test_a_complete_environment_is_not_touched_again(bootstrap, tmp_path):
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    bootstrap.write_stamp(tmp_path / ".venv", "base", bootstrap.digest(tmp_path / "requirements" / "base.txt"))
    before = sorted(path.name for path in (tmp_path / ".venv").iterdir())

    bootstrap.python_packages("base")

    assert sorted(path.name for path in (tmp_path / ".venv").iterdir()) == before


def test_what_is_installed_meets_the_version_floors():
    result = subprocess.run([sys.executable, ROOT / "bin" / "check_floors.py"], capture_output=True, text=True)

    assert (result.returncode, result.stderr) == (0, "")
