"""What a row of a file does to the register, and what to do where its risk stands there already."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class WhenThere(models.TextChoices):
    """What to do with a row whose risk is in the register already."""

    STOP = "stop", _("Stop: import nothing until the file no longer has them")
    SKIP = "skip", _("Skip them, and import the others")
    UPDATE = "update", _("Update them with what the file says")


class Outcome(models.TextChoices):
    """What a row does."""

    CREATE = "create", _("New")
    JOIN = "join", _("Comes in again")
    UPDATE = "update", _("Changed")
    UNCHANGED = "unchanged", _("Unchanged")
    SKIPPED = "skipped", _("Skipped")
    REFUSED = "refused", _("Refused")
