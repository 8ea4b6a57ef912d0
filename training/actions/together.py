"""Waivers and more time for many people at once: all who fit, in one go; who is left out is said with the reason."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.organisations.models import Membership
from training import assigning, permissions
from training.actions.agreements import check_extension, check_waiver, due_before, pair_of
from training.models import Assignment, Extension, Waiver

MOST = 500
GONE: str | Promise = gettext_lazy("no longer asked")
OWN: str | Promise = gettext_lazy("your own training")
LATER: str | Promise = gettext_lazy("due later anyway")
Why = Callable[[Assignment], "str | Promise | None"]


@dataclass
class Outcome:
    """Those it was done for, and those left out, each with why. ``gone``: how many are no longer asked."""

    fit: list[Assignment] = field(default_factory=list)
    left: list[tuple[Assignment, str | Promise]] = field(default_factory=list)
    gone: int = 0

    @property
    def for_whom(self) -> str:
        """How many people it is for, and of how many requirements in all where somebody has several."""
        people, rows = len({row.membership_id for row in self.fit}), len(self.fit)
        said = ngettext("%(people)s person", "%(people)s people", people) % {"people": people}
        if rows == people:
            return said
        return _("%(people)s, %(rows)s requirements in all") % {"people": said, "rows": rows}

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Why people were left out, and how many for each reason."""
        counts = Counter(str(why) for _row, why in self.left)
        if self.gone:
            counts[str(GONE)] += self.gone
        return sorted(counts.items())


def sorted_out(assignment_ids: Collection[int], *, by: Acting, today: date, why_not: Why | None = None) -> Outcome:
    """Of these rows, for whom it can be done. What changed meanwhile is followed to the row that stands now.

    ``why_not`` gives a reason to leave a row out. Raises RuleBroken for more than ``MOST``. Three queries.
    """
    if len(assignment_ids) > MOST:
        raise RuleBroken(_("That is more than %(most)s at once. Narrow the list.") % {"most": MOST})
    seen = Assignment.objects.visible_to(by).filter(pk__in=assignment_ids)
    pairs = set(seen.order_by().values_list("membership_id", "requirement_id"))
    rows = Assignment.objects.visible_to(by).asked(today, today=today)
    rows = rows.filter(
        membership__in={member for member, _requirement in pairs},
        requirement__in={requirement for _member, requirement in pairs},
    )
    outcome = Outcome()
    for row in rows.select_related("membership", "requirement").order_by("membership__name", "pk"):
        if (row.membership_id, row.requirement_id) not in pairs:
            continue
        reason = OWN if row.membership_id == by.membership_id else why_not(row) if why_not else None
        if reason is None:
            outcome.fit.append(row)
        else:
            outcome.left.append((row, reason))
    outcome.gone = len(pairs) - len(outcome.fit) - len(outcome.left)
    return outcome


@transaction.atomic
def waive_together(
    *, assignment_ids: Collection[int], starts_on: date, ends_on: date, reason: str, by: Acting, now: datetime
) -> Outcome:
    """Let several people off what they are asked until a last day."""
    permissions.check_can_manage_training(by)
    today = timezone.localdate(now)
    check_waiver(starts_on, ends_on, now)
    outcome = _locked(assignment_ids, by, today)
    _end_standing(Waiver, outcome, by, now)
    said = {"starts_on": starts_on, "ends_on": ends_on, "reason": reason, "recorded_at": now}
    Waiver.objects.bulk_create(Waiver(**pair_of(row), **said, recorded_by=by.membership) for row in outcome.fit)
    _recorded("training.waived", outcome, by, now)
    return outcome


@transaction.atomic
def extend_together(
    *, assignment_ids: Collection[int], due_on: date, reason: str, by: Acting, now: datetime
) -> Outcome:
    """Give several people until ``due_on``, this time round. Whoever has until then or longer is left out."""
    permissions.check_can_manage_training(by)
    today = timezone.localdate(now)
    check_extension(due_on, now)
    outcome = _locked(assignment_ids, by, today, lambda row: LATER if row.due_on >= due_on else None)
    standing = _end_standing(Extension, outcome, by, now)
    said = {"due_on": due_on, "reason": reason, "recorded_at": now}
    Extension.objects.bulk_create(
        Extension(
            **pair_of(row),
            **said,
            was_due_on=due_before(row, standing.get((row.membership_id, row.requirement_id))),
            recorded_by=by.membership,
        )
        for row in outcome.fit
    )
    _recorded("training.extended", outcome, by, now)
    return outcome


def _locked(ids: Collection[int], by: Acting, today: date, why_not: Why | None = None) -> Outcome:
    """Sorted out anew with the people's rows locked, in the order in which everybody locks them."""
    seen = Assignment.objects.visible_to(by).filter(pk__in=ids)
    people = Membership.objects.visible_to(by).filter(pk__in=seen.order_by().values("membership_id"))
    list(people.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    return sorted_out(ids, by=by, today=today, why_not=why_not)


def _end_standing(model: type[Any], outcome: Outcome, by: Acting, now: datetime) -> dict[tuple[int, int], Any]:
    """End what stood until now for those whom it is done for. Returns it by person and requirement."""
    members: dict[int, list[int]] = defaultdict(list)
    for row in outcome.fit:
        members[row.requirement_id].append(row.membership_id)
    ended: dict[tuple[int, int], Any] = {}
    for requirement, its in members.items():
        rows = model.objects.filter(
            organisation_id=by.organisation_id, requirement=requirement, membership__in=its, ended_at__isnull=True
        )
        ended |= {(each.membership_id, requirement): each for each in rows}
        rows.update(ended_at=now, ended_by=by.membership)
    return ended


def _recorded(verb: str, outcome: Outcome, by: Acting, now: datetime) -> None:
    told = [
        (row.membership_id, row.membership.reference, {"requirement": row.requirement.reference}) for row in outcome.fit
    ]
    ledger.record_many(verb, actor=by, at=now, model=Membership, targets=told)
    members = {row.membership_id for row in outcome.fit}
    if members:
        assigning.work_out(by.organisation_id, members, now=now)
