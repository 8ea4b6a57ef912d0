"""Risks come into an assessment, are described, answered to, taken out, closed and opened again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import ledger, notifications
from foundation.core.acting import Acting
from foundation.core.dates import months_after
from foundation.core.exceptions import RuleBroken
from foundation.core.markings import Marking
from risk import permissions, queries, reference
from risk.actions import keeping
from risk.models import Category, Control, Entry, Risk
from risk.models.risks import Response, Source
from risk.workflow import OPEN

DESCRIBED = (
    "title",
    "theme",
    "description",
    "cause",
    "at_risk",
    "places",
    "ideologies",
    "source",
    "source_note",
    "marking",
    "further_action",
)


@dataclass(frozen=True, kw_only=True)
class Description:
    """What a risk is. ``theme`` and ``ideologies`` are codes of the reference data.

    ``further_action`` left out stays as it is: forms without scores ask for it elsewhere.
    """

    title: str
    theme: str
    source: str
    marking: str
    description: str = ""
    cause: str = ""
    at_risk: str = ""
    places: str = ""
    ideologies: Sequence[str] = ()
    source_note: str = ""
    further_action: str | None = None


@transaction.atomic
def add_entry(*, assessment_id: int, description: Description, by: Acting, now: datetime) -> Entry:
    """Put a new risk into an open assessment. It gets the next number of the register."""
    assessment = keeping.open_assessment(assessment_id, by)
    _check_codes(description, now)
    last = Entry.objects.visible_to(by).filter(assessment=assessment).aggregate(last=Max("position"))["last"]
    entry = Entry(
        organisation=by.organisation,
        assessment=assessment,
        risk=keeping.new_risk(by=by, now=now),
        position=(last or 0) + 1,
        review_every_months=queries.settings_of(by).review_every_months,
    )
    _describe(entry, description)
    entry.save(force_insert=True)
    keeping.revise(entry, by=by, now=now)
    keeping.touch(assessment, by=by, now=now)
    ledger.record("risk.added", actor=by, target=entry.risk, at=now, assessment=assessment.reference)
    return entry


@transaction.atomic
def describe_entry(*, entry_id: int, version: int, description: Description, by: Acting, now: datetime) -> Entry:
    """Say anew what a risk is."""
    entry = keeping.open_entry(entry_id, version, by)
    _check_codes(description, now, had=entry)
    before = {name: getattr(entry, name) for name in DESCRIBED}
    _describe(entry, description)
    changed = [name for name in DESCRIBED if getattr(entry, name) != before[name]]
    keeping.keep(entry, DESCRIBED, by=by, now=now)
    _record("risk.described", entry, by=by, now=now, fields=changed)
    return entry


@transaction.atomic
def respond(
    *,
    entry_id: int,
    version: int,
    response: str,
    tolerated_by_id: int | None,
    tolerated_until: date | None,
    owner_id: int | None,
    review_every_months: int,
    next_review_on: date | None,
    by: Acting,
    now: datetime,
) -> Entry:
    """Say what is done about a risk, who owns it and when it is looked at again.

    A risk may be tolerated without an approver or a last day: the checks flag it until both are there.
    """
    entry = keeping.open_entry(entry_id, version, by)
    if not 1 <= review_every_months <= 60:
        raise RuleBroken(_("The months between reviews must be from 1 to 60."))
    had = entry.owner_id
    entry.response, entry.review_every_months, entry.next_review_on = (
        Response(response),
        review_every_months,
        next_review_on,
    )
    tolerated = entry.response == Response.TOLERATE
    entry.tolerated_by = keeping.person(tolerated_by_id, by, now, had=entry.tolerated_by_id) if tolerated else None
    entry.tolerated_until = tolerated_until if tolerated else None
    entry.owner = keeping.person(owner_id, by, now, had=had)
    changed = ["response", "tolerated_by", "tolerated_until", "owner", "review_every_months", "next_review_on"]
    keeping.keep(entry, changed, by=by, now=now)
    _record("risk.response_set", entry, by=by, now=now, response=entry.response)
    _tell_owner(entry, had, by=by, now=now)
    return entry


@transaction.atomic
def answer_prompts(
    *,
    entry_id: int,
    version: int,
    description: str,
    management: str,
    further_action: str,
    owner_id: int | None,
    target_on: date | None,
    next_review_on: date | None,
    by: Acting,
    now: datetime,
) -> Entry:
    """Fill in a risk of a form without scores: how it is managed, what more is needed, by whom and by when."""
    entry = keeping.open_entry(entry_id, version, by)
    had = entry.owner_id
    entry.description, entry.management = description.strip(), management.strip()
    entry.further_action, entry.target_on = further_action.strip(), target_on
    entry.owner, entry.next_review_on = keeping.person(owner_id, by, now, had=had), next_review_on
    changed = ["description", "management", "further_action", "owner", "target_on", "next_review_on"]
    keeping.keep(entry, changed, by=by, now=now)
    _record("risk.prompts_answered", entry, by=by, now=now)
    _tell_owner(entry, had, by=by, now=now)
    return entry


@transaction.atomic
def mark_reviewed(*, entry_id: int, version: int, by: Acting, now: datetime) -> Entry:
    """Say that a risk was looked at today and stands as it is. The next review follows from its interval."""
    entry = keeping.open_entry(entry_id, version, by)
    today = timezone.localdate(now)
    entry.last_reviewed_on = today
    entry.next_review_on = months_after(today, entry.review_every_months)
    keeping.keep(entry, ["last_reviewed_on", "next_review_on"], by=by, now=now)
    _record("risk.reviewed", entry, by=by, now=now)
    return entry


@transaction.atomic
def remove_entry(*, entry_id: int, version: int, reason: str, by: Acting, now: datetime) -> Entry:
    """Take a risk out of an open assessment. Its history stays; a risk that stands nowhere else is closed."""
    entry = keeping.open_entry(entry_id, version, by)
    _check_reason(reason)
    entry.removed_at, entry.removed_by = now, by.membership
    keeping.keep(entry, ["removed_at", "removed_by"], by=by, now=now)
    _record("risk.taken_out", entry, by=by, now=now)
    risk = keeping.locked_risk(entry.risk_id, by)
    if risk.closed_at is None and not Entry.objects.visible_to(by).filter(risk=risk).exists():
        _close(risk, reason, by=by, now=now)
    return entry


@transaction.atomic
def close_risk(*, risk_id: int, version: int, reason: str, by: Acting, now: datetime) -> Risk:
    """Say why something is no longer a risk. Open assessments show it as closed, and copies leave it behind."""
    permissions.check_can_edit(by)
    risk = keeping.locked_risk(risk_id, by)
    risk.check_version(version)
    _check_reason(reason)
    if risk.closed_at is not None:
        raise RuleBroken(_("This risk is closed already."))
    _close(risk, reason, by=by, now=now)
    return risk


@transaction.atomic
def reopen_risk(*, risk_id: int, version: int, reason: str, by: Acting, now: datetime) -> Risk:
    """Open a closed risk again and say why. Where an open assessment lacks it, it comes in as it last stood."""
    permissions.check_can_edit(by)
    newest = (
        queries.assessments(by).filter(status__in=OPEN).order_by("-period_from", "-pk").values_list("pk", flat=True)
    )
    assessment = keeping.open_assessment(newest[0], by) if newest else None
    risk = keeping.locked_risk(risk_id, by)
    risk.check_version(version)
    _check_reason(reason)
    if risk.closed_at is None:
        raise RuleBroken(_("This risk is not closed."))
    risk.closed_at, risk.closed_by, risk.closed_reason = None, None, ""
    risk.count_up(by_id=by.membership_id, now=now)
    risk.save(update_fields=["closed_at", "closed_by", "closed_reason", *Risk.SAVED])
    if assessment is not None:
        _bring_back(risk, assessment.pk, by=by, now=now)
        keeping.touch(assessment, by=by, now=now)
    ledger.record("risk.reopened", actor=by, target=risk, at=now)
    return risk


def _bring_back(risk: Risk, assessment_id: int, *, by: Acting, now: datetime) -> None:
    rows = Entry.objects.filter(organisation_id=by.organisation_id, risk=risk)
    here = rows.filter(assessment_id=assessment_id).select_related("assessment").first()
    if here is not None:
        if here.removed_at is not None:
            here.removed_at = here.removed_by = None
            keeping.keep(here, ["removed_at", "removed_by"], by=by, now=now)
        return
    last = rows.prefetch_related("controls").order_by("-assessment__period_from", "-pk").first()
    if last is None:
        return
    entry = Entry.objects.create(
        **last.entry_fields(),
        organisation_id=by.organisation_id,
        assessment_id=assessment_id,
        risk=risk,
        position=last.position,
    )
    for control in last.controls.all():
        Control.objects.create(
            organisation_id=by.organisation_id,
            entry=entry,
            text=control.text,
            strength=control.strength,
            position=control.position,
        )
    keeping.revise(entry, by=by, now=now)


def _close(risk: Risk, reason: str, *, by: Acting, now: datetime) -> None:
    risk.closed_at, risk.closed_by, risk.closed_reason = now, by.membership, reason.strip()
    risk.count_up(by_id=by.membership_id, now=now)
    risk.save(update_fields=["closed_at", "closed_by", "closed_reason", *Risk.SAVED])
    ledger.record("risk.closed", actor=by, target=risk, at=now)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise RuleBroken(_("Say why."))


def _describe(entry: Entry, description: Description) -> None:
    for name in ("title", "description", "cause", "at_risk", "places", "source_note"):
        setattr(entry, name, getattr(description, name).strip())
    entry.theme, entry.ideologies = description.theme, list(description.ideologies)
    entry.source, entry.marking = Source(description.source), Marking(description.marking)
    if description.further_action is not None:
        entry.further_action = description.further_action.strip()


def _check_codes(description: Description, now: datetime, *, had: Entry | None = None) -> None:
    """Codes must be offered today, or have stood there before they were withdrawn."""
    today = timezone.localdate(now)
    themes = dict(reference.offered(Category.Kind.THEME, today))
    ideologies = dict(reference.offered(Category.Kind.IDEOLOGY, today))
    if description.theme not in themes and not (had and had.theme == description.theme):
        raise RuleBroken(_("Select a theme from the list."))
    if set(description.ideologies) - ideologies.keys() - set(had.ideologies if had else ()):
        raise RuleBroken(_("Select ideologies from the list."))


def _tell_owner(entry: Entry, had: int | None, *, by: Acting, now: datetime) -> None:
    if entry.owner_id is not None and entry.owner_id not in {had, by.membership_id}:
        notifications.notify(
            membership_id=entry.owner_id,
            kind="risk.owns_risk",
            target=entry.risk,
            by=by,
            now=now,
            event=f"{entry.pk}-{entry.version}",
        )


def _record(verb: str, entry: Entry, *, by: Acting, now: datetime, **facts: Any) -> None:
    ledger.record(
        verb,
        actor=by,
        target=entry.risk,
        at=now,
        assessment=entry.assessment.reference,
        version=entry.version,
        **facts,
    )
