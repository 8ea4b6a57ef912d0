from django.db import migrations
from django.db.migrations.operations import RunSQL

from foundation.core.row_security import allow_system, force_row_security, key_with_organisation, same_organisation

OWN_TABLES = (
    "requirement",
    "rule",
    "validity",
    "assignment",
    "waiver",
    "extension",
    "absence",
    "personchange",
)
POINTERS = {
    "requirement": {"saved_by_id": "organisations_membership"},
    "rule": {"requirement_id": "training_requirement", "saved_by_id": "organisations_membership"},
    "equivalence": {"recorded_by_id": "organisations_membership"},
    "validity": {
        "completion_id": "training_completion",
        "requirement_id": "training_requirement",
        "rule_id": "training_rule",
    },
    "assignment": {
        "requirement_id": "training_requirement",
        "rule_id": "training_rule",
        "membership_id": "organisations_membership",
        "team_id": "organisations_team",
        "completion_id": "training_completion",
    },
    **{
        table: {
            "membership_id": "organisations_membership",
            "recorded_by_id": "organisations_membership",
            "ended_by_id": "organisations_membership",
        }
        | ({} if table == "absence" else {"requirement_id": "training_requirement"})
        for table in ("waiver", "extension", "absence")
    },
    "completion": {"proof_id": "files_storedfile", "decided_by_id": "organisations_membership"},
}
COURSES = {"requirement": ("course_id",), "equivalence": ("done_id", "counts_for_id")}
MAY_CHANGE = {
    "completion": "status, decided_at, decided_by_id, decision_reason",
    "rule": "ended_at",
    "validity": "valid_until, ended_at",
    "assignment": "known_until",
    "waiver": "ended_at, ended_by_id",
    "extension": "ended_at, ended_by_id",
    "absence": "ended_at, ended_by_id",
}
# What somebody is asked depends on their post. Whatever way it changes, by a form, a file or an identity provider, the
# people concerned are noted here in the same transaction, and worked out within a minute.
POST = ("team_id", "job_title", "staff_group", "employment", "starts_on", "ends_on")
CHANGED = " OR ".join(f"old_row.{column} IS DISTINCT FROM new_row.{column}" for column in POST)
NOTE_NEW_PEOPLE = """
CREATE FUNCTION training_note_new_people() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO training_personchange (organisation_id, membership_id) SELECT organisation_id, id FROM new_rows;
    RETURN NULL;
END $$
"""
NOTE_CHANGED_PEOPLE = f"""
CREATE FUNCTION training_note_changed_people() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO training_personchange (organisation_id, membership_id)
    SELECT new_row.organisation_id, new_row.id FROM new_rows AS new_row JOIN old_rows AS old_row USING (id)
     WHERE {CHANGED};
    RETURN NULL;
END $$
"""
NOTE_ROLES = """
CREATE FUNCTION training_note_roles() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO training_personchange (organisation_id, membership_id)
    SELECT organisation_id, membership_id FROM new_rows;
    RETURN NULL;
END $$
"""
NOTE_TEAMS = """
CREATE FUNCTION training_note_moved_teams() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO training_personchange (organisation_id, membership_id)
    WITH RECURSIVE moved AS (
        SELECT new_row.id FROM new_rows AS new_row JOIN old_rows AS old_row USING (id)
         WHERE old_row.part_of_id IS DISTINCT FROM new_row.part_of_id
        UNION
        SELECT team.id FROM organisations_team AS team JOIN moved ON team.part_of_id = moved.id
    )
    SELECT person.organisation_id, person.id FROM organisations_membership AS person JOIN moved ON person.team_id = moved.id;
    RETURN NULL;
END $$
"""


def _trigger(name: str, event: str, table: str, function: str) -> RunSQL:
    rows = {"INSERT": "NEW TABLE AS new_rows", "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows"}[event]
    return RunSQL(
        f"CREATE TRIGGER {name} AFTER {event} ON {table} REFERENCING {rows}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {function}()",
        f"DROP TRIGGER {name} ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0001_stored_files"),
        ("organisations", "0008_training_managers_and_what_people_do"),
        ("training", "0004_who_must_do_what"),
    ]

    operations = [
        *(operation for table in OWN_TABLES for operation in force_row_security(f"training_{table}")),
        *force_row_security("training_equivalence", also_visible="organisation_id IS NULL"),
        *allow_system("training_equivalence", purpose="courses", commands=("SELECT", "INSERT", "UPDATE")),
        *(key_with_organisation(f"training_{table}") for table in ("requirement", "rule")),
        *(
            same_organisation(f"training_{table}", column, parent)
            for table, pointers in POINTERS.items()
            for column, parent in pointers.items()
        ),
        # Courses are the portal's or the organisation's own: never another's.
        *(
            RunSQL(
                f"CREATE POLICY {column}_{event.lower()}_is_visible ON training_{table} AS RESTRICTIVE FOR {event}"
                f" TO portal_app {clause}".replace(
                    "named", f"(EXISTS (SELECT 1 FROM training_course c WHERE c.id = {column}))"
                ),
                f"DROP POLICY {column}_{event.lower()}_is_visible ON training_{table}",
            )
            for table, columns in COURSES.items()
            for column in columns
            for event, clause in {"INSERT": "WITH CHECK named", "UPDATE": "USING named WITH CHECK named"}.items()
        ),
        # What was asked, done and reckoned stays. Only its end may be written, and how a record was decided.
        *(
            RunSQL(
                f"REVOKE UPDATE, DELETE, TRUNCATE ON training_{table} FROM portal_app, portal_system",
                RunSQL.noop,
            )
            for table in MAY_CHANGE
        ),
        *(
            RunSQL(f"GRANT UPDATE ({columns}) ON training_{table} TO portal_app", RunSQL.noop)
            for table, columns in MAY_CHANGE.items()
        ),
        same_organisation("training_personchange", "membership_id", "organisations_membership"),
        # Sign-in and provisioning change people too.
        *allow_system("training_personchange", purpose="provision", commands=("INSERT",)),
        *allow_system("training_personchange", purpose="training"),
        *allow_system("training_requirement", purpose="training"),
        *allow_system("organisations_rolegrant", purpose="training"),
        RunSQL(NOTE_NEW_PEOPLE, "DROP FUNCTION training_note_new_people()"),
        RunSQL(NOTE_CHANGED_PEOPLE, "DROP FUNCTION training_note_changed_people()"),
        RunSQL(NOTE_ROLES, "DROP FUNCTION training_note_roles()"),
        RunSQL(NOTE_TEAMS, "DROP FUNCTION training_note_moved_teams()"),
        _trigger("note_new_people", "INSERT", "organisations_membership", "training_note_new_people"),
        _trigger("note_changed_people", "UPDATE", "organisations_membership", "training_note_changed_people"),
        _trigger("note_new_roles", "INSERT", "organisations_rolegrant", "training_note_roles"),
        _trigger("note_changed_roles", "UPDATE", "organisations_rolegrant", "training_note_roles"),
        _trigger("note_moved_teams", "UPDATE", "organisations_team", "training_note_moved_teams"),
    ]
