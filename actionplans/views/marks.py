"""What templates show of an action's state: words with colours, so that they need not know either."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from actionplans.lines import Line
from actionplans.listing import RAG_COLOUR, STATUS_COLOUR
from actionplans.models import Action, Rag, ReportedAction
from actionplans.standing import COLOUR
from actionplans.workflow import Status
from foundation.core.templatetags.portal import day, flag, status_tag


@dataclass(frozen=True)
class Marked:
    """A line with its marks: tags of its status and of its people's own ``rating``, if any.

    ``flags`` are computed from dates and progress; ``signs`` are the same as tags.
    """

    line: Line
    status: str
    flags: str
    rating: str

    @property
    def signs(self) -> list[str]:
        return [status_tag(sign.label, COLOUR[sign]) for sign in self.line.signs]

    @property
    def action(self) -> Action | ReportedAction:
        return self.line.action

    @property
    def owner(self) -> str:
        return self.line.owner

    @property
    def hint(self) -> str:
        """Who does it and until when, in a line; and whether a member reports it to the partnership that reads it."""
        said = [self.owner, _("due %(day)s") % {"day": day(self.action.due_on)}]
        return " · ".join([*said, _("reported by this member")] if self.line.member else said)


def mark(line: Line) -> Marked:
    action = line.action
    return Marked(
        line,
        status_tag(action.get_status_display(), STATUS_COLOUR[Status(action.status)]),
        format_html_join(" ", "{}", ((flag(sign.label, COLOUR[sign]),) for sign in line.signs)),
        status_tag(action.get_rag_display(), RAG_COLOUR[Rag(action.rag)]) if action.rag else "",
    )


def marked(lines: Iterable[Line]) -> list[Marked]:
    return [mark(line) for line in lines]


def move_control(label: str, url: str, code: str, at_once: bool) -> str:
    """What moves a card of the board: a button of its form ``moves``, or a link where something is asked first.

    Drawn in one piece: a board has two for each of its cards.
    """
    return format_html(_AT_ONCE if at_once else _ASKED_FIRST, url, label, code)


_WORDS = '{}<span class="govuk-visually-hidden"> {}</span>'
_AT_ONCE = f'<button class="portal-link-button" type="submit" form="moves" formaction="{{}}">{_WORDS}</button>'
_ASKED_FIRST = f'<a class="govuk-link" href="{{}}">{_WORDS}</a>'
