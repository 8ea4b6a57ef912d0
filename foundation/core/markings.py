from django.db import models
from django.utils.translation import gettext_lazy as _


class Marking(models.TextChoices):
    """How a document is to be handled: the UK classification and its handling caveat."""

    PUBLIC = "public", _("Not marked")
    OFFICIAL = "official", _("OFFICIAL")
    OFFICIAL_SENSITIVE = "official_sensitive", _("OFFICIAL-SENSITIVE")
