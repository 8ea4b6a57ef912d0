"""What the training room tells people about."""

from django.utils.translation import gettext_lazy as _

from foundation import notifications

notifications.group("training", _("Training"))
notifications.kind(
    "training.certificate_ready",
    group="training",
    text=_("Your certificate %(reference)s is ready"),
    url_name="training:certificate",
)
notifications.kind(
    "training.reminded",
    group="training",
    text=_("You are asked to do training: see which and by when"),
    url_name="training:mine",
    takes_reference=False,
)
notifications.kind(
    "training.record_waiting",
    group="training",
    text=_("Record %(reference)s of training done elsewhere waits for you to check it"),
    url_name="training:record",
)
notifications.kind(
    "training.record_accepted",
    group="training",
    text=_("Your record %(reference)s of training done elsewhere counts"),
    url_name="training:record",
)
notifications.kind(
    "training.record_refused",
    group="training",
    text=_("Your record %(reference)s of training done elsewhere was not accepted"),
    url_name="training:record",
)
notifications.kind(
    "training.record_withdrawn",
    group="training",
    text=_("Your record %(reference)s of training done elsewhere was withdrawn"),
    url_name="training:record",
)
