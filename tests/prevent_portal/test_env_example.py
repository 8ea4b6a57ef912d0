"""The list of settings that people read is the list the portal reads."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = [ROOT / "prevent_portal" / name for name in ("settings.py", "sign_in_settings.py")]
LINES = (ROOT / ".env.example").read_text().splitlines()
NAMED = re.compile(r"^#?(PORTAL_[A-Z0-9_]+)=")


def calls(function: str) -> list[ast.Call]:
    """Every call of ``environment.<function>`` in the settings; of any reader when it is empty."""
    found = []
    for path in SETTINGS:
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "environment"
                and node.func.attr == function
            ):
                found.append(node)
    return found


@pytest.fixture
def documented() -> list[str]:
    return [match.group(1) for line in LINES if (match := NAMED.match(line))]


@pytest.fixture
def known() -> list[str]:
    """The names that do not stop start-up."""
    (call,) = calls("refuse_unknown")
    return ast.literal_eval(call.args[0])


def test_every_setting_is_documented_once_and_nothing_else_is(documented, known):
    assert sorted(documented) == sorted(known)


def test_every_setting_is_read(known):
    readers = ("text", "address", "flag", "number", "names", "all_or_none")
    read = {
        argument.value
        for reader in readers
        for call in calls(reader)
        for argument in call.args
        if isinstance(argument, ast.Constant) and str(argument.value).startswith("PORTAL_")
    }

    assert sorted(read) == sorted(known)


def test_every_setting_says_what_it_is_for():
    bare = [line for before, line in zip(["", *LINES], LINES, strict=False) if NAMED.match(line) and before[:2] != "# "]

    assert bare == []


def test_what_docker_compose_asks_for_is_documented(documented):
    asked = set(re.findall(r"\$\{(PORTAL_[A-Z0-9_]+)", (ROOT / "docker-compose.yml").read_text()))

    assert asked - set(documented) == set()


def test_what_docker_compose_cannot_do_without_is_filled_in():
    needed = set(re.findall(r"\$\{(PORTAL_[A-Z0-9_]+):\?", (ROOT / "docker-compose.yml").read_text()))

    filled = {match.group(1) for line in LINES if (match := re.match(r"^(PORTAL_[A-Z0-9_]+)=.+", line))}

    assert filled == needed
