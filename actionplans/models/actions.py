"""An action: one thing to do, linked to everything that asks for it; and what people note about it."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, Func, IntegerField, OuterRef, Q, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from actionplans.models.plans import Objective, Plan
from actionplans.recurrence import Recurrence, Repeats
from actionplans.standing import BEHIND_BY, SILENT_AFTER, Facts
from actionplans.workflow import OPEN, Status
from foundation.core import addresses
from foundation.core.models import (
    Edited,
    OrganisationQuerySet,
    OrganisationRow,
    reference_field,
    saved_when_and_by_whom,
)

if TYPE_CHECKING:
    from foundation.core.acting import Acting

FINISHED = [Status.DONE, Status.CANCELLED]


class Priority(models.IntegerChoices):
    HIGH = 1, _("High")
    MEDIUM = 2, _("Medium")
    LOW = 3, _("Low")


class Rag(models.TextChoices):
    """What the action's people say of it. Whether it is overdue is computed and stands beside this."""

    NONE = "", _("Not rated")
    GREEN = "green", _("On track")
    AMBER = "amber", _("At risk, with a recovery plan")
    RED = "red", _("Off track")


class DatedQuerySet(OrganisationQuerySet):
    """What has the dates and the progress of an action, whosever it is."""

    def open(self) -> Self:
        return self.filter(status__in=OPEN)

    def overdue(self, today: date) -> Self:
        """As ``standing.is_overdue``."""
        return self.open().filter(due_on__lt=today)

    def drifting(self, today: date) -> Self:
        """As ``standing.is_drifting``: a test compares the two."""
        return self.with_lag(today).filter(drifts(today))

    def with_lag(self, today: date) -> Self:
        """With what ``drifts`` reads."""
        day = Cast(Value(today), models.DateField())
        length = Func(F("due_on"), F("starts_on"), template="(%(expressions)s)", arg_joiner=" - ")
        gone = Func(day, F("starts_on"), template="(%(expressions)s)", arg_joiner=" - ")
        silence = Func(day, F("heard_on"), template="(%(expressions)s)", arg_joiner=" - ", output_field=IntegerField())
        return self.annotate(heard_on=Coalesce("noted_on", "starts_on")).annotate(
            silent_for=silence,
            lag=ExpressionWrapper(
                Func(gone, template="(%(expressions)s)", output_field=IntegerField()) * 100
                - Func(length, template="(%(expressions)s)", output_field=IntegerField())
                * (F("percent") + BEHIND_BY + 1),
                output_field=IntegerField(),
            ),
        )


def drifts(today: date) -> Q:
    """Of rows ``with_lag``: those that drift on a day."""
    late_start = Q(status=Status.NOT_STARTED, starts_on__lt=today)
    silent = Q(status=Status.IN_PROGRESS, silent_for__gt=SILENT_AFTER.days)
    # On the due date itself all of the time has gone, also for what starts and ends on one day.
    behind = Q(percent__isnull=False, starts_on__lt=F("due_on"), lag__gte=0)
    on_the_day = Q(due_on=today, starts_on=F("due_on"), percent__lt=100 - BEHIND_BY)
    return Q(status__in=OPEN, due_on__gte=today) & (late_start | silent | behind | on_the_day)


class ActionQuerySet(DatedQuerySet):
    def visible_to(self, acting: "Acting") -> Self:
        """All actions for those whose role includes reading plans; for everybody else those that are theirs to do."""
        rows = super().visible_to(acting)
        return rows if acting.may("plan.view") else rows.of(acting)

    def of(self, acting: "Acting") -> Self:
        """Actions this person owns, supports or is accountable for, or that their team owns."""
        me = acting.membership_id
        supports = Exists(Supporter.objects.filter(action=OuterRef("pk"), membership_id=me))
        mine = Q(owner_id=me) | Q(accountable_id=me) | Q(supports)
        if acting.membership.team_id is not None:
            mine |= Q(team_id=acting.membership.team_id)
        return self.filter(mine)


class ActionFields(models.Model):
    """What is said of an action when it is written."""

    title = models.CharField(_("action"), max_length=200)
    description = models.TextField(_("what exactly is done"), blank=True)
    success_measure = models.TextField(_("how we will know that it worked"))
    relevance = models.TextField(_("why it matters"), blank=True)
    resources = models.TextField(_("what it needs, and how that is achievable"), blank=True)
    partner = models.CharField(_("partner organisation that does it"), max_length=200, blank=True)
    owner = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    team = models.ForeignKey("organisations.Team", on_delete=models.PROTECT, null=True, related_name="+")
    accountable = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, default=Priority.MEDIUM)
    starts_on = models.DateField(_("start"))
    due_on = models.DateField(_("due"))
    cost = models.DecimalField(_("cost in pounds"), max_digits=10, decimal_places=2, null=True)
    funding = models.CharField(_("funding"), max_length=200, blank=True)
    repeats = models.CharField(_("repeats"), max_length=10, choices=Repeats, default=Repeats.NEVER)
    every_months = models.PositiveSmallIntegerField(_("months between"), null=True)
    on_day = models.PositiveSmallIntegerField(_("day of the month"), null=True)

    class Meta:
        abstract = True


class Action(ActionFields, OrganisationRow, Edited):
    """One thing to do. ``code`` is what people call it ("A7"), made of its ``number``.

    ``original_due_on`` stays when the due date moves. ``rag`` is its people's own judgement. ``outcome`` and ``impact``
    are what came of it. ``follows`` is the action of the round before, where it recurs.
    """

    reference = reference_field(unique=True)
    number = models.PositiveIntegerField()
    code = models.CharField(_("reference in the plan"), max_length=20)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="actions")
    objective = models.ForeignKey(Objective, on_delete=models.PROTECT, null=True, related_name="actions")
    original_due_on = models.DateField(_("first due"))
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.NOT_STARTED)
    percent = models.PositiveSmallIntegerField(_("percentage done"), null=True)
    noted_on = models.DateField(_("last progress"), null=True)
    rag = models.CharField(_("own rating"), max_length=5, choices=Rag, default=Rag.NONE, blank=True)
    rag_reason = models.TextField(_("reason for the rating"), blank=True)
    rated_at = models.DateTimeField(null=True)
    rated_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    finished_on = models.DateField(_("finished"), null=True)
    finished_at = models.DateTimeField(null=True)
    finished_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.TextField(_("outcome"), blank=True)
    impact = models.TextField(_("impact"), blank=True)
    cancelled_reason = models.TextField(_("why it was cancelled"), blank=True)
    follows = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="followed_by")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(fields=["organisation", "due_on", "id"]),
            models.Index(fields=["organisation", "title", "id"]),
            models.Index(fields=["organisation", "priority", "id"]),
            models.Index(fields=["organisation", "status", "due_on", "id"]),
            models.Index(fields=["organisation", "owner"]),
            models.Index(fields=["organisation", "accountable"]),
            models.Index(fields=["organisation", "team"]),
            models.Index(fields=["organisation", "plan", "due_on"]),
            # What a plan and the board begin with, however many there are.
            models.Index(fields=["organisation", "plan", "objective", "due_on", "id"], name="action_of_an_objective"),
            models.Index(fields=["organisation", "plan", "objective", "status"], name="action_counted"),
            models.Index(fields=["organisation", "status", "-finished_at", "id"], name="action_ended_last"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="action_number_once"),
            models.CheckConstraint(name="action_due_not_before_its_start", condition=Q(due_on__gte=F("starts_on"))),
            models.CheckConstraint(
                name="action_has_an_owner", condition=Q(owner__isnull=False) | Q(team__isnull=False) | ~Q(partner="")
            ),
            models.CheckConstraint(
                name="action_percentage", condition=Q(percent__isnull=True) | Q(percent__range=(0, 100))
            ),
            models.CheckConstraint(
                name="action_rated_with_a_reason",
                condition=Q(rag="", rag_reason="", rated_at__isnull=True, rated_by__isnull=True)
                | Q(rag__in=["green", "amber", "red"], rated_at__isnull=False, rated_by__isnull=False)
                & ~Q(rag_reason=""),
            ),
            models.CheckConstraint(
                name="action_finished_when_and_by_whom",
                condition=Q(
                    status__in=FINISHED,
                    finished_on__isnull=False,
                    finished_at__isnull=False,
                    finished_by__isnull=False,
                )
                | ~Q(status__in=FINISHED)
                & Q(finished_on__isnull=True, finished_at__isnull=True, finished_by__isnull=True),
            ),
            models.CheckConstraint(
                name="action_done_with_an_outcome", condition=~Q(status=Status.DONE) | ~Q(outcome="")
            ),
            models.CheckConstraint(
                name="action_cancelled_with_a_reason",
                condition=Q(status=Status.CANCELLED) & ~Q(cancelled_reason="")
                | ~Q(status=Status.CANCELLED) & Q(cancelled_reason=""),
            ),
            models.CheckConstraint(
                name="action_repeats_wholly_or_not",
                condition=Q(repeats=Repeats.NEVER, every_months__isnull=True, on_day__isnull=True)
                | Q(repeats=Repeats.AFTER_DONE, every_months__range=(1, 60), on_day__isnull=True)
                | Q(repeats=Repeats.CALENDAR, every_months__range=(1, 60), on_day__range=(1, 31)),
            ),
            saved_when_and_by_whom("action"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def get_absolute_url(self) -> str:
        return addresses.of_row("actionplans:action", self.reference)

    @property
    def facts(self) -> Facts:
        """What its standing is computed from."""
        return Facts(self.status, self.starts_on, self.due_on, self.percent, self.noted_on)

    @property
    def recurrence(self) -> Recurrence:
        return Recurrence(Repeats(self.repeats), self.every_months, self.on_day)


class Supporter(OrganisationRow):
    """Somebody who helps with an action."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="supporters")
    membership = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["membership__name", "pk"]
        constraints = [models.UniqueConstraint(fields=["action", "membership"], name="supporter_once")]

    def __str__(self) -> str:
        return str(self.membership_id)


class Progress(OrganisationRow):
    """What was noted about an action, and how it stood then. Only ever added."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="notes")
    note = models.TextField(_("progress"))
    percent = models.PositiveSmallIntegerField(null=True)
    status = models.CharField(max_length=12, choices=Status)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["-noted_at", "-pk"]
        indexes = [models.Index(fields=["organisation", "action", "-noted_at"])]

    def __str__(self) -> str:
        return f"{self.action_id} {self.status}"


class DueChange(OrganisationRow):
    """A due date that moved, from when to when, by whom and why. Only ever added."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="due_changes")
    before_on = models.DateField()
    due_on = models.DateField()
    reason = models.TextField(_("why"))
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="due_moved_with_a_reason", condition=~Q(reason="") & ~Q(before_on=F("due_on")))
        ]

    def __str__(self) -> str:
        return f"{self.action_id} {self.due_on}"


class Carried(OrganisationRow):
    """An open action that went from one year's plan to the next, when and by whom. Only ever added."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="carried")
    before = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="carried_forward")
    after = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    carried_at = models.DateTimeField()
    carried_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["-carried_at", "-pk"]
        indexes = [models.Index(fields=["organisation", "before"])]
        constraints = [
            models.UniqueConstraint(fields=["action", "before"], name="carried_once_from_a_plan"),
            models.CheckConstraint(name="carried_to_another_plan", condition=~Q(before=F("after"))),
        ]

    def __str__(self) -> str:
        return f"{self.action_id}: {self.before_id} to {self.after_id}"
