"""How the library's codes look on pages."""

from collections.abc import Iterable
from datetime import date

from django import template
from django.utils.translation import gettext as _

from compliance.library_words import kind_in_words, nations_in_words
from foundation.core.marks import COLOURS, Mark, mark_in_words
from foundation.core.templatetags.portal import day, status_tag

register = template.Library()


@register.simple_tag
def mark_tag(mark: str) -> str:
    """How far something was checked, as a tag. Empty for what carries no mark."""
    return status_tag(mark_in_words(mark), COLOURS[Mark(mark)]) if mark in Mark.values else ""


@register.filter
def mark_text(mark: str) -> str:
    return mark_in_words(mark)


@register.filter
def nations(codes: Iterable[str]) -> str:
    return nations_in_words(codes)


@register.filter
def instrument_kind(code: str) -> str:
    return kind_in_words(code)


@register.simple_tag
def period(start: date | None, end: date | None) -> str:
    """From when until when something is in force, in words. The library does not know every day."""
    if start and end:
        return _("%(start)s to %(end)s") % {"start": day(start), "end": day(end)}
    if start:
        return _("Since %(start)s") % {"start": day(start)}
    if end:
        return _("Until %(end)s") % {"end": day(end)}
    return _("Dates not known")
