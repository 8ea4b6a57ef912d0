"""The actions of a plan as a spreadsheet: a row for every action, members' as well, in the words of list and PDF."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject, Length
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actionplans import gathering
from actionplans.listing import STANDING, columns
from actionplans.models import (
    Action,
    ActionRecommendation,
    ActionRequirement,
    ActionRisk,
    Dependency,
    DueChange,
    Gathered,
    Plan,
    PlanReport,
    Progress,
)
from actionplans.models.actions import Supporter
from actionplans.models.sharing import FACTS
from actionplans.recurrence import Repeats
from actionplans.standing import Facts, Sign, signs
from actionplans.workflow import Status
from foundation.core.acting import Acting
from foundation.core.lists import EXPORT_CHUNK, Column
from foundation.documents import xlsx
from foundation.documents.xlsx import Kind
from foundation.organisations import queries as organisations

Row = dict[str, Any]
TEXT, NUMBER, DATE = Kind.TEXT, Kind.NUMBER, Kind.DATE
# What is read of each action beside what the list reads: of itself, and of what it is linked to.
AS_IT_IS = (
    "description", "success_measure", "relevance", "resources", "rag_reason", "finished_on", "outcome", "impact",
    "cancelled_reason", "cost", "funding", "repeats", "every_months", "objective__title", *STANDING,
)  # fmt: skip
NAMED = ("helpers", "latest", "moves", "risk_codes", "recommended", "required", "waits_for")


class Field(NamedTuple):
    """One column, and what it shows of a row."""

    column: xlsx.Column
    cell: Callable[[Row], Any]


def build(*, acting: Acting, report: PlanReport, now: datetime) -> xlsx.Sheet:
    """The plan as it stands now: rows read one after another, in one query however many, and one for members'."""
    today = timezone.localdate(now)
    listed = {column.key: column for column in columns(today, whole=True)}
    fields, tally = _fields(acting, listed), Counter[str]()
    names = dict.fromkeys((*(name for column in listed.values() for name in column.raw), *AS_IT_IS, *NAMED))
    own = _read(acting, report.plan).values(*names)
    rows = chain(
        map(_in_words, own.iterator(chunk_size=EXPORT_CHUNK)), map(_of_member, gathering.placed(acting, report.plan))
    )
    return xlsx.Sheet(
        columns=[field.column for field in fields],
        rows=_told(rows, today, fields, tally),
        name=_("Actions"),
        frozen=3,
        facts=partial(_facts, report, tally),
    )


# ---- The columns
def _fields(acting: Acting, listed: dict[str, Column]) -> list[Field]:
    def of_list(key: str, kind: Kind = TEXT, width: int = 24) -> Field:
        column = listed[key]
        make = column.from_raw or (lambda *values: values[0])
        return Field(xlsx.Column(str(column.label), kind, width), lambda row: make(*(row[name] for name in column.raw)))

    is_partnership = organisations.is_partnership(acting)
    return [
        _field(_("Objective"), "objective__title", width=30),
        of_list("code", width=8),
        of_list("title", width=40),
        *([_field(_("Reported by"), "member", width=28)] if is_partnership else []),
        of_list("owner"),
        of_list("accountable"),
        _field(_("Helped by"), "helpers"),
        of_list("priority", width=12),
        _field(_("Start"), "starts_on", DATE, 18),
        of_list("due", DATE, 18),
        of_list("original", DATE, 18),
        _field(_("Times the due date moved"), "moves", NUMBER, 12),
        of_list("status", width=14),
        of_list("signs", width=28),
        of_list("rag", width=18),
        _field(_("Reason for the own rating"), "rag_reason", width=40),
        _field(_("Per cent done"), "percent", NUMBER, 10),
        _field(_("Last progress"), "noted_on", DATE, 18),
        _field(_("Latest progress note"), "note", width=50),
        *([_field(_("Comment of the member"), "comment", width=40)] if is_partnership else []),
        _field(_("Finished"), "finished_on", DATE, 18),
        _field(_("Outcome"), "outcome", width=40),
        _field(_("Impact"), "impact", width=40),
        _field(_("Why it was cancelled"), "cancelled_reason", width=30),
        _field(_("Cost in pounds"), "cost", NUMBER, 14),
        _field(_("Funding"), "funding", width=28),
        _field(_("What exactly is done"), "description", width=50),
        _field(_("How we will know that it worked"), "success_measure", width=40),
        _field(_("Why it matters"), "relevance", width=40),
        _field(_("What it needs, and how that is achievable"), "resources", width=40),
        *_of_links(acting),
        _field(_("Repeats"), "again", width=30),
    ]


def _of_links(acting: Acting) -> list[Field]:
    """What each action is linked to, for who may read such a thing."""
    found = []
    if acting.may("risk.view"):
        found.append(_field(_("Risks"), "risk_codes", width=16))
        found.append(_field(_("Recommendations of the local profile"), "recommended", width=30))
    if acting.may("compliance.view"):
        found.append(_field(_("Requirements of the duty"), "required", width=20))
    return [*found, _field(_("Waits for"), "waits_for", width=16)]


def _field(title: str, name: str, kind: Kind = TEXT, width: int = 24) -> Field:
    return Field(xlsx.Column(title, kind, width), lambda row: row[name])


# ---- The rows
def _read(acting: Acting, plan: Plan) -> QuerySet:
    """The plan's own actions with all that their rows tell, under their objectives in their order. One query."""

    def of_action(model: Any) -> QuerySet:
        return model.objects.visible_to(acting).filter(action=OuterRef("pk"))

    note = JSONObject(text="note", who="noted_by__name")
    recommendation = JSONObject(code="recommendation__code", edition="recommendation__edition__title")
    moves = of_action(DueChange).order_by().values("action").annotate(times=Count("pk")).values("times")
    return (
        Action.objects.visible_to(acting)
        .filter(plan=plan)
        .annotate(
            helpers=ArraySubquery(of_action(Supporter).order_by("membership__name", "pk").values("membership__name")),
            latest=Subquery(of_action(Progress).order_by("-noted_at", "-pk").values(said=note)[:1]),
            moves=Coalesce(Subquery(moves), 0),
            risk_codes=ArraySubquery(
                of_action(ActionRisk).order_by(Length("risk__code"), "risk__code").values("risk__code")
            ),
            recommended=ArraySubquery(
                of_action(ActionRecommendation).order_by("recommendation__code", "pk").values(said=recommendation)
            ),
            required=ArraySubquery(
                of_action(ActionRequirement).order_by("requirement__position", "pk").values("requirement__code")
            ),
            waits_for=ArraySubquery(of_action(Dependency).order_by("needs__number").values("needs__code")),
        )
        .order_by(F("objective__position").asc(nulls_last=True), "objective_id", "due_on", "pk")
    )


def _of_member(place: Gathered) -> Row:
    """An action that a member reports: what the partnership may read of it, and nothing else."""
    reported = place.reported
    said = {name: getattr(reported, name) for name in ("code", "title", "success_measure", "comment", "rag", *FACTS)}
    return (
        defaultdict(str)
        | said
        | {
            "objective__title": place.objective.title if place.objective else "",
            "member": reported.organisation.name,
            "partner": reported.organisation.name,
            "priority": None,
            "cost": None,
        }
    )


def _told(rows: Iterable[Row], today: date, fields: list[Field], tally: Counter[str]) -> Iterator[list[Any]]:
    """The cells of each action, counted as they go by."""
    for row in rows:
        _count(row, signs(Facts(*(row[name] for name in STANDING)), today), tally)
        yield [field.cell(row) for field in fields]


def _in_words(row: Row) -> Row:
    """An own action with its lists as text."""
    latest = row["latest"]
    return row | {
        "member": "",
        "comment": "",
        "note": _("%(note)s (%(name)s)") % {"note": latest["text"], "name": latest["who"]} if latest else "",
        "helpers": "; ".join(row["helpers"]),
        "risk_codes": "; ".join(row["risk_codes"]),
        "recommended": "\n".join(f"{each['code']}, {each['edition']}" for each in row["recommended"]),
        "required": "; ".join(row["required"]),
        "waits_for": "; ".join(row["waits_for"]),
        "again": _again(row["repeats"], row["every_months"]),
    }


def _again(repeats: str, months: int | None) -> str:
    """How an action recurs, in words; nothing where it does not."""
    if months is None:
        return ""
    every = ngettext("every month", "every %(months)s months", months) % {"months": months}
    return f"{Repeats(repeats).label}: {every}"


# ---- What the second sheet tells
def _count(row: Row, found: list[Sign], tally: Counter[str]) -> None:
    tally["all"] += 1
    tally["done"] += row["status"] == Status.DONE
    tally["overdue"] += Sign.OVERDUE in found
    tally["drifting"] += bool(found) and Sign.OVERDUE not in found


def _facts(report: PlanReport, tally: Counter[str]) -> list[xlsx.Fact]:
    plan = report.plan
    return [
        (_("What it is"), _("The actions of a plan")),
        (_("Status"), str(plan.get_status_display())),
        (_("Owner of the plan"), plan.owner.name),
        (_("Asked for by"), report.requested_by.name),
        *([(_("Summary"), plan.summary)] if plan.summary else []),
        (_("Actions"), tally["all"]),
        (_("Actions done"), tally["done"]),
        (_("Actions overdue"), tally["overdue"]),
        (_("Actions drifting"), tally["drifting"]),
        (
            _("How to read it"),
            _(
                "Overdue and drifting are computed from dates and progress. The own rating beside them is that of the "
                "people who do the action."
            ),
        ),
    ]
