from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Fault(models.TextChoices):
    """What can be wrong with the ledger, in words for people."""

    EDITED = "edited", _("The event was edited after it was sealed.")
    DELETED = "deleted", _("The event was deleted.")
    RENUMBERED = "renumbered", _("The event was given another number.")
    SWAPPED = "swapped", _("The event carries what belongs to another event: two were swapped.")
    INSERTED = "inserted", _("The event was inserted past the sealer.")
    SEAL_MISSING = "seal_missing", _("The seal was deleted or given another number.")
    SEAL_INSERTED = "seal_inserted", _("The seal was inserted: the chain goes on without it.")
    SEAL_EDITED = "seal_edited", _("The seal was edited: it does not follow from the one before.")
    SEALS_SWAPPED = "seals_swapped", _("The seal stands in the wrong place: two were swapped.")
    REWRITTEN = "rewritten", _("The chain was rewritten: it is not the one this checkpoint was made of.")
    TAIL_CUT = "tail_cut", _("The end of the ledger was cut off: the last checkpoint had more events.")
    OLD_COPY = "old_copy", _("The database is an older copy: the last checkpoint had more events.")
    CHECKPOINT_DAMAGED = "checkpoint_damaged", _("A checkpoint was forged or damaged.")
    NOT_SEALED = "not_sealed", _("The event has waited for a seal for more than five minutes.")


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: what, at which sequence of the chain and with which event, as far as it applies."""

    fault: Fault
    sequence: int | None = None
    event_id: int | None = None
    detail: str = ""

    def __str__(self) -> str:
        places = [f"seal {self.sequence}"] if self.sequence is not None else []
        places += [f"event {self.event_id}"] if self.event_id is not None else []
        return " ".join(filter(None, [", ".join(places) + ":" if places else "", str(self.fault.label), self.detail]))
