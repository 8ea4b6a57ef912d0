"""Training that people of the county did elsewhere: said, accepted and refused, recorded, brought in from a file; and
the numbers of two partners who do not share names."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from foundation import jobs
from foundation.core.acting import Acting
from foundation.files.examination import SPREADSHEETS, examine
from foundation.organisations.models import Membership
from home.severnshire import documents
from home.severnshire.people import Cast, Deed
from home.severnshire.reading import COUNTY, OrganisationEntry
from training import actions, queries
from training.actions.recording import Done
from training.actions.returns import Given
from training.bringing import names
from training.bringing.lines import key_of
from training.forms.records import CERTIFICATES
from training.models import Completion, CompletionImport, Course, Mode

Do = Callable[[Acting, datetime], None]
HEADINGS = ["Employee Number", "Competence Name", "Date Completed"]
FORMER = "295|LOCAL|Prevent basic awareness|3 years|"
ELSEWHERE = "Manual Handling Level 1"
MANAGER = f"{COUNTY}/training"
PROVIDER = "Severnshire Adult Learning"


def deeds(cast: Cast, entry: OrganisationEntry) -> Iterator[Deed]:
    """What was recorded in the county. Other organisations have nothing from elsewhere."""
    if entry.key != COUNTY:
        return
    at = cast.moments.at_work
    day = cast.moments.day
    yield Deed(at(6.4, "records/file"), MANAGER, _bring_in(day(9)))
    yield Deed(at(4.1, "records/room"), MANAGER, _record_room(day(4.2)))
    for who, months_ago, ending in (("deputy", 3.0, "accepted"), ("digital", 1.6, "refused"), ("cabinet", 0.1, "")):
        said = f"{COUNTY}/{who}"
        yield Deed(at(months_ago, f"records/{who}"), said, _say(day(months_ago + 0.4), entry.name))
        if ending:
            decided_at = at(months_ago, f"records/{who}") + timedelta(days=1)
            yield Deed(decided_at, MANAGER, _decide(cast.members[said].pk, ending))
    for partner, months_ago, in_scope, in_date in (
        ("Severn Ferries", 5, 86, 71),
        ("Pathway Housing Trust", 2, 140, 96),
    ):
        yield Deed(at(months_ago, partner), MANAGER, _partner(partner, day(months_ago + 0.3), in_scope, in_date))


def awareness_course(by: Acting) -> Course:
    """The awareness course on GOV.UK or, where that is not known, another."""
    known = queries.recordable_courses(by).filter(level="awareness")
    course = known.filter(code="govuk-awareness").first() or known.first()
    assert course is not None
    return course


def _say(on: date, organisation: str) -> Do:
    def say(by: Acting, now: datetime) -> None:
        words = [f"{by.membership.name} took part in a course on the Prevent duty.", "Number SAL-20-417."]
        content = documents.pdf("Certificate of attendance", organisation, words)
        certificate = examine(io.BytesIO(content), "certificate.pdf", CERTIFICATES)
        done = Done(course_id=awareness_course(by).pk, completed_on=on, provider=PROVIDER, number="SAL-20-417")
        actions.declare(done=done, certificate=certificate, by=by, now=now)

    return say


def _decide(membership_id: int, ending: str) -> Do:
    def decide(by: Acting, now: datetime) -> None:
        record = Completion.objects.visible_to(by).get(membership_id=membership_id, status="waiting")
        if ending == "accepted":
            actions.accept(completion_id=record.pk, by=by, now=now)
            return
        reason = "The certificate is for a course on data protection. Please send the one for Prevent."
        actions.refuse(completion_id=record.pk, reason=reason, by=by, now=now)

    return decide


def _record_room(on: date) -> Do:
    def record(by: Acting, now: datetime) -> None:
        people = Membership.objects.visible_to(by).current(on).filter(team__name="Trading Standards")
        done = Done(
            course_id=awareness_course(by).pk,
            completed_on=on,
            mode=Mode.CLASSROOM,
            provider=PROVIDER,
            notes="Team day, room 4.",
        )
        actions.record_for(membership_ids=list(people.values_list("pk", flat=True)), done=done, by=by, now=now)

    return record


def _bring_in(on: date) -> Do:
    def bring_in(by: Acting, now: datetime) -> None:
        teams = ("Libraries and Registration", "Communications", "Children's Services")
        people = Membership.objects.visible_to(by).current(on).filter(team__name__in=teams).order_by("pk")
        numbers = list(people.values_list("staff_number", flat=True))
        examined = examine(io.BytesIO(_file(numbers, on)), "esr-competences.csv", SPREADSHEETS)
        row = actions.upload_completions(examined=examined, by=by, now=now)
        row = actions.explain_columns(import_id=row.pk, chosen=row.columns, course_id=None, by=by, now=now)
        _do(row, now)
        asked = [each.key for each in names.unknown(by, row)]
        chosen = {key: "other" if key == key_of(ELSEWHERE) else str(awareness_course(by).pk) for key in asked}
        row = actions.explain_names(import_id=row.pk, chosen=chosen, by=by, now=now + timedelta(minutes=2))
        _do(row, now + timedelta(minutes=2))
        row = actions.confirm_completions(
            import_id=row.pk, leave_out_refused=True, by=by, now=now + timedelta(minutes=4)
        )
        _do(row, now + timedelta(minutes=4))

    return bring_in


def _file(numbers: list[str], on: date) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(HEADINGS)
    for number in numbers:
        writer.writerow([number, FORMER, f"{on:%d/%m/%Y}"])
        writer.writerow([number, ELSEWHERE, f"{on:%d/%m/%Y}"])
    writer.writerow(["COU9999", FORMER, f"{on:%d/%m/%Y}"])
    return text.getvalue().encode("utf-16")


def _partner(name: str, on: date, in_scope: int, in_date: int) -> Do:
    def say(by: Acting, now: datetime) -> None:
        given = Given(
            partner_name=name, group="Front line", as_at=on, in_scope=in_scope, in_date=in_date, note="By e-mail."
        )
        actions.record_return(given=given, by=by, now=now)

    return say


def _do(row: CompletionImport, now: datetime) -> None:
    assert row.job is not None
    done = jobs.run_here(row.job, at=now + timedelta(minutes=1))
    if done.failure_code:
        raise RuntimeError(f"The file of training was not done: {done.failure_sentence}")
