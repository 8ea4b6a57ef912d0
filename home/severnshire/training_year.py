"""The county's year of training: what the clock did each week, the quarters it kept, a course that leaders took, and
what the training manager had made of it all."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from foundation import jobs
from foundation.core.acting import Acting
from home.severnshire.moments import DAYS_IN_A_MONTH
from home.severnshire.people import Cast, Deed
from home.severnshire.reading import COUNTY, OrganisationEntry
from home.severnshire.records import awareness_course
from home.severnshire.requirements import ASKED_MONTHS_AGO, WHO
from training import actions, assigning
from training.actions import quarter_ends, reporting
from training.actions.recording import Done
from training.models import Mode, PersonChange, ReportKind
from training.quarter_ends import last_quarter_end

Do = Callable[[Acting, datetime], None]
WEEKS = 58
DAYS_AFTER = 8
LEADERS = ("admin", "second", "third", "records", "director", "cabinet", "scrutiny")


def deeds(cast: Cast, entry: OrganisationEntry) -> Iterator[Deed]:
    """What happened in the county. Other organisations ask nobody for training yet."""
    if entry.key != COUNTY:
        return
    at, today = cast.moments.at_work, cast.moments.today
    leaders = [cast.members[f"{COUNTY}/{key}"].pk for key in LEADERS]
    yield Deed(at(4.8, "leaders' session"), WHO, _record_leaders(leaders))
    for week in range(WEEKS):
        yield Deed(at(week * 7 / DAYS_IN_A_MONTH, f"week/{week}"), WHO, _keep_in_step)
    for end in _quarters(today):
        yield Deed(datetime.combine(end + timedelta(days=1), time(5, 30), UTC), WHO, _keep_quarter(end))
    last = last_quarter_end(today)
    days_ago = max((today - last).days - DAYS_AFTER, 0)
    for kind in (ReportKind.FIGURES, ReportKind.SPREADSHEET):
        yield Deed(at(days_ago / DAYS_IN_A_MONTH, f"report/{kind}"), WHO, _report(kind, last))


def _quarters(today: date) -> Iterator[date]:
    """The quarters that ended since the county says who must do what."""
    end = last_quarter_end(today)
    while (today - end).days < (ASKED_MONTHS_AGO - 1) * DAYS_IN_A_MONTH:
        yield end
        end = last_quarter_end(end)


def _keep_in_step(by: Acting, now: datetime) -> None:
    """As the clock does every half minute: work out those whose posts or records changed."""
    waiting = PersonChange.objects.filter(organisation_id=by.organisation_id)
    members = set(waiting.values_list("membership_id", flat=True))
    if members:
        assigning.work_out(by.organisation_id, members, now=now)
        waiting.delete()


def _keep_quarter(end: date) -> Do:
    def keep(by: Acting, now: datetime) -> None:
        _keep_in_step(by, now)
        quarter_ends.keep_quarter_end(organisation_id=by.organisation_id, quarter_end=end, now=now)

    return keep


def _record_leaders(members: list[int]) -> Do:
    def record(by: Acting, now: datetime) -> None:
        done = Done(
            course_id=awareness_course(by).pk,
            completed_on=timezone.localdate(now),
            mode=Mode.BRIEFING,
            notes="Took the course together, before the summer recess.",
        )
        actions.record_for(membership_ids=members, done=done, by=by, now=now)

    return record


def _report(kind: ReportKind, as_at: date) -> Do:
    def make(by: Acting, now: datetime) -> None:
        report = reporting.request_report(kind=kind, as_at=as_at, marking="official", by=by, now=now)
        assert report.job is not None
        done = jobs.run_here(report.job, at=now + timedelta(minutes=1))
        if done.failure_code:
            raise RuntimeError(f"A report of training was not made: {done.failure_sentence}")

    return make
