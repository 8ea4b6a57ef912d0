"""People against requirements: fifty people a page, each cell how they stand and by when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.core import addresses
from foundation.core.acting import Acting
from foundation.core.forms import set_choices
from foundation.core.lists import EXPORT_CHUNK, Column, FilterForm, Listing, ListPage
from foundation.core.lists import Cell as Value
from foundation.core.templatetags.portal import day, status_tag
from foundation.organisations import queries as organisations
from foundation.organisations.models import Membership
from training.models import Requirement
from training.models.assignments import AssignmentQuerySet
from training.seeing import groups
from training.seeing.listing import ANY, NONE, due, staff_groups, team_choices
from training.seeing.listing import of_team as narrowed_to_team
from training.seeing.on_a_day import AsAt, DayField
from training.workflow import Standing

MOST_COLUMNS = 12
SHOWS = ("membership_id", "requirement_id", "standing", "due_on", "done_on", "valid_until", "waived_until")


@dataclass(frozen=True)
class Cell:
    """How somebody stands in one requirement."""

    tag: str
    when: str


@dataclass(frozen=True)
class Line:
    """One person; None where they are not asked."""

    name: str
    url: str
    team: str
    cells: list[Cell | None]


class MatrixFilter(FilterForm):
    """Whom to show, and which requirements: the first twelve where none is chosen."""

    team = forms.ChoiceField(label=gettext_lazy("Team"), required=False)
    staff_group = forms.ChoiceField(label=gettext_lazy("Staff group"), required=False)
    requirement = forms.MultipleChoiceField(
        label=gettext_lazy("Requirements"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, data: QueryDict, *, acting: Acting, at: AsAt, requirements: Sequence[Requirement],
        teams: list[organisations.TeamLine],
    ) -> None:  # fmt: skip
        super().__init__(data)
        self.acting, self.at, self.requirements = acting, at, requirements
        self.fields["on"] = DayField()
        set_choices(self, "team", [ANY, *team_choices(teams)])
        set_choices(self, "staff_group", [ANY, *staff_groups(acting, data.get("staff_group", ""))])
        set_choices(self, "requirement", [(row.reference, row.title) for row in requirements])

    @property
    def columns(self) -> list[Requirement]:
        """The requirements shown, in their order."""
        chosen = set(self.cleaned_data.get("requirement", ())) if self.is_valid() else set()
        return [row for row in self.requirements if not chosen or row.reference in chosen][:MOST_COLUMNS]

    def narrow(self, rows: QuerySet) -> QuerySet:
        asked = self.cleaned_data
        wanted = self.at.asked(self.acting).filter(membership=OuterRef("pk"))
        if asked["team"]:
            wanted = wanted.filter(**narrowed_to_team(self.acting, asked["team"]))
        if group := asked["staff_group"]:
            wanted = wanted.filter(staff_group="" if group == NONE else group)
        if asked["requirement"]:
            wanted = wanted.filter(requirement__in=self.columns)
        return rows.filter(Exists(wanted))


def listing(acting: Acting, at: AsAt, teams: list[organisations.TeamLine]) -> Listing:
    """The people asked for anything on a day, by name."""
    rows = Requirement.objects.visible_to(acting)
    requirements = list(rows if at.is_past else rows.filter(withdrawn_at__isnull=True))
    return Listing(
        name="training-matrix",
        columns=(Column("name", gettext_lazy("Name"), lambda person: person.name, sort="name"),),
        default_sort="name",
        search=("name", "staff_number"),
        search_label=gettext_lazy("Search by name or staff number"),
        filters=partial(MatrixFilter, acting=acting, at=at, requirements=requirements, teams=teams),
    )


def people(acting: Acting) -> QuerySet[Membership]:
    """Those this person may see; the filter leaves those who are asked."""
    return Membership.objects.visible_to(acting)


def lines(page: ListPage, teams: dict[int, str]) -> list[Line]:
    """What the page shows. One query for the cells of all of them."""
    form = _form(page)
    found = _stands(form, page.items)
    tags = {value: status_tag(label, groups.COLOURS[value]) for value, label in Standing.choices}
    on = f"?on={form.at.day.isoformat()}" if form.at.is_past else ""
    return [
        Line(
            person.name,
            addresses.of_row("training:person", person.reference) + on,
            teams.get(person.team_id, ""),
            [
                Cell(tags[row["standing"]], _when(row)) if (row := found.get((person.pk, column.pk))) else None
                for column in form.columns
            ],
        )
        for person in page.items
    ]


def export(page: ListPage) -> tuple[list[str], Any]:
    """The headings and a maker of the rows of all people that the filter shows, two columns a requirement."""
    form = _form(page)
    headings = [_("Name"), _("Staff number"), _("Job title")]
    for column in form.columns:
        headings += [column.title, _("%(requirement)s: due") % {"requirement": column.title}]
    return headings, partial(_all_rows, page, form)


def _all_rows(page: ListPage, form: MatrixFilter) -> Iterator[list[Value]]:
    labels = {value: str(label) for value, label in Standing.choices}
    people = page.rows.order_by("name", "pk").iterator(chunk_size=EXPORT_CHUNK)
    while some := list(islice(people, EXPORT_CHUNK)):
        found = _stands(form, some)
        for person in some:
            cells: list[Value] = [person.name, person.staff_number, person.job_title]
            for column in form.columns:
                row = found.get((person.pk, column.pk))
                cells += [labels[row["standing"]], due(row["due_on"])] if row else ["", None]
            yield cells


def _stands(form: MatrixFilter, people: Sequence[Membership]) -> dict[tuple[int, int], dict[str, Any]]:
    rows: AssignmentQuerySet = form.at.asked(form.acting)
    rows = rows.filter(membership__in=[person.pk for person in people], requirement__in=form.columns)
    return {(row["membership_id"], row["requirement_id"]): row for row in rows.order_by().values(*SHOWS)}


def _form(page: ListPage) -> MatrixFilter:
    assert isinstance(page.filter_form, MatrixFilter)
    return page.filter_form


def _when(row: dict[str, Any]) -> str:
    match row["standing"]:
        case Standing.IN_DATE | Standing.EXPIRING:
            return _("until %(day)s") % {"day": day(row["valid_until"])} if row["valid_until"] else _("for good")
        case Standing.WAIVED:
            return _("until %(day)s") % {"day": day(row["waived_until"])}
        case Standing.ABSENT:
            return ""
        case _:
            return _("due %(day)s") % {"day": day(row["due_on"])}
