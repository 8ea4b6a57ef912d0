from django.db import migrations

from foundation.core.row_security import force_row_security, key_with_organisation, same_organisation

PEOPLE = {
    "assessment": ("created_by_id", "submitted_by_id", "approver_id", "approved_by_id", "saved_by_id"),
    "contributor": ("membership_id", "asked_by_id"),
    "settings": ("saved_by_id",),
    "risk": ("created_by_id", "closed_by_id", "saved_by_id"),
    "entry": ("tolerated_by_id", "owner_id", "saved_by_id"),
    "entryrevision": ("tolerated_by_id", "owner_id", "changed_by_id"),
    "scorechange": ("changed_by_id",),
}
TABLES = ("assessment", "contributor", "settings", "risk", "entry", "entryrevision", "control", "scorechange")
PARENTS = (
    ("assessment", "copied_from_id", "assessment"),
    ("contributor", "assessment_id", "assessment"),
    ("entry", "assessment_id", "assessment"),
    ("entry", "risk_id", "risk"),
    ("entryrevision", "entry_id", "entry"),
    ("control", "entry_id", "entry"),
    ("scorechange", "entry_id", "entry"),
    ("scorechange", "risk_id", "risk"),
)


class Migration(migrations.Migration):
    dependencies = [
        ("risk", "0001_initial"),
        ("organisations", "0007_who_saved_last"),
    ]

    operations = [
        *(operation for table in TABLES for operation in force_row_security(f"risk_{table}")),
        *(key_with_organisation(f"risk_{table}") for table in ("assessment", "risk", "entry")),
        *(same_organisation(f"risk_{child}", column, f"risk_{parent}") for child, column, parent in PARENTS),
        *(
            same_organisation(f"risk_{table}", column, "organisations_membership")
            for table, columns in PEOPLE.items()
            for column in columns
        ),
        migrations.RunSQL(
            "REVOKE UPDATE, DELETE, TRUNCATE ON risk_entryrevision, risk_scorechange FROM portal_app, portal_system",
            migrations.RunSQL.noop,
        ),
    ]
