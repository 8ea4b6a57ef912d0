"""Training done elsewhere: courses given by others, what people say, and files of it."""

import csv
import io
from datetime import date, datetime
from typing import Any

from foundation.core.acting import Acting, acting_as
from foundation.files.examination import SPREADSHEETS, Examined, examine
from foundation.ledger import acting_system
from foundation.organisations.models import Membership
from tests.conftest import NOW
from tests.foundation.files import samples
from training import actions
from training.actions.recording import Done
from training.actions.returns import Given
from training.forms.records import CERTIFICATES
from training.models import Came, Completion, CompletionImport, Course, PartnerReturn

ON = date(2026, 3, 27)
HEADINGS = ["Staff number", "E-mail", "Course", "Date completed", "Provider", "Certificate number"]


def outside_course(title: str = "Prevent awareness course", *, provider: str = "GOV.UK", **fields: Any) -> Course:
    """A course that is given elsewhere: the portal's, for everybody."""
    described = {"code": title.lower().replace(" ", "-")[:40], "summary": "Elsewhere.", "level": "awareness"}
    with acting_system("courses"):
        return Course.objects.create(title=title, provider=provider, minutes=45, **(described | fields))


def certificate(name: str = "certificate.png") -> Examined:
    return examine(io.BytesIO(samples.png()), name, CERTIFICATES)


def declared(by: Acting, course: Course, *, on: date = ON, now: datetime = NOW, **fields: Any) -> Completion:
    """What somebody says of themself: it waits."""
    done = Done(**({"course_id": course.pk, "completed_on": on, "number": "K-17"} | fields))
    with acting_as(by):
        return actions.declare(done=done, certificate=None, by=by, now=now)


def recorded(by: Acting, who: Membership, course: Course, *, on: date = ON, now: datetime = NOW) -> Completion:
    """What a training manager records of somebody: it counts."""
    with acting_as(by):
        done = Done(course_id=course.pk, completed_on=on)
        return actions.record(membership_id=who.pk, done=done, came=Came.MANUAL, by=by, now=now)


def file_of(rows: list[list[Any]], *, headings: list[str] | None = None, name: str = "training.csv") -> Examined:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(headings or HEADINGS)
    writer.writerows(rows)
    return examine(io.BytesIO(text.getvalue().encode()), name, SPREADSHEETS)


def uploaded(by: Acting, examined: Examined, *, now: datetime = NOW) -> CompletionImport:
    by.organisation.open_unscanned_files = True
    with acting_as(by):
        return actions.upload_completions(examined=examined, by=by, now=now)


def checked(by: Acting, examined: Examined, *, course: Course | None = None, now: datetime = NOW) -> CompletionImport:
    row = uploaded(by, examined, now=now)
    with acting_as(by):
        chosen = {name: at for name, at in row.columns.items() if course is None or name != "course"}
        actions.explain_columns(
            import_id=row.pk, chosen=chosen, course_id=course.pk if course else None, by=by, now=now
        )
        return actions.check_completions(import_id=row.pk, by=by, now=now)


def confirmed(by: Acting, examined: Examined, *, now: datetime = NOW, **options: Any) -> CompletionImport:
    row = checked(by, examined, now=now, **options)
    with acting_as(by):
        return actions.confirm_completions(import_id=row.pk, leave_out_refused=True, by=by, now=now)


def brought_in(by: Acting, examined: Examined, *, now: datetime = NOW, **options: Any) -> CompletionImport:
    row = confirmed(by, examined, now=now, **options)
    with acting_as(by):
        return actions.record_completions(import_id=row.pk, by=by, now=now)


def given(**changes: Any) -> Given:
    said = {"partner_name": "Severn Ferries", "group": "Crew", "as_at": ON, "in_scope": 40, "in_date": 31}
    return Given(**(said | changes))


def partner_return(by: Acting, *, now: datetime = NOW, **changes: Any) -> PartnerReturn:
    with acting_as(by):
        return actions.record_return(given=given(**changes), by=by, now=now)
