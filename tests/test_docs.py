"""What the documentation points at is there."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from prevent_portal.management.commands.take_screenshots import SHOTS

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)(?:#[^)]*)?\)")
NOT_THERE_YET = {"backup", "restore"}  # the pages that name them say so


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_and_pictures_lead_to_files(page):
    broken = [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()]

    assert broken == []


def test_every_picture_is_used():
    used = {(page.parent / link).resolve() for page in PAGES for link in LINK.findall(page.read_text())}

    assert [picture.name for picture in sorted((ROOT / "docs/images").glob("*")) if picture not in used] == []


def test_every_picture_can_be_made_again_by_a_command():
    pictures = {picture.stem for picture in (ROOT / "docs/images").glob("*")}

    assert pictures - {shot.name for shot in SHOTS} == set()


def test_every_page_is_found_from_the_index():
    index = (ROOT / "docs/README.md").read_text() + (ROOT / "docs/adr/README.md").read_text()
    linked = {Path(link).name for link in LINK.findall(index)}

    assert [name(page) for page in PAGES[1:] if page.name not in linked | {"README.md"}] == []


def test_the_commands_it_names_exist():
    named = {command for page in PAGES for command in re.findall(r"manage\.py ([a-z][a-z_]+)", page.read_text())}

    assert named - set(get_commands()) - NOT_THERE_YET == set()


def test_pictures_are_small():
    heavy = {picture.name for picture in (ROOT / "docs/images").glob("*.png") if picture.stat().st_size > 150_000}

    assert heavy == set()
