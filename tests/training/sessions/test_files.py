"""Who came, by a file: matched by staff number, then by e-mail; every wrong row is named, and nothing half recorded."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from foundation.core.acting import acting_as
from foundation.core.exceptions import RuleBroken
from foundation.files.models import StoredFile
from tests.factories.sessions import AFTERWARDS, booked, file_of, planned
from tests.foundation.files import samples
from training import attendance_files
from training.actions import attendance
from training.attendance_files import RowsRefused
from training.models import Place, TaughtSession


@pytest.fixture
def ann(people):
    return people(1, name="Ann", staff_number="1001", email="ann@example.org")[0]


@pytest.fixture
def bo(people):
    return people(1, name="Bo", staff_number="", email="bo@example.org")[0]


@pytest.fixture
def session(manager, course, ann):
    session = planned(manager, course)
    booked(manager, session, ann)
    return session


def upload(by, session, rows, *, with_walk_ins=False, **options):
    with acting_as(by):
        return attendance.record_attendance_from_file(
            session_id=session.pk, version=TaughtSession.objects.get(pk=session.pk).version,
            examined=file_of(rows, **options), with_walk_ins=with_walk_ins, by=by, now=AFTERWARDS,
        )  # fmt: skip


def refused(by, session, rows, **options):
    with pytest.raises(RowsRefused) as caught:
        upload(by, session, rows, **options)
    problems = {str(sentence): code for code, sentence in attendance_files.PROBLEMS.items()}
    return [(row.number, row.who, problems[str(row.problem)]) for row in caught.value.rows]


def test_people_are_found_by_staff_number_and_then_by_address(manager, session, ann, bo, within):
    upload(manager, session, [["1001", "", "80%"], ["", "BO@example.org", ""]], with_walk_ins=True)

    within(manager)
    found = list(Place.objects.order_by("pk").values_list("membership_id", "status", "score", "is_walk_in"))
    assert found == [(ann.pk, "attended", 80, False), (bo.pk, "attended", None, True)]


def test_whoever_has_a_place_and_is_not_in_the_file_did_not_come(manager, session, ann, bo, within):
    upload(manager, session, [["", "bo@example.org", ""]], with_walk_ins=True)

    within(manager)
    assert Place.objects.get(membership=ann).status == "absent"


def test_a_list_of_everybody_says_who_came_in_a_column_of_its_own(manager, session, ann, bo, within):
    headings = ("Staff number", "E-mail", "Attended?")
    refused_rows = refused(manager, session, [["1001", "", "perhaps"]], headings=headings)
    assert refused_rows == [(2, "1001", "came")]

    rows = [["1001", "", "No"], ["", "bo@example.org", "YES"], ["404", "", ""]]
    upload(manager, session, rows, headings=headings, with_walk_ins=True)

    within(manager)
    assert dict(Place.objects.values_list("membership_id", "status")) == {ann.pk: "absent", bo.pk: "attended"}


def test_every_wrong_row_is_named_and_nothing_is_recorded(manager, session, bo, within):
    rows = [
        ["1001", "", ""],
        ["", "", "5"],
        ["404", "", ""],
        ["1001", "", ""],
        ["", "bo@example.org", ""],
        ["1001", "", "101"],
        ["=1+1", "", ""],
        ["9", "ann@example.org", ""],
    ]

    found = refused(manager, session, rows)

    assert found == [
        (3, "", "no_key"),
        (4, "404", "nobody"),
        (5, "1001", "repeated"),
        (6, "bo@example.org", "no_place"),
        (7, "1001", "score"),
        (8, "", "cell"),
        (9, "9", "other_number"),
    ]
    within(manager)
    assert list(Place.objects.values_list("status", flat=True)) == ["booked"]


def test_an_address_that_two_people_have_is_asked_about(manager, session, people):
    people(2, email="both@example.org")

    assert refused(manager, session, [["", "both@example.org", ""]]) == [(2, "both@example.org", "several")]


def test_too_many_rows_are_named_once(manager, session, monkeypatch):
    monkeypatch.setattr(attendance_files, "MOST_ROWS", 2)

    assert refused(manager, session, [["1001", "", ""], ["404", "", ""], ["405", "", ""], ["406", "", ""]]) == [
        (3, "404", "nobody"),
        (4, "", "too_many"),
    ]


def test_somebody_who_left_before_the_session_is_nobody(manager, session, people):
    people(1, staff_number="77", ends_on=AFTERWARDS.date().replace(day=20))

    assert refused(manager, session, [["77", "", ""]], with_walk_ins=True) == [(2, "77", "nobody")]


@pytest.mark.parametrize(
    ("rows", "headings", "sentence"),
    [
        ([["x"]], ("Nothing we know",), "No column is headed"),
        ([], ("Staff number",), "has headings and no rows"),
    ],
)
def test_a_file_that_names_nobody_is_refused(manager, session, rows, headings, sentence):
    with pytest.raises(RuleBroken, match=sentence):
        upload(manager, session, rows, headings=headings)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("came.csv", b"", "The file is empty."),
        ("came.csv", b"Staff number\n" + b"1" * 2_000_000, "The file must be smaller than 2 MB."),
        ("came.csv", samples.png(), "but its content is something else (a PNG image)."),
        ("came.xlsx", b"Staff number\n1001\n", "but its content is something else"),
        ("came.pdf", samples.pdf(), "The file must be one of these types: CSV or XLSX."),
        ("came.xlsm", samples.xlsx(), "The file contains macros"),
    ],
)
def test_what_is_no_list_is_refused_as_every_upload_is_and_nothing_is_recorded(
    manager, session, client_for, monkeypatch, within, name, content, sentence
):
    monkeypatch.setattr(TaughtSession, "has_begun", lambda *_: True)
    sent = {"file": SimpleUploadedFile(name, content, content_type="text/csv"), "version": "1"}

    page = client_for(manager).post(f"{session.get_absolute_url()}attendance/upload/", sent)

    assert [error for error in page.context["form"].errors["file"] if sentence in error]
    within(manager)
    assert list(Place.objects.values_list("status", flat=True)) == ["booked"]
    assert StoredFile.objects.count() == 0


def test_the_file_is_not_kept(manager, session, within):
    upload(manager, session, [["1001", "", ""]])

    within(manager)
    assert StoredFile.objects.count() == 0
