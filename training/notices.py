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
