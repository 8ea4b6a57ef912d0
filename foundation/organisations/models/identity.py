"""How people of an organisation sign in through its own identity provider."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.core import encryption
from foundation.core.models import Edited, OrganisationQuerySet, OrganisationRow, saved_when_and_by_whom


class IdentityProvider(OrganisationRow, Edited):
    """An organisation's OpenID Connect provider. People sign in with it only while ``enabled_at`` is set.

    ``claim`` names the claim whose value equals a membership's ``external_id``. The client secret is encrypted for this
    organisation and shown to nobody.
    """

    issuer = models.URLField(_("issuer"), max_length=500)
    client_id = models.CharField(_("client ID"), max_length=255)
    client_secret = models.BinaryField(default=bytes)
    claim = models.CharField(_("claim that identifies a person"), max_length=100, default="sub")
    enforces_second_factor = models.BooleanField(_("the provider asks for a second factor itself"), default=False)
    tested_at = models.DateTimeField(null=True, blank=True)
    enabled_at = models.DateTimeField(null=True, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation"], name="identity_provider_one_per_organisation"),
            models.CheckConstraint(
                name="identity_provider_tested_before_enabled",
                condition=Q(enabled_at__isnull=True) | Q(tested_at__isnull=False),
            ),
            saved_when_and_by_whom("identity_provider"),
        ]

    def __str__(self) -> str:
        return self.issuer

    def seal_secret(self, plain: str) -> None:
        """Put the client secret in, encrypted. Only on an object that is about to be saved."""
        self.client_secret = encryption.encrypt(plain.encode(), place=self._place)

    def open_secret(self) -> str:
        """The client secret, for the one call to the provider that needs it."""
        return encryption.decrypt(bytes(self.client_secret), place=self._place).decode() if self.client_secret else ""

    @property
    def _place(self) -> str:
        return f"organisations.identityprovider:client_secret:{self.organisation_id}"
