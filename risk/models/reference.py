"""Reference data that all organisations share: themes of risk and kinds of ideology, each from a day to a day."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class CategoryQuerySet(models.QuerySet):
    def in_force(self, on: date) -> Self:
        return self.filter(Q(in_force_to__isnull=True) | Q(in_force_to__gte=on), in_force_from__lte=on)


class Category(models.Model):
    """A theme or an ideology as it is called from a day on. Written by ``load_risk_library`` alone.

    A code stays the same when its wording changes: that is a new row. What is no longer offered keeps its rows.
    """

    class Kind(models.TextChoices):
        THEME = "theme", _("Theme")
        IDEOLOGY = "ideology", _("Ideology")

    kind = models.CharField(max_length=10, choices=Kind)
    code = models.CharField(max_length=40)
    label = models.CharField(max_length=100)
    in_force_from = models.DateField()
    in_force_to = models.DateField(null=True)
    source = models.CharField(max_length=300)
    verified = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "code", "in_force_from"], name="category_once_a_day"),
            models.CheckConstraint(
                name="category_ends_after_it_begins",
                condition=Q(in_force_to__isnull=True) | Q(in_force_to__gte=F("in_force_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.label
