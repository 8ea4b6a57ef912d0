"""What an organisation chose for the figures of a return."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.core.models import Edited, OrganisationQuerySet, OrganisationRow, saved_when_and_by_whom


class ReturnChoices(OrganisationRow, Edited):
    """Which requirements and courses stand for the parts of one return.

    ``chosen`` holds keys of rows by the code of a choice of the definition (see ``training.return_files``).
    """

    definition = models.CharField(_("return"), max_length=40)
    chosen = models.JSONField(default=dict)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "definition"], name="return_choices_once"),
            saved_when_and_by_whom("return_choices"),
        ]

    def __str__(self) -> str:
        return self.definition
