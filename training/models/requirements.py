"""What an organisation asks its people to learn: whom, which course, how often. What was asked is never rewritten."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from foundation.core import addresses
from foundation.core.models import (
    Edited,
    OrganisationQuerySet,
    OrganisationRow,
    reference_field,
    saved_when_and_by_whom,
)
from training.models.courses import Course, CourseQuerySet


class Anchor(models.TextChoices):
    """From what a rule reckons how long something done is good for."""

    COMPLETION = "completion", _("From the day it was done")
    WINDOW = "window", _("Once in each period of the calendar")


class Requirement(OrganisationRow, Edited):
    """A course that some people are to do. Whom and how often it asks is in its rules, of which one is in force.

    ``worked_out_at``: when it was first worked out whom it asks. ``target``: per cent in date aimed for, if any.
    """

    reference = reference_field(unique=True)
    title = models.CharField(_("title"), max_length=120)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+", verbose_name=_("course"))
    target = models.PositiveSmallIntegerField(_("target in per cent"), null=True, blank=True)
    starts_on = models.DateField(_("asked from"))
    created_at = models.DateTimeField()
    worked_out_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(
                "organisation", Lower("title"), condition=Q(withdrawn_at__isnull=True), name="training_requirement_once"
            ),
            models.CheckConstraint(
                name="training_requirement_target_is_a_percentage",
                condition=Q(target__isnull=True) | Q(target__gte=1, target__lte=100),
            ),
            saved_when_and_by_whom("training_requirement"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return addresses.of_row("training:requirement", self.reference)


class Rule(OrganisationRow):
    """Whom a requirement asks, and how often, from ``saved_at`` until ``ended_at``. Only ever added.

    ``scope`` is ``training.scope.Scope`` as JSON. ``months``: how long something done is good for; none: for ever.
    With a window, ``window_from`` is the first day of one period and ``months`` the length of all of them.
    ``grace_days``: how long somebody has who comes under it; ``expiring_days``: how long before the end it is said.
    """

    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="rules")
    number = models.PositiveSmallIntegerField()
    scope = models.JSONField()
    anchor = models.CharField(_("reckoned"), max_length=10, choices=Anchor, default=Anchor.COMPLETION)
    months = models.PositiveSmallIntegerField(_("every so many months"), null=True, blank=True)
    window_from = models.DateField(_("first day of a period"), null=True, blank=True)
    grace_days = models.PositiveSmallIntegerField(_("days to do it in"), default=28)
    expiring_days = models.PositiveSmallIntegerField(_("days of notice"), default=60)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["requirement", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["requirement", "number"], name="training_rule_number_once"),
            models.UniqueConstraint(
                fields=["requirement"], condition=Q(ended_at__isnull=True), name="training_rule_in_force_once"
            ),
            models.CheckConstraint(
                name="training_rule_months_make_sense",
                condition=Q(months__isnull=True) | Q(months__gte=1, months__lte=120),
            ),
            models.CheckConstraint(
                name="training_rule_window_whole_or_not_at_all",
                condition=Q(anchor=Anchor.COMPLETION, window_from__isnull=True)
                | Q(anchor=Anchor.WINDOW, window_from__isnull=False, months__isnull=False),
            ),
            models.CheckConstraint(
                name="training_rule_days_make_sense", condition=Q(grace_days__lte=730, expiring_days__lte=365)
            ),
            models.CheckConstraint(
                name="training_rule_ends_after_it_began",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("saved_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.requirement_id} rule {self.number}"


class Equivalence(models.Model):
    """That one course counts for another: the portal's own table (no organisation), or what an organisation added.

    ``months``: good for so long, whatever the rule says; none: as the rule says. ``only_after``: counts only for those
    who did the other course before, as a refresher does. Completions after ``ended_on`` no longer count through it.
    """

    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    done = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+", verbose_name=_("course done"))
    counts_for = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+", verbose_name=_("counts for"))
    months = models.PositiveSmallIntegerField(_("good for so many months"), null=True, blank=True)
    only_after = models.BooleanField(_("only for those who did the other course before"), default=False)
    reason = models.CharField(_("why"), max_length=300)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    ended_on = models.DateField(_("last day"), null=True, blank=True)

    objects = CourseQuerySet.as_manager()

    class Meta:
        ordering = ["counts_for", "done", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "done", "counts_for"],
                condition=Q(ended_on__isnull=True),
                nulls_distinct=False,
                name="equivalence_once",
            ),
            models.CheckConstraint(name="equivalence_of_two_courses", condition=~Q(done=F("counts_for"))),
            models.CheckConstraint(
                name="equivalence_months_make_sense",
                condition=Q(months__isnull=True) | Q(months__gte=1, months__lte=120),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.done_id} counts for {self.counts_for_id}"
