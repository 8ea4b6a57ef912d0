"""What rules say, for people to read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.core.templatetags.portal import day
from foundation.organisations.models import Employment
from foundation.organisations.roles import Role
from training.models import Anchor, Course, Rule
from training.scope import Scope

SHOWN = 8


@dataclass(frozen=True)
class Condition:
    """One kind of condition of a rule, such as "Team: Housing or Libraries"."""

    kind: str
    values: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.values}"


def conditions(scope: Scope, teams: Mapping[int, str]) -> list[Condition]:
    """Whom a rule asks: those who meet all of these; none of them, everybody. ``teams``: names by number."""
    found = [
        Condition(_("Team"), _either(teams.get(team, _("a team that is no more")) for team in scope.teams)),
        Condition(_("Staff group"), _either(scope.staff_groups)),
        Condition(_("Job title with"), _either(f"“{word}”" for word in scope.job_titles)),
        Condition(_("Employment"), _either(_labels(scope.employments, dict(Employment.choices)))),
        Condition(_("Role in the portal"), _either(_labels(scope.roles, dict(Role.choices)))),
        Condition(_("Started"), _started(scope)),
    ]
    return [each for each in found if each.values]


def whom(scope: Scope, teams: Mapping[int, str]) -> str:
    """The conditions in one line."""
    return "; ".join(map(str, conditions(scope, teams))) or _("Everybody")


def how_often(rule: Rule) -> str:
    if rule.months is None:
        return _("Once")
    every = ngettext("Every month", "Every %(count)s months", rule.months) % {"count": rule.months}
    if rule.anchor == Anchor.WINDOW:
        return _("%(every)s, in periods from %(day)s") % {"every": every, "day": day(rule.window_from)}
    return _("%(every)s from the day it was done") % {"every": every}


def named(course: Course) -> str:
    """A course as forms and tables name it: with who gives it, if that is not the portal."""
    return f"{course.title} ({course.provider})" if course.provider else course.title


def days(count: int) -> str:
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": count}


def _either(values: Iterable[str]) -> str:
    found = list(values)
    if len(found) > SHOWN:
        more = len(found) - SHOWN
        rest = ngettext("%(count)s more", "%(count)s more", more) % {"count": more}
        return ", ".join([*found[:SHOWN], rest])
    if len(found) < 2:
        return "".join(found)
    return _("%(all_but_last)s or %(last)s") % {"all_but_last": ", ".join(found[:-1]), "last": found[-1]}


def _labels(values: Iterable[str], labels: Mapping[str, str | Promise]) -> Iterable[str]:
    return (str(labels.get(value, value)) for value in values)


def _started(scope: Scope) -> str:
    first, last = scope.started_from, scope.started_to
    if first and last:
        return _("from %(first)s to %(last)s") % {"first": day(first), "last": day(last)}
    if first:
        return _("on or after %(first)s") % {"first": day(first)}
    return _("on or before %(last)s") % {"last": day(last)} if last else ""
