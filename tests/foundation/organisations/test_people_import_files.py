"""What is read from a file of people, and what is refused and where."""

from datetime import date, datetime

import pytest

from foundation.core.exceptions import RuleBroken
from foundation.organisations import actions
from tests.conftest import NOW
from tests.factories import organisations as factories
from tests.foundation.organisations.people_file import (
    ANN,
    DEV,
    apply,
    as_csv,
    as_xlsx,
    check,
    counted,
    people,
    problems,
    run,
    upload,
)

JANUARY = datetime(2026, 1, 5)  # noqa: DTZ001 -- a spreadsheet knows no time zone


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
