"""What the risk room tells people about."""

from django.utils.translation import gettext_lazy as _

from foundation import notifications

notifications.group("risk", _("Risks and the local profile"))
notifications.kind(
    "risk.asked_to_approve",
    group="risk",
    text=_("Risk assessment %(reference)s waits for your approval"),
    url_name="risk:assessment",
)
notifications.kind(
    "risk.asked_to_comment",
    group="risk",
    text=_("You are asked to comment on risk assessment %(reference)s"),
    url_name="risk:assessment",
)
notifications.kind(
    "risk.sent_back", group="risk", text=_("Risk assessment %(reference)s was sent back"), url_name="risk:assessment"
)
notifications.kind(
    "risk.approved", group="risk", text=_("Risk assessment %(reference)s was approved"), url_name="risk:assessment"
)
notifications.kind(
    "risk.review_due", group="risk", text=_("Risk %(reference)s is due to be reviewed"), url_name="risk:risk"
)
notifications.kind("risk.owns_risk", group="risk", text=_("You now own risk %(reference)s"), url_name="risk:risk")
notifications.kind(
    "risk.owns_imported",
    group="risk",
    text=_("You own risks that were imported into assessment %(reference)s"),
    url_name="risk:assessment",
)
notifications.kind(
    "risk.reassess",
    group="risk",
    text=_("Risks are to be assessed again, beginning with task %(reference)s"),
    url_name="risk:review_task",
)
notifications.kind(
    "risk.report_ready", group="risk", text=_("Risk report %(reference)s is ready"), url_name="risk:report"
)
