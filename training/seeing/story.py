"""How somebody stood in one requirement over time, in words. Touches no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from foundation.core.templatetags.portal import day
from training.assigning.reckon import FOR_EVER
from training.models import Assignment


@dataclass(frozen=True)
class Entry:
    """What became known at a moment. For components/history.html."""

    at: datetime
    what: str
    detail: str


def told(rows: Sequence[Assignment]) -> list[Entry]:
    """The rows of one person, of any requirements, the newest first."""
    found: list[Entry] = []
    before: dict[int, Assignment] = {}
    for row in sorted(rows, key=lambda each: (each.known_from, each.pk)):
        last = before.get(row.requirement_id)
        if last is not None and last.known_until is not None and last.known_until < row.known_from:
            found.append(_ended(last))
            last = None
        found += [Entry(row.known_from, what, row.requirement.title) for what in _changes(last, row)]
        before[row.requirement_id] = row
    found += [_ended(row) for row in before.values() if row.known_until is not None]
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def _ended(row: Assignment) -> Entry:
    assert row.known_until is not None
    return Entry(row.known_until, _("Not asked any longer"), row.requirement.title)


def _changes(last: Assignment | None, row: Assignment) -> list[str]:
    if last is None:
        words = [_("Asked from %(day)s") % {"day": day(row.starts_on)}]
        return [*words, *([_done(row)] if row.done_on else [_due(row)])]
    words = []
    if row.completion_id != last.completion_id:
        words.append(_done(row) if row.done_on else _("What was done before does not count any longer"))
    elif row.due_on != last.due_on:
        words.append(_due(row))
    if row.begun_on and row.begun_on != last.begun_on:
        words.append(_("Began the course on %(day)s") % {"day": day(row.begun_on)})
    words += _apart(last, row)
    if row.team_id != last.team_id or row.job_title != last.job_title or row.staff_group != last.staff_group:
        words.append(_("Post changed"))
    if row.ends_on != last.ends_on:
        words.append(_("Last day: %(day)s") % {"day": day(row.ends_on)} if row.ends_on else _("Stays on"))
    if row.rule_id != last.rule_id:
        words.append(_("The rule of the requirement changed"))
    return words or [_("Worked out anew")]


def _apart(last: Assignment, row: Assignment) -> list[str]:
    words = []
    if (row.waived_from, row.waived_until) != (last.waived_from, last.waived_until):
        dates = {"first": day(row.waived_from), "last": day(row.waived_until)}
        words.append(_("Waived from %(first)s until %(last)s") % dates if row.waived_from else _("Waiver ended"))
    if (row.absent_from, row.absent_until) != (last.absent_from, last.absent_until):
        words.append(
            _("Away from %(day)s") % {"day": day(row.absent_from)} if row.absent_from else _("Not away any longer")
        )
    return words


def _done(row: Assignment) -> str:
    if row.valid_until is None:
        return _("Done on %(day)s, for good") % {"day": day(row.done_on)}
    return _("Done on %(day)s, in date until %(last)s") % {"day": day(row.done_on), "last": day(row.valid_until)}


def _due(row: Assignment) -> str:
    return _("Need not be done again") if row.due_on == FOR_EVER else _("Due on %(day)s") % {"day": day(row.due_on)}
