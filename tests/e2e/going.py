"""Going from page to page as a person does: what comes next may rely on the new page being there."""

from playwright.sync_api import Page


def press(page: Page, name: str) -> None:
    """Press a button that leads to a page, and wait for that page."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    """Follow a link, and wait for the page it leads to."""
    with page.expect_navigation():
        page.get_by_role("link", name=name).click()
