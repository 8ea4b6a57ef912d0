"""Figures of each requirement, in all and by group, each number with the address of the list behind it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.core import addresses
from foundation.core.acting import Acting
from training import figures
from training.figures import Figure
from training.models import Requirement
from training.seeing.listing import NONE
from training.seeing.on_a_day import AsAt
from training.workflow import Standing

NEAR = 10  # so many points below the target are amber, more are red
MOST_GROUPS = 100
MOST_COLUMNS = 12
FIELDS = {"team": "team_id", "staff_group": "staff_group", "job_title": "job_title"}
BY: dict[str, str | Promise] = {
    "team": gettext_lazy("Team"),
    "staff_group": gettext_lazy("Staff group"),
    "job_title": gettext_lazy("Job title"),
}
NO_GROUP: dict[str, str | Promise] = {
    "team": gettext_lazy("No team"),
    "staff_group": gettext_lazy("No staff group"),
    "job_title": gettext_lazy("No job title"),
}
COLUMNS: tuple[tuple[str, str | Promise], ...] = (
    (Standing.EXPIRING, Standing.EXPIRING.label),
    (Standing.GRACE, Standing.GRACE.label),
    (Standing.IN_PROGRESS, Standing.IN_PROGRESS.label),
    (Standing.NOT_STARTED, Standing.NOT_STARTED.label),
    (Standing.OVERDUE, Standing.OVERDUE.label),
    (Standing.WAIVED, Standing.WAIVED.label),
    (Standing.ABSENT, Standing.ABSENT.label),
)


@dataclass(frozen=True)
class Number:
    """How many, and the list of exactly those."""

    count: int
    url: str
    label: str | Promise = ""


@dataclass(frozen=True)
class Rating:
    """How a percentage stands to its target, in words and a tag's colour."""

    label: str
    colour: str


@dataclass(frozen=True)
class Cell:
    """The figure of some people with the lists behind it: ``good`` of ``counted`` are in date."""

    figure: Figure
    good: Number
    counted: Number
    overdue: Number


@dataclass(frozen=True)
class Line:
    """One requirement."""

    requirement: Requirement
    cell: Cell
    rating: Rating
    numbers: list[Number]


@dataclass(frozen=True)
class Group:
    """One team, staff group or job title, with its cell under each requirement; None where nobody is asked."""

    name: str
    cells: list[Cell | None]


@dataclass(frozen=True)
class Overview:
    """All figures of a day. ``more_groups``: how many groups did not fit."""

    lines: list[Line]
    columns: list[Requirement]
    groups: list[Group]
    more_groups: int


def overview(acting: Acting, at: AsAt, *, by: str, only: str, teams: Mapping[int, str]) -> Overview:
    """The figures of a day by group, of all requirements or of ``only`` the one of this reference. Two queries."""
    field = FIELDS[by]
    counted = dict(figures.by(at.asked(acting), "requirement_id", field))
    whole = _together(counted)
    requirements = [
        row
        for row in Requirement.objects.visible_to(acting).select_related("course")
        if row.pk in whole or (row.withdrawn_at is None and not at.is_past)
    ]
    chosen = [row for row in requirements if row.reference == only] or requirements
    columns = [row for row in chosen if row.pk in whole][:MOST_COLUMNS]
    found = _groups(counted, columns, at, by, teams)
    return Overview(
        lines=[_line(row, whole.get(row.pk, Figure({})), at) for row in requirements],
        columns=columns,
        groups=found[:MOST_GROUPS],
        more_groups=max(0, len(found) - MOST_GROUPS),
    )


def address(at: AsAt, **parameters: str) -> str:
    """The list of who is asked, narrowed so, of the same day."""
    asked = {name: value for name, value in parameters.items() if value} | at.parameters
    return f"{addresses.of_page('training:people')}?{urlencode(asked)}"


def rating(figure: Figure, target: int | None) -> Rating:
    if figure.percent is None:
        return Rating(_("Nobody is counted"), "grey")
    if target is None:
        return Rating(_("No target"), "grey")
    if figure.reaches(target):
        return Rating(_("On target"), "green")
    return (
        Rating(_("Just below target"), "orange")
        if figure.percent >= target - NEAR
        else Rating(_("Below target"), "red")
    )


def cell(figure: Figure, at: AsAt, **of: str) -> Cell:
    """A figure with its lists; ``of`` narrows them to the same people."""
    return Cell(
        figure,
        good=Number(figure.in_date, address(at, standing="good", **of)),
        counted=Number(figure.counted, address(at, standing="counted", **of)),
        overdue=Number(figure.overdue, address(at, standing=Standing.OVERDUE, **of)),
    )


def _line(requirement: Requirement, figure: Figure, at: AsAt) -> Line:
    of = {"requirement": requirement.reference}
    numbers = [Number(figure.at(each), address(at, standing=each, **of), label) for each, label in COLUMNS]
    return Line(requirement, cell(figure, at, **of), rating(figure, requirement.target), numbers)


def _together(counted: Mapping[tuple[Any, ...], Figure]) -> dict[int, Figure]:
    """The figures of all groups of a requirement added up."""
    found: dict[int, Figure] = {}
    for (requirement, _group), figure in counted.items():
        found[requirement] = _sum([found.get(requirement, Figure({})), figure])
    return found


def _sum(several: Iterable[Figure]) -> Figure:
    counts: dict[str, int] = {}
    for figure in several:
        for standing, count in figure.counts.items():
            counts[standing] = counts.get(standing, 0) + count
    return Figure(counts)


def _groups(
    counted: Mapping[tuple[Any, ...], Figure], columns: list[Requirement], at: AsAt, by: str, teams: Mapping[int, str]
) -> list[Group]:
    """By name, those without a group last; the largest, where not all fit."""
    wanted = {row.pk for row in columns}
    sizes: dict[Any, int] = {}
    for (requirement, group), figure in counted.items():
        if requirement in wanted:
            sizes[group] = sizes.get(group, 0) + figure.asked
    kept = sorted(sizes, key=lambda group: -sizes[group])
    named = (
        sorted(kept[:MOST_GROUPS], key=lambda group: (not group, _name(group, by, teams).casefold()))
        + kept[MOST_GROUPS:]
    )
    return [
        Group(
            _name(group, by, teams),
            [
                cell(counted[row.pk, group], at, requirement=row.reference, **{by: str(group or NONE)})
                if (row.pk, group) in counted
                else None
                for row in columns
            ],
        )
        for group in named
    ]


def _name(group: Any, by: str, teams: Mapping[int, str]) -> str:
    if not group:
        return str(NO_GROUP[by])
    return teams.get(group, "") if by == "team" else str(group)
