"""What the risk room tells people about."""

from django.utils.translation import gettext_lazy as _

from foundation import notifications

notifications.group("risk", _("Risks and the local profile"))
notifications.kind(
    "risk.reassess",
    group="risk",
    text=_("Risks are to be assessed again, beginning with task %(reference)s"),
    url_name="risk:review_task",
)
