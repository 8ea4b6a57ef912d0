"""The frame and the components in a real browser: accessible, narrow enough, and better with scripts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from foundation.core.models import Draft
from tests.e2e.axe import assert_accessible

GALLERY = "/components/"


@pytest.fixture(autouse=True)
def _with_gallery(settings) -> None:
    settings.ROOT_URLCONF = "tests.e2e.gallery_urls"


@pytest.fixture
def lead_page(committed, page_for: Callable[..., Page], lead) -> Callable[..., Page]:
    def make(**options: object) -> Page:
        page = page_for(lead, **options)
        page.goto(GALLERY)
        return page

    return make


@pytest.mark.parametrize("width", [1280, 375, 320])
def test_every_component_is_accessible(lead_page, width):
    page = lead_page(width=width)

    assert_accessible(page)


def test_every_component_is_accessible_without_scripts(lead_page):
    page = lead_page(width=320, java_script_enabled=False)

    expect(page.get_by_role("heading", name="Components")).to_be_visible()
    expect(page.get_by_label("Search the requirements")).to_be_visible()
    expect(page.get_by_role("link", name="Settings")).to_have_count(0)
    expect(page.get_by_role("link", name="The duty", exact=True).first).to_be_visible()


def test_the_organisation_acted_for_is_always_named(committed, page_for, acting_for, organisation):
    page = page_for(acting_for("prevent_lead"), width=320)

    page.goto(GALLERY)

    expect(page.locator(".portal-header__organisation")).to_have_text(organisation.name)


def test_a_link_of_the_error_summary_goes_to_the_first_radio_button(lead_page):
    page = lead_page()

    page.get_by_role("link", name="Select where this stands").click()

    expect(page.get_by_role("radio", name="Met", exact=True).nth(1)).to_be_focused()


def test_on_a_phone_each_row_is_a_card_and_still_a_table(lead_page):
    page = lead_page(width=375)

    row = page.get_by_role("row").filter(has_text="Train staff")

    expect(row.get_by_role("rowheader")).to_have_text("Train staff")
    expect(row.get_by_role("cell")).to_have_text(["Met", "Hal Benbow", "4 March 2026", "3"])
    assert row.get_by_role("cell").first.evaluate("cell => getComputedStyle(cell, '::before').content") == '"State"'


def test_on_a_phone_the_filter_unfolds(lead_page):
    page = lead_page(width=375)
    button = page.get_by_role("button", name="Search and filter")

    expect(page.get_by_label("Search the requirements")).to_be_hidden()
    button.click()

    expect(button).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_label("Search the requirements")).to_be_visible()


def test_on_a_phone_the_filter_is_there_when_its_script_did_not_arrive(page_for, committed, lead):
    page = page_for(lead, width=375)
    page.route("**/portal*.js", lambda route: route.abort())

    page.goto(GALLERY)

    expect(page.get_by_label("Search the requirements")).to_be_visible()


def test_a_warning_stands_before_the_session_ends_and_staying_closes_it(lead_page):
    page = lead_page_with_clock(lead_page)
    dialog = page.get_by_role("alertdialog", name="You are about to be signed out")

    page.clock.fast_forward("26:00")
    expect(dialog).to_be_hidden()
    page.clock.fast_forward("01:30")

    expect(dialog).to_be_visible()
    expect(page.get_by_role("button", name="Stay signed in")).to_be_focused()
    assert_accessible(page)
    with page.expect_response("**/stay/") as answer:
        page.get_by_role("button", name="Stay signed in").click()
    assert answer.value.status == 204
    expect(dialog).to_be_hidden()


def test_the_page_leaves_the_screen_when_the_session_has_ended(lead_page):
    page = lead_page_with_clock(lead_page)

    page.clock.fast_forward("29:30")

    page.wait_for_url("**/accounts/sign-in/?why=idle&next=%2Fcomponents%2F")


def test_what_is_typed_is_kept_as_a_draft_and_leaving_asks_only_while_it_is_not_kept(lead_page, backup):
    page = lead_page_with_clock(lead_page)
    page.get_by_label("Name of the venue").first.fill("Village hall")

    with page.expect_response("**/drafts/**") as answer:
        page.clock.fast_forward("00:11")

    assert answer.value.status == 204
    expect(page.locator(".portal-draft").first).to_contain_text("Draft kept at")
    assert list(backup(Draft).values_list("path", flat=True)) == [GALLERY]


def test_leaving_with_something_not_kept_asks_first(lead_page):
    page = lead_page()
    page.get_by_label("Name of the venue").first.fill("Village hall")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))

    page.goto("/help/")

    assert asked == ["beforeunload"]


def test_a_form_is_sent_once_however_often_the_button_is_pressed(lead_page):
    page = lead_page()
    sent = []
    page.on("request", lambda made: sent.append(made.method) if made.method == "POST" else None)
    page.route("**/components/**", lambda route: None)  # the answer never comes

    with page.expect_request(lambda made: made.method == "POST"):
        page.evaluate(
            """() => {
              const form = document.querySelector("[data-draft] form");
              for (let press = 0; press < 3; press++) form.requestSubmit();
            }"""
        )
    page.wait_for_timeout(300)  # the others would follow at once
    page.unroute_all(behavior="ignoreErrors")

    assert sent == ["POST"]


def test_signing_out_clears_the_browser_and_other_tabs_leave_too(lead_page):
    page = lead_page()
    other = page.context.new_page()
    other.goto(GALLERY)
    page.evaluate("localStorage.setItem('left', 'behind')")

    page.get_by_role("button", name="Sign out").click()

    page.wait_for_url("**/accounts/signed-out/")
    assert page.evaluate("localStorage.length") == 0
    other.wait_for_url("**/accounts/sign-in/**")


def test_a_page_loads_less_than_a_third_more_than_govuk_frontend_itself(lead_page, server):
    """Style and script of a page, compressed, beside GOV.UK Frontend's own two files."""
    import gzip
    from pathlib import Path

    frontend = Path(__file__).parents[2] / "node_modules/govuk-frontend/dist/govuk"
    theirs = sum(
        len(gzip.compress((frontend / f"govuk-frontend.min.{kind}").read_bytes(), 9)) for kind in ("css", "js")
    )
    page = lead_page()
    loaded = page.evaluate(
        "performance.getEntriesByType('resource').map(({name}) => name).filter((name) => /[.](css|js)$/.test(name))"
    )

    ours = sum(len(gzip.compress(page.request.get(address).body(), 9)) for address in loaded)

    assert len(loaded) == 3
    assert ours <= 1.3 * theirs


def lead_page_with_clock(lead_page: Callable[..., Page]) -> Page:
    """The gallery with a clock that the test moves."""
    page = lead_page()
    page.clock.install()
    page.goto(GALLERY)
    return page
