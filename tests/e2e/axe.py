"""The accessibility check for browser tests: axe-core, every rule of WCAG 2.2 AA and its best practices."""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Frontend names its upload button by the field's label and the button's own text, with a hidden comma between two
# parts of that text. The name holds all that is seen; axe misses it because of the comma.
RUN = """async (rules) => {
  const {violations} = await axe.run(document, {runOnly: {type: "tag", values: rules}, resultTypes: ["violations"]});
  const comma = ({id}, node) => id === "label-content-name-mismatch" && node.html.includes("govuk-file-upload-button");
  for (const found of violations) found.nodes = found.nodes.filter((node) => !comma(found, node));
  const where = ({target, failureSummary}) => `${target.join(" ")}: ${failureSummary.replace(/\\s+/g, " ")}`;
  return violations.filter(({nodes}) => nodes.length)
    .map(({id, help, nodes}) => ({id, help, where: nodes.map(where)}));
}"""


# The menu's button follows the window's width a moment after the window: axe must not look in between.
SETTLED = """() => {
  const toggle = document.querySelector(".govuk-service-navigation__toggle");
  return !toggle || toggle.hidden === window.matchMedia("(min-width: 40.0625em)").matches;
}"""


@cache
def _source() -> str:
    return AXE.read_text()


def violations(page: Page) -> list[dict[str, Any]]:
    """What axe-core finds wrong on the page as it stands, each with its rule, the reason and the places."""
    page.wait_for_function(SETTLED)
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_source())  # through the debugger: the page's security policy lets no foreign script in
    return page.evaluate(RUN, RULES)


def assert_accessible(page: Page) -> None:
    """Fail with a readable list when axe-core finds anything, or when the page is wider than the window."""
    found = [f"{each['id']} ({each['help']})\n    " + "\n    ".join(each["where"]) for each in violations(page)]
    assert not found, f"{page.url} is not accessible:\n  " + "\n  ".join(found)
    too_wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert too_wide <= 0, f"{page.url} is {too_wide} pixels wider than the window"
