"""Two people write at once, in a browser: both texts can be read, and either can be chosen."""

import os

import pytest
from playwright.sync_api import Page, expect

from foundation.core import drafts
from foundation.core.acting import acting_as
from tests.e2e.axe import assert_accessible
from tests.writing_pages import PAGES, Scene, set_scene

SHOTS = os.environ.get("SHOTS")


def look(page: Page, name: str) -> None:
    assert_accessible(page)
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name.replace(' ', '-')}.png", full_page=True)


def fill(page: Page, scene: Scene, text: str) -> None:
    for name, value in scene.typed(text).items():
        field = page.locator(f"form .govuk-form-group [name={name}]")
        if name == "version":
            continue
        kind = field.first.get_attribute("type")
        if kind in {"radio", "checkbox"}:
            for each in value if isinstance(value, list) else [value]:
                chosen = "" if each == "on" else f'[value="{each}"]'  # a single checkbox names no value
                page.locator(f"[name={name}]{chosen}").check()
        elif field.first.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(str(value))


# This one shows what a change does before it saves: its way is in tests/training/test_requirement_pages.py.
SAVED_AT_ONCE = [name for name in PAGES if name != "training asked for"]


@pytest.mark.parametrize("name", SAVED_AT_ONCE)
@pytest.mark.parametrize("width", [1280, 375])
def test_both_texts_can_be_read_and_either_can_be_chosen(acting_for, client_for, page_for, name, width):
    scene = set_scene(name, acting_for, client_for)
    page = page_for(scene.me, width=width)
    page.goto(scene.address)
    assert scene.other.post(scene.address, scene.typed(scene.page.theirs)).status_code == 302

    fill(page, scene, scene.page.mine)
    page.locator("form .govuk-button[type=submit]", has_text="Save").click()
    expect(page.get_by_role("heading", name="Somebody saved first")).to_be_visible()
    expect(page.get_by_text("Saved by Hal Theirs").first).to_be_visible()
    look(page, f"conflict-{name}-{width}")
    mine = width == 1280
    page.get_by_role("button", name="Keep mine" if mine else "Take theirs").click()

    expect(page.get_by_role("alert")).to_be_visible()
    assert (scene.page.mine if mine else scene.page.theirs) in scene.standing()
    assert scene.draft() is None


@pytest.mark.parametrize("width", [1280, 375])
def test_what_was_typed_is_offered_again_and_can_be_let_go_for_good(acting_for, client_for, page_for, width):
    scene = set_scene("own requirement", acting_for, client_for)
    page = page_for(scene.me, width=width)
    with acting_as(scene.me):
        drafts.keep(acting=scene.me, path=scene.address, typed={"text": ["Half a sentence"]}, now=scene.me.at)
    page.goto(scene.address)
    expect(page.get_by_label("What is required")).to_have_value("Half a sentence")
    look(page, f"draft-{width}")
    page.get_by_label("What is required").fill("Half a sentence and more")

    page.get_by_role("button", name="Show what is saved instead").click()

    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("What is required")).to_have_value("Ours")
    assert scene.draft() is None
