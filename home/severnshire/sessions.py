"""Sessions in a room that the county's training manager planned: one held, one full, one with places left, and one that
a member of staff without a role in training teaches, whose attendance is still to be recorded."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta

from foundation.core.acting import Acting
from home.severnshire.people import Cast, Deed
from home.severnshire.reading import COUNTY, OrganisationEntry
from training import session_times
from training.actions import attendance, sessions
from training.models import Course, Place, TaughtSession

MANAGER = f"{COUNTY}/training"
HELD_MONTHS_AGO = 1.9
HELD, FULL, COMING = "Prevent refresher morning", "Prevent in an hour: front line", "Prevent in an hour"
OVER = "Prevent for those who work with community groups"
TRAINER = "Marian Eckersley, Severnshire Adult Learning"
ACCREDITED = "Home Office accredited facilitator, until March 2028"
CAME = ("deputy", "digital", "second", "third", "records", "comms", "libraries", "cabinet")
STAYED_AWAY = ("scrutiny",)
SAID = {
    "deputy": (5, 5, 5, "The scenarios were close to what we see."),
    "digital": (4, 4, 4, ""),
    "second": (5, 4, 4, "Please send the slides afterwards."),
    "third": (4, 5, 3, ""),
    "records": (3, 4, 4, "Two hours would have been better than three."),
    "cabinet": (5, 5, 4, ""),
}
ON_THE_FULL_ONE = ("trading", "libraries", "contracts", "comms", "digital", "second")
TEACHES = "Andre Baptiste"
CAME_TO_THEM = ("deputy", "digital", "third", "records", "comms")
ON_THE_COMING_ONE = ("deputy", "third", "records", "comms")


def deeds(cast: Cast, entry: OrganisationEntry) -> Iterator[Deed]:
    """What became of the county's sessions. Other organisations have none."""
    if entry.key != COUNTY:
        return
    at, held_on = cast.moments.at_work, _working_day(cast.moments.day(HELD_MONTHS_AGO))
    named = {*CAME, *STAYED_AWAY, *ON_THE_FULL_ONE, *CAME_TO_THEM}
    numbers = {key: cast.members[f"{COUNTY}/{key}"].pk for key in named}
    yield Deed(at(HELD_MONTHS_AGO + 1.2, "sessions/held"), MANAGER, _plan(HELD, held_on, 12))
    listed = [numbers[key] for key in (*CAME[:-1], *STAYED_AWAY)]
    yield Deed(at(HELD_MONTHS_AGO + 1, "sessions/booked"), MANAGER, _book(HELD, listed))
    over = session_times.moment(held_on, time(15, 0))
    yield Deed(over, MANAGER, _hold([numbers[key] for key in CAME[:-1]], numbers[CAME[-1]]))
    for place, (key, said) in enumerate(SAID.items()):
        yield Deed(over + timedelta(hours=18, minutes=7 * place), f"{COUNTY}/{key}", _say(*said))
    today = cast.moments.today
    yield Deed(at(0.5, "sessions/full"), MANAGER, _plan(FULL, _working_day(today + timedelta(days=9)), 4))
    yield Deed(at(0.4, "sessions/filled"), MANAGER, _book(FULL, [numbers[key] for key in ON_THE_FULL_ONE]))
    yield Deed(at(0.3, "sessions/coming"), MANAGER, _plan(COMING, _working_day(today + timedelta(days=16)), 20))
    coming = [cast.members[f"{COUNTY}/{key}"].pk for key in ON_THE_COMING_ONE]
    yield Deed(at(0.2, "sessions/named"), MANAGER, _book(COMING, coming))
    trainer = next(person.key for person in entry.people if person.name == TEACHES)
    taught = _plan(OVER, _working_day_before(today), 12, trainer_id=cast.members[f"{COUNTY}/{trainer}"].pk)
    yield Deed(at(0.35, "sessions/taught"), MANAGER, taught)
    yield Deed(at(0.25, "sessions/taught/booked"), MANAGER, _book(OVER, [numbers[key] for key in CAME_TO_THEM]))


def _working_day(day: date) -> date:
    return day + timedelta(days=max(7 - day.weekday(), 0) if day.weekday() > 4 else 0)


def _working_day_before(day: date) -> date:
    return day - timedelta(days={0: 3, 6: 2}.get(day.weekday(), 1))


def _plan(title: str, on: date, places: int, trainer_id: int | None = None) -> Callable[[Acting, datetime], None]:
    def plan(by: Acting, now: datetime) -> None:
        wanted = sessions.Plan(
            course_id=_course("govuk-refresher-awareness" if title == HELD else "prevent-awareness").pk,
            title=title,
            starts_at=session_times.moment(on, time(10, 0)),
            ends_at=session_times.moment(on, time(12, 0)),
            venue="Committee Room 2, County Hall, Severn Street",
            trainer_id=trainer_id,
            trainer_name=TRAINER,
            accreditation="" if trainer_id else ACCREDITED,
            places=places,
            notes="Tea from 9:45. Bring a question from your own work. The lift is beside the north door.",
        )
        sessions.plan_session(plan=wanted, by=by, now=now)

    return plan


def _course(code: str) -> Course:
    return Course.objects.get(code=code, organisation=None)


def _session(by: Acting, title: str) -> TaughtSession:
    return TaughtSession.objects.visible_to(by).get(title=title)


def _book(title: str, members: list[int]) -> Callable[[Acting, datetime], None]:
    def book(by: Acting, now: datetime) -> None:
        sessions.book_people(session_id=_session(by, title).pk, membership_ids=members, by=by, now=now)

    return book


def _hold(came: list[int], walked_in: int) -> Callable[[Acting, datetime], None]:
    def hold(by: Acting, now: datetime) -> None:
        session = _session(by, HELD)
        places = Place.objects.visible_to(by).filter(session=session, membership__in=came)
        ticked = list(places.values_list("pk", flat=True))
        attendance.record_attendance(
            session_id=session.pk, version=session.version, came=ticked, scores={}, by=by, now=now
        )
        attendance.add_walk_in(session_id=session.pk, membership_id=walked_in, by=by, now=now)
        attendance.close_attendance(session_id=session.pk, by=by, now=now + timedelta(minutes=5))

    return hold


def _say(useful: int, clear: int, confident: int, words: str) -> Callable[[Acting, datetime], None]:
    def say(by: Acting, now: datetime) -> None:
        own = Place.objects.visible_to(by).get(session=_session(by, HELD), membership=by.membership_id)
        attendance.evaluate(
            place_id=own.pk, useful=useful, clear=clear, confident=confident, words=words, by=by, now=now
        )

    return say
