"""What people write in Markdown becomes headings, lists and links, and never anything that acts."""

import re

import pytest

from foundation.core.markdown import to_html

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "<p style='position:fixed' onclick='alert(1)' class='govuk-button'>x</p>",
    "<style>body{display:none}</style>",
    "<form action='//evil.example'><input name=a><button>Go</button></form>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    '[x](https://a.example/"onmouseover=alert(1))',
    "[x](https://a.example 'title\" onclick=alert(1)')",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x](https://a.example/pixel.gif)",
    "[x]: javascript:alert(1)\n\n[x]",
    "`<script>alert(1)</script>`",
    "```html onclick=alert(1)\n<script>alert(1)</script>\n```",
    "<table><tr><td onclick=alert(1)>",
    "| a |\n|---|\n| <script>alert(1)</script> |",
    "<math><mi xlink:href='data:x,<script>alert(1)</script>'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><script>alert(1)</script>-->",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "> <base href='//evil.example'>",
    "\x00<scr\x00ipt>alert(1)</script>",
]
TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)([^>]*)>")
PLAIN = {
    "p", "a", "code", "pre", "blockquote", "strong", "em", "ul", "ol", "li", "h2", "h3", "h4", "hr", "br",
    "div", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
OURS = {
    ' class="portal-scroll" tabindex="0" role="region" aria-label="Table"',
    ' class="govuk-table"',
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_acts_comes_through(attack):
    html = to_html(attack)

    tags = TAG.findall(html)
    wrong_attributes = {
        attributes
        for _, _, attributes in tags
        if attributes and attributes not in OURS
        and not re.fullmatch(r' href="(https?:|mailto:)[^"<>]*" rel="noopener"', attributes)
    }  # fmt: skip
    assert {name for _, name, _ in tags} - PLAIN == set()
    assert wrong_attributes == set()


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# One", "<h2>One</h2>\n"),
        ("## Two", "<h2>Two</h2>\n"),
        ("### Three", "<h3>Three</h3>\n"),
        ("###### Six", "<h4>Six</h4>\n"),
        ("**Bold** and *soft*", "<p><strong>Bold</strong> and <em>soft</em></p>\n"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"),
        ("3. three", '<ol start="3">\n<li>three</li>\n</ol>\n'),
        ("> Remember", "<blockquote>\n<p>Remember</p>\n</blockquote>\n"),
        ("[Act](https://a.example/x)", '<p><a href="https://a.example/x" rel="noopener">Act</a></p>\n'),
        ("[Ask](mailto:a@a.example)", '<p><a href="mailto:a@a.example" rel="noopener">Ask</a></p>\n'),
        ("a < b & c", "<p>a &lt; b &amp; c</p>\n"),
        ("", ""),
    ],
)
def test_what_is_meant_is_drawn(text, html):
    assert to_html(text) == html


def test_a_table_scrolls_by_itself():
    html = to_html("| Who | When |\n|---|---|\n| Lead | Today |")

    assert html.startswith('<div class="portal-scroll" tabindex="0" role="region" aria-label="Table">')
    assert html.count('<table class="govuk-table">') == 1
    assert html.rstrip().endswith("</table></div>")


def test_the_same_text_is_worked_out_once():
    assert to_html("Once **only**") is to_html("Once **only**")
