"""Organisations and the people in them."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.core.models import OrganisationQuerySet, OrganisationRow, Versioned, reference_field
from foundation.organisations.roles import Role
from foundation.organisations.sectors import Nation, Sector

if TYPE_CHECKING:
    from foundation.core.acting import Acting


def in_force(on: date, starts: str = "starts_on", ends: str = "ends_on") -> Q:
    """Rows whose dates include ``on``. The end date itself is still in force."""
    return Q(**{f"{starts}__lte": on}) & (Q(**{f"{ends}__isnull": True}) | Q(**{f"{ends}__gte": on}))


class OrganisationsQuerySet(models.QuerySet):
    def visible_to(self, acting: "Acting") -> Self:
        """The acting organisation, the partnerships it belongs to and, for a partnership, its members."""
        today = acting.at.date()
        belongs_to = PartnershipMember.objects.filter(in_force(today), member_id=acting.organisation_id)
        has = PartnershipMember.objects.filter(in_force(today), organisation_id=acting.organisation_id)
        return self.filter(
            Q(pk=acting.organisation_id)
            | Q(pk__in=belongs_to.values("organisation_id"))
            | Q(pk__in=has.values("member_id"))
        )

    def active(self, on: date) -> Self:
        return self.filter(in_force(on, "active_from", "active_to"))


class Organisation(Versioned):
    """A body that runs the duty, a partner of one, or a partnership of several.

    ``is_specified_authority`` says whether Schedule 6 of the Counter-Terrorism and Security Act 2015 lists it; that is
    not the same as its sector. ``active_to`` is the last day; ``successor_of`` is what it took over from.
    """

    class Kind(models.TextChoices):
        AUTHORITY = "authority", _("Authority or provider")
        PARTNERSHIP = "partnership", _("Partnership of organisations")

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("name in addresses"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.AUTHORITY)
    sectors = ArrayField(models.CharField(max_length=3, choices=Sector), verbose_name=_("sectors"), default=list)
    nation = models.CharField(_("nation"), max_length=10, choices=Nation, default=Nation.ENGLAND)
    is_specified_authority = models.BooleanField(_("listed in Schedule 6 of the Act"), default=True)
    active_from = models.DateField(_("active from"))
    active_to = models.DateField(_("active to"), null=True, blank=True)
    successor_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="successors")
    open_unscanned_files = models.BooleanField(
        _("people may open files that no scanner has checked"),
        default=False,
        help_text=_("Only matters where no virus scanner is connected."),
    )

    objects = OrganisationsQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="organisation_ends_after_it_begins",
                condition=Q(active_to__isnull=True) | Q(active_to__gte=F("active_from")),
            ),
            models.CheckConstraint(
                name="organisation_sectors_known",
                condition=Q(sectors__contained_by=Sector.values),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_active(self, on: date) -> bool:
        return self.active_from <= on and (self.active_to is None or on <= self.active_to)

    @property
    def sector_labels(self) -> list[str]:
        return [str(Sector(code).label) for code in self.sectors]


class PartnershipMember(OrganisationRow):
    """``member`` belongs to the partnership ``organisation`` from a date to a date."""

    member = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="partnerships")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["member__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "member", "starts_on"], name="partnership_member_once"),
            models.CheckConstraint(
                name="partnership_member_ends_after_start",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(name="partnership_not_its_own_member", condition=~Q(member=F("organisation"))),
        ]

    def __str__(self) -> str:
        return f"{self.member} in {self.organisation}"


class Team(OrganisationRow):
    """A part of an organisation: a service, faculty, ward or district team."""

    name = models.CharField(_("name"), max_length=200)
    part_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts")

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="team_name_once")]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(OrganisationQuerySet):
    def current(self, on: date) -> Self:
        """Memberships in force on a day."""
        return self.filter(in_force(on))

    def for_list(self) -> Self:
        """All that a list of people touches, in a fixed order."""
        return self.select_related("team").order_by("name", "pk")


class Membership(OrganisationRow, Versioned):
    """A person's place in an organisation, with or without a sign-in.

    Training, ownership and mentions point here: 60,000 staff are memberships, of whom some are users.
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
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["organisation", "name", "id"]), models.Index(fields=["organisation", "email"])]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "staff_number"],
                condition=~Q(staff_number=""),
                name="membership_staff_number_once",
            ),
            models.UniqueConstraint(
                fields=["organisation", "external_id"], condition=~Q(external_id=""), name="membership_external_id_once"
            ),
            models.UniqueConstraint(fields=["organisation", "user"], name="membership_user_once"),
            models.CheckConstraint(
                name="membership_ends_after_it_begins",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_current(self, on: date) -> bool:
        return self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)


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
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        ordering = ["role", "pk"]
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


class Invitation(OrganisationRow):
    """A letter with a secret that turns a membership into a sign-in: once, within 72 hours.

    Only a hash of the secret is stored.
    """

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="invitations")
    secret_hash = models.CharField(max_length=64, unique=True)
    email = models.EmailField(max_length=254)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

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
