"""What stands in Severnshire, and as whom it can be looked at."""

from django.utils import timezone

from foundation.core.acting import Acting, person_context
from foundation.organisations.models import Membership
from tests.conftest import acting_of


def rows(model):
    """What is committed, past every policy."""
    return model._base_manager.using("backup")


def acting_now(seen: Membership) -> Acting:
    """The acting value of somebody seen through the backup role, whose rows cannot be changed."""
    with person_context(user_id=seen.user_id, organisation_id=seen.organisation_id):
        membership = Membership.objects.select_related("organisation", "user").get(pk=seen.pk)
    return acting_of(membership, at=timezone.now())


def today():
    return timezone.localdate()
