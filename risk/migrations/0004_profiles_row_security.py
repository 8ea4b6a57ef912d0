from django.db import migrations

from foundation.core.row_security import allow_system, force_row_security, key_with_organisation, same_organisation

TABLES = ("ctlpedition", "ctlpbriefing", "ctlprecommendation", "recommendationrisk", "reviewtask")
PARENTS = (
    ("ctlpbriefing", "edition_id", "ctlpedition"),
    ("ctlprecommendation", "edition_id", "ctlpedition"),
    ("recommendationrisk", "recommendation_id", "ctlprecommendation"),
    ("recommendationrisk", "risk_id", "risk"),
    ("reviewtask", "risk_id", "risk"),
    ("reviewtask", "edition_id", "ctlpedition"),
)
PEOPLE = {
    "ctlpedition": ("created_by_id", "saved_by_id"),
    "ctlpbriefing": ("membership_id", "recorded_by_id"),
    "ctlprecommendation": ("responded_by_id", "created_by_id", "saved_by_id"),
    "recommendationrisk": ("linked_by_id", "unlinked_by_id"),
    "threatlevel": ("entered_by_id", "withdrawn_by_id"),
    "reviewtask": ("raised_by_id", "done_by_id"),
}


class Migration(migrations.Migration):
    dependencies = [
        ("risk", "0003_local_profiles_and_threat_level"),
        ("organisations", "0007_who_saved_last"),
    ]

    operations = [
        # The data file's levels are read by all and written by the loader alone.
        migrations.RunSQL(
            "REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON risk_threatwording FROM portal_app", migrations.RunSQL.noop
        ),
        *force_row_security("risk_threatlevel", also_visible="organisation_id IS NULL"),
        *allow_system("risk_threatlevel", purpose="threat levels", commands=("SELECT", "INSERT", "UPDATE")),
        # A new level of the file asks organisations with risks to look at them again: the loader finds out which.
        *allow_system("risk_risk", purpose="threat levels"),
        *(operation for table in TABLES for operation in force_row_security(f"risk_{table}")),
        *(key_with_organisation(f"risk_{table}") for table in ("ctlpedition", "ctlprecommendation")),
        *(same_organisation(f"risk_{child}", column, f"risk_{parent}") for child, column, parent in PARENTS),
        *(
            same_organisation(f"risk_{table}", column, "organisations_membership")
            for table, columns in PEOPLE.items()
            for column in columns
        ),
        # A task may name a level of the file or of the organisation itself: never another organisation's.
        migrations.RunSQL(
            "CREATE POLICY threat_level_is_visible ON risk_reviewtask AS RESTRICTIVE FOR INSERT TO portal_app"
            " WITH CHECK (threat_level_id IS NULL"
            " OR EXISTS (SELECT 1 FROM risk_threatlevel named WHERE named.id = threat_level_id))",
            "DROP POLICY threat_level_is_visible ON risk_reviewtask",
        ),
        migrations.RunSQL(
            "REVOKE UPDATE, DELETE, TRUNCATE ON risk_ctlpbriefing FROM portal_app, portal_system;"
            "REVOKE DELETE, TRUNCATE ON risk_threatlevel, risk_reviewtask FROM portal_app, portal_system",
            migrations.RunSQL.noop,
        ),
    ]
