"""What the text of a course may be: Markdown without HTML, under headings of level 2 and 3, with safe addresses.

Links lead to https:// or to an e-mail address.

What a page would show otherwise than its author wrote it is refused, not dropped: HTML and pictures.
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

HEADINGS = ("h2", "h3")
ADDRESSES = ("https://", "mailto:")
HTML = _("HTML is not used here; write it in Markdown")
HEADING = _("headings are of level 2 or 3 (## or ###); the page's title stands above them")
PICTURE = _("pictures are not written in the text like this")

_READER = MarkdownIt("commonmark").enable("table")


def problems(text: str) -> list[tuple[int, str]]:
    """What a text may not have, each with its line counted from nought."""
    return list(_problems(_READER.parse(text)))


def _problems(tokens: list[Token]) -> Iterator[tuple[int, str]]:
    line = 0
    for token in tokens:
        line = token.map[0] if token.map else line
        if token.type == "html_block":
            yield line, str(HTML)
        elif token.type == "heading_open" and token.tag not in HEADINGS:
            yield line, str(HEADING)
        for each, below in _inside(token):
            yield line + below, each


def _inside(token: Token) -> Iterator[tuple[str, int]]:
    """Problems inside a paragraph, with the number of lines that stand before each."""
    below = 0
    for each in token.children or ():
        if each.type in ("softbreak", "hardbreak"):
            below += 1
        elif each.type == "html_inline":
            yield str(HTML), below
        elif each.type == "image":
            yield str(PICTURE), below
        elif each.type == "link_open" and not str(each.attrs["href"]).startswith(ADDRESSES):
            yield (
                _t("an address begins with https://, and “%(address)s” does not") % {"address": each.attrs["href"]},
                below,
            )
