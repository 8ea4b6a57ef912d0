"""Notices, the letters about them, what people want to receive, and which reminders they had."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.core.models import OrganisationQuerySet, OrganisationRow, reference_field
from foundation.notifications import kinds
from foundation.notifications.workflow import Delivery, MailStatus

if TYPE_CHECKING:
    from foundation.core.acting import Acting

MOST_ATTEMPTS = 8


class PersonalQuerySet(OrganisationQuerySet):
    """Rows that belong to one person in one organisation; nobody else sees them."""

    def visible_to(self, acting: "Acting") -> Self:
        return super().visible_to(acting).filter(membership_id=acting.membership_id)


class NoticeQuerySet(PersonalQuerySet):
    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)

    def with_things(self) -> Self:
        """Each notice with ``thing``, what its target is called, for its sentence. It costs no further query."""
        return self.annotate(thing=kinds.things())


class OutgoingMail(OrganisationRow):
    """A letter on its way. It holds no address and no text: both are made when it is sent, from what is true then.

    ``message_id`` stays the same however often it is tried, so that a server that took it twice can see that.
    """

    class About(models.TextChoices):
        NOTICE = "notice", _("One notice")
        DIGEST = "digest", _("The day's notices")

    membership = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    about = models.CharField(max_length=10, choices=About)
    key = models.CharField(max_length=40)
    message_id = models.CharField(max_length=120)
    status = models.CharField(_("status"), max_length=10, choices=MailStatus, default=MailStatus.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(status__in=["waiting", "sending"]), name="mail_to_be_sent"
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "membership", "key"], name="mail_once_per_event"),
            models.CheckConstraint(
                name="mail_sent_has_a_time",
                condition=Q(status=MailStatus.SENT, sent_at__isnull=False)
                | ~Q(status=MailStatus.SENT) & Q(sent_at__isnull=True),
            ),
            models.CheckConstraint(
                name="mail_sending_means_leased",
                condition=Q(status=MailStatus.SENDING, lease_until__isnull=False)
                | ~Q(status=MailStatus.SENDING) & Q(lease_until__isnull=True),
            ),
            models.CheckConstraint(name="mail_attempts", condition=Q(attempts__lte=MOST_ATTEMPTS)),
        ]

    def __str__(self) -> str:
        return self.key

    def is_due(self, now: datetime) -> bool:
        return self.status == MailStatus.WAITING and self.next_attempt_at <= now


class Notice(OrganisationRow):
    """Something a person should look at. Its text is made from its kind and the target's reference when it is read."""

    thing: str | None = ""  # only on rows read ``with_things``

    reference = reference_field(unique=True)
    membership = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=80)
    target_type = models.CharField(max_length=60)
    target_id = models.BigIntegerField()
    target_reference = models.CharField(max_length=60, blank=True)
    event = models.CharField(max_length=40, blank=True)
    delivery = models.CharField(max_length=12, choices=Delivery)
    mail = models.ForeignKey(OutgoingMail, on_delete=models.PROTECT, null=True, related_name="notices")
    created_at = models.DateTimeField(_("when"))
    read_at = models.DateTimeField(_("read"), null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["organisation", "membership", "-created_at", "-id"], name="notice_of_person"),
            models.Index(
                fields=["organisation", "membership"], condition=Q(read_at__isnull=True), name="notice_unread"
            ),
            models.Index(
                fields=["organisation", "membership"],
                condition=Q(delivery="daily", mail__isnull=True, read_at__isnull=True),
                name="notice_for_digest",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "membership", "kind", "target_type", "target_id", "event"],
                name="notice_once_per_event",
            )
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def sentence(self) -> str:
        return kinds.sentence(self.kind, self.target_reference, self.thing or "")

    @property
    def address(self) -> str:
        return kinds.address(self.kind, self.target_reference)


class Preference(OrganisationRow):
    """When a person wants letters about one group of notices. Without a row: at once."""

    membership = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    group = models.CharField(max_length=40)
    delivery = models.CharField(max_length=12, choices=Delivery, default=Delivery.IMMEDIATELY)

    objects = PersonalQuerySet.as_manager()

    class Meta:
        ordering = ["group", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "membership", "group"], name="preference_once_per_group")
        ]

    def __str__(self) -> str:
        return self.group


class Reminder(OrganisationRow):
    """That a person was reminded of something in one cycle. The unique key is why nobody is reminded twice."""

    membership = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=80)
    target_type = models.CharField(max_length=60)
    target_id = models.BigIntegerField()
    cycle = models.CharField(max_length=40)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()

    objects = PersonalQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "target_type", "target_id", "cycle", "membership"],
                name="reminder_once_per_cycle",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.cycle}"
