"""The database's own words for which organisations a person may see, and for counting what members give."""

from collections.abc import Sequence

from django.db.migrations.operations import RunSQL

TODAY = "(now() AT TIME ZONE 'Europe/London')::date"

# A policy that read the membership table directly would call itself. This function runs as its owner, for whom the
# policy "asking_for_memberships" opens the table only there: signed in as somebody else, acting as the owner.
VISIBLE_ORGANISATIONS = f"""
CREATE FUNCTION portal_visible_organisations() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public
AS $$
    SELECT organisation_id FROM public.organisations_membership
     WHERE user_id = NULLIF(current_setting('portal.user_id', true), '')::bigint
       AND starts_on <= {TODAY} AND (ends_on IS NULL OR ends_on >= {TODAY})
    UNION ALL
    SELECT NULLIF(current_setting('portal.organisation_id', true), '')::bigint
    UNION ALL
    SELECT organisation_id FROM public.organisations_partnershipmember
     WHERE member_id = NULLIF(current_setting('portal.organisation_id', true), '')::bigint
       AND starts_on <= {TODAY} AND (ends_on IS NULL OR ends_on >= {TODAY})
    UNION ALL
    SELECT member_id FROM public.organisations_partnershipmember
     WHERE organisation_id = NULLIF(current_setting('portal.organisation_id', true), '')::bigint
       AND starts_on <= {TODAY} AND (ends_on IS NULL OR ends_on >= {TODAY})
$$;
REVOKE ALL ON FUNCTION portal_visible_organisations() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_visible_organisations() TO portal_app, portal_system;
"""  # noqa: S608 -- our own text, nothing from outside

OWNER_ASKING = "FOR SELECT TO portal_owner USING (session_user <> current_user)"


def count_changes(table: str, what: str, *, partnership: str, events: Sequence[str]) -> list[RunSQL]:
    """Count each change of what a table's rows give to a partnership (``organisations_given``), from now on.

    ``what`` is a value of ``Given.What``, ``partnership`` the column that names the partnership. What is there already
    counts as one change.
    """
    rows = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}
    return [
        RunSQL(
            "INSERT INTO organisations_given (organisation_id, partnership_id, what, changes)"  # noqa: S608 -- our own text
            f" SELECT DISTINCT organisation_id, {partnership}, '{what}', 1 FROM {table} ON CONFLICT DO NOTHING",
            RunSQL.noop,
        ),
        *(
            RunSQL(
                f"CREATE TRIGGER given_{event.lower()} AFTER {event} ON {table}"
                f" REFERENCING {rows[event]} TABLE AS changed FOR EACH STATEMENT"
                f" EXECUTE FUNCTION organisations_given_changed('{what}', '{partnership}')",
                f"DROP TRIGGER given_{event.lower()} ON {table}",
            )
            for event in events
        ),
    ]
