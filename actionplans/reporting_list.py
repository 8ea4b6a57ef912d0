"""The list of actions that an organisation may report to one of its partnerships, or reports: search and filters."""

from collections.abc import Sequence
from datetime import date
from functools import cache, partial
from typing import Any, NamedTuple

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from actionplans.gathering import COLOURS, Reporting, state_of
from actionplans.listing import STATUS_COLOUR
from actionplans.models import Action, ReportedAction
from actionplans.workflow import OPEN, PlanStatus, Status
from foundation.core.acting import Acting
from foundation.core.lists import Column, Listing
from foundation.core.lookups import as_one_value
from foundation.core.prepared import Prepared, Question, stand_in
from foundation.core.sharing_filter import PartnershipFilter
from foundation.core.sharing_lines import Lines, comment_line, with_sharing
from foundation.core.templatetags.portal import day, hint_line, status_tag
from foundation.organisations.models import Organisation


def listing(partnerships: Sequence[Organisation], first_page: Question | None = None) -> Listing:
    """The list as it may be searched and filtered."""
    return Listing(
        name="actions-to-report",
        columns=(
            Column(
                "action", _("Action"), _unused, sort="number", raw=("code", "reference", "title", "success_measure")
            ),
            Column("due", _("Status and due date"), _unused, sort="due_on", raw=("status", "due_on")),
            Column("state", _("What the partnership reads"), _unused, sort="sharing", raw=("plan__status",)),
        ),
        default_sort="action",
        search=("code", "title", "comment"),
        search_label=_("Search by code, title or comment"),
        filters=partial(PartnershipFilter, partnerships=partnerships, states=Reporting),
        first_page=first_page,
    )


def _unused(row: Any) -> str:
    """This list has no export, and its page shows more than its columns: ``lines``."""
    return ""


class Given(NamedTuple):
    """An action as it was reported to the partnership. ``ended_on`` is None while the partnership reads it."""

    title: str
    success_measure: str
    comment: str
    reported_on: date
    ended_on: date | None


def lines(
    acting: Acting, partnership: Organisation, page: Sequence[dict[str, Any]], *, can_share: bool, here: str
) -> list[dict[str, Any]]:
    """What the page shows of the actions that ``rows`` found. ``here`` is where to come back to from a decision."""
    if not page:
        return []
    wanted = as_one_value(row["pk"] for row in page)
    reports = _GIVEN.rows(acting.organisation_id, partnership.pk, wanted)
    reported: dict[int, Given] = {}
    ended: dict[int, Given] = {}
    for pk, *report in reports:
        given = Given(*report)
        (reported if given.ended_on is None else ended)[pk] = given
    statuses = {status.value: status_tag(status.label, STATUS_COLOUR[status]) for status in Status}
    tags = {state: status_tag(state.label, COLOURS[state]) for state in Reporting}
    due, since = cache(_due), cache(_since)  # much is said alike of many
    drawn = Lines(
        page="actionplans:action",
        give="actionplans:report_action",
        take_back="actionplans:take_back_action",
        partnership=partnership.slug,
        labels=(gettext("Report"), gettext("Report anew")),
        here=here if can_share else None,
    )
    found = []
    for row in page:
        now, before = reported.get(row["pk"]), ended.get(row["pk"])
        state = state_of(
            (row["title"], row["success_measure"]),
            (now.title, now.success_measure) if now else None,
            was_reported=before is not None,
        )
        if now is not None:
            hints = since(now.reported_on) + comment_line(now.comment)
        else:
            hints = hint_line(day(before.ended_on) if before else "")
        html = drawn.line(
            row["code"],
            row["reference"],
            row["title"],
            facts=statuses[row["status"]] + due(row["due_on"]),
            sharing=tags[state] + hints,
            can_give=row["plan__status"] == PlanStatus.ACTIVE,
            is_given=now is not None,
        )
        found.append({"code": row["code"], "state": state, "html": html})
    return found


_GIVEN = Prepared(
    lambda organisation_id, partnership_id, wanted: (
        ReportedAction.objects.given_by(_reader(organisation_id))
        .filter(partnership_id=partnership_id, action__any_of=wanted)
        .order_by("reported_at", "pk")
        .values_list("action_id", "title", "success_measure", "comment", "reported_at__date", "ended_at__date")
    ),
    int,
    int,
    str,
)


def _reader(organisation_id: int) -> Any:
    return stand_in(organisation_id=organisation_id, permissions={"plan.view"})


def _due(due_on: date) -> SafeString:
    return hint_line(gettext("due %(day)s") % {"day": day(due_on)})


def _since(reported_on: date) -> SafeString:
    return hint_line(gettext("Since %(day)s") % {"day": day(reported_on)})


def rows(acting: Acting, partnership: Organisation, *, asked: QueryDict) -> QuerySet[Action]:
    """Open actions of active plans and those that are reported. What is ``asked`` of the list says what beside them.

    Where they are searched, filtered or sorted: with ``sharing`` as ``state_of`` has it, title and comment.
    """
    found = _to_report(acting, partnership.pk)
    if not any(asked.get(name) for name in ("s", "state", "sort")):
        return found
    return with_sharing(
        found,
        ReportedAction.objects.given_by(acting).filter(partnership=partnership),
        of="action",
        said={"reported_title": "title", "reported_measure": "success_measure"},
        never=Reporting.NOT_REPORTED,
        ended=Reporting.TAKEN_BACK,
        while_shared=Case(
            When(reported_title=F("title"), reported_measure=F("success_measure"), then=Value(Reporting.REPORTED)),
            default=Value(Reporting.REWORDED),
        ),
    )


def _to_report(acting: Acting, partnership_id: int) -> QuerySet[Action]:
    reported = ReportedAction.objects.given_by(acting).filter(partnership_id=partnership_id, ended_at__isnull=True)
    return Action.objects.visible_to(acting).filter(
        Q(plan__status=PlanStatus.ACTIVE, status__in=OPEN) | Q(pk__in=reported.order_by().values("action"))
    )


FIRST_PAGE = Prepared(
    lambda organisation_id, partnership_id: listing(()).first_of(_to_report(_reader(organisation_id), partnership_id)),
    int,
    int,
)
