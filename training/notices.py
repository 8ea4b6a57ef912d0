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
