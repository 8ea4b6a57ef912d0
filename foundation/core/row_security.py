"""Migration operations that put the floor under organisation data.

Use after CreateModel, in the same migration::

    operations = [migrations.CreateModel(...), *force_row_security("risk_risk"), same_organisation("risk_action", ...)]
"""

from django.db.migrations.operations import RunSQL

ACTING_ORGANISATION = "(SELECT NULLIF(current_setting('portal.organisation_id', true), '')::bigint)"
ACTING_USER = "(SELECT NULLIF(current_setting('portal.user_id', true), '')::bigint)"


def force_row_security(table: str, *, organisation: str = "organisation_id", also_visible: str = "") -> list[RunSQL]:
    """Show and accept only the acting organisation's rows. ``also_visible`` is SQL for rows that may be read too."""
    own = f"{organisation} = {ACTING_ORGANISATION}"
    seen = f"({own}) OR ({also_visible})" if also_visible else own
    return [
        RunSQL(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY", f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"),
        RunSQL(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY", f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY"),
        _policy(table, "acting_reads", f"FOR SELECT TO portal_app USING ({seen})"),
        _policy(table, "acting_inserts", f"FOR INSERT TO portal_app WITH CHECK ({own})"),
        _policy(table, "acting_updates", f"FOR UPDATE TO portal_app USING ({own}) WITH CHECK ({own})"),
        _policy(table, "acting_deletes", f"FOR DELETE TO portal_app USING ({own})"),
        _policy(
            table,
            "migrating",
            "FOR ALL TO portal_owner USING (current_setting('portal.owner_purpose', true) = 'migration')"
            " WITH CHECK (current_setting('portal.owner_purpose', true) = 'migration')",
        ),
    ]


def allow_system(table: str, *, purpose: str, commands: tuple[str, ...] = ("SELECT",)) -> list[RunSQL]:
    """Let the system role do ``commands`` (SELECT, INSERT, UPDATE, DELETE) for one named purpose."""
    wanted = f"current_setting('portal.system_purpose', true) = '{purpose}'"
    clauses = {
        "SELECT": f"USING ({wanted})",
        "INSERT": f"WITH CHECK ({wanted})",
        "UPDATE": f"USING ({wanted}) WITH CHECK ({wanted})",
        "DELETE": f"USING ({wanted})",
    }
    name = purpose.replace(" ", "_").replace("-", "_")
    return [
        _policy(table, f"system_{name}_{command.lower()}", f"FOR {command} TO portal_system {clauses[command]}")
        for command in commands
    ]


def same_organisation(child: str, column: str, parent: str, *, organisation: str = "organisation_id") -> RunSQL:
    """A row may only point at a parent of its own organisation: a composite foreign key says so.

    The parent must have called :func:`key_with_organisation`.
    """
    name = f"{child}_{column}_same_org"[:63]
    return RunSQL(
        f"ALTER TABLE {child} ADD CONSTRAINT {name} FOREIGN KEY ({organisation}, {column})"
        f" REFERENCES {parent} ({organisation}, id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {child} DROP CONSTRAINT {name}",
    )


def key_with_organisation(table: str, *, organisation: str = "organisation_id") -> RunSQL:
    """Make (organisation, id) a key that children can point at."""
    name = f"{table}_key_with_organisation"[:63]
    return RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE ({organisation}, id)",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


def _policy(table: str, name: str, clause: str) -> RunSQL:
    return RunSQL(f"CREATE POLICY {name} ON {table} {clause}", f"DROP POLICY {name} ON {table}")
