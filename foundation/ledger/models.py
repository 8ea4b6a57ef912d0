"""What happened, who did it and when. Rows are only ever added."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from foundation.core.models import OrganisationQuerySet


class Event(models.Model):
    """One thing that happened. No foreign keys: an event outlives what it is about.

    Holds references, field names and coded values; never free text or the names of people. ``at`` is when it happened,
    ``recorded_at`` when the row was written (both UTC). ``facts`` is JSON text, kept exactly as it is hashed.
    ``organisation_id`` is empty for what belongs to no organisation, such as a failed sign-in.

    The database itself fills ``recorded_at`` and a column the ORM does not know, ``transaction_id``, by which the
    sealer tells settled events from those still being written; the app role has no right to write either.
    """

    organisation_id = models.BigIntegerField(null=True)
    actor_user_id = models.BigIntegerField(null=True)
    actor_membership_id = models.BigIntegerField(null=True)
    system_purpose = models.CharField(max_length=40, blank=True)
    verb = models.CharField(_("what happened"), max_length=80)
    target_type = models.CharField(max_length=60, blank=True)
    target_id = models.BigIntegerField(null=True)
    target_reference = models.CharField(max_length=60, blank=True)
    facts = models.TextField(default="{}")
    at = models.DateTimeField(_("when"))
    recorded_at = models.DateTimeField(db_default=Now())
    request_id = models.CharField(max_length=32, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["organisation_id", "-at", "-id"]),
            models.Index(fields=["organisation_id", "target_type", "target_id", "-at"]),
            models.Index(fields=["organisation_id", "verb", "-at"]),
            models.Index(fields=["organisation_id", "actor_membership_id", "-at"]),
            models.Index(
                fields=["organisation_id", "target_reference", "-at"],
                condition=~models.Q(target_reference=""),
                name="ledger_event_by_reference",
            ),
        ]

    def __str__(self) -> str:
        return self.verb


class Seal(models.Model):
    """One link of the chain: the event that stands at ``sequence``, and a hash that binds it to all before it.

    ``digest`` is SHA-256 over the event's row; ``hash`` is SHA-256 over the hash of the seal before it and the digest
    (see ``canonical``). Sequences run from 1 without a gap. Rows are only ever added, by the sealer.
    """

    sequence = models.BigIntegerField(primary_key=True)
    event_id = models.BigIntegerField(unique=True)
    digest = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["sequence"]

    def __str__(self) -> str:
        return f"{self.sequence}: event {self.event_id}"


class SealerState(models.Model):
    """What the sealer last saw: one row, rewritten at every run, so that a sealer that stopped is noticed.

    ``waiting_since`` is when the oldest event was recorded that could not be sealed yet. Every event written by a
    database transaction before ``transaction_id`` is sealed: the next run looks from there on.
    """

    class Problem(models.TextChoices):
        BEHIND_CHECKPOINT = "behind_checkpoint", _("The ledger ends before the last checkpoint.")
        CHECKPOINT_DIFFERS = "checkpoint_differs", _("The ledger is not the one the last checkpoint was made of.")
        CHECKPOINT_DAMAGED = "checkpoint_damaged", _("The last checkpoint cannot be read or its signature is wrong.")
        CHECKPOINT_NOT_WRITTEN = "checkpoint_not_written", _("The checkpoint could not be written.")

    LATE_AFTER = timedelta(minutes=5)

    ran_at = models.DateTimeField()
    sequence = models.BigIntegerField(default=0)
    transaction_id = models.BigIntegerField(default=0)
    waiting_since = models.DateTimeField(null=True)
    checkpoint_at = models.DateTimeField(null=True)
    checkpoint_sequence = models.BigIntegerField(null=True)
    problem = models.CharField(max_length=40, choices=Problem, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="sealer_state_is_one_row", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return f"sealed up to {self.sequence}"

    def is_late(self, now: datetime) -> bool:
        """True when the sealer has not run, or an event has waited, for more than five minutes."""
        return now - min(self.ran_at, self.waiting_since or self.ran_at) > self.LATE_AFTER


class Verification(models.Model):
    """The outcome of reading the whole chain again. ``fault`` is empty when nothing was wrong (see ``faults``)."""

    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    first_sequence = models.BigIntegerField()
    last_sequence = models.BigIntegerField()
    fault = models.CharField(max_length=40, blank=True)
    fault_sequence = models.BigIntegerField(null=True)
    fault_event_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["-ended_at", "-pk"]

    def __str__(self) -> str:
        return self.fault or "no fault"
