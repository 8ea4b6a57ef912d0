"""Answers, the assurer's ratings and the evidence behind them."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance import library_memory, own_settings, permissions
from compliance.models import (
    Answer,
    AnswerEvidence,
    AnswerRevision,
    Requirement,
    Scale,
)
from compliance.models.answers import NOT_ASSESSED
from compliance.models.library import scale_of
from foundation import ledger, notifications
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.core.prepared import PreparedObjects, stand_in
from foundation.evidence.models import EvidenceItem
from foundation.organisations.models import Membership


@transaction.atomic
def answer(
    *,
    requirement_id: int,
    version: int,
    status: str,
    applies: bool = True,
    why_not: str = "",
    score: int | None = None,
    comment: str = "",
    owner_id: int | None = None,
    next_review_on: date | None = None,
    by: Acting,
    now: datetime,
) -> Answer:
    """Say where the organisation stands with a requirement.

    ``version`` is that of the answer the person saw (0 where there was none). Raises StaleVersion when somebody saved
    first, RuleBroken for a status or score the framework's scale does not have.
    """
    requirement = _requirement(requirement_id, by)
    permissions.check_can_answer(by, requirement)
    _check_on_scale(requirement, status, score, by)
    if not applies and not why_not.strip():
        raise RuleBroken(_("Say why this requirement does not apply to you."))
    if next_review_on is not None and next_review_on < timezone.localdate(now):
        raise RuleBroken(_("The next review must be today or later."))
    row = _locked_answer(requirement, by)
    row.check_version(version)
    before = row.status
    row.status, row.score = (status, score) if applies else (NOT_ASSESSED, None)
    row.applies, row.why_not, row.comment = applies, "" if applies else why_not.strip(), comment.strip()
    had_owner = row.owner_id
    row.owner = _person(owner_id, by, now)
    row.next_review_on = next_review_on
    row.answered_at, row.answered_by = now, by.membership
    _save(row, AnswerRevision.Kind.ANSWERED, by=by, now=now)
    ledger.record(
        "answer.given",
        actor=by,
        target=row,
        at=now,
        requirement=requirement.code,
        before=before,
        after=row.status,
        applies=applies,
    )
    if owner_id is not None and owner_id not in {had_owner, by.membership_id}:
        notifications.notify(
            membership_id=owner_id,
            kind="compliance.owns_requirement",
            target=row,
            by=by,
            now=now,
            event=str(row.version),
        )
    return row


@transaction.atomic
def assure(
    *,
    requirement_id: int,
    version: int,
    status: str,
    score: int | None = None,
    comment: str = "",
    assured_on: date,
    by: Acting,
    now: datetime,
) -> Answer:
    """Record the assurer's rating. It stands beside the organisation's own answer and changes nothing of it."""
    requirement = _requirement(requirement_id, by)
    row = _locked_answer(requirement, by)
    permissions.check_can_assure(by, row)
    row.check_version(version)
    _check_on_scale(requirement, status, score, by, assurer=True)
    if status == NOT_ASSESSED:
        raise RuleBroken(_("Select the rating you give."))
    if assured_on > timezone.localdate(now):
        raise RuleBroken(_("The date of the rating must be today or earlier."))
    before = row.assured_status
    row.assured_status, row.assured_score, row.assured_comment = status, score, comment.strip()
    row.assured_on, row.assured_at, row.assured_by = assured_on, now, by.membership
    _save(row, AnswerRevision.Kind.ASSURED, by=by, now=now)
    ledger.record(
        "answer.assured", actor=by, target=row, at=now, requirement=requirement.code, before=before, after=status
    )
    if row.owner is not None and row.owner.is_current(timezone.localdate(now)):
        notifications.notify(
            membership_id=row.owner.pk, kind="compliance.assured", target=row, by=by, now=now, event=str(row.version)
        )
    return row


@transaction.atomic
def link_evidence(*, requirement_id: int, evidence_id: int, by: Acting, now: datetime) -> AnswerEvidence:
    """Put a piece of evidence behind an answer. The same evidence may stand behind many."""
    requirement = Requirement.objects.visible_to(by).get(pk=requirement_id)
    permissions.check_can_answer(by, requirement)
    item = EvidenceItem.objects.visible_to(by).get(pk=evidence_id)
    row = _locked_answer(requirement, by)
    if row.evidence_uses.filter(evidence=item, unlinked_at__isnull=True).exists():
        raise RuleBroken(_("This evidence is already linked to the requirement."))
    use = AnswerEvidence.objects.create(
        organisation=by.organisation, answer=row, evidence=item, linked_at=now, linked_by=by.membership
    )
    ledger.record(
        "answer.evidence_linked", actor=by, target=row, at=now, requirement=requirement.code, evidence=item.reference
    )
    return use


@transaction.atomic
def unlink_evidence(*, use_id: int, by: Acting, now: datetime) -> AnswerEvidence:
    """Take a piece of evidence from behind an answer. The evidence itself stays, and so does the history."""
    use = AnswerEvidence.objects.visible_to(by).select_for_update(no_key=True, of=("self",)).get(pk=use_id)
    permissions.check_can_answer(by, use.answer.requirement)
    if use.unlinked_at is not None:
        raise RuleBroken(_("This evidence was already unlinked."))
    use.unlinked_at, use.unlinked_by = now, by.membership
    use.save(update_fields=["unlinked_at", "unlinked_by"])
    ledger.record(
        "answer.evidence_unlinked",
        actor=by,
        target=use.answer,
        at=now,
        requirement=use.answer.requirement.code,
        evidence=use.evidence.reference,
    )
    return use


def _requirement(requirement_id: int, by: Acting) -> Requirement:
    """A requirement of the library or of the organisation. Raises Requirement.DoesNotExist for what is neither."""
    row = library_memory.library().by_number.get(requirement_id) or library_memory.own_requirement(
        by, pk=requirement_id
    )
    if row is None:
        raise Requirement.DoesNotExist
    return row


def _locked_answer(requirement: Requirement, by: Acting) -> Answer:
    """The answer's row, locked. A first answer makes the row, so that two first answers meet on the same lock."""
    row: Answer | None = _LOCKED_ANSWER.first(by.organisation_id, requirement.pk)
    if row is None:
        first = Answer(organisation=by.organisation, requirement=requirement, version=0)
        Answer.objects.bulk_create([first], ignore_conflicts=True)
        [row] = _LOCKED_ANSWER.all(by.organisation_id, requirement.pk)
    row.requirement = requirement
    return row


_LOCKED_ANSWER = PreparedObjects(
    lambda organisation_id, requirement_id: (
        Answer.objects.visible_to(stand_in(organisation_id=organisation_id))
        .filter(requirement_id=requirement_id)
        .order_by()
        .select_for_update(no_key=True)
    ),
    int,
    int,
)


def _save(row: Answer, kind: AnswerRevision.Kind, *, by: Acting, now: datetime) -> None:
    row.version += 1
    row.save(update_fields=[*row.answer_fields(), "version"])
    AnswerRevision.objects.create(
        **row.answer_fields(),
        organisation_id=row.organisation_id,
        answer=row,
        requirement_id=row.requirement_id,
        requirement_revision_id=row.requirement.last_wording_id,
        number=row.version,
        kind=kind,
        changed_at=now,
        changed_by=by.membership,
    )


def _check_on_scale(
    requirement: Requirement, status: str, score: int | None, by: Acting, *, assurer: bool = False
) -> None:
    scale = scale_of(requirement, assurer=assurer)
    try:
        scale.step(status)
    except KeyError:
        raise RuleBroken(_("This framework's scale has no such status.")) from None
    if score is None:
        return
    allowed = score_range(scale, by)
    if allowed is None:
        raise RuleBroken(_("This framework's scale has no scores."))
    if not allowed[0] <= score <= allowed[1]:
        raise RuleBroken(
            _("The score must be from %(lowest)s to %(highest)s.") % {"lowest": allowed[0], "highest": allowed[1]}
        )


def score_range(scale: Scale, acting: Acting) -> tuple[int, int] | None:
    """The scores that may stand beside a status: the scale's own range, else the organisation's, else none."""
    if scale.lowest_score is not None and scale.highest_score is not None:
        return scale.lowest_score, scale.highest_score
    chosen = own_settings.settings_of(acting).highest_score
    return (1, chosen) if chosen else None


def _person(membership_id: int | None, by: Acting, now: datetime) -> Membership | None:
    if membership_id is None:
        return None
    person = Membership.objects.visible_to(by).filter(pk=membership_id).first()
    if person is None or not person.is_current(timezone.localdate(now)):
        raise RuleBroken(_("The owner must be somebody who is in the organisation today."))
    return person
