"""What an organisation lets its partnerships read of its answers, and takes back."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance import library_memory, permissions
from compliance.models import Answer, Contribution
from compliance.models.contributions import SHORT
from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.organisations import queries as organisations


@transaction.atomic
def share_contribution(
    *, requirement_id: int, partnership_id: int, version: int, comment: str, by: Acting, now: datetime
) -> Contribution:
    """Let a partnership read the answer to a benchmark as it stands now, with a short comment.

    Later changes of the answer are not shared until somebody shares them: this function again, which ends what was
    shared before. ``version`` is that of the answer the person saw; raises StaleVersion when somebody saved since.
    """
    permissions.check_can_share(by)
    today = timezone.localdate(now)
    asked = {row.pk: row for row in library_memory.library().asked_of(by.organisation, today)}
    requirement = asked.get(requirement_id)
    if requirement is None or requirement.answered_at != "group":
        raise RuleBroken(_("Only a benchmark that you are asked, and that the group answers, can be shared."))
    partnership = next((each for each in organisations.belongs_to(by, today) if each.pk == partnership_id), None)
    if partnership is None:
        raise RuleBroken(_("Your organisation is not a member of this partnership today."))
    if len(comment.strip()) > SHORT:
        raise RuleBroken(_("The comment must be %(most)s characters or fewer.") % {"most": SHORT})
    answer = (
        Answer.objects.visible_to(by)
        .select_for_update(no_key=True, of=("self",))
        .filter(requirement=requirement, answered_at__isnull=False)
        .first()
    )
    if answer is None or answer.answered_at is None:
        raise RuleBroken(_("Answer the benchmark before you share it."))
    answer.check_version(version)
    standing = _open(by).filter(partnership=partnership, requirement=requirement).first()
    if standing is not None:
        _end(standing, Contribution.Ended.RENEWED, by=by, now=now)
    shared = Contribution.objects.create(
        organisation=by.organisation,
        partnership=partnership,
        requirement=requirement,
        revision=answer.revisions.get(number=answer.version),
        status=answer.status,
        applies=answer.applies,
        comment=comment.strip(),
        answered_at=answer.answered_at,
        shared_at=now,
        shared_by=by.membership,
    )
    ledger.record(
        "contribution.shared",
        actor=by,
        target=shared,
        at=now,
        requirement=requirement.code,
        partnership=partnership.slug,
        status=shared.status,
        applies=shared.applies,
        renewed=standing is not None,
    )
    return shared


@transaction.atomic
def take_back_contribution(*, contribution_id: int, by: Acting, now: datetime) -> Contribution:
    """Stop sharing. The partnership sees nothing of it from this moment on; our own record of it stays."""
    permissions.check_can_share(by)
    shared = _open(by).filter(pk=contribution_id).first()
    if shared is None:
        raise RuleBroken(_("This is not shared any more."))
    _end(shared, Contribution.Ended.TAKEN_BACK, by=by, now=now)
    ledger.record(
        "contribution.taken_back",
        actor=by,
        target=shared,
        at=now,
        requirement=shared.requirement.code,
        partnership=shared.partnership.slug,
    )
    return shared


def _open(by: Acting) -> QuerySet[Contribution]:
    """What the organisation shares now, locked."""
    return (
        Contribution.objects.visible_to(by)
        .filter(organisation=by.organisation, ended_at__isnull=True)
        .select_for_update(no_key=True, of=("self",))
        .select_related("requirement", "partnership")
    )


def _end(shared: Contribution, how: Contribution.Ended, *, by: Acting, now: datetime) -> None:
    shared.ended_at, shared.ended_by, shared.ended_how = now, by.membership, how
    shared.save(update_fields=["ended_at", "ended_by", "ended_how"])
