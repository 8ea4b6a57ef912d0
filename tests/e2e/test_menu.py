"""The menu on a phone: folded before the script has run as after it, and open when the script never comes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from foundation.core.acting import Acting

WHERE_THE_PAGE_BEGINS = "document.querySelector('main').getBoundingClientRect().top"
SCRIPT = "**/portal*.js"


@pytest.fixture
def phone(committed: None, lead: Acting, page_for: Callable[..., Page]) -> Page:
    return page_for(lead, width=375)


def test_nothing_moves_when_the_script_takes_over(phone: Page) -> None:
    phone.route(SCRIPT, lambda route: route.abort())
    phone.goto("/evidence/")
    before = phone.evaluate(WHERE_THE_PAGE_BEGINS)

    phone.unroute(SCRIPT)
    phone.goto("/evidence/")
    button = phone.get_by_role("button", name="Menu")
    expect(button).to_have_attribute("aria-expanded", "false")

    assert phone.evaluate(WHERE_THE_PAGE_BEGINS) == before
    button.click()
    expect(phone.get_by_role("link", name="Evidence", exact=True)).to_be_visible()


def test_the_menu_is_there_when_the_script_never_comes(phone: Page) -> None:
    phone.route(SCRIPT, lambda route: route.abort())

    phone.goto("/evidence/")

    expect(phone.get_by_role("link", name="The duty", exact=True)).to_be_in_viewport(ratio=1)
    phone.wait_for_function(f"{WHERE_THE_PAGE_BEGINS} > 350")  # the menu has its room
    expect(phone.get_by_role("button", name="Menu")).to_be_hidden()
