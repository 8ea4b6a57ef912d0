"""The people of an organisation, their roles, and the letters that give them a sign-in."""

from datetime import date, datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.core.models import (
    Edited,
    OrganisationQuerySet,
    OrganisationRow,
    reference_field,
    saved_when_and_by_whom,
)
from foundation.organisations.models.organisations import Team, in_force
from foundation.organisations.roles import Role


class Employment(models.TextChoices):
    """What somebody is to the organisation. Empty where it was not said."""

    PERMANENT = "permanent", _("Permanent")
    FIXED_TERM = "fixed_term", _("Fixed term")
    CASUAL = "casual", _("Casual or bank")
    AGENCY = "agency", _("Agency")
    CONTRACTOR = "contractor", _("Contractor")
    VOLUNTEER = "volunteer", _("Volunteer")
    ELECTED = "elected", _("Elected member")
    GOVERNOR = "governor", _("Governor or trustee")


class MembershipQuerySet(OrganisationQuerySet):
    def current(self, on: date) -> Self:
        """Memberships in force on a day. One that was joined with another is nobody's own, on any day."""
        return self.filter(in_force(on), joined_into__isnull=True)

    def for_list(self) -> Self:
        """All that a list of people touches, in a fixed order."""
        return self.select_related("team").order_by("name", "pk")


class Membership(OrganisationRow, Edited):
    """A person's place in an organisation, with or without a sign-in.

    Training, ownership and mentions point here: 60,000 staff are memberships, of whom some are users.
    ``staff_group`` is the employer's own word for the kind of work, such as "Front line" or "Clinical".
    ``joined_into``: the same person's other membership, which was kept when somebody saw that they are one. It is never
    a joined one itself. What this one was known by still leads there (see people_files.staging).
    """

    reference = reference_field(unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail address"), max_length=254, blank=True)
    staff_number = models.CharField(_("staff number"), max_length=50, blank=True)
    external_id = models.CharField(_("id at the identity provider"), max_length=255, blank=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships")
    job_title = models.CharField(_("job title"), max_length=200, blank=True)
    staff_group = models.CharField(_("staff group"), max_length=100, blank=True, default="", db_default="")
    employment = models.CharField(
        _("employment"), max_length=10, choices=Employment, blank=True, default="", db_default=""
    )
    line_manager = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="manages", verbose_name=_("line manager")
    )
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    joined_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="joined", db_index=False
    )
    joined_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        indexes = [  # one for each column that the list of people is sorted by, and one to find people by e-mail
            models.Index(fields=["organisation", "name", "id"]),
            models.Index(fields=["organisation", "staff_number", "id"]),
            models.Index(fields=["organisation", "starts_on", "id"]),
            models.Index(fields=["organisation", "email"]),
            models.Index(fields=["joined_into"], condition=Q(joined_into__isnull=False), name="membership_joined_into"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "staff_number"],
                condition=~Q(staff_number="") & Q(joined_into__isnull=True),
                name="membership_staff_number_once",
            ),
            models.UniqueConstraint(
                fields=["organisation", "external_id"],
                condition=~Q(external_id="") & Q(joined_into__isnull=True),
                name="membership_external_id_once",
            ),
            models.UniqueConstraint(fields=["organisation", "user"], name="membership_user_once"),
            models.CheckConstraint(
                name="membership_not_its_own_line_manager",
                condition=Q(line_manager__isnull=True) | ~Q(line_manager=F("pk")),
            ),
            models.CheckConstraint(
                name="membership_ends_after_it_begins",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")) | Q(joined_into__isnull=False),
            ),
            models.CheckConstraint(
                name="membership_joined_into_another_when",
                condition=Q(joined_into__isnull=True, joined_at__isnull=True)
                | Q(joined_into__isnull=False, joined_at__isnull=False, ends_on__isnull=False)
                & ~Q(joined_into=F("pk")),
            ),
            saved_when_and_by_whom("membership"),
        ]

    def __str__(self) -> str:
        return self.name

    def is_current(self, on: date) -> bool:
        return self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)

    def has_left(self, by: date) -> bool:
        return self.ends_on is not None and self.ends_on < by


class RoleGrantQuerySet(OrganisationQuerySet):
    def in_force(self, on: date) -> Self:
        return self.filter(in_force(on))


class RoleGrant(OrganisationRow):
    """A role for a membership from a date to a date. Never changed but for its end; see roles.py for what it allows."""

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="role_grants")
    role = models.CharField(_("role"), max_length=40, choices=Role)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("why it was given"), max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    end_reason = models.CharField(_("why it was ended"), max_length=500, blank=True)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        ordering = ["role", "pk"]
        indexes = [models.Index(fields=["organisation", "role", "membership"])]
        constraints = [
            models.CheckConstraint(
                name="role_grant_ends_after_it_begins",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on") - 1),
            ),
            models.CheckConstraint(
                name="role_grant_inspector_is_time_boxed", condition=~Q(role=Role.INSPECTOR) | Q(ends_on__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["membership", "role"], condition=Q(ends_on__isnull=True), name="role_grant_open_once"
            ),
        ]

    def __str__(self) -> str:
        return self.get_role_display()


class InvitationQuerySet(OrganisationQuerySet):
    def open(self, at: datetime) -> Self:
        """Those that can still be accepted."""
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=at)


class Invitation(OrganisationRow):
    """A letter with a secret that turns a membership into a sign-in: once, within 72 hours.

    Only a hash of the secret is stored.
    """

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="invitations")
    secret_hash = models.CharField(max_length=64, unique=True)
    email = models.EmailField(max_length=254)
    site = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    mailed_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="invitation_accepted_or_withdrawn",
                condition=Q(accepted_at__isnull=True) | Q(withdrawn_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Invitation of {self.sent_at:%Y-%m-%d}"

    def is_open(self, at: datetime) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None and at < self.expires_at
