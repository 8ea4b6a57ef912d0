"""What an organisation counts in a return."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import ledger
from foundation.core.acting import Acting
from foundation.core.exceptions import RuleBroken
from training import permissions
from training.models import Course, Requirement, ReturnChoices
from training.return_files import Of, definitions


@transaction.atomic
def choose_for_return(
    *, definition: str, version: int, chosen: Mapping[str, Sequence[int]], by: Acting, now: datetime
) -> ReturnChoices:
    """Keep which requirements and courses stand for the parts of a return.

    Raises StaleVersion if somebody saved since ``version``, and RuleBroken for what is not in the lists.
    """
    permissions.check_can_manage_training(by)
    asked = definitions().get(definition)
    if asked is None:
        raise RuleBroken(_("This version of the portal does not know that return."))
    kept = {}
    for choice in asked.choices:
        model = Requirement if choice.of == Of.REQUIREMENTS else Course
        wanted = set(chosen.get(choice.code, ()))
        known = set(model.objects.visible_to(by).filter(pk__in=wanted).values_list("pk", flat=True))
        if wanted != known:
            raise RuleBroken(_("Select from the list."))
        kept[choice.code] = sorted(wanted)
    ReturnChoices.objects.bulk_create(
        [ReturnChoices(organisation=by.organisation, definition=definition)], ignore_conflicts=True
    )
    rows = ReturnChoices.objects.visible_to(by).filter(definition=definition)
    row = rows.select_for_update(no_key=True, of=("self",)).get()
    row.check_version(version)
    row.chosen = kept
    row.count_up(by_id=by.membership_id, now=now)
    row.save(update_fields=["chosen", *ReturnChoices.SAVED])
    ledger.record("training.return_chosen", actor=by, target=row, at=now, definition=definition, chosen=kept)
    return row
