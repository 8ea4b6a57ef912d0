"""Small display filters and tags, available in every template."""

from datetime import date, datetime
from typing import Any

from django import template
from django.http import QueryDict
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

register = template.Library()

TAG_COLOURS = {"grey", "green", "teal", "blue", "light-blue", "purple", "magenta", "red", "orange", "yellow", ""}


@register.filter
def day(value: date | datetime | None) -> str:
    """A date as people write it: 4 March 2026. Times are shown as the day in London."""
    if not value:
        return ""
    local = timezone.localtime(value) if isinstance(value, datetime) else value
    return (
        f"{local.day} {MONTHS[local.month]} {local.year}"  # a long list shows hundreds: date_format costs ten times it
    )


@register.filter
def moment(value: datetime | None) -> str:
    """A time as people write it: 4 March 2026, 2:05pm (London)."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return f"{date_format(local, 'j F Y')}, {local:%I:%M}{'am' if local.hour < 12 else 'pm'}".replace(", 0", ", ")


@register.simple_tag
def error_prefix(form: Any) -> str:
    """Put before a page's title, so that a screen reader says first that something is wrong."""
    return _("Error: ") if form is not None and form.is_bound and form.errors else ""


@register.simple_tag
def edit_prefix(editor: Any) -> str:
    """The same for a page on which something is edited: that something is wrong, or that somebody saved first."""
    return _("Somebody saved first: ") if editor.conflict else error_prefix(editor.form)


@register.simple_tag
def status_tag(text: str, colour: str = "") -> str:
    """A GOV.UK tag. ``colour`` is one of Frontend's tag colours; the text always says the same as the colour."""
    assert colour in TAG_COLOURS, colour
    classes = f"govuk-tag govuk-tag--{colour}" if colour else "govuk-tag"
    return format_html('<strong class="{}">{}</strong>', classes, text)


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """The page's address parameters with some changed; None removes one. Begins with a question mark."""
    request = getattr(context, "request", None) or context["request"]
    parameters: QueryDict = request.GET.copy()
    for name, value in changes.items():
        if value is None:
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    return f"?{parameters.urlencode()}"


@register.simple_tag(takes_context=True)
def page_address(context: dict[str, Any], changes: dict[str, Any]) -> str:
    """The address of another page of a list: today's parameters with ``changes``."""
    return query(context, **changes)
