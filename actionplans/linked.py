"""What an action is linked to and what was said about it, as its page shows it."""

from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce

from actionplans.models import (
    Action,
    ActionEvidence,
    ActionRecommendation,
    ActionRequirement,
    ActionRisk,
    Carried,
    Comment,
    Dependency,
    DueChange,
    Progress,
)
from actionplans.models.actions import Supporter
from foundation.core.acting import Acting
from foundation.core.prepared import Prepared, PreparedObjects, columns, instances
from risk.models import Entry, Risk


def risks(acting: Acting, action: Action) -> list[tuple[ActionRisk, Risk]]:
    """The risks an action is linked to, each with the ``title`` of its latest assessment, for who may read risks."""
    if not acting.may("risk.view"):
        return []
    rows = _RISKS.rows(acting.organisation_id, action.pk)
    found = list(instances(Risk, rows, begin=len(columns(ActionRisk))))
    for risk, row in zip(found, rows, strict=True):
        risk.title = row[-1]
    return list(zip(instances(ActionRisk, rows), found, strict=True))


def _risks(organisation_id: int, action_id: int) -> QuerySet:
    latest = Entry.objects.filter(risk=OuterRef("risk")).order_by("-assessment__period_from", "-pk").values("title")[:1]
    links = ActionRisk.objects.filter(organisation_id=organisation_id, action_id=action_id)
    return links.values_list(*columns(ActionRisk), *columns(Risk, "risk__"), Subquery(latest))


def recommendations(acting: Acting, action: Action) -> list[ActionRecommendation]:
    """The recommendations of local profiles an action follows, for who may read them."""
    return _RECOMMENDATIONS.all(acting.organisation_id, action.pk) if acting.may("risk.view") else []


def requirements(acting: Acting, action: Action) -> list[ActionRequirement]:
    """The requirements of the duty an action is linked to, for who may read the duty."""
    return _REQUIREMENTS.all(acting.organisation_id, action.pk) if acting.may("compliance.view") else []


def dependencies(acting: Acting, action: Action) -> tuple[list[Dependency], list[Dependency]]:
    """What an action waits for, and what waits for it, as far as this person may see it."""
    links = _DEPENDENCIES.all(acting.organisation_id, action.pk)
    if links and not acting.may("plan.view"):
        ends = {link.action_id for link in links} | {link.needs_id for link in links}
        seen = set(Action.objects.visible_to(acting).filter(pk__in=ends).values_list("pk", flat=True))
        links = [link for link in links if {link.action_id, link.needs_id} <= seen]
    return [link for link in links if link.action_id == action.pk], [
        link for link in links if link.needs_id == action.pk
    ]


class Linked(NamedTuple):
    """A recommendation, a requirement or a piece of evidence as the page names it. ``pk`` is the link's own."""

    kind: str
    pk: int
    code: str
    title: str
    reference: str
    hint: str


RECOMMENDATION, REQUIREMENT, EVIDENCE = "recommendation", "requirement", "evidence"
NEEDED = {RECOMMENDATION: "risk.view", REQUIREMENT: "compliance.view", EVIDENCE: "evidence.view"}


def named(acting: Acting, action: Action) -> dict[str, list[Linked]]:
    """Recommendations, requirements and evidence by kind, each for who may read such a thing. One query."""
    rows = [Linked(*row) for row in _NAMED.rows(acting.organisation_id, action.pk)]
    seen = sorted((row for row in rows if acting.may(NEEDED[row.kind])), key=lambda row: (row.code, row.title))
    return {kind: [row for row in seen if row.kind == kind] for kind in NEEDED}


def _named(organisation_id: int, action_id: int) -> QuerySet:
    def rows(model: Any, kind: str, *said: str | Value, **only: Any) -> QuerySet:
        found = model.objects.filter(organisation_id=organisation_id, action_id=action_id, **only).order_by()
        return found.values_list(_text(Value(kind)), "pk", *(_text(each) for each in said))

    said = ("recommendation__code", "recommendation__text", "recommendation__reference")
    return rows(ActionRecommendation, RECOMMENDATION, *said, "recommendation__edition__title").union(
        rows(
            ActionRequirement, REQUIREMENT, "requirement__code", "requirement__title", "requirement__code", Value("")
        ),
        rows(
            ActionEvidence, EVIDENCE, Value(""), "evidence__title", "evidence__reference", Value(""),
            unlinked_at__isnull=True,
        ),
        all=True,
    )  # fmt: skip


def supporters(acting: Acting, action: Action) -> list[Supporter]:
    """Who helps, by name. Whoever sees the action sees them, as all below."""
    return _SUPPORTERS.all(acting.organisation_id, action.pk)


class Said(NamedTuple):
    """A comment: its words, who wrote it and when, and the names of those who were told."""

    text: str
    who: str
    at: datetime
    told: list[str]


def comments(acting: Acting, action: Action) -> list[Said]:
    """What was said about an action, newest first. One query."""
    return [Said(*row) for row in _COMMENTS.rows(acting.organisation_id, action.pk)]


def _comments(organisation_id: int, action_id: int) -> QuerySet:
    told = ArrayAgg("mentions__membership__name", filter=Q(mentions__isnull=False), default=[])
    rows = Comment.objects.filter(organisation_id=organisation_id, action_id=action_id)
    return (
        rows.annotate(told=told)
        .order_by("-written_at", "-pk")
        .values_list("text", "written_by__name", "written_at", "told")
    )


class Told(NamedTuple):
    """One thing in the life of an action.

    ``first`` and ``second``: the status and percentage noted, the days (ISO) between which its due date moved, or the
    titles of the plans between which it went.
    """

    kind: str
    at: datetime
    who: str
    detail: str
    first: str
    second: str


NOTED, MOVED, CARRIED = "noted", "moved", "carried"


def history(acting: Acting, action: Action) -> list[Told]:
    """Notes of progress, moves of the due date and of the action to the next plan, newest first. One query."""
    rows = (Told(*row) for row in _HISTORY.rows(acting.organisation_id, action.pk))
    return sorted(rows, key=lambda told: told.at, reverse=True)


def _history(organisation_id: int, action_id: int) -> QuerySet:
    def told(model: Any, kind: str, at: str, who: str, *said: str | Value) -> QuerySet:
        rows = model.objects.filter(organisation_id=organisation_id, action_id=action_id).order_by()
        return rows.values_list(_text(Value(kind)), at, f"{who}__name", *(_text(each) for each in said))

    return told(Progress, NOTED, "noted_at", "noted_by", "note", "status", "percent").union(
        told(DueChange, MOVED, "changed_at", "changed_by", "reason", "before_on", "due_on"),
        told(Carried, CARRIED, "carried_at", "carried_by", Value(""), "before__title", "after__title"),
        all=True,
    )


def _text(said: str | Value) -> Coalesce:
    return Coalesce(Cast(said, TextField()), Value(""), output_field=TextField())


def _of_action(model: Any, *, related: tuple[str, ...]) -> PreparedObjects:
    """The rows of one action in their order. Who may see them is the caller's to ask."""
    return PreparedObjects(
        lambda organisation_id, action_id: model.objects.filter(organisation_id=organisation_id, action_id=action_id),
        int,
        int,
        related=related,
    )


_RISKS = Prepared(_risks, int, int)
_RECOMMENDATIONS = _of_action(ActionRecommendation, related=("recommendation", "recommendation__edition"))
_REQUIREMENTS = _of_action(ActionRequirement, related=("requirement",))
_NAMED = Prepared(_named, int, int)
_SUPPORTERS = _of_action(Supporter, related=("membership",))
_COMMENTS = Prepared(_comments, int, int)
_HISTORY = Prepared(_history, int, int)
_DEPENDENCIES = PreparedObjects(
    lambda organisation_id, action_id: Dependency.objects.filter(
        Q(action_id=action_id) | Q(needs_id=action_id), organisation_id=organisation_id
    ).order_by("needs__number", "action__number"),
    int,
    int,
    related=("action", "needs"),
)
