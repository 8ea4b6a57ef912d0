"""What happened, who did it and when. Rows are only ever added."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.core.models import OrganisationQuerySet


class Event(models.Model):
    """One thing that happened. No foreign keys: an event outlives what it is about.

    Holds references, field names and coded values; never free text or the names of people. ``at`` is when it happened,
    ``recorded_at`` when the row was written (both UTC). ``facts`` is JSON text, kept exactly as it is hashed.
    ``organisation_id`` is empty for what belongs to no organisation, such as a failed sign-in.
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
    recorded_at = models.DateTimeField()
    request_id = models.CharField(max_length=32, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["organisation_id", "-at", "-id"]),
            models.Index(fields=["organisation_id", "target_type", "target_id", "-at"]),
            models.Index(fields=["organisation_id", "verb", "-at"]),
            models.Index(fields=["organisation_id", "actor_membership_id", "-at"]),
        ]

    def __str__(self) -> str:
        return self.verb
