"""What looking after people tells people about."""

from django.utils.translation import gettext_lazy as _

from foundation import notifications

notifications.group("people", _("People and their sign-in"))
notifications.kind(
    "organisations.factor_reset_asked",
    group="people",
    text=_("To remove the second factors of person %(reference)s waits for a second administrator"),
    url_name="organisations:person",
)
