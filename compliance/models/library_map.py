"""How the library's rows hang together: other tools' headings over them, rows to read beside them, older editions."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from compliance.models.library import Framework, Instrument, Requirement


class SectorEntry(models.Model):
    """Whom a sector covers and whom people wrongly think it covers, as the library understands the Act."""

    code = models.CharField(max_length=3, primary_key=True)
    title = models.CharField(max_length=120)
    covers = models.TextField()
    not_covered = models.TextField(blank=True)
    usually_specified_authority = models.BooleanField()
    mark = models.CharField(max_length=3)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.title


class Outline(models.Model):
    """The rows of a framework under the headings of another published tool, so that nobody answers twice.

    ``headings`` have number, title and rows (codes). A row may stand under several headings or under none.
    """

    code = models.CharField(max_length=40, primary_key=True)
    framework = models.ForeignKey(Framework, on_delete=models.CASCADE, related_name="outlines")
    title = models.CharField(max_length=200)
    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="outlines")
    mark = models.CharField(max_length=3)
    note = models.TextField(blank=True)
    headings = models.JSONField()

    class Meta:
        ordering = ["framework__position", "code"]

    def __str__(self) -> str:
        return self.title


class Relation(models.Model):
    """``origin`` names ``target``: as worth reading beside it, or as the older row that it replaced.

    Neither answers the other; that is ``SameQuestion``.
    """

    class Kind(models.TextChoices):
        RELATED = "related", _("Related")
        SUPERSEDES = "supersedes", _("Replaces")

    kind = models.CharField(max_length=10, choices=Kind)
    origin = models.ForeignKey(Requirement, on_delete=models.CASCADE, related_name="relations")
    target = models.ForeignKey(Requirement, on_delete=models.CASCADE, related_name="related_from")
    mark = models.CharField(max_length=3, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "origin", "target"], name="relation_once"),
            models.CheckConstraint(name="relation_not_to_itself", condition=~Q(origin=F("target"))),
        ]

    def __str__(self) -> str:
        return f"{self.origin_id} {self.kind} {self.target_id}"
