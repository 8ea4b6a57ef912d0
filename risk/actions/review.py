"""From draft to approval: contributors comment, one named person approves who wrote nothing of it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import ledger, notifications
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.organisations import queries as organisations
from foundation.organisations.models import RoleGrant
from foundation.organisations.roles import ROLES
from risk import permissions, workflow
from risk.actions import keeping
from risk.models import Assessment, Comment, Contributor, Entry, EntryRevision
from risk.stamps import threat_level
from risk.workflow import Status


@transaction.atomic
def ask_contributor(*, assessment_id: int, membership_id: int, by: Acting, now: datetime) -> Contributor:
    """Ask somebody whose role includes it to comment. They are told."""
    assessment = keeping.open_assessment(assessment_id, by)
    if membership_id not in _who_may("risk.contribute", by, now):
        raise RuleBroken(_("Choose somebody whose role includes commenting on the risk assessment."))
    if Contributor.objects.visible_to(by).filter(assessment=assessment, membership_id=membership_id).exists():
        raise RuleBroken(_("This person was asked already."))
    asked = Contributor.objects.create(
        organisation=by.organisation,
        assessment=assessment,
        membership_id=membership_id,
        asked_at=now,
        asked_by=by.membership,
    )
    ledger.record("assessment.contributor_asked", actor=by, target=assessment, at=now)
    _notify([membership_id], "risk.asked_to_comment", assessment, by=by, now=now)
    return asked


@transaction.atomic
def comment(*, assessment_id: int, text: str, entry_id: int | None = None, by: Acting, now: datetime) -> Comment:
    """Say something about an assessment, or about one risk in it, while it is written and reviewed."""
    assessment = keeping.locked_assessment(assessment_id, by)
    permissions.check_can_comment(by, assessment)
    workflow.check_open(assessment.status)
    if not text.strip():
        raise RuleBroken(_("Write your comment."))
    entry = Entry.objects.visible_to(by).get(pk=entry_id, assessment=assessment) if entry_id else None
    said = Comment.objects.create(
        organisation=by.organisation,
        assessment=assessment,
        entry=entry,
        text=text.strip(),
        written_at=now,
        written_by=by.membership,
    )
    ledger.record("assessment.commented", actor=by, target=assessment, at=now, on_a_risk=entry is not None)
    return said


@transaction.atomic
def send_for_review(*, assessment_id: int, version: int, approver_id: int, by: Acting, now: datetime) -> Assessment:
    """Send a draft to the person who is to approve it: somebody with that role who wrote nothing of it."""
    assessment = keeping.locked_assessment(assessment_id, by)
    permissions.check_can_edit(by, assessment)
    workflow.check_transition(assessment.status, Status.IN_REVIEW)
    assessment.check_version(version)
    if approver_id not in _who_may("risk.approve", by, now):
        raise RuleBroken(_("Choose a senior approver who is in the organisation today."))
    if approver_id == by.membership_id or approver_id in authors(assessment, by):
        raise RuleBroken(_("Whoever wrote an assessment or sends it for approval cannot approve it."))
    if not Entry.objects.visible_to(by).filter(assessment=assessment).exists():
        raise RuleBroken(_("Add at least one risk before you send the assessment for approval."))
    assessment.status, assessment.approver_id = Status.IN_REVIEW, approver_id
    assessment.submitted_at, assessment.submitted_by = now, by.membership
    assessment.count_up(by_id=by.membership_id, now=now)
    assessment.save(
        update_fields=["status", "approver", "submitted_at", "submitted_by", *Assessment.SAVED],
    )
    ledger.record("assessment.sent_for_review", actor=by, target=assessment, at=now)
    _notify([approver_id], "risk.asked_to_approve", assessment, by=by, now=now)
    contributors = Contributor.objects.visible_to(by).filter(assessment=assessment)
    others = contributors.exclude(membership_id__in=[approver_id, by.membership_id])
    _notify(others.values_list("membership_id", flat=True), "risk.asked_to_comment", assessment, by=by, now=now)
    return assessment


@transaction.atomic
def send_back(*, assessment_id: int, version: int, reason: str, by: Acting, now: datetime) -> Assessment:
    """Back to a draft, with the reason as a comment. The approver sends it back, or the lead takes it back."""
    assessment = keeping.locked_assessment(assessment_id, by)
    permissions.check_can_send_back(by, assessment)
    workflow.check_transition(assessment.status, Status.DRAFT)
    _check_same(assessment, version)
    if not reason.strip():
        raise RuleBroken(_("Say why you send it back."))
    Comment.objects.create(
        organisation=by.organisation,
        assessment=assessment,
        text=reason.strip(),
        written_at=now,
        written_by=by.membership,
    )
    assessment.status = Status.DRAFT
    assessment.count_up(by_id=by.membership_id, now=now)
    assessment.save(update_fields=["status", *Assessment.SAVED])
    ledger.record("assessment.sent_back", actor=by, target=assessment, at=now)
    told = {assessment.created_by_id, assessment.submitted_by_id} - {None, by.membership_id}
    _notify(told, "risk.sent_back", assessment, by=by, now=now)
    return assessment


@transaction.atomic
def approve(*, assessment_id: int, version: int, note: str = "", by: Acting, now: datetime) -> Assessment:
    """Approve what was read. The one approved before is superseded; from now on neither changes.

    Refused to anybody but the named approver, to who lost the role meanwhile, and where anything in it changed since
    ``version``.
    """
    assessment = keeping.locked_assessment(assessment_id, by)
    permissions.check_can_approve(by, assessment)
    workflow.check_transition(assessment.status, Status.APPROVED)
    _check_still_approver(by, now)
    _check_same(assessment, version)
    if by.membership_id in authors(assessment, by):
        raise RuleBroken(_("You changed something in this assessment, so somebody else must approve it."))
    before = Assessment.objects.visible_to(by).select_for_update(no_key=True, of=("self",))
    for earlier in before.filter(status=Status.APPROVED):
        earlier.status, earlier.superseded_at = Status.SUPERSEDED, now
        earlier.save(update_fields=["status", "superseded_at"])
        ledger.record("assessment.superseded", actor=by, target=earlier, at=now)
    assessment.status, assessment.approved_at, assessment.approved_by = Status.APPROVED, now, by.membership
    assessment.approval_note = note.strip()
    assessment.threat_level = threat_level(by, timezone.localdate(now))
    assessment.count_up(by_id=by.membership_id, now=now)
    assessment.save(
        update_fields=[
            "status",
            "approved_at",
            "approved_by",
            "approval_note",
            "threat_level",
            *Assessment.SAVED,
        ],
    )
    ledger.record("assessment.approved", actor=by, target=assessment, at=now, threat_level=assessment.threat_level)
    told = {assessment.created_by_id, assessment.submitted_by_id} - {None, by.membership_id}
    _notify(told, "risk.approved", assessment, by=by, now=now)
    return assessment


def authors(assessment: Assessment, by: Acting) -> set[int]:
    """Everybody who wrote something of an assessment."""
    revised = EntryRevision.objects.visible_to(by).filter(entry__assessment=assessment)
    return {assessment.created_by_id, *revised.order_by().values_list("changed_by_id", flat=True).distinct()}


def _check_same(assessment: Assessment, version: int) -> None:
    if assessment.version != version:
        raise RuleBroken(_("The assessment changed since you opened this page. Read what changed, then decide."))


def _check_still_approver(by: Acting, now: datetime) -> None:
    """Ask the role grants themselves: what the request began with may have ended since."""
    roles = [role for role, entry in ROLES.items() if "risk.approve" in entry.permissions]
    grants = RoleGrant.objects.visible_to(by).filter(membership_id=by.membership_id, role__in=roles)
    held = list(grants.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    today = timezone.localdate(now)
    if not any(grant.starts_on <= today and (grant.ends_on is None or grant.ends_on >= today) for grant in held):
        raise RuleBroken(_("Your role as a senior approver has ended, so you cannot approve this assessment."))


def _who_may(permission: str, by: Acting, now: datetime) -> set[int]:
    return {pk for pk, _name in organisations.people_choices(by, on=timezone.localdate(now), permission=permission)}


def _notify(people: Iterable[int | None], kind: str, assessment: Assessment, *, by: Acting, now: datetime) -> None:
    told = dict.fromkeys((each for each in people if each is not None), str(assessment.version))
    notifications.notify_many(events=told, kind=kind, target=assessment, by=by, now=now)
