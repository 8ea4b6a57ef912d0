"""Whom a staff number or an e-mail address of a file belongs to, as a part of larger statements."""

# An entry that was joined with another leads to the one that was kept. A number that somebody has today goes before one
# that only a joined entry had; of an address, all who have it count. ``is_own`` is false where the number leads on.
WHOSE_KEYS = """
entries AS MATERIALIZED (
    SELECT id, staff_number AS own_number, staff_number, lower(email) AS email, true AS is_own
      FROM organisations_membership
     WHERE organisation_id = %(organisation)s AND joined_into_id IS NULL
     UNION ALL
    SELECT kept.id, kept.staff_number, entry.staff_number, lower(entry.email), false
      FROM organisations_membership AS entry
      JOIN organisations_membership AS kept
        ON kept.organisation_id = %(organisation)s AND kept.id = entry.joined_into_id
     WHERE entry.organisation_id = %(organisation)s AND entry.joined_into_id IS NOT NULL
), numbers AS MATERIALIZED (
    SELECT staff_number, coalesce(min(id) FILTER (WHERE is_own), min(id)) AS id, bool_or(is_own) AS is_own
      FROM entries WHERE staff_number <> '' GROUP BY staff_number
), addresses AS MATERIALIZED (
    SELECT email, min(id) AS person_id, CASE WHEN min(id) = max(id) THEN 1 ELSE 2 END AS people,
           min(id) FILTER (WHERE own_number = '') AS unnumbered_id,
           CASE WHEN min(id) FILTER (WHERE own_number = '') = max(id) FILTER (WHERE own_number = '') THEN 1
                WHEN bool_or(own_number = '') THEN 2 ELSE 0 END AS unnumbered
      FROM entries WHERE email <> '' GROUP BY email
)
"""
