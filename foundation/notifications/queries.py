from foundation.core.acting import Acting
from foundation.core.prepared import Prepared, Question, stand_in
from foundation.notifications import kinds
from foundation.notifications.models import Notice, Preference
from foundation.notifications.workflow import Delivery


def unread_count(acting: Acting) -> int:
    """How many notices this person has not read, counted to 1,000: one query over an index of unread ones."""
    return len(_UNREAD.rows(acting.organisation_id, acting.membership_id))


def asking_unread(*, organisation_id: int, membership_id: int) -> Question:
    """The same question, to ask together with others: its answer has as many rows."""
    return _UNREAD.question(organisation_id, membership_id)


_UNREAD = Prepared(
    lambda organisation_id, membership_id: (
        Notice.objects.visible_to(stand_in(organisation_id=organisation_id, membership_id=membership_id))
        .unread()
        .order_by()
        .values_list("pk")[:1_000]
    ),
    int,
    int,
)


def preferences(acting: Acting) -> dict[str, Delivery]:
    """What this person wants for each group of notices."""
    chosen = dict(Preference.objects.visible_to(acting).values_list("group", "delivery"))
    return {group: Delivery(chosen.get(group, Delivery.IMMEDIATELY)) for group in kinds.groups()}
