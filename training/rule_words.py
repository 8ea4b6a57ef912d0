"""A rule in words, for reports: whom it asks, how often, and how long people have."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.core.templatetags.portal import day
from training.models import Anchor, Rule
from training.scope import Scope, because


def sentences(rule: Rule, teams: Mapping[int, str]) -> list[str]:
    """One sentence a line. ``teams`` gives the names of teams by their keys."""
    return [*_whom(Scope.from_json(rule.scope), teams), _how_often(rule), *_how_long(rule)]


def _whom(scope: Scope, teams: Mapping[int, str]) -> Iterator[str]:
    """Each condition must be met; any of what it names is enough."""
    conditions = {
        _("Team, or part of it: %(names)s."): [f"team:{each}" for each in scope.teams],
        _("Staff group: %(names)s."): [f"staff_group:{each}" for each in scope.staff_groups],
        _("Post: %(names)s."): [f"job_title:{each}" for each in scope.job_titles],
        _("Employment: %(names)s."): [f"employment:{each}" for each in scope.employments],
        _("Role in the portal: %(names)s."): [f"role:{each}" for each in scope.roles],
    }
    given = {text: codes for text, codes in conditions.items() if codes}
    if not given and not scope.started_from and not scope.started_to:
        yield _("Asks everybody.")
    for text, codes in given.items():
        yield text % {"names": because(codes, teams=teams)}
    if scope.started_from:
        yield _("Began on %(day)s or later.") % {"day": day(scope.started_from)}
    if scope.started_to:
        yield _("Began on %(day)s or before.") % {"day": day(scope.started_to)}


def _how_often(rule: Rule) -> str:
    if rule.months is None:
        return _("Done once, it counts for ever.")
    if rule.anchor == Anchor.WINDOW and rule.window_from:
        text = ngettext(
            "Once in each period of %(months)s month, counted from %(day)s.",
            "Once in each period of %(months)s months, counted from %(day)s.",
            rule.months,
        )
        return text % {"months": rule.months, "day": day(rule.window_from)}
    text = ngettext(
        "Done, it counts for %(months)s month from that day.",
        "Done, it counts for %(months)s months from that day.",
        rule.months,
    )
    return text % {"months": rule.months}


def _how_long(rule: Rule) -> Iterator[str]:
    yield ngettext(
        "Who comes under it has %(days)s day to do it.",
        "Who comes under it has %(days)s days to do it.",
        rule.grace_days,
    ) % {"days": rule.grace_days}
