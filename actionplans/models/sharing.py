"""What a member of a partnership reports to it of the member's own actions, and where the partnership puts it."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from actionplans.models.actions import Action, DatedQuerySet, Rag
from actionplans.models.plans import Objective, Plan, PlanQuerySet
from actionplans.standing import Facts
from actionplans.workflow import Status
from foundation.core import addresses
from foundation.core.models import OrganisationRow, reference_field
from foundation.organisations.models import IsMember

if TYPE_CHECKING:
    from foundation.core.acting import Acting

SHORT = 600
# What follows the action while it is reported. Everything else is as it was on the day it was reported.
FACTS = ("status", "starts_on", "due_on", "original_due_on", "percent", "rag", "noted_on", "finished_on")


class ReportedActionQuerySet(DatedQuerySet):
    def visible_to(self, acting: "Acting") -> Self:
        """What the organisation reports or reported, and what members report now to the partnership that it is."""
        if not acting.may("plan.view"):
            return self.none()
        return self.filter(Q(organisation_id=acting.organisation_id) | self._to(acting))

    def given_by(self, acting: "Acting") -> Self:
        """Only what the organisation acted for reports or reported itself."""
        return self.filter(organisation_id=acting.organisation_id) if acting.may("plan.view") else self.none()

    def gathered_by(self, acting: "Acting") -> Self:
        """Only what members report now to the partnership acted for."""
        return self.filter(self._to(acting)) if acting.may("plan.view") else self.none()

    def gathered_on(self, partnership_id: int, on: date) -> Self:
        """What members report to a partnership on a day. Who may see it is the caller's to ask."""
        return self.filter(IsMember(partnership_id, on), partnership_id=partnership_id, ended_at__isnull=True)

    @staticmethod
    def _to(acting: "Acting") -> Q:
        reported = Q(partnership_id=acting.organisation_id, ended_at__isnull=True)
        return reported & Q(IsMember(acting.organisation_id, timezone.localdate(acting.at)))


class AsReported:
    """What follows from the fields of a reported action, whatever holds them."""

    __slots__ = ()
    reference: str
    code: str
    title: str
    status: str
    starts_on: date
    due_on: date
    percent: int | None
    noted_on: date | None

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def get_absolute_url(self) -> str:
        """The partnership's page of it."""
        return addresses.of_row("actionplans:gathered", self.reference)

    @property
    def facts(self) -> Facts:
        """What its standing is computed from, in the same way as an action's."""
        return Facts(self.status, self.starts_on, self.due_on, self.percent, self.noted_on)


class ReportedAction(AsReported, OrganisationRow):
    """One action of a member as the partnership may read it: its words are frozen, its facts follow the action.

    Gone from the partnership when it is taken back; nothing of it moves after that.
    """

    class Ended(models.TextChoices):
        TAKEN_BACK = "taken_back", _("Taken back")
        RENEWED = "renewed", _("Reported anew")

    reference = reference_field(unique=True)
    partnership = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="reports")
    code = models.CharField(_("reference in the member's plan"), max_length=20)
    title = models.CharField(_("action"), max_length=200)
    success_measure = models.TextField(_("how we will know that it worked"))
    comment = models.CharField(_("short comment"), max_length=SHORT, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status)
    starts_on = models.DateField(_("start"))
    due_on = models.DateField(_("due"))
    original_due_on = models.DateField(_("first due"))
    percent = models.PositiveSmallIntegerField(_("percentage done"), null=True)
    rag = models.CharField(_("own rating"), max_length=5, choices=Rag, blank=True)
    noted_on = models.DateField(_("last progress"), null=True)
    finished_on = models.DateField(_("finished"), null=True)
    reported_at = models.DateTimeField()
    reported_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    ended_how = models.CharField(max_length=10, choices=Ended, blank=True)

    objects = ReportedActionQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(fields=["partnership", "due_on", "id"], condition=Q(ended_at=None), name="reported_by_due"),
            models.Index(fields=["partnership", "title", "id"], condition=Q(ended_at=None), name="reported_by_title"),
            models.Index(fields=["organisation", "action"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "partnership", "action"],
                condition=Q(ended_at__isnull=True),
                name="action_reported_once",
            ),
            models.CheckConstraint(
                name="reported_action_ended_when_by_whom_and_how",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, ended_how="")
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_how=""),
            ),
            models.CheckConstraint(name="reported_action_not_to_itself", condition=~Q(partnership=F("organisation"))),
        ]


class Gathered(OrganisationRow):
    """Where a partnership puts an action that a member reports to it: in which plan, under which objective."""

    reported = models.OneToOneField(ReportedAction, on_delete=models.PROTECT, related_name="place")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="gathered")
    objective = models.ForeignKey(Objective, on_delete=models.PROTECT, null=True, related_name="+")
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["organisation", "plan", "objective"])]

    def __str__(self) -> str:
        return f"{self.reported_id} in {self.plan_id}"

    @property
    def reference(self) -> str:
        """Of what was placed. Load ``reported`` with the row."""
        return self.reported.reference
