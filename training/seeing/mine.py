"""My training: what one person is asked, is on the way through, can begin or book and has done."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.core.acting import Acting
from foundation.core.prepared import answers
from foundation.organisations import queries as organisations
from training import queries, sessions
from training.models import Assignment, Completion
from training.progress import Progress
from training.queries import Offered
from training.seeing import own
from training.seeing.listing import names_of
from training.seeing.of_one import ASKED, NEVER
from training.workflow import RecordStatus


@dataclass(frozen=True)
class Booking:
    """Whether one can book a session of a course that is asked, and of which other courses that count for it."""

    own: bool
    others: list[str]

    @property
    def is_possible(self) -> bool:
        return self.own or bool(self.others)

    @property
    def words(self) -> str:
        """Of which courses, where it is not of this one alone."""
        if not self.others:
            return ""
        named = {"others": ", ".join(self.others)}
        if self.own:
            return _("of this course, or of one that counts for it: %(others)s") % named
        return _("of a course that counts for this one: %(others)s") % named


@dataclass(frozen=True)
class Mine:
    """All that the page shows. ``under_way``: courses that nobody asks for; the others stand with what is ``asked``."""

    asked: list[tuple[own.Own, Booking]]
    sessions: sessions.Own
    under_way: list[Progress]
    offered: list[Offered]
    completions: list[Completion]


def of(acting: Acting, now: datetime) -> Mine:
    """Three messages to the database, and one for the names of teams where they are the reason."""
    one = acting.organisation_id, acting.membership_id
    asked, attempts, courses, latest, *of_sessions = answers(
        ASKED.question(*one, NEVER, timezone.localdate(now)),
        queries.OPEN_ATTEMPTS.question(*one),
        queries.COURSES.question(acting.organisation_id),
        queries.LATEST.question(acting.organisation_id),
        *sessions.questions_of_own(acting, now),
    )
    rows, booking = ASKED.made_of(asked), sessions.own(*of_sessions)
    under_way = queries.progress_of_all(queries.OPEN_ATTEMPTS.made_of(attempts), with_replies=False)
    by_course = {each.attempt.course_id: each for each in under_way}
    completions = list(queries.completions(acting))
    offered = [course for course in queries.COURSES.made_of(courses) if course.pk not in by_course]
    asked_courses = {row.requirement.course_id for row in rows}
    return Mine(
        [(each, _booking(each.row, booking)) for each in own.asked(rows, by_course, _teams(acting, rows))],
        booking,
        [each for course, each in by_course.items() if course not in asked_courses],
        queries.with_whom_for(offered, latest, _last_done(completions)),
        completions,
    )


def _teams(acting: Acting, rows: list[Assignment]) -> dict[int, str]:
    """The names of the teams, where somebody is asked because of theirs."""
    is_asked_for_team = any(code.startswith("team:") for row in rows for code in row.because)
    return names_of(organisations.team_tree(acting)) if is_asked_for_team else {}


def _last_done(completions: list[Completion]) -> dict[int, date]:
    """When each course was completed last."""
    found: dict[int, date] = {}
    for each in completions:
        if each.status == RecordStatus.COUNTS and each.course_id is not None:
            found[each.course_id] = max(each.completed_on, found.get(each.course_id, each.completed_on))
    return found


def _booking(row: Assignment, found: sessions.Own) -> Booking:
    course = row.requirement.course_id
    counting = found.counting.get(course, ())
    others = [each.title for each in counting if row.done_on is not None or not each.only_after]
    return Booking(course in found.bookable, list(dict.fromkeys(others)))
