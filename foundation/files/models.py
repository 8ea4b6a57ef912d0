"""Stored files: what somebody uploaded, and the sealed bytes that several uploads of one organisation may share."""

from datetime import datetime, timedelta
from typing import BinaryIO, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation.core import encryption
from foundation.core.models import OrganisationQuerySet, OrganisationRow, reference_field
from foundation.files.examination.types import FileType
from foundation.files.sealing import open_sealed
from foundation.files.storage import store
from foundation.files.workflow import JUDGED, WAITING, Status

SCAN_MAY_TAKE = timedelta(minutes=10)


class StoredBytes(OrganisationRow):
    """One content of one organisation: sealed under a key of its own, which lies here, wrapped by the key ring.

    ``address`` is a keyed hash, so that neither the name nor the folder says what is inside or that another
    organisation holds the same. Without ``wrapped_key`` nobody can read the bytes: deleting the row destroys them,
    wherever copies lie. ``damaged_at`` is set by the nightly check.
    """

    address = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    wrapped_key = models.BinaryField()
    stored_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)
    damaged_at = models.DateTimeField(null=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("stored bytes")
        verbose_name_plural = _("stored bytes")
        indexes = [models.Index(fields=["checked_at"], name="bytes_by_last_check")]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "address"], name="stored_bytes_once"),
            models.CheckConstraint(name="stored_bytes_not_empty", condition=Q(size__gt=0)),
        ]

    def __str__(self) -> str:
        return self.address[:8]

    @property
    def name(self) -> str:
        """What the store knows them by."""
        return f"{self.organisation_id}/{self.address}"

    @property
    def place(self) -> str:
        """What key and bytes are bound to: moved to another row or organisation they do not open."""
        return f"files.storedbytes:{self.organisation_id}:{self.address}"

    def open(self) -> BinaryIO:
        """The content in clear, seekable. Raises BytesMissing or CannotDecrypt."""
        key = encryption.decrypt(bytes(self.wrapped_key), place=self.place)
        return open_sealed(store().open(self.name), key, place=self.place, size=self.size)


class StoredFileQuerySet(OrganisationQuerySet):
    def for_list(self) -> Self:
        return self.select_related("uploaded_by").order_by("-uploaded_at", "-pk")

    def waiting(self, now: datetime) -> Self:
        """In quarantine, or left behind by a scan that never came back."""
        return self.filter(
            Q(status=Status.QUARANTINED) | Q(status=Status.SCANNING, scan_started_at__lt=now - SCAN_MAY_TAKE)
        )


class StoredFile(OrganisationRow):
    """A file somebody uploaded. Nothing about it changes but its state.

    ``purpose`` names the room and record it belongs to, such as ``evidence.item``; the room says who may open it.
    ``original_name`` is what the person called it: shown, offered on download, and used for nothing else. ``sha256``
    and ``size`` are of what is stored (an image is stored redrawn, without hidden data) and stay when the bytes go.
    """

    reference = reference_field(unique=True)
    purpose = models.CharField(max_length=60)
    bytes = models.ForeignKey(StoredBytes, on_delete=models.PROTECT, null=True, related_name="files")
    original_name = models.CharField(_("file name"), max_length=150)
    file_type = models.CharField(_("type"), max_length=8, choices=FileType)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    size = models.PositiveBigIntegerField(_("size"))

    status = models.CharField(_("state"), max_length=12, choices=Status, default=Status.RECEIVED)
    scan_started_at = models.DateTimeField(null=True)
    scanned_at = models.DateTimeField(_("scanned"), null=True)
    scanner = models.CharField(_("scanner"), max_length=60, blank=True)
    signatures = models.CharField(_("signatures"), max_length=60, blank=True)
    finding = models.CharField(_("finding"), max_length=120, blank=True)
    uploaded_at = models.DateTimeField(_("uploaded"))
    uploaded_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    withdrawn_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        indexes = [
            models.Index(fields=["organisation", "-uploaded_at", "-id"], name="file_newest"),
            models.Index(fields=["uploaded_at"], condition=Q(status__in=sorted(WAITING)), name="file_waiting"),
        ]
        constraints = [
            models.CheckConstraint(
                name="file_judged_means_when_and_by_what",
                condition=Q(scanned_at__isnull=False) & ~Q(scanner="")
                | ~Q(status__in=sorted(JUDGED)) & Q(scanned_at__isnull=True, scanner=""),
            ),
            models.CheckConstraint(
                name="file_withdrawn_means_when",
                condition=Q(status=Status.WITHDRAWN, withdrawn_at__isnull=False)
                | ~Q(status=Status.WITHDRAWN) & Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True),
            ),
            models.CheckConstraint(
                name="file_has_bytes_unless_withdrawn",
                condition=Q(bytes__isnull=False) | Q(status=Status.WITHDRAWN),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("files:download", args=[self.reference])

    @property
    def is_waiting(self) -> bool:
        return self.status in WAITING

    @property
    def status_colour(self) -> str:
        """The colour of the tag that says the state in words."""
        return {Status.CLEAN: "green", Status.INFECTED: "red", Status.REFUSED: "red", Status.NOT_SCANNED: "yellow"}.get(
            Status(self.status), "grey"
        )
