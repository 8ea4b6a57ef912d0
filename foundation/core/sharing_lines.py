"""The lines of lists on which an organisation decides, row by row, what one of its partnerships may read."""

from urllib.parse import quote

from django.db.models import Case, Exists, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext

from foundation.core import addresses
from foundation.core.templatetags.portal import hint_line

SHOWN_OF_A_COMMENT = 160
_NOTHING = SafeString("")


def with_sharing(
    rows: QuerySet, shares: QuerySet, *, of: str, said: dict[str, str], never: str, ended: str, while_shared: Case
) -> QuerySet:
    """Rows with ``comment`` and ``sharing``: ``never``, ``ended``, or what ``while_shared`` makes of what was ``said``.

    ``shares``: what was shared with one partnership, each ``of`` a row, ended or not. ``said``: under what name the
    rows get which of its columns.
    """
    theirs = shares.filter(**{of: OuterRef("pk")}).order_by()
    standing, over = theirs.filter(ended_at__isnull=True), theirs.filter(ended_at__isnull=False)
    found = rows.annotate(**{name: Subquery(standing.values(column)[:1]) for name, column in said.items()})
    return found.annotate(
        comment=Coalesce(Subquery(standing.values("comment")[:1]), Value("")),
        sharing=Case(
            When(Exists(standing), then=while_shared),
            When(Exists(over), then=Value(ended)),
            default=Value(never),
        ),
    )


def comment_line(comment: str) -> SafeString:
    """As much of a comment as a line shows."""
    is_short = len(comment) <= SHOWN_OF_A_COMMENT
    return hint_line(comment if is_short else Truncator(comment).chars(SHOWN_OF_A_COMMENT))


class Lines:
    """Draws such a list, each line in one piece: a template would take longer over it than the database over the rows.

    ``page``, ``give`` and ``take_back`` name the pages of a row, the latter two below a ``partnership``. ``labels``: to
    give it for the first time, and anew. ``here`` is where to come back to from a decision; None where this person
    makes none. The buttons belong to the page's form ``decisions``.
    """

    def __init__(
        self, *, page: str, give: str, take_back: str, partnership: str, labels: tuple[str, str], here: str | None
    ) -> None:
        self._page = addresses.of_rows(page)
        self._give, self._take_back = addresses.of_rows(give, partnership), addresses.of_rows(take_back, partnership)
        self._first, self._anew = map(escape, labels)
        self._no_more = escape(gettext("Take back"))
        self._decides, self._back = here is not None, f"?next={quote(here or '', safe='')}"

    def line(
        self,
        code: str,
        reference: str,
        title: str,
        *,
        below: SafeString = _NOTHING,
        facts: SafeString,
        sharing: SafeString,
        can_give: bool,
        is_given: bool,
    ) -> SafeString:
        """A row with what it says of itself (``below`` its title and beside), how it is shared, and what to decide."""
        decision = self._decision(escape(code), reference, can_give, is_given) if self._decides else _NOTHING
        return format_html(_LINE, self._page(reference), code, title, below, facts, sharing, decision)

    def _decision(self, code: str, reference: str, can_give: bool, is_given: bool) -> SafeString:
        link = button = _NOTHING
        if can_give:
            label = self._anew if is_given else self._first
            link = format_html(_GIVE, self._give(reference) + self._back, label, code)
        if is_given:
            button = format_html(_TAKE_BACK, self._take_back(reference), self._no_more, code)
        return format_html(_DECISION, link, button)


_LINE = (
    '<tr class="govuk-table__row">'
    '<th scope="row" class="govuk-table__header"><a class="govuk-link" href="{}">{} {}</a>{}</th>'
    '<td class="govuk-table__cell"><div>{}</div></td><td class="govuk-table__cell"><div>{}</div></td>{}</tr>'
)
_DECISION = '<td class="govuk-table__cell portal-nowrap"><div>{} {}</div></td>'
_WORDS = '{}<span class="govuk-visually-hidden"> {}</span>'
_GIVE = f'<a class="govuk-link" href="{{}}">{_WORDS}</a>'
_TAKE_BACK = f'<button class="portal-link-button" type="submit" form="decisions" formaction="{{}}">{_WORDS}</button>'
