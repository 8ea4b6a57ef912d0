"""The sectors of the duty. An organisation may be in several: a college can be both FE and HE."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Sector(models.TextChoices):
    LOCAL_AUTHORITY = "LA", _("Local authority")
    SCHOOL = "SCH", _("School")
    EARLY_YEARS = "EY", _("Early years and childcare")
    FURTHER_EDUCATION = "FE", _("Further education and skills")
    HIGHER_EDUCATION = "HE", _("Higher education")
    HEALTH = "HLT", _("Health")
    PRISONS = "PRI", _("Prisons")
    PROBATION = "PRO", _("Probation")
    POLICE = "POL", _("Police")


class Nation(models.TextChoices):
    ENGLAND = "england", _("England")
    WALES = "wales", _("Wales")
    SCOTLAND = "scotland", _("Scotland")
