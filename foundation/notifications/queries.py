from foundation.core.acting import Acting
from foundation.notifications import kinds
from foundation.notifications.models import Notice, Preference
from foundation.notifications.workflow import Delivery


def unread_count(acting: Acting) -> int:
    """How many notices this person has not read: one query over an index of unread ones."""
    return Notice.objects.visible_to(acting).unread().order_by().count()


def preferences(acting: Acting) -> dict[str, Delivery]:
    """What this person wants for each group of notices."""
    chosen = dict(Preference.objects.visible_to(acting).values_list("group", "delivery"))
    return {group: Delivery(chosen.get(group, Delivery.IMMEDIATELY)) for group in kinds.groups()}
