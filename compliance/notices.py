"""What the assessment tells people about."""

from django.utils.translation import gettext_lazy as _

from foundation import notifications

notifications.group("compliance", _("The duty and its reports"))
notifications.kind(
    "compliance.report_ready",
    group="compliance",
    text=_("Compliance report %(reference)s is ready"),
    url_name="compliance:report",
)
notifications.kind(
    "compliance.owns_requirement",
    group="compliance",
    text=_("You now own requirement %(reference)s"),
    url_name="compliance:requirement",
)
notifications.kind(
    "compliance.assured",
    group="compliance",
    text=_("The assurer rated requirement %(reference)s, which you own"),
    url_name="compliance:requirement",
)
