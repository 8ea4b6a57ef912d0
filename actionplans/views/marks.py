"""What templates show of an action's state: words with colours, so that they need not know either."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from actionplans.lines import Line, Told
from actionplans.listing import flags_of, rating_of, status_of
from actionplans.models import Action, ReportedAction
from actionplans.standing import COLOUR
from foundation.core.templatetags.portal import day, status_tag

_ROW = (
    '<li class="portal-row"><div><a class="govuk-link" href="{}">{} {}</a> '
    '<span class="portal-hint-line">{}</span></div><div>{} {}{}</div></li>'
)
_RATING = ' <span class="govuk-body-s">{} {}</span>'


@dataclass(frozen=True)
class Marked:
    """A line with its marks: tags of its status and of its people's own ``rating``, if any.

    ``flags`` are computed from dates and progress; ``signs`` are the same as tags.
    """

    line: Line
    status: SafeString
    flags: SafeString
    rating: SafeString

    @property
    def signs(self) -> list[str]:
        return [status_tag(sign.label, COLOUR[sign]) for sign in self.line.signs]

    @property
    def action(self) -> Action | ReportedAction | Told:
        return self.line.action

    @property
    def owner(self) -> str:
        return self.line.owner

    @property
    def hint(self) -> str:
        """Who does it and until when, in a line; and whether a member reports it to the partnership that reads it."""
        said = [self.owner, _("due %(day)s") % {"day": day(self.action.due_on)}]
        return " · ".join([*said, _("reported by this member")] if self.line.member else said)

    @property
    def row(self) -> SafeString:
        """As a list shows it. In one piece: a plan has a hundred."""
        rating = format_html(_RATING, _("Own rating:"), self.rating) if self.rating else ""
        action = self.action
        return format_html(
            _ROW, action.get_absolute_url(), action.code, action.title, self.hint, self.status, self.flags, rating
        )


def mark(line: Line) -> Marked:
    return Marked(line, status_of(line.action.status), flags_of(line.signs), rating_of(line.action.rag))


def marked(lines: Iterable[Line]) -> list[Marked]:
    """Many lines. What several say alike is drawn once."""
    status, flags, rating = cache(status_of), cache(flags_of), cache(rating_of)
    return [
        Marked(line, status(line.action.status), flags(tuple(line.signs)), rating(line.action.rag)) for line in lines
    ]


def move_control(label: str, url: str, code: str, at_once: bool) -> str:
    """What moves a card of the board: a button of its form ``moves``, or a link where something is asked first.

    Drawn in one piece: a board has two for each of its cards.
    """
    return format_html(_AT_ONCE if at_once else _ASKED_FIRST, url, label, code)


_WORDS = '{}<span class="govuk-visually-hidden"> {}</span>'
_AT_ONCE = f'<button class="portal-link-button" type="submit" form="moves" formaction="{{}}">{_WORDS}</button>'
_ASKED_FIRST = f'<a class="govuk-link" href="{{}}">{_WORDS}</a>'
