"""Puts Severnshire together: all of it or nothing, in one transaction."""

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from compliance import library_loading
from compliance.models import Requirement
from foundation.ledger import sealing
from foundation.organisations.models import Organisation
from home.severnshire import (
    answers,
    learning,
    oversight,
    plan_reports,
    plans,
    profiles,
    proof,
    records,
    reporting,
    requirements,
    risk_reports,
    risks,
    sessions,
    sharing,
    sharing_risks,
    training_year,
    writing,
)
from home.severnshire.moments import Moments
from home.severnshire.people import SITE, Cast, Deed, found, join_partnership, perform
from home.severnshire.reading import COUNTY, OrganisationEntry, cast
from risk import reference, threat_loading
from training import course_loading, outside_loading

COUNTY_SLUG = "severnshire-county-council"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Seeded:
    """What was made."""

    organisations: int
    people: int
    deeds: int
    reports: int


def is_there() -> bool:
    """True once Severnshire stands: it appears in one transaction. Asked as the backup role, which writes nothing."""
    return Organisation.objects.using("backup").filter(slug=COUNTY_SLUG).exists()


def seed(*, now: datetime, say: Say, site: str = SITE) -> Seeded:
    """Make Severnshire with two years of history up to ``now`` and seal the ledger. Interrupted, it leaves nothing."""
    if not Requirement.objects.filter(organisation__isnull=True).exists():
        say("Loading the duty library.")
        library_loading.load(now=now)
    reference.load(on=timezone.localdate(now))
    threat_loading.load(now=now)
    course_loading.load(now=learning.published_at(Moments(now)))
    outside_loading.load(now=learning.published_at(Moments(now)))
    with override("en-gb"), transaction.atomic():
        made = _seed(Cast(Moments(now), site), say)
    say("Sealing the log.")
    sealing.seal()
    return made


def _seed(people: Cast, say: Say) -> Seeded:
    entries = cast()
    for entry in entries:
        say(f"People of {entry.name}.")
        found(people, entry)
        if entry.kind == Organisation.Kind.PARTNERSHIP:
            join_partnership(
                people, entry, [other for other in entries if other.key in people.organisations and other is not entry]
            )
    book = answers.Book.of_the_library()
    count = 0
    with ThreadPoolExecutor(max_workers=1) as beside:
        planned = {entry.key: _deeds(people, book, entry, beside) for entry in entries}
        for entry in entries:
            if planned[entry.key]:
                say(f"Two years of {entry.name}.")
                count += perform(people, planned[entry.key])
    say("Reports, as PDF and as spreadsheets.")
    made = oversight.make_reports(people) + risk_reports.make_risk_reports(people)
    return Seeded(len(people.organisations), len(people.members), count, made)


def _deeds(people: Cast, book: answers.Book, entry: OrganisationEntry, beside: Executor) -> list[Deed]:
    answered = answers.planned(people, entry)
    if not answered:
        return []
    deeds = [
        *oversight.score_deeds(people, entry),
        *answers.deeds(people, book, entry, answered),
        *proof.deeds(people, book, entry, beside),
        *sharing.deeds(people, book, entry),
        *profiles.deeds(people, entry),
        *risks.deeds(people, entry),
        *sharing_risks.deeds(people, entry),
        *plans.deeds(people, book, entry),
        *reporting.deeds(people, entry),
        *plan_reports.deeds(people, entry),
        *writing.deeds(people, entry),
        *learning.deeds(people, entry),
        *requirements.deeds(people, entry),
        *records.deeds(people, entry),
        *training_year.deeds(people, entry),
        *sessions.deeds(people, entry),
    ]
    if entry.key == COUNTY:
        deeds += oversight.county_deeds(people, book)
    return deeds
