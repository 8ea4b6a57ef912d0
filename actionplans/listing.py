"""The lists of plans and of actions: columns, filters, search. The page and the export read the same."""

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from actionplans import queries
from actionplans.holders import holder_asked, owned_by
from actionplans.models import ActionRisk, Plan, Priority, Rag
from actionplans.models.actions import ActionQuerySet
from actionplans.standing import COLOUR, Facts, Sign, signs
from actionplans.workflow import PlanStatus, Status
from foundation.core import addresses
from foundation.core.acting import Acting
from foundation.core.forms import set_choices
from foundation.core.lists import Column, FilterForm, Listing
from foundation.core.prepared import Prepared, answers
from foundation.core.templatetags.portal import day, flag, hint_line, status_tag
from foundation.organisations import queries as organisations
from risk.models import Risk

STATUS_COLOUR = {
    Status.NOT_STARTED: "grey",
    Status.IN_PROGRESS: "blue",
    Status.ON_HOLD: "purple",
    Status.DONE: "green",
    Status.CANCELLED: "grey",
}
PLAN_COLOUR = {PlanStatus.DRAFT: "grey", PlanStatus.ACTIVE: "blue", PlanStatus.CLOSED: "green"}
RAG_COLOUR = {Rag.GREEN: "green", Rag.AMBER: "orange", Rag.RED: "red"}
ANY = ("", _("Any"))
OWNER = ("owner__name", "team__name", "partner")
STANDING = ("status", "starts_on", "due_on", "percent", "noted_on")


# ---- How lists and pages draw what is said of an action
def status_of(status: str) -> SafeString:
    return status_tag(Status(status).label, STATUS_COLOUR[Status(status)])


def flags_of(signs: Iterable[Sign]) -> SafeString:
    return format_html_join(" ", "{}", ((flag(sign.label, COLOUR[sign]),) for sign in signs))


def rating_of(rag: str) -> SafeString:
    """What its people say of an action; nothing where they say nothing."""
    return status_tag(Rag(rag).label, RAG_COLOUR[Rag(rag)]) if rag else SafeString("")


# ---- The lists
class PlanFilter(FilterForm):
    """By status."""

    status = forms.ChoiceField(label=_("Status"), required=False, choices=[ANY, *PlanStatus.choices])

    def narrow(self, rows: QuerySet) -> QuerySet:
        status = self.cleaned_data["status"]
        return rows.filter(status=status) if status else rows


PLANS = Listing(
    name="action-plans",
    columns=(
        Column("title", _("Plan"), lambda plan: plan.title, sort="title"),
        Column("status", _("Status"), lambda plan: plan.get_status_display(), sort="status"),
        Column("from", _("From"), lambda plan: plan.period_from, sort="period_from"),
        Column("to", _("To"), lambda plan: plan.period_to, sort="period_to"),
        Column("owner", _("Owner"), lambda plan: plan.owner.name),
        Column("total", _("Actions"), lambda plan: plan.total, sort="total", numeric=True),
        Column("open", _("Open"), lambda plan: plan.open, sort="open", numeric=True),
        Column("overdue", _("Overdue"), lambda plan: plan.overdue, sort="overdue", numeric=True),
    ),
    default_sort="-from",
    search=("title", "summary"),
    search_label=_("Search titles and summaries"),
    filters=PlanFilter,
)


class ActionFilter(FilterForm):
    """Where it stands, whose it is, and what it belongs to; each may be left open."""

    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[ANY, ("open", _("All open")), *Status.choices]
    )
    standing = forms.ChoiceField(
        label=_("Dates"),
        required=False,
        choices=[ANY, ("overdue", _("Overdue")), ("drifting", _("Drifting")), ("moved", _("Due date moved"))],
    )
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    priority = forms.TypedChoiceField(
        label=_("Priority"), required=False, choices=[ANY, *Priority.choices], coerce=int, empty_value=None
    )
    plan = forms.ChoiceField(label=_("Plan"), required=False)
    objective = forms.ChoiceField(label=_("Objective"), required=False)
    risk = forms.ChoiceField(label=_("Risk"), required=False)

    def __init__(self, data: QueryDict, *, offers: dict[str, list[tuple[str, str]]], me: int) -> None:
        super().__init__(data)
        self.me = me
        for name, offered in offers.items():
            if offered:
                set_choices(self, name, [ANY, *offered])
            else:
                del self.fields[name]

    def narrow(self, rows: QuerySet) -> QuerySet:
        assert isinstance(rows, ActionQuerySet)
        wanted, today = self.cleaned_data, timezone.localdate()
        if status := wanted["status"]:
            rows = rows.open() if status == "open" else rows.filter(status=status)
        match wanted["standing"]:
            case "overdue":
                rows = rows.overdue(today)
            case "drifting":
                rows = rows.drifting(today)
            case "moved":
                rows = rows.exclude(due_on=F("original_due_on"))
        if owner := wanted["owner"]:
            rows = rows.filter(owner_id=self.me) if owner == "me" else rows.filter(owned_by(owner))
        if wanted["priority"] is not None:
            rows = rows.filter(priority=wanted["priority"])
        for name, lookup in (("plan", "plan_id"), ("objective", "objective_id"), ("risk", "risk_links__risk_id")):
            if chosen := wanted.get(name):
                rows = rows.filter(**{lookup: int(chosen)})
        return rows


def action_listing(acting: Acting, request: HttpRequest) -> Listing:
    """The list of actions as this person may filter it."""
    today = timezone.localdate()
    return Listing(
        name="actions",
        columns=columns(today, whole=bool(request.GET.get("export"))),
        default_sort="due",
        search=("code", "title", "description", "success_measure"),
        search_label=_("Search references, titles and descriptions"),
        filters=partial(
            ActionFilter, offers=_offers(acting, request.GET.get("owner", ""), today), me=acting.membership_id
        ),
    )


def shown(rows: Iterable[dict[str, Any]], today: date) -> list[dict[str, Any]]:
    """What the page shows of each action of the list."""
    statuses = {status.value: status_tag(status.label, STATUS_COLOUR[status]) for status in Status}
    priorities = {value: str(label) for value, label in Priority.choices}
    marks = {sign: flag(sign.label, COLOUR[sign]) for sign in Sign}
    first_due = str(_("first %(day)s"))
    return [
        row
        | {
            "url": addresses.of_row("actionplans:action", row["reference"]),
            "owner": _first(*(row[name] for name in OWNER)),
            "priority": priorities[row["priority"]],
            "state": statuses[row["status"]],
            "rating": status_tag(Rag(row["rag"]).label, RAG_COLOUR[Rag(row["rag"])]) if row["rag"] else "",
            "due": day(row["due_on"]),
            "first_due": hint_line(
                first_due % {"day": day(first)} if (first := row["original_due_on"]) != row["due_on"] else ""
            ),
            "signs": format_html_join(
                "", "{}", ((marks[sign],) for sign in signs(Facts(*(row[name] for name in STANDING)), today))
            ),
        }
        for row in rows
    ]


def columns(today: date, *, whole: bool) -> tuple[Column, ...]:
    """What the list shows of each action: all of it for a file.

    A page shows the first due date below the due date and leaves out what makes it wide.
    """
    statuses = {value: str(label) for value, label in Status.choices}
    priorities = {value: str(label) for value, label in Priority.choices}
    rags = {value: str(label) for value, label in Rag.choices}
    none = Column("none", "", lambda row: "")  # rows of this list are never objects
    value = none.value
    found = (
        Column("code", _("Ref"), value, sort="number", raw=("code", "number", "reference"), from_raw=lambda c, *_: c),
        Column("title", _("Action"), value, sort="title", raw=("title",)),
        Column("owner", _("Owner"), value, raw=OWNER, from_raw=_first),
        Column("accountable", _("Accountable"), value, raw=("accountable__name",)),
        Column("priority", _("Priority"), value, sort="priority", raw=("priority",), from_raw=priorities.get),
        Column(
            "due", _("Due"), value, sort="due_on", raw=("due_on", "original_due_on"), from_raw=lambda due, _first: due
        ),
        Column("original", _("First due"), value, sort="original_due_on", raw=("original_due_on",)),
        Column("status", _("Status"), value, sort="status", raw=("status",), from_raw=statuses.get),
        Column("rag", _("Own rating"), value, raw=("rag",), from_raw=lambda rag: rags[rag] if rag else ""),
        Column(
            "signs",
            _("Computed from dates"),
            value,
            raw=STANDING,
            from_raw=lambda *facts: "; ".join(str(sign.label) for sign in signs(Facts(*facts), today)),
        ),
        Column("plan", _("Plan"), value, raw=("plan__title",)),
    )
    return (
        found if whole else tuple(column for column in found if column.key not in {"accountable", "original", "plan"})
    )


def _offers(acting: Acting, owner: str, today: date) -> dict[str, list[tuple[str, str]]]:
    """What the filters offer, asked in one message."""
    found: dict[str, list[tuple[str, str]]] = {"plan": [], "objective": [], "risk": []}
    asked = {"owner": organisations.asking_role_holders(acting, today)}
    if acting.may("plan.view"):
        asked["plan"] = _PLANS.question(acting.organisation_id)
    if acting.may("risk.view"):
        asked["risk"] = _RISKS.question(acting.organisation_id)
    rows = dict(zip(asked, answers(*asked.values()), strict=True))
    plans = rows.get("plan", [])
    found["plan"] = list({str(pk): (str(pk), title) for pk, title, *_objective in plans}.values())
    found["objective"] = [(str(pk), title) for _plan, _title, pk, title in plans if pk is not None]
    found["risk"] = [(str(pk), f"{code} {title or ''}".strip()) for pk, code, title in rows.get("risk", ())]
    owners = [(str(pk), name) for pk, name in rows["owner"]]
    if owner and owner not in {"me", *dict(owners)}:
        owners += holder_asked(acting, owner)
    return found | {"owner": [("me", str(_("Me"))), *owners]}


_PLANS = Prepared(
    lambda organisation_id: (
        Plan.objects.filter(organisation_id=organisation_id)
        .exclude(status=PlanStatus.CLOSED)
        .order_by("-period_from", "-pk", "objectives__position", "objectives__pk")
        .values_list("pk", "title", "objectives__pk", "objectives__title")[: queries.MOST]
    ),
    int,
)
_RISKS = Prepared(
    lambda organisation_id: (
        queries.with_titles(Risk.objects.filter(organisation_id=organisation_id))
        .filter(Exists(ActionRisk.objects.filter(risk=OuterRef("pk"))))
        .order_by(*queries.BY_CODE)
        .values_list("pk", "code", "title")[: queries.MOST]
    ),
    int,
)


def _first(*names: str | None) -> str:
    return next((name for name in names if name), "")
