"""How everybody stood at the end of each quarter: written once, never changed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.core.models import OrganisationQuerySet, OrganisationRow
from training.models.requirements import Requirement


class Group(models.TextChoices):
    """Of whom the figures are."""

    ALL = "all", _("Everybody")
    TEAM = "team", _("Team")
    STAFF_GROUP = "staff_group", _("Staff group")


class Snapshot(OrganisationRow):
    """How the people of one group stood in one requirement when a quarter ended, as was known then.

    ``title``, ``course_title``, ``target`` and ``group_name`` are the words of that day. A group without a name holds
    those who are in no team, or of whom no staff group is known. ``counts``: people by ``training.workflow.Standing``.
    """

    quarter_end = models.DateField(_("quarter ended"))
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("requirement"), max_length=120)
    course_title = models.CharField(_("course"), max_length=120)
    target = models.PositiveSmallIntegerField(_("target in per cent"), null=True)
    group = models.CharField(_("group"), max_length=11, choices=Group)
    team = models.ForeignKey("organisations.Team", on_delete=models.PROTECT, null=True, related_name="+")
    group_name = models.CharField(_("name of the group"), max_length=200, blank=True)
    counts = models.JSONField()
    taken_at = models.DateTimeField(_("written"))

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["-quarter_end", "title", "requirement", "group", "group_name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "quarter_end", "requirement", "group", "team", "group_name"],
                nulls_distinct=False,
                name="snapshot_once",
            ),
            models.CheckConstraint(
                name="snapshot_team_only_of_a_team", condition=Q(team__isnull=True) | Q(group=Group.TEAM)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} on {self.quarter_end:%Y-%m-%d}"
