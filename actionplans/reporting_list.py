"""The list of actions that an organisation may report to one of its partnerships, or reports: search and filters."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from actionplans.gathering import Own, Reporting, beside
from actionplans.listing import STATUS_COLOUR
from actionplans.models import Action, ReportedAction
from actionplans.workflow import OPEN, PlanStatus, Status
from foundation.core import addresses
from foundation.core.acting import Acting
from foundation.core.lists import Column, Listing
from foundation.core.prepared import AnyOf, PreparedObjects, answers, numbers
from foundation.core.sharing_filter import SHOWN_OF_A_COMMENT, PartnershipFilter, decide
from foundation.core.templatetags.portal import day, hint_line, status_tag
from foundation.organisations.models import Organisation


def listing(partnerships: Sequence[Organisation]) -> Listing:
    """The list as it may be searched and filtered."""
    return Listing(
        name="actions-to-report",
        columns=(
            Column("action", _("Action"), _unused, sort="number", raw=("pk",)),
            Column("due", _("Status and due date"), _unused, sort="due_on", raw=("pk",)),
            Column("state", _("What the partnership reads"), _unused, sort="sharing", raw=("pk",)),
        ),
        default_sort="action",
        search=("code", "title", "comment"),
        search_label=_("Search by code, title or comment"),
        filters=partial(PartnershipFilter, partnerships=partnerships, states=Reporting),
    )


def _unused(row: Any) -> str:
    """This list has no export, and its page shows more than its columns: ``lines``."""
    return ""


def lines(
    acting: Acting, partnership: Organisation, page: Sequence[dict[str, Any]], *, can_share: bool, here: str, token: str
) -> list[dict[str, Any]]:
    """What the page shows of its actions, in its order. ``here`` and ``token`` are for what is decided of each."""
    if not page or not acting.may("plan.view"):
        return []
    wanted = numbers(row["pk"] for row in page)
    actions, reports = answers(
        _ACTIONS.question(acting.organisation_id, wanted),
        _REPORTS.question(acting.organisation_id, partnership.pk, wanted),
    )
    rows = {row.pk: row for row in _ACTIONS.made_of(actions)}
    in_order = [rows[row["pk"]] for row in page if row["pk"] in rows]
    return [
        _line(own) | {"decide": _decide(own, here, token) if can_share else ""}
        for own in beside([partnership], in_order, _REPORTS.made_of(reports))
    ]


_ACTIONS = PreparedObjects(
    lambda organisation_id, wanted: (
        Action.objects.filter(organisation_id=organisation_id).filter(AnyOf("id", wanted)).order_by()
    ),
    int,
    str,
    related=("plan",),
)
_REPORTS = PreparedObjects(
    lambda organisation_id, partnership_id, wanted: (
        ReportedAction.objects.filter(organisation_id=organisation_id, partnership_id=partnership_id)
        .filter(AnyOf("action_id", wanted))
        .order_by("reported_at", "pk")
    ),
    int,
    int,
    str,
)


def _line(own: Own) -> dict[str, Any]:
    status, since, comment = Status(own.action.status), "", ""
    if own.reported is not None:
        since = hint_line(_("Since %(day)s") % {"day": day(own.reported.reported_at)})
        comment = hint_line(Truncator(own.reported.comment).chars(SHOWN_OF_A_COMMENT))
    elif own.ended is not None:
        since = hint_line(day(own.ended.ended_at))
    due = hint_line(_("due %(day)s") % {"day": day(own.action.due_on)})
    return {
        "own": own,
        "url": own.action.get_absolute_url(),
        "name": f"{own.action.code} {own.action.title}",
        "due": format_html("{}{}", status_tag(status.label, STATUS_COLOUR[status]), due),
        "sharing": format_html("{}{}{}", status_tag(own.state.label, own.state_colour), since, comment),
    }


def _decide(own: Own, here: str, token: str) -> str:
    code, reference, reported = own.action.code, own.action.reference, own.reported is not None
    slug = own.partnership.slug
    return decide(
        code,
        give=addresses.of_row("actionplans:report_action", slug, reference) if own.can_be_reported else "",
        label=_("Report anew") if reported else _("Report"),
        take_back=addresses.of_row("actionplans:take_back_action", slug, reference) if reported else "",
        here=here,
        token=token,
    )


def rows(acting: Acting, partnership: Organisation, *, asked: QueryDict) -> QuerySet[Action]:
    """Open actions of active plans and those that are reported. What is ``asked`` of the list says what beside them.

    Where they are searched, filtered or sorted: with ``sharing`` as ``Own.state`` has it, title and comment.
    """
    mine = ReportedAction.objects.visible_to(acting).filter(organisation=acting.organisation, partnership=partnership)
    reported = mine.filter(ended_at__isnull=True).order_by()
    found = Action.objects.visible_to(acting).filter(
        Q(plan__status=PlanStatus.ACTIVE, status__in=OPEN) | Q(pk__in=reported.values("action"))
    )
    if not any(asked.get(name) for name in ("s", "state", "sort")):
        return found
    standing, ended = (rows.filter(action=OuterRef("pk")) for rows in (reported, mine.filter(ended_at__isnull=False)))
    return found.annotate(
        reported_title=Subquery(standing.values("title")[:1]),
        reported_measure=Subquery(standing.values("success_measure")[:1]),
        comment=Coalesce(Subquery(standing.values("comment")[:1]), Value("")),
        sharing=Case(
            When(
                Q(reported_title__isnull=True) & Exists(ended),
                then=Value(Reporting.TAKEN_BACK),
            ),
            When(reported_title__isnull=True, then=Value(Reporting.NOT_REPORTED)),
            When(reported_title=F("title"), reported_measure=F("success_measure"), then=Value(Reporting.REPORTED)),
            default=Value(Reporting.REWORDED),
        ),
    )
