"""Whatever stands in a cell, a row comes out of it: fit to be kept, or with a sentence why not."""

import csv
import io
from contextlib import suppress
from datetime import date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from foundation.organisations.models import Employment, Membership, PeopleImportRow
from foundation.organisations.people_files import columns, reading
from foundation.organisations.people_files.cleaning import PROBLEMS, clean

ALL = {field.value: at for at, field in enumerate(columns.Field)}
ANYTHING = st.one_of(
    st.none(), st.text(max_size=300), st.integers(), st.floats(), st.booleans(), st.dates(), st.datetimes(),
    st.sampled_from(["=1+1", "-", "05/01/2026", "2026-02-30", "n/a", "a@b.org", "\u202eabc", "\x00"]),
)  # fmt: skip


@given(st.lists(ANYTHING, max_size=13))
@example([None, None, "0", "0", None, None, None, None, None, None, date(1899, 1, 1)])
@example([None, None, "0", "0", None, None, None, "\u202e", "Fixed Term Temp", "0"])
def test_any_cells_give_a_row_that_fits_the_table_or_says_what_is_wrong(cells):
    row = clean(2, cells, ALL)

    assert row.problem in {"", *PROBLEMS}
    if not row.problem:
        assert row.name
        assert row.staff_number or row.email
        for name in ("name", "staff_number", "email", "job_title", "staff_group", "employment", "external_id"):
            value = getattr(row, name)
            assert len(value) <= Membership._meta.get_field(name).max_length
            assert value == value.strip()
            assert value[:1] not in {"=", "+", "-", "@"}
            assert not any(mark in value for mark in "\x00\r\n\t\u202e\u2066")
        assert row.employment in {"", *Employment.values}
        assert len(row.line_manager) <= PeopleImportRow._meta.get_field("line_manager").max_length
        assert row.starts_on is None or 1900 <= row.starts_on.year <= 2200


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-01-05", date(2026, 1, 5)),
        ("2026-01-05T00:00:00", date(2026, 1, 5)),
        ("5/1/2026", date(2026, 1, 5)),
        ("05.01.2026", date(2026, 1, 5)),
        ("05-01-2026", date(2026, 1, 5)),
        ("05/01/2026 00:00", date(2026, 1, 5)),
        ("5 January 2026", date(2026, 1, 5)),
        ("05-Jan-2026", date(2026, 1, 5)),
        ("5 SEPT 2026", date(2026, 9, 5)),
        (date(2026, 1, 5), date(2026, 1, 5)),
        (datetime(2026, 1, 5, 23, 59), date(2026, 1, 5)),  # noqa: DTZ001 -- a spreadsheet knows no time zone
        ("", None),
        ("n/a", None),
    ],
)
def test_dates_are_read_as_britain_writes_them(written, meant):
    row = clean(2, ["Ann", "1", written], {"name": 0, "staff_number": 1, "starts_on": 2})

    assert (row.starts_on, row.problem) == (meant, "")


@pytest.mark.parametrize(
    "written", ["13/13/2026", "1/5/26", "2026", 46000, 46000.5, "soon", "0001-01-01", "31 Juni 2026"]
)
def test_what_could_be_another_date_is_refused(written):
    assert clean(2, ["Ann", "1", written], {"name": 0, "staff_number": 1, "starts_on": 2}).problem == "starts_on"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Permanent", "permanent"),
        ("PERM", "permanent"),
        ("Fixed Term Temp", "fixed_term"),
        ("Fixed-term", "fixed_term"),
        ("Bank", "casual"),
        ("Casual or bank", "casual"),
        ("Zero hours", "casual"),
        ("Agency worker", "agency"),
        ("Locum", "agency"),
        ("Honorary", "contractor"),
        ("Self-employed", "contractor"),
        ("Volunteer", "volunteer"),
        ("Cllr", "elected"),
        ("Non-Exec Director/Chair", "governor"),
        ("n/a", ""),
        (None, ""),
    ],
)
def test_employment_is_understood_as_personnel_systems_write_it(written, meant):
    row = clean(2, ["Ann", "1", written], {"name": 0, "staff_number": 1, "employment": 2})

    assert (row.employment, row.problem) == (meant, "")


@pytest.mark.parametrize("kind", Employment)
def test_employment_is_understood_as_the_portal_itself_writes_it(kind):
    row = clean(2, ["Ann", "1", kind.label], {"name": 0, "staff_number": 1, "employment": 2})

    assert row.employment == kind


@pytest.mark.parametrize("written", ["Astronaut", "perm?anent or bank", 7, "正社員"])
def test_an_employment_that_is_not_known_is_refused(written):
    assert clean(2, ["Ann", "1", written], {"name": 0, "staff_number": 1, "employment": 2}).problem == "employment"


TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=20)


@given(
    rows=st.lists(st.lists(TEXT, min_size=3, max_size=3), min_size=1, max_size=20),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_was_written_is_read_again(rows, delimiter, encoding):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(["Name", "Staff number", "Team"])
    writer.writerows(rows)

    table = reading.read(io.BytesIO(text.getvalue().encode(encoding)), is_spreadsheet=False)

    assert table.headings == ["Name", "Staff number", "Team"]
    assert [cells for _number, cells in table.rows] == [row for row in rows if any(cell.strip() for cell in row)]


@given(st.binary(max_size=2_000), st.booleans())
def test_no_bytes_make_reading_fail_otherwise_than_with_a_sentence(content, is_spreadsheet):
    with suppress(reading.CannotRead):
        table = reading.read(io.BytesIO(content), is_spreadsheet=is_spreadsheet)

        assert all(isinstance(cells, list) for _number, cells in table.rows)


def test_a_file_with_too_many_rows_is_refused(monkeypatch):
    monkeypatch.setattr(reading, "MOST_ROWS", 3)
    content = io.BytesIO(b"Name\n" + b"A\n" * 4)

    with pytest.raises(reading.CannotRead, match="more than 200,000 rows"):
        list(reading.read(content, is_spreadsheet=False).rows)


def test_headings_of_personnel_systems_are_understood():
    headings = ["Payroll No.", "Forename(s)", "Surname", "Work E-mail", "Directorate", "Post Title", "Hire Date", "X",
                "Staff Group", "Assignment Category", "Supervisor Employee Number"]  # fmt: skip

    assert columns.guess(headings) == {
        "staff_number": 0,
        "first_name": 1,
        "last_name": 2,
        "email": 3,
        "team": 4,
        "job_title": 5,
        "starts_on": 6,
        "staff_group": 8,
        "employment": 9,
        "line_manager": 10,
    }
