"""Requirements: make, change, withdraw. A change of the rule is a new rule; the one before stays as it was."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import jobs, ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.organisations.actions.guards import lock_organisation
from training import assigning, permissions
from training.models import Anchor, Course, Requirement, Rule
from training.scope import Scope


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a requirement asks: see ``Requirement`` and ``Rule`` for what each means."""

    title: str
    course_id: int
    scope: Scope
    starts_on: date
    target: int | None = None
    anchor: str = Anchor.COMPLETION
    months: int | None = None
    window_from: date | None = None
    grace_days: int = 28
    expiring_days: int = 60


@transaction.atomic
def make(*, asked: Asked, by: Acting, now: datetime) -> Requirement:
    """Ask people for a course from a day on. Whom it asks is worked out by a job at once."""
    permissions.check_can_manage_training(by)
    _check_title_is_free(asked.title, by)
    _check(asked, by)
    if Course.objects.filter(pk=asked.course_id, withdrawn_at__isnull=False).exists():
        raise RuleBroken(_("This course is no longer offered."))
    requirement = Requirement.objects.create(
        organisation=by.organisation,
        title=asked.title,
        course_id=asked.course_id,
        target=asked.target,
        starts_on=asked.starts_on,
        created_at=now,
    )
    _rule(requirement, asked, 1, by, now)
    ledger.record("training.requirement_made", actor=by, target=requirement, at=now)
    _work_out(requirement, by, now)
    return requirement


@transaction.atomic
def change(*, requirement_id: int, version: int, asked: Asked, by: Acting, now: datetime) -> Requirement:
    """Change what is asked from now on. Raises StaleVersion if somebody saved since ``version``.

    What was done before keeps the last day it was given. The course and the first day stay: another course is another
    requirement.
    """
    requirement = _locked(requirement_id, by)
    permissions.check_can_manage_training(by, requirement)
    requirement.check_version(version)
    _check_asks(requirement)
    if asked.course_id != requirement.course_id:
        raise RuleBroken(_("The course cannot change. Withdraw this requirement and make another."))
    _check(asked, by)
    _check_title_is_free(asked.title, by, besides=requirement)
    before = requirement.rules.get(ended_at__isnull=True)
    requirement.title, requirement.target = asked.title, asked.target
    requirement.count_up(by_id=by.membership_id, now=now)
    requirement.save(update_fields=["title", "target", *Requirement.SAVED])
    if _differs(before, asked):
        Rule.objects.filter(pk=before.pk).update(ended_at=now)
        _rule(requirement, asked, before.number + 1, by, now)
        _work_out(requirement, by, now)
    ledger.record("training.requirement_changed", actor=by, target=requirement, at=now)
    return requirement


@transaction.atomic
def withdraw(*, requirement_id: int, version: int, by: Acting, now: datetime) -> Requirement:
    """Ask nobody any longer. What was asked and done until now stays readable for every day before."""
    requirement = _locked(requirement_id, by)
    permissions.check_can_manage_training(by, requirement)
    requirement.check_version(version)
    _check_asks(requirement)
    requirement.withdrawn_at = now
    requirement.count_up(by_id=by.membership_id, now=now)
    requirement.save(update_fields=["withdrawn_at", *Requirement.SAVED])
    Rule.objects.filter(requirement=requirement, ended_at__isnull=True).update(ended_at=now)
    requirement.assignments.filter(known_until__isnull=True).update(known_until=now)
    ledger.record("training.requirement_withdrawn", actor=by, target=requirement, at=now)
    return requirement


@transaction.atomic
def work_out_again(*, requirement_id: int, by: Acting, now: datetime) -> Requirement:
    """Have it worked out once more whom a requirement asks, after a job that failed."""
    requirement = _locked(requirement_id, by)
    permissions.check_can_manage_training(by, requirement)
    _check_asks(requirement)
    ledger.record("training.requirement_asked_again", actor=by, target=requirement, at=now)
    _work_out(requirement, by, now)
    return requirement


def work_out(*, requirement_id: int, members: list[int], by: Acting, now: datetime) -> int:
    """Bring what some people are asked under a requirement up to date; at most ``assigning.CHUNK`` of them. For jobs.

    Returns how many rows changed.
    """
    permissions.check_can_manage_training(by)
    return assigning.work_out(by.organisation_id, members, now=now, only=requirement_id)


@transaction.atomic
def worked_out(*, requirement_id: int, by: Acting, now: datetime) -> Requirement:
    """Whoever comes under the requirement from now on is asked from that day."""
    requirement = _locked(requirement_id, by)
    permissions.check_can_manage_training(by, requirement)
    if requirement.worked_out_at is None:
        requirement.worked_out_at = now
        requirement.save(update_fields=["worked_out_at"])
        ledger.record("training.requirement_worked_out", actor=by, target=requirement, at=now)
    return requirement


def _rule(requirement: Requirement, asked: Asked, number: int, by: Acting, now: datetime) -> Rule:
    return Rule.objects.create(
        organisation_id=requirement.organisation_id,
        requirement=requirement,
        number=number,
        scope=asked.scope.to_json(),
        anchor=asked.anchor,
        months=asked.months,
        window_from=asked.window_from,
        grace_days=asked.grace_days,
        expiring_days=asked.expiring_days,
        saved_at=now,
        saved_by=by.membership,
    )


def _differs(rule: Rule, asked: Asked) -> bool:
    names = ("anchor", "months", "window_from", "grace_days", "expiring_days")
    return rule.scope != asked.scope.to_json() or any(getattr(rule, name) != getattr(asked, name) for name in names)


def _check(asked: Asked, by: Acting) -> None:
    if not Course.objects.visible_to(by).filter(pk=asked.course_id).exists():
        raise RuleBroken(_("Select a course of the list."))
    if asked.anchor == Anchor.WINDOW and not (asked.window_from and asked.months):
        raise RuleBroken(_("Enter how long each period is and the first day of one of them."))
    scope = asked.scope
    if scope.started_from and scope.started_to and scope.started_to < scope.started_from:
        raise RuleBroken(_("The last starting date is before the first."))


def _check_title_is_free(title: str, by: Acting, *, besides: Requirement | None = None) -> None:
    """Of two who choose the same title at once, one is told: the organisation's row is the lock."""
    lock_organisation(by.organisation_id)
    same = Requirement.objects.visible_to(by).filter(title__iexact=title, withdrawn_at__isnull=True)
    if (same.exclude(pk=besides.pk) if besides else same).exists():
        raise RuleBroken(_("There is a requirement with this title already."))


def _check_asks(requirement: Requirement) -> None:
    if requirement.withdrawn_at is not None:
        raise RuleBroken(_("This requirement was withdrawn."))


def _locked(requirement_id: int, by: Acting) -> Requirement:
    return Requirement.objects.visible_to(by).select_for_update(no_key=True).get(pk=requirement_id)


def _work_out(requirement: Requirement, by: Acting, now: datetime) -> None:
    jobs.queue("training.work_out", by=by, now=now, requirement_id=requirement.pk)
