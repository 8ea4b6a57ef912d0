"""Organisations, what they took over from, whom they belong to and what they are made of."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.core.lookups import Among
from foundation.core.models import Edited, OrganisationQuerySet, OrganisationRow, saved_when_and_by_whom
from foundation.organisations.sectors import Nation, Sector

if TYPE_CHECKING:
    from foundation.core.acting import Acting


def in_force(on: date, starts: str = "starts_on", ends: str = "ends_on") -> Q:
    """Rows whose dates include ``on``. The end date itself is still in force."""
    return Q(**{f"{starts}__lte": on}) & (Q(**{f"{ends}__isnull": True}) | Q(**{f"{ends}__gte": on}))


class OrganisationsQuerySet(models.QuerySet):
    def visible_to(self, acting: "Acting") -> Self:
        """The acting organisation, the partnerships it belongs to and, for a partnership, its members."""
        today = timezone.localdate(acting.at)
        belongs_to = PartnershipMember.objects.filter(in_force(today), member_id=acting.organisation_id)
        has = PartnershipMember.objects.filter(in_force(today), organisation_id=acting.organisation_id)
        return self.filter(
            Q(pk=acting.organisation_id)
            | Q(pk__in=belongs_to.values("organisation_id"))
            | Q(pk__in=has.values("member_id"))
        )

    def active(self, on: date) -> Self:
        return self.filter(in_force(on, "active_from", "active_to"))


class Organisation(Edited):
    """A body that runs the duty, a partner of one, or a partnership of several.

    ``is_specified_authority`` says whether Schedule 6 of the Counter-Terrorism and Security Act 2015 lists it; that is
    not the same as its sector. ``active_to`` is the last day; what it took over from is in ``Succession``.
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
            saved_when_and_by_whom("organisation"),
        ]

    def __str__(self) -> str:
        return self.name

    def is_active(self, on: date) -> bool:
        return self.active_from <= on and (self.active_to is None or on <= self.active_to)

    @property
    def is_listed_or_answers_for_listed(self) -> bool:
        """Listed in Schedule 6, or a partnership, which is not listed itself and answers for members that are."""
        return self.is_specified_authority or self.kind == self.Kind.PARTNERSHIP

    @property
    def sector_labels(self) -> list[str]:
        return [str(Sector(code).label) for code in self.sectors]


class PartnershipMember(OrganisationRow):
    """``member`` belongs to the partnership ``organisation`` from a date to a date."""

    member = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="partnerships")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = OrganisationQuerySet.as_manager()

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


class IsMember(Among):
    """Whether a row's organisation is a member of a partnership on a day."""

    def __init__(self, partnership_id: int, on: date) -> None:
        members = PartnershipMember.objects.filter(in_force(on), organisation_id=partnership_id)
        super().__init__("organisation_id", members.values("member_id"))


class Succession(OrganisationRow):
    """``organisation`` took over from ``predecessor``: councils merge (many into one) and are split (one into many)."""

    predecessor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="successions")
    on = models.DateField(_("from"))

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "predecessor"], name="succession_once"),
            models.CheckConstraint(name="succession_not_of_itself", condition=~Q(predecessor=F("organisation"))),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} after {self.predecessor}"


class Team(OrganisationRow, Edited):
    """A part of an organisation: a service, faculty, ward or district team."""

    name = models.CharField(_("name"), max_length=200)
    part_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint("organisation", Lower("name"), name="team_name_once"),
            saved_when_and_by_whom("team"),
        ]

    def __str__(self) -> str:
        return self.name
