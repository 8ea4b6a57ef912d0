"""More of the same for load tests: thousands of people by import, and organisations beyond Severnshire."""

import csv
import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import transaction

from foundation import jobs, ledger
from foundation.core.acting import Acting, person_context
from foundation.files.examination import SPREADSHEETS, examine
from foundation.ledger import sealing
from foundation.organisations import actions
from foundation.organisations.acting import for_membership
from foundation.organisations.models import Membership, Organisation, PeopleImport
from foundation.organisations.roles import Role
from home.severnshire import answers, proof
from home.severnshire.dice import dice
from home.severnshire.moments import Moments
from home.severnshire.people import Cast, address_of, found, perform
from home.severnshire.reading import OrganisationEntry, PersonEntry, cast, read

Say = Callable[[str], None]

# How many people an organisation imports, by the size asked for.
PEOPLE = {
    "county": {"county": 6_000, "trust": 3_500, "police": 2_400, "university": 1_800, "college": 600},
    "national": {"county": 60_000, "trust": 20_000, "police": 6_000, "university": 4_000, "college": 1_000},
}
# Organisations beyond Severnshire: whose answers they are like, and how many there are.
ALIKE = {"academy": 50, "primary": 50, "cullerton": 15, "thornwick": 15, "trust": 10, "college": 6, "university": 4}
KINDS = {"SCH": "School", "LA": "Council", "HLT": "NHS Trust", "FE": "College", "HE": "University"}
HEADINGS = [
    "Staff number", "Name", "E-mail", "Team", "Job title", "Start date", "Staff group", "Employment", "Line manager"
]  # fmt: skip
LED = 12  # how many people report to one


def add_people(*, size: str, now: datetime, say: Say) -> int:
    """Let Severnshire's large organisations import their staff, once. Returns how many people came."""
    total = 0
    for entry in cast():
        number = PEOPLE[size].get(entry.key)
        organisation = Organisation.objects.using("backup").get(slug=entry.slug)
        imported = PeopleImport.objects.using("backup").filter(organisation=organisation, applied_at__isnull=False)
        if number is None or imported.exists():
            continue
        say(f"{number:,} people of {entry.name}.")
        with _administrator(organisation.pk, now - timedelta(minutes=30)) as by:
            _import(entry, number, by)
        total += number
    sealing.seal()
    return total


def add_organisations(*, now: datetime, say: Say) -> int:
    """Found organisations beyond Severnshire, each like one in it, each whole or not at all. Returns how many."""
    like = {entry.key: entry for entry in cast()}
    standing = set(Organisation.objects.using("backup").values_list("slug", flat=True))
    made = 0
    for key, number in ALIKE.items():
        for entry in _further(like[key], number):
            if entry.slug in standing:
                continue
            with transaction.atomic():
                _found_with_history(entry, now)
            made += 1
        say(f"{number} organisations like {like[key].name}.")
    sealing.seal()
    return made


def _found_with_history(entry: OrganisationEntry, now: datetime) -> None:
    people = Cast(Moments(now))
    found(people, entry)
    book = answers.Book.of_the_library()
    plans = answers.planned(people, entry)
    with ThreadPoolExecutor(max_workers=1) as beside:
        deeds = [*answers.deeds(people, book, entry, plans), *proof.deeds(people, book, entry, beside)]
        perform(people, deeds)


def _further(like: OrganisationEntry, number: int) -> Iterator[OrganisationEntry]:
    kind = KINDS[like.sectors[0]]
    for count in range(1, number + 1):
        name = f"Demonstration {kind} {like.key.title()} {count:03}"
        throw = dice(name)
        domain = name.lower().replace(" ", "-")
        crowd = read("crowd.yaml")
        names = map(
            " ".join, zip(throw.sample(crowd["first_names"], 3), throw.sample(crowd["last_names"], 3), strict=False)
        )
        people = [
            PersonEntry("admin", "Administrator", next(names), (Role.ORGANISATION_ADMIN,)),
            PersonEntry("lead", "Prevent Lead", next(names), (Role.PREVENT_LEAD,)),
            PersonEntry("approver", like.person("approver").title, next(names), (Role.SENIOR_APPROVER,)),
        ]
        owners = {"LEAD": "approver", "default": "lead"}
        yield replace(like, name=name, domain=domain, people=people, owners=owners, teams=[], scores=None)


@contextmanager
def _administrator(organisation_id: int, at: datetime) -> Iterator[Acting]:
    """Act as the organisation's first administrator."""
    with ledger.acting_system("provision"):
        membership = (
            Membership.objects.filter(organisation_id=organisation_id, role_grants__role=Role.ORGANISATION_ADMIN)
            .select_related("organisation", "user")
            .order_by("pk")[0]
        )
    with person_context(user_id=membership.user_id, organisation_id=organisation_id):
        yield for_membership(membership.user, membership, at=at, strong_at=at)


def _import(entry: OrganisationEntry, number: int, by: Acting) -> None:
    """Upload, check, confirm, apply: the four steps an administrator takes, the two jobs done here."""
    content = io.BytesIO(_file(entry, number))
    uploaded = actions.upload_people(examined=examine(content, "people.csv", SPREADSHEETS), by=by, now=by.at)
    chosen = actions.choose_columns(import_id=uploaded.pk, chosen=uploaded.columns, by=by, now=by.at)
    _do(chosen, by)
    confirmed = actions.confirm_import(import_id=uploaded.pk, leave_out_refused=False, by=by, now=by.at)
    _do(confirmed, by)


def _do(people_import: PeopleImport, by: Acting) -> None:
    assert people_import.job is not None
    done = jobs.run_here(people_import.job, at=by.at)
    if done.failure_code:
        raise RuntimeError(f"The import was not done: {done.failure_sentence}")


def _file(entry: OrganisationEntry, number: int) -> bytes:
    throw, crowd = dice(entry.slug, "people"), read("crowd.yaml")
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    for count in range(1, number + 1):
        name = f"{throw.choice(crowd['first_names'])} {throw.choice(crowd['last_names'])}"
        email = address_of(f"{name} {count}", entry.domain)
        started = date(2016, 1, 1) + timedelta(days=throw.randrange(3_600))
        team, post = throw.choice(crowd["teams"]), throw.choice(crowd["posts"])
        group, employment = throw.choice(crowd["staff_groups"]), throw.choice(crowd["employments"])
        manager = f"P{(count + LED - 2) // LED:06}" if count > 1 else ""
        writer.writerow([f"P{count:06}", name, email, team, post, started.isoformat(), group, employment, manager])
    return text.getvalue().encode()
