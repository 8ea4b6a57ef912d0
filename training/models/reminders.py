"""When an organisation reminds people of training, and when it tells those who lead them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.core.models import Edited, OrganisationQuerySet, OrganisationRow, saved_when_and_by_whom

MOST_DAYS = 365
MOST_TIMES = 5


class Weekday(models.IntegerChoices):
    """As Python counts them."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


def default_before() -> list[int]:
    return [30, 7]


def default_after() -> list[int]:
    return [1, 14]


class ReminderSettings(OrganisationRow, Edited):
    """On which days people are reminded. Absent means these defaults; an empty list means never.

    ``days_before`` fall, ``days_after`` rise. ``escalate_days_after``: when the line manager is told; none: nobody is.
    ``digest_on``: the weekday from which line managers and training managers get the week's; none: there is none.
    ``session_days_before``: from when people are told of a session in which they have a place; none: they are not.
    """

    days_before = ArrayField(models.PositiveSmallIntegerField(), size=MOST_TIMES, default=default_before)
    days_after = ArrayField(models.PositiveSmallIntegerField(), size=MOST_TIMES, default=default_after)
    escalate_days_after = models.PositiveSmallIntegerField(null=True, default=14)
    digest_on = models.PositiveSmallIntegerField(null=True, choices=Weekday, default=Weekday.MONDAY)

    session_days_before = models.PositiveSmallIntegerField(null=True, default=2, db_default=2)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation"], name="training_reminders_once"),
            models.CheckConstraint(
                name="training_reminders_escalated_in_range",
                condition=Q(escalate_days_after__isnull=True) | Q(escalate_days_after__range=(1, MOST_DAYS)),
            ),
            models.CheckConstraint(
                name="training_reminders_digest_on_a_weekday",
                condition=Q(digest_on__isnull=True) | Q(digest_on__range=(0, 6)),
            ),
            models.CheckConstraint(
                name="training_reminders_of_sessions_in_range",
                condition=Q(session_days_before__isnull=True) | Q(session_days_before__range=(1, MOST_DAYS)),
            ),
            saved_when_and_by_whom("training_reminders"),
        ]

    def __str__(self) -> str:
        return f"Reminders of training of {self.organisation_id}"
