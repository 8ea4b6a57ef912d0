"""Whom the line managers of a file are: people who are there, or new people in other rows of the same file."""

from collections import defaultdict
from collections.abc import Mapping

from django.db.backends.utils import CursorWrapper

NEXT_PERSON = "nextval('organisations_membership_id_seq')"

ANY_NAMED = """
SELECT EXISTS (SELECT 1 FROM organisations_peopleimportrow
                WHERE people_import_id = %(people_import)s AND line_manager <> '' AND NOT is_unfit)
"""

# New people whom other rows name get the number they will have, so that one statement can create both.
NUMBER_NEW_PEOPLE = f"""
WITH named AS MATERIALIZED (
    SELECT DISTINCT CASE WHEN position('@' IN line_manager) > 0 THEN lower(line_manager) ELSE line_manager END AS key
      FROM organisations_peopleimportrow
     WHERE people_import_id = %(people_import)s AND line_manager <> ''
)
UPDATE organisations_peopleimportrow
   SET person_id = {NEXT_PERSON}
 WHERE people_import_id = %(people_import)s AND outcome = 'create' AND person_id IS NULL
   AND (staff_number IN (SELECT key FROM named) OR email <> '' AND lower(email) IN (SELECT key FROM named))
"""  # noqa: S608 -- the name of a sequence of our own

# Everybody as they will be when the file is applied, then whom each row means, then who would report to whom.
FIND = """
WITH lines AS MATERIALIZED (
    SELECT id, person_id, outcome, staff_number, email,
           CASE WHEN position('@' IN line_manager) > 0 THEN lower(line_manager) ELSE line_manager END AS named
      FROM organisations_peopleimportrow
     WHERE people_import_id = %(people_import)s AND outcome IN ('create', 'update', 'unchanged')
), everybody AS MATERIALIZED (
    SELECT coalesce(person.id, line.person_id) AS id, person.line_manager_id,
           coalesce(nullif(line.staff_number, ''), person.staff_number) AS staff_number,
           lower(coalesce(nullif(line.email, ''), person.email)) AS email
      FROM (SELECT * FROM organisations_membership
             WHERE organisation_id = %(organisation)s AND joined_into_id IS NULL) AS person
      FULL JOIN (SELECT * FROM lines WHERE person_id IS NOT NULL) AS line ON line.person_id = person.id
), joined AS MATERIALIZED (
    SELECT joined_into_id AS id, staff_number, lower(email) AS email FROM organisations_membership
     WHERE organisation_id = %(organisation)s AND joined_into_id IS NOT NULL
), keys AS MATERIALIZED (
    SELECT key, min(id) AS id, min(id) <> max(id) AS are_several
      FROM (SELECT staff_number AS key, id FROM everybody UNION ALL SELECT email, id FROM everybody UNION ALL
            SELECT staff_number, id FROM joined UNION ALL SELECT email, id FROM joined) AS each
     WHERE key <> '' GROUP BY key
), meant AS MATERIALIZED (
    SELECT lines.id AS line_id, lines.person_id, keys.id AS manager_id, coalesce(keys.are_several, false) AS are_several
      FROM lines LEFT JOIN keys ON keys.key = lines.named
     WHERE lines.named <> ''
), afterwards AS MATERIALIZED (
    SELECT everybody.id, everybody.line_manager_id AS before_id,
           coalesce(meant.manager_id, everybody.line_manager_id) AS manager_id
      FROM everybody LEFT JOIN meant ON meant.person_id = everybody.id
), judged AS MATERIALIZED (
    SELECT meant.line_id, meant.manager_id, me.before_id,
           CASE WHEN meant.manager_id IS NULL THEN 'manager_unknown'
                WHEN meant.are_several THEN 'manager_ambiguous'
                WHEN meant.manager_id = meant.person_id THEN 'manager_self'
                WHEN boss.manager_id = meant.person_id THEN 'manager_pair'
                ELSE '' END AS problem
      FROM meant
      LEFT JOIN afterwards AS me ON me.id = meant.person_id
      LEFT JOIN afterwards AS boss ON boss.id = meant.manager_id
)
UPDATE organisations_peopleimportrow AS line
   SET manager_id = judged.manager_id,
       problem = judged.problem,
       outcome = CASE WHEN judged.problem <> '' THEN 'refused'
                      WHEN line.outcome = 'unchanged' THEN 'update'
                      ELSE line.outcome END,
       changed = CASE WHEN line.outcome = 'create' OR judged.manager_id = judged.before_id THEN line.changed
                      ELSE array_append(line.changed, 'line_manager') END
  FROM judged
 WHERE line.id = judged.line_id
   AND (judged.problem <> '' OR line.outcome = 'create' OR judged.manager_id IS DISTINCT FROM judged.before_id)
"""

NEW_AND_REFUSED = """
SELECT person_id FROM organisations_peopleimportrow
 WHERE people_import_id = %(people_import)s AND outcome = 'refused' AND person_id IS NOT NULL AND person_version IS NULL
"""

LED_BY_NEW_PEOPLE = """
SELECT line.id, line.person_id, line.manager_id
  FROM organisations_peopleimportrow AS line
  JOIN organisations_peopleimportrow AS manager
       ON manager.people_import_id = %(people_import)s AND manager.person_id = line.manager_id
      AND manager.person_version IS NULL
 WHERE line.people_import_id = %(people_import)s AND line.outcome IN ('create', 'update', 'unchanged')
"""

REFUSE = """
UPDATE organisations_peopleimportrow SET outcome = 'refused', problem = 'manager_unknown'
 WHERE people_import_id = %(people_import)s AND id = ANY (%(lines)s)
"""


def find(cursor: CursorWrapper, asked: Mapping[str, int | str]) -> None:
    """Of rows that were matched: whom their line manager is, and which rows are refused for it."""
    cursor.execute(ANY_NAMED, asked)
    if not cursor.fetchone()[0]:
        return
    cursor.execute(NUMBER_NEW_PEOPLE, asked)
    cursor.execute(FIND, asked)
    cursor.execute(NEW_AND_REFUSED, asked)
    if refused := [person_id for (person_id,) in cursor.fetchall()]:
        _refuse_those_led_by(refused, cursor, asked)


def _refuse_those_led_by(refused: list[int], cursor: CursorWrapper, asked: Mapping[str, int | str]) -> None:
    """Somebody new whose row is refused leads nobody: rows that name them are refused too, and so on down the line."""
    cursor.execute(LED_BY_NEW_PEOPLE, asked)
    led = defaultdict(list)
    for line_id, person_id, manager_id in cursor.fetchall():
        led[manager_id].append((line_id, person_id))
    lines = []
    while refused:
        for line_id, person_id in led.pop(refused.pop(), ()):
            lines.append(line_id)
            refused.append(person_id)
    cursor.execute(REFUSE, {**asked, "lines": lines})
