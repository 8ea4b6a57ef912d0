"""What people say to each other about an action."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from actionplans.models.actions import Action
from foundation.core.models import OrganisationQuerySet, OrganisationRow


class Comment(OrganisationRow):
    """Only ever added."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="comments")
    text = models.TextField(_("comment"))
    written_at = models.DateTimeField()
    written_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["-written_at", "-pk"]
        indexes = [models.Index(fields=["organisation", "action", "-written_at"])]

    def __str__(self) -> str:
        return f"comment {self.pk}"


class Mention(OrganisationRow):
    """Somebody who was told about a comment: they could see the action when it was written."""

    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="mentions")
    membership = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "membership"], name="mention_once")]

    def __str__(self) -> str:
        return str(self.membership_id)
