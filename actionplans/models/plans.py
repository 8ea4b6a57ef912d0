"""A plan, the objectives its actions stand under, and how an organisation reminds people."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from actionplans.groupings import Grouping
from actionplans.workflow import PlanStatus
from foundation.core import addresses
from foundation.core.markings import Marking
from foundation.core.models import (
    Edited,
    OrganisationQuerySet,
    OrganisationRow,
    reference_field,
    saved_when_and_by_whom,
)

if TYPE_CHECKING:
    from foundation.core.acting import Acting


class PlanQuerySet(OrganisationQuerySet):
    def visible_to(self, acting: "Acting") -> Self:
        """The organisation's plans, for those whose role includes reading them."""
        rows = super().visible_to(acting)
        return rows if acting.may("plan.view") else rows.none()


class Plan(OrganisationRow, Edited):
    """What an organisation does in a period to lower its risks. A closed one is kept as it was.

    ``follows`` is the plan of the year before, where this one was begun from it.
    """

    reference = reference_field(unique=True)
    title = models.CharField(_("title"), max_length=200)
    period_from = models.DateField(_("from"))
    period_to = models.DateField(_("to"))
    grouping = models.CharField(_("objectives"), max_length=12, choices=Grouping)
    marking = models.CharField(_("marking"), max_length=30, choices=Marking, default=Marking.OFFICIAL)
    summary = models.TextField(_("what the plan is to achieve"), blank=True)
    owner = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(_("status"), max_length=10, choices=PlanStatus, default=PlanStatus.DRAFT)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    activated_at = models.DateTimeField(null=True)
    activated_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    closing_note = models.TextField(_("what the plan achieved"), blank=True)
    follows = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="followed_by")

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["-period_from", "-pk"]
        indexes = [
            models.Index(fields=["organisation", "-period_from", "-id"]),
            models.Index(fields=["organisation", "title", "id"]),
        ]
        constraints = [
            models.CheckConstraint(name="plan_ends_after_it_begins", condition=Q(period_to__gte=F("period_from"))),
            models.CheckConstraint(
                name="plan_activated_when_and_by_whom",
                condition=Q(status=PlanStatus.DRAFT, activated_at__isnull=True, activated_by__isnull=True)
                | ~Q(status=PlanStatus.DRAFT) & Q(activated_at__isnull=False, activated_by__isnull=False),
            ),
            models.CheckConstraint(
                name="plan_closed_when_by_whom_and_with_what",
                condition=Q(status=PlanStatus.CLOSED, closed_at__isnull=False, closed_by__isnull=False)
                & ~Q(closing_note="")
                | ~Q(status=PlanStatus.CLOSED) & Q(closed_at__isnull=True, closed_by__isnull=True, closing_note=""),
            ),
            saved_when_and_by_whom("plan"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return addresses.of_row("actionplans:plan", self.reference)


class Objective(OrganisationRow, Edited):
    """A heading of a plan, with the actions under it."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="objectives")
    title = models.CharField(_("objective"), max_length=200)
    position = models.PositiveSmallIntegerField(default=0)

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "title"], name="objective_once_in_a_plan"),
            saved_when_and_by_whom("objective"),
        ]

    def __str__(self) -> str:
        return self.title


class Settings(OrganisationRow, Edited):
    """When an organisation reminds owners, and when it tells the accountable person. Absent means these defaults."""

    remind_days_before = models.PositiveSmallIntegerField(_("remind this many days before the due date"), default=14)
    escalate_days_after = models.PositiveSmallIntegerField(_("escalate this many days after it"), default=14)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation"], name="plan_settings_once"),
            models.CheckConstraint(
                name="plan_settings_in_range",
                condition=Q(remind_days_before__range=(1, 90), escalate_days_after__range=(1, 180)),
            ),
            saved_when_and_by_whom("plan_settings"),
        ]

    def __str__(self) -> str:
        return f"Settings of action plans of {self.organisation_id}"
