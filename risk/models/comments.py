"""What people say of an assessment while it is written and reviewed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.core.models import OrganisationQuerySet, OrganisationRow
from risk.models.assessments import Assessment
from risk.models.risks import Entry


class Comment(OrganisationRow):
    """A comment on an assessment or on one of its risks. Only ever added: a comment that was wrong is answered."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="comments")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="comments")
    text = models.TextField(_("comment"))
    written_at = models.DateTimeField()
    written_by = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["-written_at", "-pk"]
        indexes = [models.Index(fields=["organisation", "assessment", "-written_at", "-id"])]

    def __str__(self) -> str:
        return f"Comment on {self.assessment_id}"
