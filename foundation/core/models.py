"""Abstract models that organisation data stands on, and the drafts that keep typed text."""

import secrets
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.core.exceptions import StaleVersion

if TYPE_CHECKING:
    from foundation.core.acting import Acting

# No vowels and no look-alikes: readable on the telephone, spells nothing.
ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"  # pragma: allowlist secret


def new_reference() -> str:
    """A random reference such as ``K7M2-Q9XD``: unguessable order, says nothing about how many there are."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


class OrganisationQuerySet(models.QuerySet):
    """Rows that belong to one organisation.

    Subclasses narrow ``visible_to``. One that widens it says for what, and its row policy says the same.
    """

    def visible_to(self, acting: "Acting") -> Self:
        """The one door to the data: every page, export and job starts here."""
        return self.filter(organisation_id=acting.organisation_id)


class OrganisationRow(models.Model):
    """A row owned by one organisation, protected by a row policy (see foundation.core.row_security).

    Each concrete model names its own ``objects``, made from OrganisationQuerySet or what narrows it: so the type
    checker knows its methods, and a model that forgets has no ``visible_to`` to be read by.
    """

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    def _get_FIELD_display(self, field: models.Field) -> str:  # noqa: N802 -- Django's name
        """As Django's, which translates and hashes every choice of the field for every row of a list."""
        value = getattr(self, field.attname)
        return str(_labels(field).get(value, "" if value is None else value))


@cache
def _labels(field: models.Field) -> dict[Any, Any]:
    return dict(field.flatchoices)


class Versioned(models.Model):
    """A row people edit: a save must name the version it was based on."""

    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True

    def check_version(self, expected: int) -> None:
        """Raise StaleVersion unless ``expected`` is the version that stands. Call it on a locked row."""
        if self.version != expected:
            raise StaleVersion(self)


class Edited(Versioned):
    """A row people change in forms: who saved it last and when, for whoever finds it changed meanwhile.

    Both are empty until the first change and after a change that nobody of the organisation made.
    """

    SAVED = ("version", "saved_at", "saved_by")

    saved_at = models.DateTimeField(null=True, blank=True)
    saved_by = models.ForeignKey(
        "organisations.Membership", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        abstract = True

    def count_up(self, *, by_id: int | None, now: datetime) -> None:
        """One version further, saved by this membership. Call it on a locked row and save ``SAVED`` with the rest."""
        self.version += 1
        self.saved_at, self.saved_by_id = (now, by_id) if by_id is not None else (None, None)


def saved_when_and_by_whom(name: str) -> models.CheckConstraint:
    """For the constraints of an ``Edited`` model: the two are known together or not at all."""
    return models.CheckConstraint(
        name=f"{name}_saved_when_and_by_whom",
        condition=models.Q(saved_at__isnull=True, saved_by__isnull=True)
        | models.Q(saved_at__isnull=False, saved_by__isnull=False),
    )


class Draft(OrganisationRow):
    """What somebody typed and has not saved yet: survives a time-out, a conflict and a refused save.

    Only its author may see it, in the organisation they typed it for. ``typed`` is encrypted.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    path = models.CharField(_("page"), max_length=300)
    typed = models.BinaryField()
    updated_at = models.DateTimeField()

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "user", "path"], name="draft_one_per_page")]

    def __str__(self) -> str:
        return self.path

    def belongs_to(self, acting: "Acting") -> bool:
        return self.user_id == acting.user_id


def reference_field(**options: Any) -> models.CharField:
    """The public name of a row in addresses and letters."""
    return models.CharField(_("reference"), max_length=9, default=new_reference, editable=False, **options)
