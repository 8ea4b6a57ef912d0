"""A file of people from upload to what it did."""

import csv
import io
from datetime import date, datetime

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied

from foundation import jobs
from foundation.core.exceptions import RuleBroken
from foundation.files.examination import SPREADSHEETS, examine
from foundation.jobs.models import Job
from foundation.ledger.models import Event
from foundation.organisations import actions
from foundation.organisations.models import Membership, PeopleImport, PeopleImportRow, RoleGrant, Team
from foundation.organisations.roles import Role
from tests.conftest import NOW, make_membership
from tests.factories import organisations as factories

HEADINGS = ["Staff number", "Name", "E-mail", "Team", "Job title", "Start date", "Leaving date"]


@pytest.fixture
def admin(acting_for, within):
    return within(acting_for(Role.ORGANISATION_ADMIN, name="Administrator"))


def as_csv(rows, *, headings=HEADINGS, delimiter=",", encoding="utf-8"):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(headings)
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(rows, *, headings=HEADINGS):
    book = openpyxl.Workbook()
    for row in [headings, *rows]:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def upload(admin, content, name="people.csv"):
    return actions.upload_people(examined=examine(io.BytesIO(content), name, SPREADSHEETS), by=admin, now=NOW)


def check(admin, people_import):
    queued = actions.choose_columns(import_id=people_import.pk, chosen=people_import.columns, by=admin, now=NOW)
    assert queued.job.name == "organisations.check_people_import"
    return actions.check_import(import_id=people_import.pk, by=admin, now=NOW)


def apply(admin, people_import, *, leave_out_refused=False):
    actions.confirm_import(import_id=people_import.pk, leave_out_refused=leave_out_refused, by=admin, now=NOW)
    return actions.apply_import(import_id=people_import.pk, by=admin, now=NOW)


def run(admin, rows, **options):
    return apply(admin, check(admin, upload(admin, as_csv(rows, **options))))


def counted(people_import):
    return {name: number for name, number in people_import.counts.items() if number}


def people(admin):
    return {
        person.staff_number or person.email: person
        for person in Membership.objects.visible_to(admin).select_related("team").exclude(pk=admin.membership_id)
    }


def problems(people_import):
    return list(PeopleImportRow.objects.filter(people_import=people_import).refused().values_list("number", "problem"))


JANUARY = datetime(2026, 1, 5)  # noqa: DTZ001 -- a spreadsheet knows no time zone
ANN = ["1001", "Ann Bowen", "ann@example.org", "Libraries", "Librarian", "05/01/2026", ""]
DEV = ["1002", "Dev Patel", "dev@example.org", "", "", "", ""]


def test_new_people_and_their_teams_are_created_and_each_has_an_event(admin):
    done = run(admin, [ANN, DEV])

    assert counted(done) == {"create": 2, "new_teams": 1}
    ann, dev = people(admin)["1001"], people(admin)["1002"]
    assert (ann.name, ann.email, ann.team.name, ann.job_title, ann.starts_on, ann.ends_on) == (
        "Ann Bowen",
        "ann@example.org",
        "Libraries",
        "Librarian",
        date(2026, 1, 5),
        None,
    )
    assert (dev.team, dev.starts_on, dev.user_id) == (None, NOW.date(), None)
    assert set(Event.objects.filter(verb="person.added").values_list("target_reference", "facts")) == {
        (person.reference, f'{{"import":"{done.reference}"}}') for person in (ann, dev)
    }


def test_references_of_imported_people_look_like_all_others(admin):
    run(admin, [[str(number), f"Person {number}", "", "", "", "", ""] for number in range(300)])

    references = [person.reference for person in people(admin).values()]
    assert len(set(references)) == 300
    assert all(len(r) == 9 and r[4] == "-" and set(r) <= set("23456789BCDFGHJKMNPQRSTVWXYZ-") for r in references)
    assert set("".join(references)) == set("23456789BCDFGHJKMNPQRSTVWXYZ-")


def test_the_same_file_again_changes_nothing(admin):
    run(admin, [ANN, DEV])
    before = list(Membership.objects.order_by("pk").values())

    again = check(admin, upload(admin, as_csv([ANN, DEV])))

    assert counted(again) == {"unchanged": 2}
    with pytest.raises(RuleBroken, match="changes nothing"):
        actions.confirm_import(import_id=again.pk, leave_out_refused=False, by=admin, now=NOW)
    assert list(Membership.objects.order_by("pk").values()) == before


def test_checking_changes_nobody(admin):
    checked = check(admin, upload(admin, as_csv([ANN])))

    assert counted(checked) == {"create": 1, "new_teams": 1}
    assert people(admin) == {}
    assert Team.objects.count() == 0


def test_a_person_is_found_by_staff_number_and_only_what_differs_changes(admin):
    run(admin, [ANN])

    done = run(admin, [["1001", "Ann Jones", "", "libraries", "", "", ""]])

    ann = people(admin)["1001"]
    assert counted(done) == {"update": 1}
    assert (ann.name, ann.email, ann.team.name, ann.job_title, ann.version) == (
        "Ann Jones",
        "ann@example.org",
        "Libraries",
        "Librarian",
        2,
    )
    assert Event.objects.get(verb="person.changed").facts == f'{{"fields":["name"],"import":"{done.reference}"}}'


def test_somebody_without_a_staff_number_is_found_by_e_mail_and_gets_it(admin):
    added = factories.person(admin, name="Ann Bowen", email="ANN@example.org", staff_number="")

    done = run(admin, [ANN])

    assert counted(done) == {"update": 1, "new_teams": 1}
    assert people(admin)["1001"].pk == added.pk


def test_an_e_mail_address_of_somebody_with_another_staff_number_is_refused(admin):
    factories.person(admin, email="ann@example.org", staff_number="9999")

    checked = check(admin, upload(admin, as_csv([ANN])))

    assert problems(checked) == [(2, "email_of_other")]


def test_a_last_day_ends_somebody_with_their_roles_and_sessions(admin):
    leaver = make_membership(admin.organisation, Role.PREVENT_LEAD, name="Lead")
    Membership.objects.filter(pk=leaver.pk).update(staff_number="7")
    before = leaver.user.sessions_valid_from

    done = run(admin, [["7", "Lead", "", "", "", "", "30/11/2026"]])

    leaver.refresh_from_db()
    leaver.user.refresh_from_db()
    assert counted(done) == {"update": 1, "leaving": 1}
    assert leaver.ends_on == date(2026, 11, 30)
    assert RoleGrant.objects.get(membership=leaver).ends_on == date(2026, 11, 30)
    assert leaver.user.sessions_valid_from != before
    assert Event.objects.get(verb="person.ended").facts == (f'{{"import":"{done.reference}","last_day":"2026-11-30"}}')


def test_nobody_leaves_because_they_are_missing_from_the_file(admin):
    run(admin, [ANN, DEV])

    run(admin, [["1001", "Ann Jones", "", "", "", "", ""]])

    assert people(admin)["1002"].ends_on is None


def test_an_administrator_is_not_ended_by_a_file(admin):
    Membership.objects.filter(pk=admin.membership_id).update(staff_number="1")

    checked = check(admin, upload(admin, as_csv([["1", "Administrator", "", "", "", "", "30/11/2026"]])))

    assert problems(checked) == [(2, "administrator")]


def test_somebody_who_left_is_not_brought_back_by_a_file(admin):
    gone = factories.person(admin, name="Gone", staff_number="5")
    actions.end_person(membership_id=gone.pk, last_day=date(2026, 10, 1), by=admin, now=NOW)

    checked = check(admin, upload(admin, as_csv([["5", "Gone", "", "", "", "", ""]])))
    repeated = check(admin, upload(admin, as_csv([["5", "Gone", "", "", "", "", "1/10/2026"]])))

    assert problems(checked) == []  # its rows went when the second file came
    assert counted(repeated) == {"unchanged": 1}
    assert checked.counts["refused"] == 1


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["", "No Key", "", "", "", "", ""]], [(2, "no_key")]),
        ([["1", "", "", "", "", "", ""]], [(2, "no_name")]),
        ([["1", "A", "not an address", "", "", "", ""]], [(2, "email")]),
        ([["1", "A", "", "", "", "31/02/2026", ""]], [(2, "starts_on")]),
        ([["1", "A", "", "", "", "", "02/2026"]], [(2, "ends_on")]),
        ([["1", "A", "", "", "", "12/31/2026", ""]], [(2, "starts_on")]),
        ([["1", "A", "", "", "", "05/01/2026", "04/01/2026"]], [(2, "ends_before_start")]),
        ([["1", "=SUM(A1)", "", "", "", "", ""]], [(2, "formula")]),
        ([["@x", "A", "", "", "", "", ""]], [(2, "formula")]),
        ([["1", "A" * 201, "", "", "", "", ""]], [(2, "too_long")]),
        ([["1" * 51, "A", "", "", "", "", ""]], [(2, "too_long")]),
        ([["1", "A", "", "", "", "", ""], ["1", "B", "", "", "", "", ""]], [(3, "staff_number_twice")]),
        ([["", "A", "a@b.org", "", "", "", ""], ["", "B", "A@b.org", "", "", "", ""]], [(3, "email_twice")]),
        ([["1", "A"], ["2"]], [(3, "no_name")]),
    ],
)
def test_what_is_wrong_with_a_row_is_said_and_where(admin, rows, expected):
    checked = check(admin, upload(admin, as_csv(rows)))

    assert problems(checked) == expected


def test_exactly_repeated_rows_count_once_and_empty_rows_not_at_all(admin):
    checked = check(admin, upload(admin, as_csv([ANN, [], ["", "  ", ""], ANN, DEV])))

    assert counted(checked) == {"create": 2, "repeated": 1, "new_teams": 1}


def test_two_rows_about_one_person_are_refused(admin):
    factories.person(admin, name="Ann", email="ann@example.org", staff_number="1001")

    checked = check(admin, upload(admin, as_csv([ANN, ["", "Ann Other", "ann@example.org", "", "", "", ""]])))

    assert problems(checked) == [(3, "person_twice")]


def test_names_of_200_characters_in_any_script_arrive_as_they_were(admin):
    names = ["Ŵ" * 200, "李小龍", "محمد بن عبد الله", "Ὀδυσσεύς", "นางสาว ศรีสุดา", "O'Brien-Łukasz, Dr"]

    run(admin, [[str(number), name, "", "", "", "", ""] for number, name in enumerate(names)])

    assert [people(admin)[str(number)].name for number in range(len(names))] == names


def test_a_name_cannot_carry_marks_that_turn_the_direction_of_text(admin):
    run(admin, [["1", "Ann\u202egpj.exe \u2066x", "", "", "", "", ""]])

    assert people(admin)["1"].name == "Anngpj.exe x"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_files_are_read_whatever_their_encoding_and_separator(admin, delimiter, encoding):
    row = ["1", "Zoë; O’Neill, |Ph.D.|", "", "Café", "", "", ""]

    run(admin, [row], delimiter=delimiter, encoding=encoding)

    assert (people(admin)["1"].name, people(admin)["1"].team.name) == ("Zoë; O’Neill, |Ph.D.|", "Café")


def test_a_spreadsheet_brings_dates_and_numbers_as_they_are_meant(admin):
    content = as_xlsx(
        [
            [1001, "Ann Bowen", "ann@example.org", None, "Librarian", JANUARY, date(2027, 3, 31)],
            [1002.0, "Dev Patel", None, None, None, "27 March 2026", None],
            ["0003", "Kept Zeros", None, None, None, None, None],
        ]
    )

    done = apply(admin, check(admin, upload(admin, content, "people.xlsx")))

    found = people(admin)
    assert counted(done) == {"create": 3}
    assert (found["1001"].starts_on, found["1001"].ends_on) == (date(2026, 1, 5), date(2027, 3, 31))
    assert found["1002"].starts_on == date(2026, 3, 27)
    assert found["0003"].name == "Kept Zeros"


def test_a_formula_in_a_spreadsheet_is_refused_and_not_computed(admin):
    checked = check(admin, upload(admin, as_xlsx([[1, '=CONCAT("A","B")', "", "", "", "", ""]]), "people.xlsx"))

    assert problems(checked) == [(2, "formula")]


def test_refused_rows_stand_in_the_way_unless_they_are_left_out(admin):
    checked = check(admin, upload(admin, as_csv([ANN, ["", "No Key", "", "", "", "", ""]])))

    with pytest.raises(RuleBroken, match="Some rows are refused"):
        actions.confirm_import(import_id=checked.pk, leave_out_refused=False, by=admin, now=NOW)
    done = apply(admin, checked, leave_out_refused=True)

    assert counted(done) == {"create": 1, "new_teams": 1, "refused": 1}
    assert list(people(admin)) == ["1001"]


def test_if_people_changed_since_the_check_nothing_is_applied(admin):
    checked = check(admin, upload(admin, as_csv([ANN, DEV])))
    actions.confirm_import(import_id=checked.pk, leave_out_refused=False, by=admin, now=NOW)
    factories.person(admin, staff_number="1002", name="Somebody else came first")

    with pytest.raises(RuleBroken, match="changed since the file was checked"):
        actions.apply_import(import_id=checked.pk, by=admin, now=NOW)

    assert list(people(admin)) == ["1002"]


def test_applying_twice_does_it_once(admin):
    done = run(admin, [ANN])

    again = actions.apply_import(import_id=done.pk, by=admin, now=NOW)

    assert again.status == "applied"
    assert Event.objects.filter(verb="person.added").count() == 1


def test_what_was_typed_in_the_file_is_forgotten_once_it_is_applied_or_put_aside(admin):
    done = run(admin, [ANN])
    aside = check(admin, upload(admin, as_csv([DEV])))

    actions.abandon_import(import_id=aside.pk, by=admin, now=NOW)

    assert PeopleImportRow.objects.count() == 0
    assert {each.stored_file.status for each in PeopleImport.objects.filter(pk__in=[done.pk, aside.pk])} == {
        "withdrawn"
    }


def test_a_new_file_puts_aside_the_one_that_was_not_applied(admin):
    first = check(admin, upload(admin, as_csv([ANN])))

    upload(admin, as_csv([DEV]))

    first.refresh_from_db()
    assert first.status == "abandoned"


@pytest.mark.parametrize(
    ("headings", "sentence"),
    [
        (["Staff number", "Team"], "Choose the column with the name"),
        (["First name", "Staff number"], "Choose the column with the name"),
        (["Name", "Team"], "people are found by them"),
    ],
)
def test_a_file_that_cannot_name_or_find_people_is_refused(admin, headings, sentence):
    uploaded = upload(admin, as_csv([["a", "b"]], headings=headings))

    with pytest.raises(RuleBroken, match=sentence):
        actions.choose_columns(import_id=uploaded.pk, chosen=uploaded.columns, by=admin, now=NOW)


def test_first_and_last_names_make_a_name(admin):
    run(admin, [["Ann", "Bowen", "1"]], headings=["Forename", "Surname", "Employee No."])

    assert people(admin)["1"].name == "Ann Bowen"


def test_one_column_cannot_mean_two_things(admin):
    uploaded = upload(admin, as_csv([ANN]))

    with pytest.raises(RuleBroken, match="cannot mean two things"):
        actions.choose_columns(import_id=uploaded.pk, chosen={"name": 1, "staff_number": 1}, by=admin, now=NOW)


def test_an_open_quotation_mark_is_a_sentence_and_not_a_crash(admin):
    uploaded = upload(admin, b'Name,Staff number\nAnn,1\n"Dev,2\n')

    checked = check(admin, uploaded)

    assert (checked.status, checked.problem) == (
        "failed",
        "Row 3 cannot be read: a quotation mark is not closed, or a cell is longer than 10,000 characters.",
    )


def test_the_file_is_checked_and_applied_by_jobs_with_the_requesters_rights(admin):
    uploaded = upload(admin, as_csv([ANN]))
    actions.choose_columns(import_id=uploaded.pk, chosen=uploaded.columns, by=admin, now=NOW)

    checked = jobs.run_here(Job.objects.get(name="organisations.check_people_import"), at=NOW)
    actions.confirm_import(import_id=uploaded.pk, leave_out_refused=False, by=admin, now=NOW)
    applied = jobs.run_here(Job.objects.get(name="organisations.apply_people_import"), at=NOW)

    assert (checked.status, checked.result_url_name, checked.result_reference) == (
        "done",
        "organisations:import",
        uploaded.reference,
    )
    assert applied.status == "done"
    assert list(people(admin)) == ["1001"]


@pytest.mark.parametrize("role", sorted(set(Role.values) - {Role.ORGANISATION_ADMIN}))
def test_nobody_but_an_administrator_uploads_people(acting_for, within, role):
    by = within(acting_for(role))

    with pytest.raises(PermissionDenied, match="Only an organisation administrator"):
        upload(by, as_csv([ANN]))

    assert PeopleImport.objects.count() == 0
