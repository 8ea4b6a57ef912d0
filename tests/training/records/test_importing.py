"""A file of training from upload to what it recorded, and taken back."""

import csv
import io
from datetime import date, datetime, timedelta

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied

from foundation import jobs
from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from foundation.files.examination import SPREADSHEETS, examine
from foundation.jobs.models import Job
from foundation.ledger.models import Event
from tests.at_once import at_once
from tests.conftest import NOW
from tests.factories.records import HEADINGS, brought_in, checked, confirmed, file_of, outside_course, recorded
from tests.factories.records import uploaded as upload
from tests.factories.training import make_course
from training import actions
from training.bringing import names, upkeep
from training.models import Came, Completion, CompletionImport, CompletionImportRow, CourseName, PersonChange
from training.workflow import RecordStatus

TITLE = "Prevent awareness course"


def row(number="1001", email="", course=TITLE, on="27/03/2026", provider="", certificate=""):
    return [number, email, course, on, provider, certificate]


def counted(found):
    return {name: number for name, number in found.counts.items() if number}


def problems(manager, found):
    with acting_as(manager):
        rows = CompletionImportRow.objects.visible_to(manager).filter(completion_import=found).refused()
        return list(rows.values_list("number", "field", "problem"))


def recorded_rows(manager):
    with acting_as(manager):
        return list(
            Completion.objects.visible_to(manager)
            .order_by("completed_on", "membership_id")
            .select_related("membership")
        )


def encoded(rows, *, encoding="utf-8", delimiter=","):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(HEADINGS)
    writer.writerows(rows)
    return examine(io.BytesIO(text.getvalue().encode(encoding)), "training.csv", SPREADSHEETS)


def test_rows_become_records_of_the_people_with_their_team_and_post_then(manager, people, course):
    ann = people("Ann Bowen", staff_number="1001", job_title="Librarian")

    found = brought_in(manager, file_of([row(provider="A college", certificate="K-17")]))

    [record] = recorded_rows(manager)
    assert counted(found) == {"create": 1, "people": 1}
    assert (record.membership_id, record.course_id, record.completed_on) == (ann.pk, course.pk, date(2026, 3, 27))
    assert (record.came, record.status, record.brought_by_id) == (Came.IMPORT, RecordStatus.COUNTS, found.pk)
    assert (record.provider, record.number, record.post_then) == ("A college", "K-17", "Librarian")
    assert len(record.reference) == 9


def test_whoever_is_concerned_is_noted_to_be_worked_out_and_each_has_an_event(manager, people, course):
    ann = people(staff_number="1001")
    with acting_as(manager):
        PersonChange.objects.all().delete()

    found = brought_in(manager, file_of([row(), row(on="28/03/2026")]))

    with acting_as(manager):
        assert list(PersonChange.objects.values_list("membership_id", flat=True)) == [ann.pk]
        events = Event.objects.filter(verb="training.recorded").values_list("target_reference", "facts")
        assert list(events) == [(ann.reference, f'{{"import":"{found.reference}"}}')] * 2


def test_people_are_found_by_staff_number_then_by_e_mail(manager, people, course):
    ann = people("Ann", staff_number="1001", email="ann@example.org")
    dev = people("Dev", email="dev@example.org")

    third = row("9", "dev@example.org", on="1/4/2026")
    brought_in(manager, file_of([row("1001", "elsewhere@example.org"), row("", "DEV@example.org"), third]))

    assert [each.membership_id for each in recorded_rows(manager)] == [ann.pk, dev.pk, dev.pk]


def test_what_is_wrong_is_said_by_row_and_column(manager, people, course):
    people("Ann", staff_number="1001", email="ann@example.org")
    people("Twin", email="twin@example.org")
    people("Twin", email="twin@example.org", staff_number="7")
    tomorrow = f"{NOW + timedelta(days=1):%d/%m/%Y}"

    found = checked(
        manager,
        file_of(
            [
                row("404"), row("", "nobody@example.org"), row("", "twin@example.org"), row("9", "ann@example.org"),
                row("", ""), row("", "no address"), row(course=""), row(on=""), row(on="31/02/2026"), row(on=tomorrow),
                row(on="1/1/1989"), row(provider="=1+1"), row(certificate="9" * 101), row(course="Fire safety"),
            ]
        ),
    )  # fmt: skip

    assert problems(manager, found) == [
        (2, "staff_number", "nobody"),
        (3, "email", "nobody"),
        (4, "email", "several"),
        (5, "email", "other_number"),
        (6, "staff_number", "no_key"),
        (7, "email", "email"),
        (8, "course", "no_course"),
        (9, "completed_on", "no_day"),
        (10, "completed_on", "day"),
        (11, "completed_on", "future"),
        (12, "completed_on", "too_old"),
        (13, "provider", "formula"),
        (14, "certificate", "too_long"),
        (15, "course", "course_unknown"),
    ]
    assert counted(found) == {"refused": 14, "unknown_names": 1}


def test_a_day_before_a_course_of_the_portal_existed_is_refused(manager, people):
    people(staff_number="1001")
    title = make_course().title

    found = checked(manager, file_of([row(course=title, on="2026-01-04"), row(course=title, on="2026-01-05")]))

    assert problems(manager, found) == [(2, "completed_on", "before_course")]
    assert counted(found) == {"create": 1, "people": 1, "refused": 1}


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-8", ","), ("utf-8-sig", ";"), ("utf-16", "\t"), ("cp1252", ";")],
)
def test_files_of_many_kinds_are_read(manager, people, course, encoding, delimiter):
    people(staff_number="1001")

    rows = [row(provider="Ysgol Tŷ" if "utf" in encoding else "Café")]

    found = checked(manager, encoded(rows, encoding=encoding, delimiter=delimiter))

    assert counted(found) == {"create": 1, "people": 1}


def test_dates_of_spreadsheets_are_read(manager, people, course):
    people(staff_number="1001")
    book = openpyxl.Workbook()
    days = [datetime(2026, 3, 27), 46_109, "29-MAR-2026", "30/03/26"]  # noqa: DTZ001 -- as a spreadsheet has it
    for each in [HEADINGS, *(row(1001, on=day) for day in days)]:
        book.active.append(each)
    target = io.BytesIO()
    book.save(target)

    brought_in(manager, examine(io.BytesIO(target.getvalue()), "training.xlsx", SPREADSHEETS))

    found = [each.completed_on for each in recorded_rows(manager)]
    assert found == [date(2026, 3, 27), date(2026, 3, 28), date(2026, 3, 29), date(2026, 3, 30)]


def test_rows_said_twice_and_rows_recorded_before_are_not_recorded_again(manager, people, course):
    ann = people(staff_number="1001")
    recorded(manager, ann, course, on=date(2026, 3, 1))

    found = brought_in(manager, file_of([row(), row(), row(on="1/3/2026")]))

    assert counted(found) == {"create": 1, "people": 1, "repeated": 1, "known": 1}
    assert len(recorded_rows(manager)) == 2


def test_the_same_file_again_changes_nothing(manager, people, course):
    people(staff_number="1001")
    brought_in(manager, file_of([row()]))

    again = checked(manager, file_of([row()]))

    assert counted(again) == {"known": 1}
    with acting_as(manager), pytest.raises(RuleBroken, match="There is nothing new in this file"):
        actions.confirm_completions(import_id=again.pk, leave_out_refused=False, by=manager, now=NOW)


def test_one_course_may_be_meant_by_all_rows(manager, people, course):
    people(staff_number="1001")

    found = checked(manager, file_of([row(course="whatever")]), course=course)

    assert counted(found) == {"create": 1, "people": 1}


def test_a_name_is_explained_once_and_known_in_the_next_file(manager, people, course):
    people(staff_number="1001")
    first = checked(manager, file_of([row(course="Prevent — L3"), row(course="Fire safety")]))

    with acting_as(manager):
        chosen = {"prevent l3": str(course.pk), "fire safety": "other"}
        actions.explain_names(import_id=first.pk, chosen=chosen, by=manager, now=NOW)
        first = actions.check_completions(import_id=first.pk, by=manager, now=NOW)
    again = checked(manager, file_of([row(course="PREVENT L3"), row("404", course="fire safety")]))

    assert counted(first) == {"create": 1, "people": 1, "other": 1}
    assert counted(again) == {"create": 1, "people": 1, "other": 1}
    with acting_as(manager):
        assert CourseName.objects.count() == 2


def test_a_name_in_another_script_is_a_name(manager, people, course):
    people(staff_number="1001")
    found = checked(manager, file_of([row(course="ਰੋਕਥਾਮ ਸਿਖਲਾਈ")]))

    with acting_as(manager):
        [name] = [each.key for each in names.unknown(manager, found)]
        actions.explain_names(import_id=found.pk, chosen={name: str(course.pk)}, by=manager, now=NOW)
        found = actions.check_completions(import_id=found.pk, by=manager, now=NOW)

    assert counted(found) == {"create": 1, "people": 1}


def test_a_former_name_proposes_the_course_it_meant(manager, people, course):
    former = outside_course("Workshop to Raise Awareness of Prevent (WRAP)", code="wrap")
    people(staff_number="1001")
    found = checked(manager, file_of([row(course="WRAP 3")]))

    with acting_as(manager):
        [unknown] = names.unknown(manager, found)

    assert (unknown.name, unknown.rows, unknown.proposed) == ("WRAP 3", 1, former.pk)


def test_refused_rows_stand_in_the_way_unless_they_are_left_out(manager, people, course):
    people(staff_number="1001")
    found = checked(manager, file_of([row(), row("404")]))

    with acting_as(manager), pytest.raises(RuleBroken, match="Some rows are refused"):
        actions.confirm_completions(import_id=found.pk, leave_out_refused=False, by=manager, now=NOW)


def test_what_changed_since_the_check_leaves_everything_as_it_is(manager, people, course):
    ann = people(staff_number="1001")
    people("Dev", staff_number="1002")
    found = confirmed(manager, file_of([row(), row("1002")]))
    recorded(manager, ann, course)

    with acting_as(manager), pytest.raises(RuleBroken, match="changed since the file was checked"):
        actions.record_completions(import_id=found.pk, by=manager, now=NOW)

    assert len(recorded_rows(manager)) == 1


def test_the_jobs_do_what_the_pages_promise_and_rows_and_bytes_go(manager, people, course, within):
    people(staff_number="1001")
    found = upload(manager, file_of([row()]))
    within(manager)
    actions.explain_columns(import_id=found.pk, chosen=found.columns, course_id=None, by=manager, now=NOW)
    jobs.run_here(Job.objects.get(name="training.check_completions"), at=NOW)
    actions.confirm_completions(import_id=found.pk, leave_out_refused=False, by=manager, now=NOW)

    done = jobs.run_here(Job.objects.get(name="training.record_completions"), at=NOW)

    after = CompletionImport.objects.get()
    assert (done.failure_code, after.status) == ("", "applied")
    assert (CompletionImportRow.objects.count(), after.stored_file.status) == (0, "withdrawn")
    assert Completion.objects.count() == 1


def test_all_records_of_a_file_are_withdrawn_together(manager, people, course):
    ann = people(staff_number="1001")
    kept = recorded(manager, ann, course, on=date(2026, 1, 1))
    found = brought_in(manager, file_of([row(), row(on="28/3/2026")]))

    with acting_as(manager):
        actions.withdraw_import(import_id=found.pk, reason="The wrong export.", by=manager, now=NOW)
        gone = actions.withdraw_completions(import_id=found.pk, by=manager, now=NOW)

    statuses = {each.pk: (each.status, each.decision_reason) for each in recorded_rows(manager)}
    assert statuses.pop(kept.pk) == (RecordStatus.COUNTS, "")
    assert set(statuses.values()) == {(RecordStatus.WITHDRAWN, "The wrong export.")}
    assert (gone.status, gone.counts["withdrawn"]) == ("withdrawn", 2)


def test_confirmed_twice_at_once_it_is_recorded_once(committed, manager, people, course, backup):
    people(staff_number="1001")
    found = confirmed(manager, file_of([row()]))

    def record():
        with acting_as(manager):
            return actions.record_completions(import_id=found.pk, by=manager, now=NOW)

    at_once(record, record)

    assert backup(Completion).count() == 1
    assert backup(Event).filter(verb="training.import_applied").count() == 1


def test_files_that_nobody_recorded_go_after_thirty_days(committed, manager, people, course, backup):
    people(staff_number="1001")
    checked(manager, file_of([row()]))

    assert upkeep.forget_files(now=NOW + timedelta(days=29)) == 0
    assert upkeep.forget_files(now=NOW + timedelta(days=31)) == 1

    assert backup(CompletionImportRow).count() == 0
    assert backup(CompletionImport).get().status == "abandoned"


def test_staff_upload_nothing(learner, within):
    within(learner)

    with pytest.raises(PermissionDenied):
        actions.upload_completions(examined=file_of([row()]), by=learner, now=NOW)


def test_a_course_of_another_organisation_is_not_known(manager, people, other_organisation):
    people(staff_number="1001")
    with_theirs = outside_course("Their own course", provider="Them", organisation=other_organisation)

    found = checked(manager, file_of([row(course=with_theirs.title)]))

    assert problems(manager, found) == [(2, "course", "course_unknown")]
