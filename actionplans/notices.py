"""What people are told about actions."""

from django.utils.translation import gettext_lazy as _

from foundation import notifications

notifications.group("actionplans", _("Action plans"))
for name, text in {
    "owns": _("Action %(reference)s is now yours"),
    "accountable": _("You are now accountable for action %(reference)s"),
    "mentioned": _("Somebody mentioned you on action %(reference)s"),
    "due_soon": _("Action %(reference)s is due soon"),
    "overdue": _("Action %(reference)s is overdue"),
    "escalated": _("Action %(reference)s, for which you are accountable, is still overdue"),
}.items():
    notifications.kind(f"actionplans.{name}", group="actionplans", text=text, url_name="actionplans:action")
notifications.kind(
    "actionplans.report_ready",
    group="actionplans",
    text=_("Report %(reference)s of an action plan is ready"),
    url_name="actionplans:report",
)
