"""The list behind every figure: who is asked for what, with how they stand. The page and the export read the same."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import partial
from itertools import zip_longest
from typing import Any

from django import forms
from django.core.cache import cache
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.core import addresses
from foundation.core.acting import Acting
from foundation.core.forms import set_choices
from foundation.core.lists import Column, FilterForm, Listing
from foundation.core.templatetags.portal import day, status_tag
from foundation.organisations import queries as organisations
from foundation.organisations.models import Membership
from training.assigning.reckon import FOR_EVER
from training.models import Requirement
from training.models.assignments import AssignmentQuerySet
from training.scope import because
from training.seeing import groups
from training.seeing.on_a_day import AsAt, DayField
from training.workflow import Standing

NONE = "-"  # in an address: those of no team, no staff group, no job title
AND_PARTS = "+"
ANY = ("", gettext_lazy("Any"))
GROUPS_KEPT_SECONDS = 300
Choices = list[tuple[str, str]]


class AskedFilter(FilterForm):
    """Each may be left open. ``job_title`` is only set by links, ``on`` is the day of the page."""

    requirement = forms.ChoiceField(label=gettext_lazy("Requirement"), required=False)
    standing = forms.ChoiceField(label=gettext_lazy("Standing"), required=False, choices=groups.CHOICES)
    team = forms.ChoiceField(label=gettext_lazy("Team"), required=False)
    staff_group = forms.ChoiceField(label=gettext_lazy("Staff group"), required=False)
    job_title = forms.CharField(required=False, max_length=200, strip=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, *, acting: Acting, at: AsAt, offers: Mapping[str, Choices]) -> None:
        super().__init__(data)
        self.acting, self.at = acting, at
        self.fields["on"] = DayField()
        for name, offered in offers.items():
            set_choices(self, name, [ANY, *offered])

    def narrow(self, rows: QuerySet) -> QuerySet:
        assert isinstance(rows, AssignmentQuerySet)
        asked = self.cleaned_data
        if asked["requirement"]:
            rows = rows.filter(requirement__reference=asked["requirement"])
        if asked["team"]:
            rows = rows.filter(**of_team(self.acting, asked["team"]))
        for name in ("staff_group", "job_title"):
            if wanted := asked[name]:
                rows = rows.filter(**{name: "" if wanted == NONE else wanted})
        return groups.narrowed(rows, asked["standing"], on_day=self.at.day) if asked["standing"] else rows


def of_team(acting: Acting, wanted: str) -> dict[str, Any]:
    """The filter for a choice of ``team_choices``."""
    if wanted == NONE:
        return {"team__isnull": True}
    if wanted.endswith(AND_PARTS):
        return {"team__in": organisations.with_parts(acting, int(wanted.removesuffix(AND_PARTS)))}
    return {"team": int(wanted)}


def asked_listing(acting: Acting, request: HttpRequest, at: AsAt, teams: list[organisations.TeamLine]) -> Listing:
    """The list as this person may filter it."""
    whole = bool(request.GET.get("export"))
    offers = {
        "requirement": [(row.reference, row.title) for row in Requirement.objects.visible_to(acting)],
        "team": team_choices(teams),
        "staff_group": staff_groups(acting, request.GET.get("staff_group", "")),
    }
    return Listing(
        name="training",
        columns=columns(names_of(teams), whole=whole),
        default_sort="due",
        search=("membership__name", "membership__staff_number"),
        search_label=gettext_lazy("Search by name or staff number"),
        filters=partial(AskedFilter, acting=acting, at=at, offers=offers),
    )


def names_of(teams: list[organisations.TeamLine]) -> dict[int, str]:
    return {line.team.pk: line.team.name for line in teams}


def team_choices(teams: list[organisations.TeamLine]) -> Choices:
    """Each team alone, those that have parts also with them, and no team."""
    found: Choices = []
    names: list[str] = []
    for line, after in zip_longest(teams, teams[1:]):
        names[line.depth :] = [line.team.name]
        named = ": ".join(names)
        found.append((str(line.team.pk), named))
        if after is not None and after.depth > line.depth:
            found.append((f"{line.team.pk}{AND_PARTS}", _("%(team)s with all its parts") % {"team": named}))
    return [*found, (NONE, _("No team"))]


def staff_groups(acting: Acting, chosen: str) -> Choices:
    """The organisation's own words for kinds of work, as they were within five minutes."""
    key = f"training-staff-groups:{acting.organisation_id}"
    found = cache.get(key)
    if found is None:
        rows = Membership.objects.visible_to(acting).exclude(staff_group="").order_by("staff_group")
        found = list(rows.values_list("staff_group", flat=True).distinct()[: organisations.MOST_CHOICES])
        cache.set(key, found, GROUPS_KEPT_SECONDS)
    more = [chosen] if chosen and chosen not in (NONE, *found) else []
    return [*((each, each) for each in [*found, *more]), (NONE, _("No staff group"))]


def columns(teams: Mapping[int, str], *, whole: bool) -> tuple[Column, ...]:
    """What the list shows of each row: all of it for a file."""
    labels = {value: str(label) for value, label in Standing.choices}
    value = Column("none", "", lambda row: "").value  # rows of this list are never objects
    found = (
        Column(
            "name",
            gettext_lazy("Name"),
            value,
            sort="membership__name",
            raw=("membership__name", "membership_id", "membership__reference"),
            from_raw=lambda name, *_: name,
        ),
        Column(
            "requirement", gettext_lazy("Requirement"), value, sort="requirement__title", raw=("requirement__title",)
        ),
        Column("standing", gettext_lazy("Standing"), value, raw=("standing",), from_raw=labels.get),
        Column("due", gettext_lazy("Due"), value, sort="due_on", raw=("due_on",), from_raw=due),
        Column("done", gettext_lazy("Last done"), value, raw=("done_on",)),
        Column("team", gettext_lazy("Team"), value, raw=("team_id",), from_raw=lambda team: teams.get(team, "")),
        Column(
            "job_title",
            gettext_lazy("Job title") if whole else gettext_lazy("Job title and staff group"),
            value,
            raw=("job_title", "staff_group"),
            from_raw=lambda job_title, _staff_group: job_title,
        ),
    )
    if not whole:
        return found
    return (
        *found,
        Column("staff_group", gettext_lazy("Staff group"), value, raw=("staff_group",)),
        Column("staff_number", gettext_lazy("Staff number"), value, raw=("membership__staff_number",)),
        Column("valid_until", gettext_lazy("Valid until"), value, raw=("valid_until",)),
        Column(
            "because",
            gettext_lazy("Asked because"),
            value,
            raw=("because",),
            from_raw=lambda codes: because(codes, teams=teams),
        ),
    )


def due(value: date) -> date | None:
    """The day by which; nothing for what need not be done again."""
    return None if value == FOR_EVER else value


def shown(rows: Iterable[dict[str, Any]], teams: Mapping[int, str], at: AsAt) -> list[dict[str, Any]]:
    """What the page shows of each row."""
    tags = {value: status_tag(label, groups.COLOURS[value]) for value, label in Standing.choices}
    on = f"?on={at.day.isoformat()}" if at.is_past else ""
    return [
        row
        | {
            "url": addresses.of_row("training:person", row["membership__reference"]) + on,
            "tag": tags[row["standing"]],
            "due": day(due(row["due_on"])) or _("Never again"),
            "done": day(row["done_on"]),
            "team": teams.get(row["team_id"], ""),
        }
        for row in rows
    ]
