"""Long texts that people write in Markdown, as HTML that holds nothing they did not mean.

The one place that calls text safe which somebody wrote: it has been through a sanitiser that keeps a short list of
elements and throws everything else away (tests/foundation/core/test_markdown.py tries to get past it).
"""

from functools import lru_cache

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

KEPT = 1_000
HEADINGS = ("h2", "h3", "h4")
TAGS = {
    *HEADINGS, "p", "br", "hr", "ul", "ol", "li", "strong", "em", "a", "blockquote", "code", "pre",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES: dict[str, set[str]] = {"*": set(), "a": {"href"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}

_markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


def to_html(text: str) -> SafeString:
    """The text as HTML. Its headings begin at the second level, because a page's own title is its only first.

    Links lead to http, https and mailto. HTML is shown as it was typed, pictures are not drawn. The same text is
    worked out once in a process.
    """
    return _to_html(text, get_language())


@lru_cache(maxsize=KEPT)
def _to_html(text: str, _language: str | None) -> SafeString:
    tokens = _markdown.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = HEADINGS[min(max(int(token.tag[1]) - 2, 0), len(HEADINGS) - 1)]
    drawn = _markdown.renderer.render(tokens, _markdown.options, {})
    clean = nh3.clean(drawn, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener")
    return mark_safe(_scrolling(clean))  # noqa: S308 -- nh3 has just thrown away all but TAGS and ATTRIBUTES


def _scrolling(clean: str) -> str:
    """Wide tables scroll by themselves. After nh3 an opening bracket in a text is never one of markup."""
    region = f'<div class="portal-scroll" tabindex="0" role="region" aria-label="{escape(_("Table"))}">'
    table = f'{region}<table class="govuk-table">'
    return clean.replace("<table>", table).replace("</table>", "</table></div>")
