"""What an import of people costs (P10 of the performance bar), against COPY and one INSERT of the same rows.

And what it costs to look for people who are there twice, among as many, against grouping them in plain SQL.
"""

import csv
import io
from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter
from typing import Any

from django.db import connection, connections
from django.utils import timezone

from foundation.core.acting import Acting, acting_as
from foundation.core.benchmarks import Measurement
from foundation.files.examination import SPREADSHEETS, examine
from foundation.organisations import actions, duplicates

PEOPLE = 60_000
ROUNDS = 5
HEADINGS = (
    "Staff number", "Name", "E-mail", "Team", "Job title", "Start date", "Staff group", "Employment", "Line manager"
)  # fmt: skip
LED = 12  # how many people report to one

TABLE = """
CREATE TEMP TABLE given (number text, name text, email text, team text, job text, starts text, staff_group text,
                         employment text, manager text) ON COMMIT DROP
"""
# References are scattered like ours: in order they would go into their index faster than any real ones.
UPSERT = """
WITH person AS MATERIALIZED (SELECT *, nextval('organisations_membership_id_seq') AS id FROM given)
INSERT INTO organisations_membership
       (id, organisation_id, reference, version, name, email, staff_number, external_id, job_title, starts_on,
        staff_group, employment, line_manager_id)
SELECT person.id, %(organisation)s, reverse(lpad(to_hex(row_number() OVER () + %(organisation)s * 100000), 9, 'y')), 1,
       person.name, person.email, person.number, '', person.job, to_date(person.starts, 'DD/MM/YYYY'),
       person.staff_group, lower(person.employment), manager.id
  FROM person LEFT JOIN person AS manager ON manager.number = person.manager
    ON CONFLICT (organisation_id, staff_number) WHERE staff_number <> '' AND joined_into_id IS NULL
    DO UPDATE SET name = excluded.name, email = excluded.email, job_title = excluded.job_title,
                  staff_group = excluded.staff_group, employment = excluded.employment,
                  line_manager_id = excluded.line_manager_id
"""

ALIKE = """
SELECT min(id), max(id), count(*) FROM organisations_membership
 WHERE organisation_id = %(organisation)s AND (ends_on IS NULL OR ends_on >= %(today)s)
 GROUP BY {alike} HAVING count(*) > 1 ORDER BY 1 LIMIT 100
"""


def p10_import(new_organisation: Callable[[str], Acting], people: int = PEOPLE) -> Iterator[Measurement]:
    """Import so many people: examined, checked, applied, each with an event; the same file again; who is there twice.

    Every round has an organisation of its own for each way, so that none finds people of an earlier one.
    """
    new, same, yardstick, alike, grouped = [], [], [], [], []
    for number in range(ROUNDS):
        ours, theirs = new_organisation(f"I{number} Imported"), new_organisation(f"Y{number} Copied")
        content = _file(f"I{number}", people)
        new.append(_import(ours, content))
        same.append(_import(ours, content))
        yardstick.append(_copy(theirs.organisation_id, _file(f"Y{number}", people)))
        alike.append(_look_for_alike(ours))
        grouped.append(_group(ours))
    yield Measurement("P10 import of 60,000 people", median(new), median(yardstick), 4.0)
    yield Measurement("P10 the same file again", median(same), median(yardstick), 2.0)
    yield Measurement("P10 who is there twice, of 60,000", median(alike), median(grouped), 3.0)


def _file(prefix: str, people: int) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    writer.writerows(
        (
            f"{prefix}{n:06}",
            f"Person {n}",
            f"{prefix}{n}@example.org",
            f"Team {n % 200}",
            "Officer",
            "05/01/2026",
            "Front line",
            "Permanent",
            f"{prefix}{(n - 1) // LED:06}" if n else "",
        )
        for n in range(people)
    )
    return text.getvalue().encode()


def _import(acting: Acting, content: bytes) -> float:
    began, now = perf_counter(), timezone.now()
    examined = examine(io.BytesIO(content), "people.csv", SPREADSHEETS)
    with acting_as(acting):
        found = actions.upload_people(examined=examined, by=acting, now=now)
        actions.choose_columns(import_id=found.pk, chosen=found.columns, by=acting, now=now)
    with acting_as(acting):
        found = actions.check_import(import_id=found.pk, by=acting, now=now)
    if found.counts["create"]:
        with acting_as(acting):
            actions.confirm_import(import_id=found.pk, leave_out_refused=False, by=acting, now=now)
        with acting_as(acting):
            actions.apply_import(import_id=found.pk, by=acting, now=now)
    return perf_counter() - began


def _copy(organisation_id: int, content: bytes) -> float:
    began = perf_counter()
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT set_config('portal.owner_purpose', 'migration', false)")
        cursor.execute("BEGIN")
        cursor.execute(TABLE)
        with cursor.copy("COPY given FROM STDIN (FORMAT csv, HEADER)") as copy:
            copy.write(content)
        cursor.execute(UPSERT, {"organisation": organisation_id})
        cursor.execute("COMMIT")
    return perf_counter() - began


def _look_for_alike(acting: Acting) -> float:
    with acting_as(acting):
        began = perf_counter()
        duplicates.likely(acting, timezone.localdate())
        return perf_counter() - began


def _group(acting: Acting) -> float:
    values: dict[str, Any] = {"organisation": acting.organisation_id, "today": timezone.localdate()}
    with acting_as(acting), connection.cursor() as cursor:
        began = perf_counter()
        for alike in ("lower(name), team_id", "lower(split_part(email, '@', 1))"):
            cursor.execute(ALIKE.format(alike=alike), values).fetchall()
        return perf_counter() - began
