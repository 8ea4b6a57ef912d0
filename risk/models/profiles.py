"""The register of local profiles: editions, briefings and recommendations. Never the profile itself."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.core import addresses
from foundation.core.markings import Marking
from foundation.core.models import (
    Edited,
    OrganisationQuerySet,
    OrganisationRow,
    reference_field,
    saved_when_and_by_whom,
)
from risk.models.risks import Risk
from risk.profile_workflow import ANSWERED, Response, State

if TYPE_CHECKING:
    from foundation.core.acting import Acting


class ProfileQuerySet(OrganisationQuerySet):
    def visible_to(self, acting: "Acting") -> Self:
        """The organisation's register, for those whose role includes reading it."""
        rows = super().visible_to(acting)
        return rows if acting.may("risk.view") else rows.none()


class CtlpEdition(OrganisationRow, Edited):
    """One edition of the local profile: what it is and where it is kept, outside the portal."""

    reference = reference_field(unique=True)
    title = models.CharField(_("title"), max_length=200)
    originator = models.CharField(_("originator"), max_length=200)
    period_from = models.DateField(_("period from"))
    period_to = models.DateField(_("period to"))
    issued_on = models.DateField(_("issued on"))
    marking = models.CharField(_("marking"), max_length=30, choices=Marking, default=Marking.OFFICIAL_SENSITIVE)
    held_at = models.CharField(_("where it is held"), max_length=300)
    note = models.TextField(_("note"), blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")

    objects = ProfileQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_on", "-pk"]
        indexes = [
            models.Index(fields=["organisation", "-issued_on", "-id"]),
            models.Index(fields=["organisation", "title", "id"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "originator", "title"], name="ctlp_edition_once"),
            models.CheckConstraint(
                name="ctlp_edition_ends_after_it_begins", condition=Q(period_to__gte=F("period_from"))
            ),
            models.CheckConstraint(name="ctlp_edition_is_held_somewhere", condition=~Q(held_at="")),
            saved_when_and_by_whom("ctlp_edition"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return addresses.of_row("risk:local_profile", self.reference)


class CtlpBriefing(OrganisationRow):
    """Who was briefed on an edition: a person of the organisation, or a role or name of a partner body. Only added."""

    edition = models.ForeignKey(CtlpEdition, on_delete=models.PROTECT, related_name="briefings")
    membership = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    other = models.CharField(_("role or name in a partner body"), max_length=200, blank=True)
    briefed_on = models.DateField(_("briefed on"))
    briefed_by = models.CharField(_("briefed by"), max_length=200)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")

    objects = ProfileQuerySet.as_manager()

    class Meta:
        ordering = ["-briefed_on", "-pk"]
        indexes = [models.Index(fields=["organisation", "edition", "-briefed_on", "-id"])]
        constraints = [
            models.CheckConstraint(
                name="ctlp_briefing_of_one_person",
                condition=Q(membership__isnull=False, other="") | Q(membership__isnull=True) & ~Q(other=""),
            )
        ]

    def __str__(self) -> str:
        return self.other or str(self.membership)


class CtlpRecommendation(OrganisationRow, Edited):
    """A recommendation in words that the originator agrees may be recorded, and what we answered."""

    reference = reference_field(unique=True)
    edition = models.ForeignKey(CtlpEdition, on_delete=models.PROTECT, related_name="recommendations")
    code = models.CharField(_("number in the profile"), max_length=20)
    text = models.TextField(_("recommendation"))
    may_be_recorded = models.BooleanField(_("the originator agrees that this wording is recorded"))
    recommended_to = models.CharField(_("recommended to"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    response = models.CharField(_("response"), max_length=12, choices=Response, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    responded_at = models.DateTimeField(null=True)
    responded_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    sent_on = models.DateField(_("response sent to the police on"), null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")

    objects = ProfileQuerySet.as_manager()

    class Meta:
        ordering = ["code", "pk"]
        indexes = [
            models.Index(fields=["organisation", "edition", "code", "id"]),
            models.Index(fields=["organisation", "code", "id"]),
            models.Index(fields=["organisation", "state", "id"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="ctlp_recommendation_once"),
            models.CheckConstraint(name="ctlp_recommendation_may_be_recorded", condition=Q(may_be_recorded=True)),
            models.CheckConstraint(
                name="ctlp_recommendation_answered_when_and_by_whom",
                condition=Q(
                    state=State.OPEN, response="", reason="", responded_at__isnull=True, responded_by__isnull=True
                )
                | Q(state__in=ANSWERED, responded_at__isnull=False, responded_by__isnull=False) & ~Q(response=""),
            ),
            models.CheckConstraint(
                name="ctlp_recommendation_not_accepted_with_a_reason",
                condition=Q(response__in=["", Response.ACCEPTED]) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="ctlp_recommendation_not_accepted_is_not_done",
                condition=Q(response=Response.NOT_ACCEPTED, state=State.CLOSED)
                | ~Q(response=Response.NOT_ACCEPTED) & ~Q(state=State.CLOSED),
            ),
            models.CheckConstraint(
                name="ctlp_recommendation_sent_once_answered", condition=Q(sent_on__isnull=True) | ~Q(response="")
            ),
            saved_when_and_by_whom("ctlp_recommendation"),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return addresses.of_row("risk:recommendation", self.reference)


class RecommendationRisk(OrganisationRow):
    """A recommendation bears on a risk, from a time and until it was unlinked."""

    recommendation = models.ForeignKey(CtlpRecommendation, on_delete=models.PROTECT, related_name="risk_links")
    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="recommendation_links")
    linked_at = models.DateTimeField()
    linked_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    unlinked_at = models.DateTimeField(null=True)
    unlinked_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")

    objects = ProfileQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["recommendation", "risk"],
                condition=Q(unlinked_at__isnull=True),
                name="recommendation_linked_to_a_risk_once",
            ),
            models.CheckConstraint(
                name="recommendation_unlinked_when_and_by_whom",
                condition=Q(unlinked_at__isnull=True, unlinked_by__isnull=True)
                | Q(unlinked_at__isnull=False, unlinked_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recommendation_id} bears on {self.risk_id}"
