"""A file of 1,000 staff as a personnel system gives it, right or with rows wrong in several ways."""

import csv
import io
from collections.abc import Iterator

HEADINGS = ["Staff number", "Name", "E-mail", "Team", "Job title", "Staff group", "Employment", "Manager", "Start date"]
TEAMS = ["Housing", "Adult care", "Libraries", "Highways and transport"]
NAMES = ["Asha Mullen", "Seán Ó Ceallaigh", "Łucja Wójcik", "محمد علي", "王小明", "Ні́на Ковальчук", "Anne-Marie d'Arcy"]
COUNT, FRONT_LINE = 1_000, 400
# Number of the row in the file (the headings are row 1), what is wrong in it, and what the portal says of it.
WRONG = {
    13: ("Name", "", "The name is missing."),
    123: ("E-mail", "not an address", "The e-mail address is not one."),
    234: ("Start date", "31/02/2024", "The first day is not a date like 2026-03-27 or 27/03/2026."),
    345: (
        "Employment",
        "wizard",
        "The employment is not one we know. Use permanent, fixed term, bank, agency, contractor, volunteer, elected"
        " member or governor.",
    ),
    456: (
        "Manager",
        "999999",
        "Nobody has the line manager's staff number or e-mail address, here or in a row of this file that is not"
        " refused.",
    ),
    567: ("Job title", "=HYPERLINK(1)", "A cell begins like a formula (= + - @). Replace it with the value itself."),
    678: (
        "Name",
        "x" * 201,
        "A cell is longer than it may be: 200 characters, 100 for a staff group, 50 for a staff number.",
    ),
    789: ("Manager", "100788", "This person is named as their own line manager."),
}


def people() -> Iterator[dict[str, str]]:
    """Everybody, right: the first 400 are the front line; the first of each ten leads the other nine."""
    for number in range(COUNT):
        staff_number = str(100_001 + number)
        yield {
            "Staff number": staff_number,
            "Name": f"{NAMES[number % len(NAMES)]} {number + 1}",
            "E-mail": f"staff{number + 1}@example.org",
            "Team": TEAMS[number % len(TEAMS)],
            "Job title": "Officer",
            "Staff group": "Front line" if number < FRONT_LINE else "Office",
            "Employment": "Permanent",
            "Manager": "" if number % 10 == 0 else str(100_001 + number - number % 10),
            "Start date": "03/04/2023",
        }


def as_csv(wrong: dict[int, tuple[str, str, str]] | None = None) -> bytes:
    """The file, with ``wrong`` cells in the rows of these numbers."""
    rows = list(people())
    for number, (heading, value, _sentence) in (wrong or {}).items():
        rows[number - 2][heading] = value
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, HEADINGS, delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")
