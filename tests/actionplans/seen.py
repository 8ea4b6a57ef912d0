"""What stands in the database and the ledger after a deed, read as somebody of the organisation."""

from actionplans.models import Action
from foundation.core.acting import acting_as
from foundation.ledger.models import Event
from foundation.notifications.models import Notice


def verbs(by, target) -> list[str]:
    with acting_as(by):
        rows = Event.objects.filter(target_type="actionplans.action", target_id=target.pk).order_by("pk")
        return list(rows.values_list("verb", flat=True))


def as_it_stands(by, row) -> Action:
    with acting_as(by):
        return Action.objects.visible_to(by).get(pk=row.pk)


def notices(by) -> list[str]:
    with acting_as(by):
        rows = Notice.objects.visible_to(by).filter(membership_id=by.membership_id)
        return sorted(rows.values_list("kind", flat=True))
