"""The list of people: columns, filters, search. The page, the export and its job read the same."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.core.forms import set_choices
from foundation.core.lists import Column, FilterForm, Listing
from foundation.organisations import attention, queries
from foundation.organisations.models import Employment, Membership, in_force
from foundation.organisations.roles import Role

STATES = [
    ("", gettext_lazy("Here today")),
    ("left", gettext_lazy("Left")),
    ("future", gettext_lazy("Not yet here")),
    ("all", gettext_lazy("Everybody")),
]
SIGN_IN = [
    ("", gettext_lazy("All")),
    ("yes", gettext_lazy("Can sign in")),
    ("no", gettext_lazy("No sign-in")),
    ("invited", gettext_lazy("Invited")),
    ("ran_out", gettext_lazy("Invitation ran out")),
    ("reset", gettext_lazy("Second factors to remove")),
]
ROLES = [
    ("", gettext_lazy("All")),
    *((role.value, role.label) for role in Role if role != Role.STAFF),
    ("ending", gettext_lazy("A role that ends within 30 days")),
]

MANAGER = [
    ("", gettext_lazy("All")),
    ("left", gettext_lazy("Has left")),
    ("none", gettext_lazy("Not known")),
]


def roles_of(person: Membership) -> str:
    """Today's roles in words. Only of a person read by ``queries.people_for_list``."""
    return ", ".join(sorted(grant.get_role_display() for grant in person.roles_now))  # type: ignore[attr-defined]


def sign_in_of(person: Membership) -> str:
    if person.user_id:
        return _("Can sign in")
    return _("Invited") if person.is_invited else _("No sign-in")  # type: ignore[attr-defined]


def line_manager_of(person: Membership) -> str:
    """By name, and whether they have left by today: then somebody else is to be named."""
    manager = person.line_manager
    if manager is None:
        return ""
    left = manager.has_left(timezone.localdate())
    return _("%(name)s (has left)") % {"name": manager.name} if left else manager.name


def _manager_key(person: Membership) -> str:
    """What a file of people names the line manager by."""
    manager = person.line_manager
    return (manager.staff_number or manager.email) if manager else ""


COLUMNS = (
    Column("name", gettext_lazy("Name"), lambda person: person.name, sort="name"),
    Column("staff_number", gettext_lazy("Staff number"), lambda person: person.staff_number, sort="staff_number"),
    Column("team", gettext_lazy("Team"), lambda person: person.team.name if person.team else ""),
    Column("job_title", gettext_lazy("Job title"), lambda person: person.job_title),
    Column("line_manager", gettext_lazy("Line manager"), line_manager_of),
    Column("roles", gettext_lazy("Roles"), roles_of),
    Column("sign_in", gettext_lazy("Sign-in"), sign_in_of),
    Column("starts_on", gettext_lazy("First day"), lambda person: person.starts_on, sort="starts_on"),
)

EXPORT_ONLY = (
    Column("email", gettext_lazy("E-mail address"), lambda person: person.email),
    Column("staff_group", gettext_lazy("Staff group"), lambda person: person.staff_group),
    Column("employment", gettext_lazy("Employment"), lambda person: person.get_employment_display()),
    Column("manager_key", gettext_lazy("Line manager's staff number or e-mail address"), _manager_key),
    Column("ends_on", gettext_lazy("Last day"), lambda person: person.ends_on),
    Column("reference", gettext_lazy("Reference"), lambda person: person.reference),
)


def people_listing(acting: Acting) -> Listing:
    """The list of people as this person may filter it."""
    today = timezone.localdate(acting.at)
    teams = queries.team_choices(acting)

    class PeopleFilter(FilterForm):
        state = forms.ChoiceField(label=gettext_lazy("Who"), choices=STATES, required=False)
        team = forms.ChoiceField(label=gettext_lazy("Team"), required=False)
        role = forms.ChoiceField(label=gettext_lazy("Role"), choices=ROLES, required=False)
        sign_in = forms.ChoiceField(label=gettext_lazy("Sign-in"), choices=SIGN_IN, required=False)
        staff_group = forms.CharField(label=gettext_lazy("Staff group"), max_length=40, required=False)
        employment = forms.ChoiceField(
            label=gettext_lazy("Employment"), choices=[("", gettext_lazy("All")), *Employment.choices], required=False
        )
        manager = forms.ChoiceField(label=gettext_lazy("Line manager"), choices=MANAGER, required=False)

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            set_choices(self, "team", [("", _("All")), *((str(pk), name) for pk, name in teams)])

        def narrow(self, rows: QuerySet) -> QuerySet:
            asked = self.cleaned_data
            rows = rows.filter(_state(asked["state"], today))
            if asked["team"]:
                rows = rows.filter(team_id__in=queries.with_parts(acting, int(asked["team"])))
            rows = rows.filter(_role(asked["role"], today), _sign_in(asked["sign_in"], acting))
            if asked["staff_group"]:
                rows = rows.filter(staff_group__icontains=asked["staff_group"])
            if asked["employment"]:
                rows = rows.filter(employment=asked["employment"])
            return rows.filter(_manager(asked["manager"], today))

    return Listing(
        name="people",
        columns=COLUMNS,
        default_sort="name",
        search=("name", "email", "staff_number"),
        search_label=gettext_lazy("Search by name, e-mail address or staff number"),
        filters=PeopleFilter,
    )


FILTERS = ("state", "team", "role", "sign_in", "staff_group", "employment", "manager", "sort")


def known_filters(asked: Mapping[str, str]) -> dict[str, str]:
    """Those parameters of the list's address that say which people it shows and in which order."""
    return {name: asked[name][:40] for name in FILTERS if asked.get(name)}


def narrowed(acting: Acting, rows: QuerySet, filters: Mapping[str, str], search: str) -> QuerySet:
    """Exactly the people that the list's page shows with these filters and this search, in its order.

    Raises RuleBroken for a filter that does not hold any more, such as a team that was removed.
    """
    listing = people_listing(acting)
    asked = listing.filters(QueryDict(urlencode(filters))) if listing.filters else None
    if asked is None or not asked.is_valid():
        raise RuleBroken(_("The filters do not fit the list any more. Ask for the export again."))
    rows = searched(asked.narrow(rows), search)
    sort = filters.get("sort", listing.default_sort)
    columns = {column.key: column.sort for column in listing.columns if column.sort}
    sign = "-" if sort.startswith("-") else ""
    field = columns.get(sort.lstrip("-"), "name")
    return rows.order_by(f"{sign}{field}", f"{sign}pk")


def searched(rows: QuerySet, text: str) -> QuerySet:
    """People whose name, e-mail address or staff number holds each word, as the list's search box does it."""
    for word in text.split()[:5]:
        rows = rows.filter(Q(name__icontains=word) | Q(email__icontains=word) | Q(staff_number__icontains=word))
    return rows


def _state(state: str, today: date) -> Q:
    if state == "left":
        return Q(ends_on__lt=today)
    if state == "future":
        return Q(starts_on__gt=today)
    return Q() if state == "all" else in_force(today)


def _role(which: str, today: date) -> Q:
    if which == "ending":
        return attention.with_role_ending(today)
    return Q(queries.has_role(which, today)) if which else Q()


def _sign_in(which: str, acting: Acting) -> Q:
    if which == "invited":
        return attention.invited(acting.at)
    if which == "ran_out":
        return attention.invited_in_vain(acting.at)
    if which == "reset":
        return attention.with_factor_reset(acting.user_id or 0, acting.at)
    return Q(user__isnull=which == "no") if which else Q()


def _manager(which: str, today: date) -> Q:
    if which == "left":
        return attention.managed_by_leaver(today)
    return Q(line_manager=None) if which == "none" else Q()
