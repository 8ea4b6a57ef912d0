"""Comments on an action, and telling somebody about one."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from actionplans.actions.locking import person
from actionplans.models import Action, Comment, Mention
from foundation import ledger, notifications
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from foundation.organisations.acting import for_membership


@transaction.atomic
def comment(*, action_id: int, text: str, mention_ids: Iterable[int] = (), by: Acting, now: datetime) -> Comment:
    """Comment on an action that one may see, and tell those who are mentioned.

    Refused as a whole where one of them cannot see the action: they are told nothing, and the author no more than that.
    """
    row = Action.objects.visible_to(by).get(pk=action_id)
    if not text.strip():
        raise RuleBroken(_("Write a comment."))
    mentioned = [person(pk, by, now) for pk in sorted(set(mention_ids))]
    for each in mentioned:
        their = for_membership(each.user, each, at=now)
        if not Action.objects.visible_to(their).filter(pk=row.pk).exists():
            raise RuleBroken(_("%(name)s cannot see this action, so nothing was sent.") % {"name": each.name})
    said = Comment.objects.create(
        organisation=by.organisation, action=row, text=text.strip(), written_at=now, written_by=by.membership
    )
    Mention.objects.bulk_create(
        Mention(organisation=by.organisation, comment=said, membership=each) for each in mentioned
    )
    ledger.record("action.commented", actor=by, target=row, at=now, code=row.code, mentions=len(mentioned))
    told = {each.pk: str(said.pk) for each in mentioned if each.pk != by.membership_id}
    notifications.notify_many(events=told, kind="actionplans.mentioned", target=row, by=by, now=now)
    return said
