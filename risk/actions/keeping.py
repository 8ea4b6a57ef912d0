"""What every deed on an assessment shares: lock it, check it is open, and keep each state of an entry for good.

The assessment is locked before its entries, always: so nothing changes in it while somebody approves it.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.core.prepared import PreparedObjects, answers
from foundation.organisations.models import Membership
from risk import permissions, queries, workflow
from risk.models import Assessment, Entry, EntryRevision, Risk, ScoreChange
from risk.workflow import Status

NUMBERED = r"^R[0-9]{1,9}$"
KINDS = ("inherent", "residual", "target")
Cell = tuple[int, int] | None


def locked_assessment(assessment_id: int, by: Acting) -> Assessment:
    """The assessment, locked. Raises DoesNotExist for one that ``by`` may not see."""
    return Assessment.objects.visible_to(by).select_for_update(no_key=True, of=("self",)).get(pk=assessment_id)


def open_assessment(assessment_id: int, by: Acting) -> Assessment:
    """The assessment, locked, if ``by`` may write it and it is still open."""
    assessment = locked_assessment(assessment_id, by)
    _check_may_write(assessment, by)
    return assessment


def open_entry(entry_id: int, version: int, by: Acting) -> Entry:
    """The entry with its assessment, both locked, if it may still change and nobody saved since ``version``."""
    if not by.may("risk.view"):
        raise Entry.DoesNotExist
    # One message, and still one after the other: who waits for the assessment reads the entry when it is their turn.
    assessments, entries, risks = answers(
        *(each.question(by.organisation_id, entry_id) for each in (_LOCKED_ASSESSMENT, _LOCKED_ENTRY, _RISK))
    )
    # An entry that somebody just took out is no longer visible, and its assessment still says so below.
    if not assessments:
        raise Entry.DoesNotExist
    assessment = _LOCKED_ASSESSMENT.made_of(assessments)[0]
    _check_may_write(assessment, by)
    if not entries:
        raise RuleBroken(_("This risk was taken out of the assessment."))
    entry: Entry = _LOCKED_ENTRY.made_of(entries)[0]
    entry.assessment, entry.risk = assessment, _RISK.made_of(risks)[0]
    entry.check_version(version)
    return entry


_LOCKED_ASSESSMENT = PreparedObjects(
    lambda organisation_id, entry_id: (
        Assessment.objects.filter(
            organisation_id=organisation_id, pk__in=Entry.objects.filter(pk=entry_id).values("assessment_id")
        )
        .order_by()
        .select_for_update(no_key=True)
    ),
    int,
    int,
)
_LOCKED_ENTRY = PreparedObjects(
    lambda organisation_id, entry_id: (
        Entry.objects.filter(organisation_id=organisation_id, pk=entry_id, removed_at__isnull=True)
        .order_by()
        .select_for_update(no_key=True)
    ),
    int,
    int,
)
_RISK = PreparedObjects(
    lambda organisation_id, entry_id: Risk.objects.filter(
        organisation_id=organisation_id, pk__in=Entry.objects.filter(pk=entry_id).values("risk_id")
    ).order_by(),
    int,
    int,
)


def _check_may_write(assessment: Assessment, by: Acting) -> None:
    permissions.check_can_edit(by, assessment)
    workflow.check_open(assessment.status)


def locked_risk(risk_id: int, by: Acting) -> Risk:
    """The risk, locked. Whoever locks an assessment too locks that first."""
    return Risk.objects.visible_to(by).select_for_update(no_key=True, of=("self",)).get(pk=risk_id)


def keep(entry: Entry, changed: Iterable[str], *, by: Acting, now: datetime) -> None:
    """Save these columns of an entry as its next revision. One in review tells its approver that it changed."""
    entry.count_up(by_id=by.membership_id, now=now)
    entry.save(update_fields=[*changed, *Entry.SAVED])
    revise(entry, by=by, now=now)
    touch(entry.assessment, by=by, now=now)


def touch(assessment: Assessment, *, by: Acting, now: datetime) -> None:
    """While somebody reads an assessment to approve it, every change of its content makes a new version of it."""
    if assessment.status == Status.IN_REVIEW:
        assessment.count_up(by_id=by.membership_id, now=now)
        assessment.save(update_fields=list(Assessment.SAVED))


def revise(entry: Entry, *, by: Acting, now: datetime) -> None:
    """Keep the entry as it stands now, with its controls."""
    EntryRevision.objects.create(
        **entry.entry_fields(),
        organisation_id=entry.organisation_id,
        entry=entry,
        number=entry.version,
        controls=[{"text": each.text, "strength": each.strength} for each in queries.controls_of(entry)],
        changed_at=now,
        changed_by=by.membership,
    )


def cell_of(entry: Entry, kind: str) -> Cell:
    """Likelihood and impact of one kind; None where it was not scored."""
    likelihood, impact = getattr(entry, f"{kind}_likelihood"), getattr(entry, f"{kind}_impact")
    return None if likelihood is None or impact is None else (likelihood, impact)


def set_cell(entry: Entry, kind: str, cell: Cell, *, reason: str, by: Acting, now: datetime) -> None:
    """Give an entry a score and keep what it was. The caller saves the entry."""
    before = cell_of(entry, kind)
    likelihood, impact = cell or (None, None)
    setattr(entry, f"{kind}_likelihood", likelihood)
    setattr(entry, f"{kind}_impact", impact)
    ScoreChange.objects.create(
        organisation_id=entry.organisation_id,
        entry=entry,
        risk_id=entry.risk_id,
        kind=kind,
        before_likelihood=before[0] if before else None,
        before_impact=before[1] if before else None,
        likelihood=likelihood,
        impact=impact,
        reason=reason,
        changed_at=now,
        changed_by=by.membership,
    )


def columns_of(kinds: Iterable[str]) -> list[str]:
    """The columns that hold scores of these kinds."""
    return [f"{kind}_{side}" for kind in kinds for side in ("likelihood", "impact")]


def person(membership_id: int | None, by: Acting, now: datetime, *, had: int | None = None) -> Membership | None:
    """Somebody of the organisation who is there today; or who was named before and has left since."""
    if membership_id is None:
        return None
    found = Membership.objects.visible_to(by).filter(pk=membership_id).first()
    if found is None or not (membership_id == had or found.is_current(timezone.localdate(now))):
        raise RuleBroken(_("Choose somebody who is in the organisation today."))
    return found


def new_risk(*, by: Acting, now: datetime) -> Risk:
    """A risk with the next free number of the register: R1, R2, …"""
    return new_risks([""], by=by, now=now)[0]


def new_risks(codes: Sequence[str], *, by: Acting, now: datetime) -> list[Risk]:
    """A risk for each of these codes, in their order; an empty one gets the next free number of the register.

    Raises RuleBroken where the register has one of them already.
    """
    one_after_the_other("risk code", by)  # two people who add a risk at once get two numbers
    if Risk.objects.visible_to(by).filter(code__in=[code for code in codes if code]).exists():
        raise RuleBroken(_("The register has a risk with this number already."))
    taken = Risk.objects.visible_to(by).filter(code__regex=NUMBERED).values_list("code", flat=True)
    numbered = [code for code in (*taken, *codes) if re.match(NUMBERED, code)]
    number = max((int(code[1:]) for code in numbered), default=0)
    wanted = []
    for code in codes:
        number += 0 if code else 1
        wanted.append(code or f"R{number}")
    return Risk.objects.bulk_create(
        Risk(organisation=by.organisation, code=code, created_at=now, created_by=by.membership) for code in wanted
    )


def one_after_the_other(subject: str, by: Acting) -> None:
    """Until this transaction ends, whoever does the same in the organisation waits, and then sees what was done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", [subject, by.organisation_id])


def check_days(first: date, last: date) -> None:
    if last < first:
        raise RuleBroken(_("The period must end on or after the day it begins."))
