"""The list of actions that an organisation may report to one of its partnerships, or reports: search and filters."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from actionplans.gathering import Reporting
from actionplans.models import Action, ReportedAction
from actionplans.workflow import OPEN, PlanStatus
from foundation.core.acting import Acting
from foundation.core.lists import Column, Listing
from foundation.core.sharing_filter import PartnershipFilter
from foundation.organisations.models import Organisation


def listing(partnerships: Sequence[Organisation]) -> Listing:
    """The list as it may be searched and filtered."""
    return Listing(
        name="actions-to-report",
        columns=(
            Column("action", _("Action"), str, sort="number"),
            Column("due", _("Status and due date"), lambda row: row.due_on, sort="due_on"),
            Column(
                "state", _("What the partnership reads"), lambda row: str(Reporting(row.sharing).label), sort="sharing"
            ),
        ),
        default_sort="action",
        search=("code", "title", "comment"),
        search_label=_("Search by code, title or comment"),
        filters=partial(PartnershipFilter, partnerships=partnerships, states=Reporting),
    )


def _state(row: Any) -> str:
    return str(Reporting(row.sharing).label)


def rows(acting: Acting, partnership: Organisation) -> QuerySet[Action]:
    """Open actions of active plans and those that are reported, with ``sharing`` as ``Own.state`` has it."""
    mine = ReportedAction.objects.visible_to(acting).filter(
        organisation=acting.organisation, partnership=partnership, action=OuterRef("pk")
    )
    standing = mine.filter(ended_at__isnull=True).order_by()
    found = Action.objects.visible_to(acting).select_related("plan")
    return found.annotate(
        reported_title=Subquery(standing.values("title")[:1]),
        reported_measure=Subquery(standing.values("success_measure")[:1]),
        comment=Coalesce(Subquery(standing.values("comment")[:1]), Value("")),
        sharing=Case(
            When(
                Q(reported_title__isnull=True) & Exists(mine.filter(ended_at__isnull=False)),
                then=Value(Reporting.TAKEN_BACK),
            ),
            When(reported_title__isnull=True, then=Value(Reporting.NOT_REPORTED)),
            When(reported_title=F("title"), reported_measure=F("success_measure"), then=Value(Reporting.REPORTED)),
            default=Value(Reporting.REWORDED),
        ),
    ).filter(Q(plan__status=PlanStatus.ACTIVE, status__in=OPEN) | Q(reported_title__isnull=False))
