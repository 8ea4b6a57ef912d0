"""Small display filters and tags, available in every template."""

from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from django import template
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from foundation.core import addresses
from foundation.core import markdown as core_markdown

register = template.Library()

TAG_COLOURS = {"grey", "green", "teal", "blue", "light-blue", "purple", "magenta", "red", "orange", "yellow", ""}


@register.filter
def day(value: date | datetime | None) -> str:
    """A date as people write it: 4 March 2026. Times are shown as the day in London."""
    if not value:
        return ""
    local = timezone.localtime(value) if isinstance(value, datetime) else value
    return f"{local.day} {_months(get_language())[local.month]} {local.year}"  # a long list shows hundreds


@cache
def _months(language: str | None) -> dict[int, str]:
    return {number: str(name) for number, name in MONTHS.items()}


@register.filter
def moment(value: datetime | None) -> str:
    """A time as people write it: 4 March 2026, 2:05pm (London)."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return f"{date_format(local, 'j F Y')}, {local:%I:%M}{'am' if local.hour < 12 else 'pm'}".replace(", 0", ", ")


@register.filter
def markdown(text: str) -> SafeString:
    """A text written in Markdown, as HTML. Put it in an element of the class ``portal-prose``."""
    return core_markdown.to_html(text)


@register.simple_tag
def address(name: str) -> str:
    """What ``{% url name %}`` gives, for the frame of every page: matched once, not on each."""
    return addresses.of_page(name)


@register.simple_tag
def error_prefix(form: Any) -> str:
    """Put before a page's title, so that a screen reader says first that something is wrong."""
    return _("Error: ") if form is not None and form.is_bound and form.errors else ""


@register.simple_tag
def edit_prefix(editor: Any) -> str:
    """The same for a page on which something is edited: that something is wrong, or that somebody saved first."""
    return _("Somebody saved first: ") if editor.conflict else error_prefix(editor.form)


@register.simple_tag
def status_tag(text: str | Promise, colour: str = "") -> SafeString:
    """A GOV.UK tag. ``colour`` is one of Frontend's tag colours; the text always says the same as the colour."""
    return _tag(str(text), colour)


@lru_cache(maxsize=500)
def _tag(text: str, colour: str) -> SafeString:
    assert colour in TAG_COLOURS, colour
    classes = f"govuk-tag govuk-tag--{colour}" if colour else "govuk-tag"
    return format_html('<strong class="{}">{}</strong>', classes, text)


@register.simple_tag
def flag(text: str | Promise, colour: str = "yellow") -> str:
    """A small mark beside what is to be noticed. ``colour`` as for a tag."""
    return _flag(str(text), colour)


@lru_cache(maxsize=500)
def _flag(text: str, colour: str) -> SafeString:
    assert colour in TAG_COLOURS, colour
    return format_html('<span class="portal-flag portal-flag--{}">{}</span>', colour, text)


def hint_line(text: str) -> SafeString:
    """What stands in small letters below what a cell of a list says; nothing where there is nothing to say."""
    return format_html('<span class="portal-hint-line">{}</span>', text) if text else SafeString("")


@register.simple_tag
def summary_row(
    key: str, value: Any, *, typed: bool = False, url: str = "", action: str = "", has_actions: bool = False
) -> str:
    """One row of a ``<dl class="govuk-summary-list">``.

    ``typed`` keeps the line breaks of what a person wrote. ``action`` says what the link to ``url`` does;
    ``has_actions``: other rows of the list have a link.
    """
    return format_html(
        '<div class="govuk-summary-list__row{}"><dt class="govuk-summary-list__key">{}</dt>'
        '<dd class="govuk-summary-list__value{}">{}</dd>{}</div>',
        " govuk-summary-list__row--no-actions" if has_actions and not url else "",
        key,
        " portal-typed" if typed else "",
        value,
        _row_action(url, action, key) if url else "",
    )


def _row_action(url: str, action: str, key: str) -> SafeString:
    return format_html(
        '<dd class="govuk-summary-list__actions"><a class="govuk-link" href="{}">{}'
        '<span class="govuk-visually-hidden"> {}</span></a></dd>',
        url,
        action,
        key,
    )


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """The page's address parameters with some changed; None removes one. Begins with a question mark."""
    request = getattr(context, "request", None) or context["request"]
    kept = [(name, value) for name, values in request.GET.lists() if name not in changes for value in values]
    return "?" + urlencode([*kept, *((name, value) for name, value in changes.items() if value is not None)])


@register.simple_tag(takes_context=True)
def page_address(context: dict[str, Any], changes: dict[str, Any]) -> str:
    """The address of another page of a list: today's parameters with ``changes``."""
    return query(context, **changes)
