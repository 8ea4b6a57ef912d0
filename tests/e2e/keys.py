"""Going from page to page with the keyboard alone: nothing here uses a mouse."""

from collections.abc import Collection

from playwright.sync_api import Page, expect

MOST_STOPS = 60
TEXT = "(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim().replace(/\\s+/g, ' ')"
ANSWER = "[document.activeElement.name ?? '', document.activeElement.value ?? '']"
SKIP = "Skip to main content"


def skip_to_content(page: Page) -> None:
    """The first stop of every page is the link past its head.

    Browsers carry the place it leads to through a form's redirect: the next page is then entered at its content.
    """
    if page.url.endswith("#main-content"):
        return
    page.keyboard.press("Tab")
    assert page.evaluate(TEXT) == SKIP, f"the first stop of {page.url} is {page.evaluate(TEXT)!r}"
    page.keyboard.press("Enter")
    expect(page.locator("#main-content")).to_be_focused()


def tab_to(page: Page, text: str) -> None:
    """Press Tab until the link, button or field with exactly this text has the focus."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate(TEXT) == text:
            return
    raise AssertionError(f"Tab never came to {text!r} on {page.url}")


def follow(page: Page, text: str, *, key: str = "Enter") -> None:
    """Past the head of the page to a link or button, and on to the page it leads to."""
    skip_to_content(page)
    press(page, text, key=key)


def press(page: Page, text: str, *, key: str = "Enter") -> None:
    """On from where the focus is to a link or button, and on to the page it leads to."""
    tab_to(page, text)
    with page.expect_navigation():
        page.keyboard.press(key)


def write(page: Page, label: str, text: str) -> None:
    """On to a field, and type in it."""
    tab_to(page, label)
    page.keyboard.type(text)


def answer(page: Page, name: str, wanted: Collection[int], *, several: bool) -> None:
    """Choose the options in these places of a question: one by the arrow keys, several each by Space."""
    if several:
        for place in sorted(wanted):
            _tab_to_option(page, name, str(place))
            page.keyboard.press("Space")
        return
    [place] = wanted
    _tab_to_option(page, name)
    page.keyboard.press("Space")
    for _ in range(place):
        page.keyboard.press("ArrowDown")
    assert page.evaluate(ANSWER) == [name, str(place)]


def _tab_to_option(page: Page, name: str, value: str | None = None) -> None:
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        at, its = page.evaluate(ANSWER)
        if at == name and value in (None, its):
            return
    raise AssertionError(f"Tab never came to {name} on {page.url}")
