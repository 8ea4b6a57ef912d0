"""Messages of a language, each looked up once a process."""

from functools import lru_cache

from django.conf import settings
from django.utils.translation import trans_real

MOST_MESSAGES = 10_000  # of a language; we have fewer, and what a person typed is never looked up


def remember_messages() -> None:
    """Keep what a language's catalogue answered, for every language that is offered. Call it once all apps are there.

    Django looks a message up in one catalogue after the other: for British English there are seven, none of which
    knows our texts, because they are written in English. A page asks for a hundred messages and more.
    """
    for code, _name in settings.LANGUAGES:
        catalogue = trans_real.translation(code)
        remembered = lru_cache(maxsize=MOST_MESSAGES)(catalogue.gettext)
        catalogue.gettext = remembered  # type: ignore[method-assign]  # of this one object
