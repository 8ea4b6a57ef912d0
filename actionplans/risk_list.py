"""Open risks with what is done about each: a risk without an action stands out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from django import forms
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from actionplans import queries
from actionplans.lines import Line
from actionplans.models import Action, ActionRisk
from actionplans.models.actions import ActionQuerySet
from actionplans.workflow import OPEN
from foundation.core.acting import Acting
from foundation.core.lists import Column, FilterForm, Listing
from foundation.core.lookups import as_one_value
from foundation.core.prepared import Prepared, answers, stand_in
from risk.models import Risk
from risk.models.risks import IN_ORDER

SHOWN = 5  # actions of each risk
PER_PAGE = 20


class RiskFilter(FilterForm):
    """Whether anything is done about it."""

    answered = forms.ChoiceField(
        label=_("Actions"),
        required=False,
        choices=[
            ("", _("Any")),
            ("open", _("With an open action")),
            ("ended", _("With ended actions only")),
            ("none", _("Without an action")),
        ],
    )

    def narrow(self, rows: QuerySet) -> QuerySet:
        linked = ActionRisk.objects.filter(risk=OuterRef("pk"))
        is_open = linked.filter(action__status__in=OPEN)
        match self.cleaned_data["answered"]:
            case "open":
                return rows.filter(Exists(is_open))
            case "ended":
                return rows.filter(Exists(linked)).exclude(Exists(is_open))
            case "none":
                return rows.exclude(Exists(linked))
            case _:
                return rows


RISKS = Listing(
    name="actions-by-risk",
    columns=(Column("risk", _("Risk"), lambda risk: risk.code, sort="place"),),
    default_sort="risk",
    search=("code", "title"),
    search_label=_("Search references and titles of risks"),
    filters=RiskFilter,
    per_page=PER_PAGE,
)


def open_risks(acting: Acting) -> QuerySet[Risk]:
    """Risks that are not closed, with their titles, R2 before R10. None for who may not read risks."""
    return queries.risks_with_titles(acting).filter(closed_at__isnull=True).annotate(place=IN_ORDER)


@dataclass
class Answered:
    """A risk and what is done about it: the first actions, open ones before ended ones, and how many there are."""

    risk: Risk
    total: int = 0
    open: int = 0
    lines: list[Line] = field(default_factory=list)

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.total - len(self.lines)

    @property
    def url(self) -> str:
        """The list of all of them."""
        return f"{reverse('actionplans:actions')}?{urlencode({'risk': self.risk.pk})}"


def answered(acting: Acting, risks: Sequence[Risk], today: date) -> list[Answered]:
    """What is done about each of some risks, as far as this person may see it. Two queries."""
    found = {risk.pk: Answered(risk) for risk in risks}
    if not found:
        return []
    if acting.may("plan.view"):
        place = (acting.organisation_id, as_one_value(found))
        counted, first = answers(_COUNTED.question(*place), _FIRST.question(*place))
    else:
        rows = _of(Action.objects.visible_to(acting), as_one_value(found))
        counted, first = list(_counted(rows)), list(_first(rows))
    for pk, total, still_open in counted:
        found[pk].total, found[pk].open = total, still_open
    for line, row in zip(queries.lines_of(first, today), first, strict=True):
        found[row[-1]].lines.append(line)
    return list(found.values())


def _of(rows: ActionQuerySet, risks: str) -> ActionQuerySet:
    """Those of the actions that belong to some of the risks, once for each of these."""
    return rows.filter(risk_links__risk__any_of=risks).order_by().annotate(of_risk=F("risk_links__risk_id"))


def _counted(rows: ActionQuerySet) -> QuerySet:
    return rows.values_list("of_risk").annotate(total=Count("pk"), open=Count("pk", filter=Q(status__in=OPEN)))


def _first(rows: ActionQuerySet) -> QuerySet:
    open_first = Case(When(status__in=OPEN, then=Value(0)), default=Value(1))
    place = Window(RowNumber(), partition_by=F("of_risk"), order_by=(open_first, "due_on", "pk"))
    first = rows.annotate(place=place).filter(place__lte=SHOWN)
    return first.order_by("place").values_list(*queries.WITH_OWNER, "of_risk")


def _readable(organisation_id: int, risks: str) -> ActionQuerySet:
    reader = stand_in(organisation_id=organisation_id, permissions={"plan.view"})
    return _of(Action.objects.visible_to(reader), risks)


_COUNTED = Prepared(lambda *place: _counted(_readable(*place)), int, str)
_FIRST = Prepared(lambda *place: _first(_readable(*place)), int, str)
