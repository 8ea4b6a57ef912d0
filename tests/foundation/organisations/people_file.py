"""A file of people and the steps it takes: uploaded, checked, applied."""

import csv
import io

import openpyxl

from foundation.files.examination import SPREADSHEETS, examine
from foundation.organisations import actions
from foundation.organisations.models import Membership, PeopleImportRow
from tests.conftest import NOW

HEADINGS = ["Staff number", "Name", "E-mail", "Team", "Job title", "Start date", "Leaving date"]


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


ANN = ["1001", "Ann Bowen", "ann@example.org", "Libraries", "Librarian", "05/01/2026", ""]
DEV = ["1002", "Dev Patel", "dev@example.org", "", "", "", ""]
