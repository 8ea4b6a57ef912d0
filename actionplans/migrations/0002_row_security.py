from django.db import migrations

from foundation.core.row_security import force_row_security, key_with_organisation, same_organisation

TABLES = (
    "plan",
    "objective",
    "settings",
    "action",
    "supporter",
    "progress",
    "duechange",
    "actionrisk",
    "actionrequirement",
    "actionevidence",
    "dependency",
    "comment",
    "mention",
)
PEOPLE = {
    "plan": ("owner_id", "created_by_id", "activated_by_id", "closed_by_id", "saved_by_id"),
    "objective": ("saved_by_id",),
    "settings": ("saved_by_id",),
    "action": ("owner_id", "accountable_id", "rated_by_id", "finished_by_id", "created_by_id", "saved_by_id"),
    "supporter": ("membership_id",),
    "progress": ("noted_by_id",),
    "duechange": ("changed_by_id",),
    "actionrisk": ("effect_by_id", "linked_by_id"),
    "actionrequirement": ("linked_by_id",),
    "actionevidence": ("linked_by_id", "unlinked_by_id"),
    "dependency": ("linked_by_id",),
    "comment": ("written_by_id",),
    "mention": ("membership_id",),
}
PARENTS = (
    ("objective", "plan_id", "actionplans_plan"),
    ("action", "plan_id", "actionplans_plan"),
    ("action", "objective_id", "actionplans_objective"),
    ("action", "follows_id", "actionplans_action"),
    ("action", "team_id", "organisations_team"),
    *(
        (table, "action_id", "actionplans_action")
        for table in (
            "supporter",
            "progress",
            "duechange",
            "actionrisk",
            "actionrequirement",
            "actionevidence",
            "dependency",
            "comment",
        )
    ),
    ("dependency", "needs_id", "actionplans_action"),
    ("actionrisk", "risk_id", "risk_risk"),
    ("actionevidence", "evidence_id", "evidence_evidenceitem"),
    ("mention", "comment_id", "actionplans_comment"),
)
# Dependencies of one organisation are added one after the other, so that two of them cannot close a circle together:
# the second waits for the first to be committed, and then sees it.
NO_CIRCLE = """
CREATE FUNCTION actionplans_no_circle() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('actionplans_dependency'), NEW.organisation_id::int);
    IF EXISTS (
        WITH RECURSIVE needed(id) AS (
            SELECT NEW.needs_id
            UNION
            SELECT link.needs_id FROM actionplans_dependency link JOIN needed ON link.action_id = needed.id
        )
        SELECT 1 FROM needed WHERE id = NEW.action_id
    ) THEN
        RAISE EXCEPTION 'a circle of dependencies'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'dependency_makes_no_circle';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER dependency_makes_no_circle BEFORE INSERT OR UPDATE ON actionplans_dependency
    FOR EACH ROW EXECUTE FUNCTION actionplans_no_circle();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("actionplans", "0001_initial"),
        ("organisations", "0007_who_saved_last"),
        ("compliance", "0007_contributions"),
        ("risk", "0002_row_security"),
    ]

    operations = [
        *(operation for table in TABLES for operation in force_row_security(f"actionplans_{table}")),
        *(key_with_organisation(f"actionplans_{table}") for table in ("plan", "objective", "action", "comment")),
        *(same_organisation(f"actionplans_{child}", column, parent) for child, column, parent in PARENTS),
        *(
            same_organisation(f"actionplans_{table}", column, "organisations_membership")
            for table, columns in PEOPLE.items()
            for column in columns
        ),
        # An action may point at the library or at the organisation's own requirement: never at another's.
        migrations.RunSQL(
            "CREATE POLICY requirement_is_visible ON actionplans_actionrequirement AS RESTRICTIVE FOR INSERT"
            " TO portal_app"
            " WITH CHECK (EXISTS (SELECT 1 FROM compliance_requirement asked WHERE asked.id = requirement_id))",
            "DROP POLICY requirement_is_visible ON actionplans_actionrequirement",
        ),
        migrations.RunSQL(
            NO_CIRCLE,
            "DROP TRIGGER dependency_makes_no_circle ON actionplans_dependency; DROP FUNCTION actionplans_no_circle()",
        ),
        migrations.RunSQL(
            "REVOKE UPDATE, DELETE, TRUNCATE ON actionplans_progress, actionplans_duechange, actionplans_comment,"
            " actionplans_mention FROM portal_app, portal_system",
            migrations.RunSQL.noop,
        ),
    ]
