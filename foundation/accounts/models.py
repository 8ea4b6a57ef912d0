"""People's sign-ins and what proves who they are."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.core.models import OrganisationQuerySet, OrganisationRow


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person who can sign in. Without a password they need a passkey or their organisation's provider."""
        user = self.model(email=self.normalise(email), **fields)
        user.set_password(password) if password else user.set_unusable_password()
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=self.normalise(username or ""))

    @staticmethod
    def normalise(email: str) -> str:
        return email.strip().lower()


class User(AbstractBaseUser):
    """A person's sign-in: who they are, not what they may do.

    Rights come from memberships and role grants in force (foundation.organisations). There is no superuser, no staff
    flag and no Django permission.
    """

    class Language(models.TextChoices):
        ENGLISH = "en-gb", _("English")
        WELSH = "cy", _("Welsh")

    email = models.EmailField(_("e-mail address"), max_length=254)
    name = models.CharField(_("name"), max_length=200)
    language = models.CharField(_("language"), max_length=5, choices=Language, default=Language.ENGLISH)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sessions_valid_from = models.DateTimeField(
        default=timezone.now,
        editable=False,
        help_text=_(
            "Sessions that began earlier end at their next request: set when rights, password or factors change."
        ),
    )

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique")]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.partition(" ")[0]


class FailureCount(models.Model):
    """When tries to prove who one is were made lately, by account or by client. ``key`` is a keyed hash of either."""

    key = models.CharField(max_length=64, primary_key=True)
    times = ArrayField(models.DateTimeField(), default=list)

    def __str__(self) -> str:
        return self.key[:8]


class LastCode(models.Model):
    """The newest time step of an authenticator app that somebody has used: no code of it or before works again."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="+")
    step = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.user_id)


class Letter(models.Model):
    """An e-mail about a sign-in that waits to be sent; deleted when it was. The address is encrypted.

    ``user`` is empty when somebody typed an address and it is not yet known whose it is, if anybody's.
    """

    kind = models.CharField(max_length=40)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    address = models.BinaryField(default=bytes)
    site = models.CharField(max_length=200)
    queued_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["next_try_at"])]

    def __str__(self) -> str:
        return self.kind


class ExternalIdentity(models.Model):
    """A person as an identity provider knows them: issuer and subject, never an e-mail address."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="external_identities")
    issuer = models.CharField(max_length=500)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="external_identity_once")]

    def __str__(self) -> str:
        return self.issuer


OPEN_FOR = timedelta(hours=72)  # how long a second administrator has to approve


class FactorResetQuerySet(OrganisationQuerySet):
    def open(self, at: datetime) -> Self:
        """Those that may still be approved: nobody decided, and they were asked for within three days."""
        return self.alias(ends_at=F("requested_at") + OPEN_FOR).filter(
            approved_at=None, withdrawn_at=None, ends_at__gt=at
        )


class FactorReset(OrganisationRow):
    """An administrator asks to remove somebody's second factors; a second one approves it or withdraws it.

    Nobody decides on their own request, nor about themselves.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="factor_resets")
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    objects = FactorResetQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="factor_reset_approved_when_and_by_whom",
                condition=Q(approved_at__isnull=True, approved_by__isnull=True)
                | Q(approved_at__isnull=False, approved_by__isnull=False),
            ),
            models.CheckConstraint(
                name="factor_reset_withdrawn_when_and_by_whom",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
            models.CheckConstraint(
                name="factor_reset_decided_once", condition=Q(approved_at__isnull=True) | Q(withdrawn_at__isnull=True)
            ),
            models.CheckConstraint(
                name="factor_reset_by_two_others",
                condition=~Q(requested_by=F("user")) & ~Q(approved_by=F("user")) & ~Q(approved_by=F("requested_by")),
            ),
            models.UniqueConstraint(
                fields=["organisation", "user"],
                condition=Q(approved_at__isnull=True, withdrawn_at__isnull=True),
                name="factor_reset_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"Factor reset {self.pk}"

    def is_open(self, at: datetime) -> bool:
        """It may still be approved: nobody decided, and it was asked within three days."""
        return self.approved_at is None and self.withdrawn_at is None and at < self.requested_at + OPEN_FOR
