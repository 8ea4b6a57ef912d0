"""Evidence: what shows that something was done. Linked from answers, and later from risks and actions."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from foundation.core import addresses
from foundation.core.markings import Marking
from foundation.core.models import OrganisationQuerySet, OrganisationRow, Versioned, reference_field

if TYPE_CHECKING:
    from foundation.core.acting import Acting


NEVER = date(9999, 12, 31)  # the last day of what does not expire, where rows are sorted by it


class Kind(models.TextChoices):
    FILE = "file", _("File")
    LINK = "link", _("Link")
    NOTE = "note", _("Note")


class EvidenceFields(models.Model):
    """What a piece of evidence says of itself. The same columns stand on the item and on each of its revisions."""

    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=4, choices=Kind)
    effective_from = models.DateField(_("effective from"))
    effective_to = models.DateField(_("effective to"), null=True, blank=True)
    expires_on = models.DateField(_("last day it counts"), null=True, blank=True)
    marking = models.CharField(_("marking"), max_length=30, choices=Marking, default=Marking.OFFICIAL)
    note = models.TextField(_("note"), blank=True)
    link = models.URLField(_("link"), max_length=1_000, blank=True)
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owner = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.TextField(blank=True)

    class Meta:
        abstract = True

    def evidence_fields(self) -> dict[str, Any]:
        """The values of these fields by column, to copy them into a revision."""
        return {field.attname: getattr(self, field.attname) for field in EvidenceFields._meta.concrete_fields}

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None

    def is_expired(self, on: date) -> bool:
        """True once ``expires_on`` has passed; that day itself still counts."""
        return self.expires_on is not None and self.expires_on < on


class EvidenceQuerySet(OrganisationQuerySet):
    def visible_to(self, acting: "Acting") -> Self:
        """The organisation's evidence, for those whose role includes reading it."""
        rows = super().visible_to(acting)
        return rows if acting.may("evidence.view") else rows.none()

    def current(self, on: date) -> Self:
        """Neither withdrawn nor expired on a day."""
        return self.filter(Q(withdrawn_at__isnull=True), Q(expires_on__isnull=True) | Q(expires_on__gte=on))

    def expiring_within(self, days: int, on: date) -> Self:
        return self.filter(withdrawn_at__isnull=True, expires_on__range=(on, on + timedelta(days=days)))

    def for_list(self) -> Self:
        """All that a list touches, in a fixed order."""
        return self.select_related("owner", "file").order_by("title", "pk")


class EvidenceItem(EvidenceFields, OrganisationRow, Versioned):
    """One piece of evidence as it stands; how it stood before is in its revisions."""

    reference = reference_field(unique=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField()

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        indexes = [
            models.Index(fields=["organisation", "title", "id"]),
            models.Index(fields=["organisation", "expires_on", "id"]),
            models.Index(fields=["organisation", "-updated_at", "-id"]),
            models.Index(fields=["organisation", "effective_from", "id"]),
            models.Index(fields=["organisation", "kind", "id"]),
            models.Index(fields=["organisation", "reference", "id"]),
            models.Index(
                F("organisation"), Coalesce("expires_on", Value(NEVER)), F("id"), name="evidence_counts_until"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="evidence_kind_has_its_content",
                condition=Q(kind=Kind.FILE, file__isnull=False, link="")
                | Q(kind=Kind.LINK, file__isnull=True) & ~Q(link="")
                | Q(kind=Kind.NOTE, file__isnull=True, link="") & ~Q(note=""),
            ),
            models.CheckConstraint(
                name="evidence_ends_after_it_begins",
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
            ),
            models.CheckConstraint(
                name="evidence_expires_after_it_begins",
                condition=Q(expires_on__isnull=True) | Q(expires_on__gte=F("effective_from")),
            ),
            models.CheckConstraint(
                name="evidence_withdrawn_with_a_reason",
                condition=Q(withdrawn_at__isnull=True, withdrawn_reason="")
                | Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return addresses.of_row("evidence:item", self.reference)


class EvidenceRevision(EvidenceFields, OrganisationRow):
    """An item as it stood from ``changed_at`` on. Only ever added; ``number`` equals the item's version."""

    item = models.ForeignKey(EvidenceItem, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["item", "number"]
        constraints = [models.UniqueConstraint(fields=["item", "number"], name="evidence_revision_once")]

    def __str__(self) -> str:
        return f"{self.item_id} revision {self.number}"


class EvidenceUse(OrganisationRow):
    """Base of a room's own table that says which evidence stands behind what, from when until when."""

    evidence = models.ForeignKey(EvidenceItem, on_delete=models.PROTECT, related_name="%(class)s_uses")
    linked_at = models.DateTimeField()
    linked_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    unlinked_at = models.DateTimeField(null=True, blank=True)
    unlinked_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_unlinked_when_and_by_whom",
                condition=Q(unlinked_at__isnull=True, unlinked_by__isnull=True)
                | Q(unlinked_at__isnull=False, unlinked_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"evidence {self.evidence_id}"
