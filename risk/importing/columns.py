"""Which column of a register means what: guessed or remembered, decided by the person."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.core.exceptions import RuleBroken
from risk import reference
from risk.importing.fields import Field, guess, letters, words_of
from risk.models import Category


def offered(headings: Sequence[str], remembered: Mapping[str, str] | None) -> dict[str, str]:
    """Position → field to begin with: as the same headings meant the last time, else as they read."""
    if remembered is None:
        return {str(at): name for at, name in guess(headings).items()}
    found: dict[str, str] = {}
    for at, heading in enumerate(headings):
        name = remembered.get(letters(heading), "")
        if name in Field.values and name not in found.values():
            found[str(at)] = name
    return found


def to_remember(headings: Sequence[str], columns: Mapping[str, str]) -> dict[str, str]:
    """Each heading in letters → what its column means, for ``offered``."""
    return {letters(headings[int(at)]): name for at, name in columns.items() if letters(headings[int(at)])}


def key_of(headings: Sequence[str]) -> str:
    """What a set of headings is remembered by, in whatever order they stand."""
    plain = sorted({letters(heading) for heading in headings if words_of(heading)})
    return hashlib.sha256("|".join(plain).encode()).hexdigest()


def check(chosen: Mapping[int, str], headings: Sequence[str]) -> dict[int, str]:
    """The choice as it may be used. Raises RuleBroken where a risk would have no title or a field two columns."""
    if set(chosen.values()) - set(Field.values) or any(not 0 <= at < len(headings) for at in chosen):
        raise RuleBroken(_("Choose among the columns of the file."))
    for name in chosen.values():
        if list(chosen.values()).count(name) > 1:
            raise RuleBroken(
                _("Two columns are “%(field)s”. Choose one of them, and leave the other out.")
                % {"field": Field(name).label}
            )
    if Field.TITLE not in chosen.values():
        raise RuleBroken(_("Choose the column with the risk in a few words: without it a risk has no name."))
    return dict(chosen)


def check_theme(theme: str, now: datetime) -> None:
    if theme not in dict(reference.offered(Category.Kind.THEME, timezone.localdate(now))):
        raise RuleBroken(_("Select a theme from the list."))
