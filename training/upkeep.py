"""What the clock asks of training: keep what people are asked in step with their posts."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from foundation import ledger
from foundation.core.acting import person_context
from foundation.organisations.models import RoleGrant
from training import assigning
from training.models import Completion, PersonChange, Requirement

PURPOSE = "training"


def work_out_changed(*, now: datetime) -> int:
    """Work out everybody whose post changed since the last time. Returns how many people that were."""
    with ledger.acting_system(PURPOSE):
        organisations = list(PersonChange.objects.order_by().values_list("organisation_id", flat=True).distinct())
    return sum(_work_out_one(organisation_id, now) for organisation_id in organisations)


def _work_out_one(organisation_id: int, now: datetime) -> int:
    done = 0
    while members := _work_out_some(organisation_id, now):
        done += members
    return done


def _work_out_some(organisation_id: int, now: datetime) -> int:
    """One chunk in one transaction: what is taken off the list is worked out, or comes back on it."""
    with person_context(user_id=None, organisation_id=organisation_id):
        waiting = PersonChange.objects.filter(organisation_id=organisation_id).order_by("pk")
        taken = list(waiting.select_for_update(skip_locked=True).values_list("pk", "membership_id")[: assigning.CHUNK])
        members = {membership for _pk, membership in taken}
        if members:
            assigning.work_out(organisation_id, members, now=now)
            PersonChange.objects.filter(pk__any_of=[pk for pk, _membership in taken]).delete()
    return len(members)


def note_asked_anew(codes: Collection[str]) -> int:
    """Note the people who did one of the portal's courses, a new version of which asks everybody anew.

    ``codes``: of those courses. Returns how many people.
    """
    with ledger.acting_system(PURPOSE):
        asking = Requirement.objects.filter(withdrawn_at__isnull=True).order_by()
        organisations = sorted(set(asking.values_list("organisation_id", flat=True)))
    noted = 0
    for organisation_id in organisations:
        with person_context(user_id=None, organisation_id=organisation_id):
            done = Completion.objects.filter(organisation_id=organisation_id, course__code__in=codes)
            done = done.filter(course__organisation__isnull=True).order_by()
            members = set(done.values_list("membership_id", flat=True))
            assigning.note_changed(organisation_id, members)
        noted += len(members)
    return noted


def note_roles_of_the_day(*, now: datetime) -> int:
    """Note the people one of whose roles begins today or ended yesterday. Returns how many."""
    today = timezone.localdate(now)
    with ledger.acting_system(PURPOSE):
        asking = Requirement.objects.filter(withdrawn_at__isnull=True).values("organisation_id")
        grants = RoleGrant.objects.filter(
            Q(starts_on=today) | Q(ends_on=today - timedelta(days=1)), organisation_id__in=asking
        )
        pairs = set(grants.values_list("organisation_id", "membership_id"))
    for organisation_id in sorted({organisation for organisation, _member in pairs}):
        with person_context(user_id=None, organisation_id=organisation_id):
            assigning.note_changed(organisation_id, [member for its, member in pairs if its == organisation_id])
    return len(pairs)
