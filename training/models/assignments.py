"""What each person is asked to learn, how they stand in it, and what was agreed with them about it.

An ``Assignment`` is never rewritten: what changes is closed and written anew, so that any past day can be read as it
was known then (ADR 41).
"""

from datetime import date, datetime, time, timedelta
from typing import Self

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.core.models import OrganisationQuerySet, OrganisationRow
from foundation.organisations.models import in_force
from training.models.completions import Completion, StaffQuerySet
from training.models.requirements import Requirement, Rule
from training.workflow import Standing


class Validity(OrganisationRow):
    """That something done counts for a requirement until a day: reckoned once, by the rule in force when it was done.

    ``valid_until`` is the last day; none: for ever. It comes nearer where a new version of the course asks everybody
    anew. ``ended_at``: it no longer counts, because the completion was withdrawn.
    """

    completion = models.ForeignKey(Completion, on_delete=models.PROTECT, related_name="validities")
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="+")
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="+")
    valid_until = models.DateField(_("valid until"), null=True)
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["completion", "requirement"], name="validity_once")]

    def __str__(self) -> str:
        return f"{self.completion_id} for {self.requirement_id}"


def end_of(day: date) -> datetime:
    """The moment at which a day is over, in the portal's time zone."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


class AssignmentQuerySet(StaffQuerySet):
    def known(self, on: date, *, today: date) -> Self:
        """The rows as they were known when a day ended; for today, as they are known now."""
        if on >= today:
            return self.filter(known_until__isnull=True)
        return self.known_at(end_of(on))

    def known_at(self, moment: datetime) -> Self:
        """The rows as they were known just before a moment; those that stand, for one that is yet to come."""
        return self.filter(Q(known_until__isnull=True) | Q(known_until__gte=moment), known_from__lt=moment)

    def asked(self, on: date, *, today: date) -> Self:
        """Who was asked for what on a day, as known then, each with ``standing``."""
        return self.known(on, today=today).filter(in_force(on)).with_standing(on)

    def with_standing(self, on: date) -> Self:
        """Each row with ``standing`` on a day: one of ``training.workflow.Standing``. It costs no further query."""
        good = Q(done_on__lte=on) & (Q(valid_until__isnull=True) | Q(valid_until__gte=on))
        in_time = Q(due_on__gte=on)
        return self.annotate(
            standing=Case(
                When(waived_from__lte=on, waived_until__gte=on, then=Value(Standing.WAIVED)),
                When(
                    in_force(on, "absent_from", "absent_until") & Q(absent_from__isnull=False),
                    then=Value(Standing.ABSENT),
                ),
                When(good & Q(expiring_from__lte=on), then=Value(Standing.EXPIRING)),
                When(good, then=Value(Standing.IN_DATE)),
                When(in_time & Q(begun_on__lte=on), then=Value(Standing.IN_PROGRESS)),
                When(in_time & Q(has_grace=True), then=Value(Standing.GRACE)),
                When(in_time, then=Value(Standing.NOT_STARTED)),
                default=Value(Standing.OVERDUE),
                output_field=models.CharField(),
            )
        )


class Assignment(OrganisationRow):
    """That a person comes under a requirement, and all that says how they stand in it on any day.

    True as known from ``known_from`` until ``known_until`` (none: still). ``because`` holds the codes of what in their
    post the rule asks for (see ``training.scope``). ``due_on``: the last day to do it, or to do it again.
    ``has_grace``: the time until then was given to a new starter or as an extension. Dates are days in the portal's
    time zone; ``waived_until`` and ``absent_until`` are last days.
    """

    standing: str  # only on rows read ``with_standing``

    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="assignments")
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey("organisations.Team", on_delete=models.PROTECT, null=True, related_name="+")
    job_title = models.CharField(_("job title"), max_length=200, blank=True)
    staff_group = models.CharField(_("staff group"), max_length=100, blank=True)
    because = models.JSONField(default=list)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    due_on = models.DateField(_("due"))
    has_grace = models.BooleanField(default=False)
    begun_on = models.DateField(null=True)
    completion = models.ForeignKey(Completion, on_delete=models.PROTECT, null=True, related_name="+")
    done_on = models.DateField(_("done"), null=True)
    valid_until = models.DateField(_("valid until"), null=True)
    expiring_from = models.DateField(null=True)
    waived_from = models.DateField(null=True)
    waived_until = models.DateField(null=True)
    absent_from = models.DateField(null=True)
    absent_until = models.DateField(null=True)
    known_from = models.DateTimeField()
    known_until = models.DateTimeField(null=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(
                fields=["organisation", "requirement", "due_on"],
                condition=Q(known_until__isnull=True),
                name="assignment_now",
            ),
            models.Index(
                fields=["organisation", "due_on", "id"], condition=Q(known_until__isnull=True), name="assignment_by_due"
            ),
            models.Index(fields=["membership", "requirement", "-known_from"], name="assignment_of_person"),
            models.Index(fields=["organisation", "known_from"], name="assignment_then"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["membership", "requirement"],
                condition=Q(known_until__isnull=True),
                name="assignment_known_once",
            ),
            models.CheckConstraint(
                name="assignment_known_until_after_from",
                condition=Q(known_until__isnull=True) | Q(known_until__gte=F("known_from")),
            ),
            models.CheckConstraint(
                name="assignment_done_whole_or_not_at_all",
                condition=Q(completion__isnull=True, done_on__isnull=True, valid_until__isnull=True)
                | Q(completion__isnull=False, done_on__isnull=False),
            ),
            models.CheckConstraint(
                name="assignment_waived_whole_or_not_at_all",
                condition=Q(waived_from__isnull=True, waived_until__isnull=True)
                | Q(waived_from__isnull=False, waived_until__gte=F("waived_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id}: {self.requirement_id}"


class Agreed(OrganisationRow):
    """What was agreed with somebody, by whom and why. Ended, never deleted."""

    membership = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=500)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True


class Waiver(Agreed):
    """A requirement that somebody need not do, from a day until a last day."""

    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("last day"))

    objects = StaffQuerySet.as_manager()

    class Meta:
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="waiver_ends_after_it_begins", condition=Q(ends_on__gte=F("starts_on"))),
            models.UniqueConstraint(
                fields=["membership", "requirement"], condition=Q(ended_at__isnull=True), name="waiver_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} waived {self.requirement_id}"


class Extension(Agreed):
    """More time to do a requirement that is due on ``was_due_on``: until ``due_on``. For that one time round only."""

    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="+")
    was_due_on = models.DateField(_("was due"))
    due_on = models.DateField(_("due"))

    objects = StaffQuerySet.as_manager()

    class Meta:
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="extension_is_later", condition=Q(due_on__gt=F("was_due_on"))),
            models.UniqueConstraint(
                fields=["membership", "requirement"], condition=Q(ended_at__isnull=True), name="extension_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} until {self.due_on}"


class Absence(Agreed):
    """Somebody who is away for long, such as on parental or sick leave: counted apart. No last day: not known yet.

    ``reason`` is one of a few codes: why somebody is ill is none of the portal's business.
    """

    class Kind(models.TextChoices):
        LEAVE = "leave", _("Long-term leave")
        SECONDED = "seconded", _("Seconded elsewhere")
        OTHER = "other", _("Away for another reason")

    reason = models.CharField(_("kind"), max_length=8, choices=Kind)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)

    objects = StaffQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="absence_ends_after_it_begins", condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on"))
            ),
            models.UniqueConstraint(
                fields=["membership"], condition=Q(ended_at__isnull=True), name="absence_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} away"


class PersonChange(OrganisationRow):
    """Somebody whose post changed since it was last worked out what they are asked. Written by triggers on people."""

    membership = models.ForeignKey("organisations.Membership", on_delete=models.CASCADE, related_name="+")

    objects = OrganisationQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.membership_id)
