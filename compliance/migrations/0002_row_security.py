from django.db import migrations

from foundation.core.row_security import allow_system, force_row_security, key_with_organisation, same_organisation

LIBRARY_TABLES = ("theme", "scale", "instrument", "framework", "samequestion", "libraryload")
OWN_TABLES = ("answer", "answerrevision", "answerevidence", "settings", "compliancereport")
PEOPLE = {
    "answer": ("owner_id", "answered_by_id", "assured_by_id"),
    "answerrevision": ("owner_id", "answered_by_id", "assured_by_id", "changed_by_id"),
    "answerevidence": ("linked_by_id", "unlinked_by_id"),
    "compliancereport": ("requested_by_id",),
}


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0001_initial"),
        ("evidence", "0001_initial"),
        ("files", "0001_stored_files"),
        ("jobs", "0001_initial"),
        ("organisations", "0001_initial"),
    ]

    operations = [
        # The library is read by all and written by the loader alone.
        *(
            migrations.RunSQL(
                f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON compliance_{table} FROM portal_app", migrations.RunSQL.noop
            )
            for table in LIBRARY_TABLES
        ),
        *(
            operation
            for table in ("compliance_requirement", "compliance_requirementrevision")
            for operation in (
                *force_row_security(table, also_visible="organisation_id IS NULL"),
                *allow_system(table, purpose="library", commands=("SELECT", "INSERT", "UPDATE")),
            )
        ),
        key_with_organisation("compliance_requirement"),
        same_organisation("compliance_requirementrevision", "requirement_id", "compliance_requirement"),
        *(operation for table in OWN_TABLES for operation in force_row_security(f"compliance_{table}")),
        key_with_organisation("compliance_answer"),
        same_organisation("compliance_answerrevision", "answer_id", "compliance_answer"),
        same_organisation("compliance_answerevidence", "answer_id", "compliance_answer"),
        same_organisation("compliance_answerevidence", "evidence_id", "evidence_evidenceitem"),
        same_organisation("compliance_compliancereport", "file_id", "files_storedfile"),
        same_organisation("compliance_compliancereport", "job_id", "jobs_job"),
        *(
            same_organisation(f"compliance_{table}", column, "organisations_membership")
            for table, columns in PEOPLE.items()
            for column in columns
        ),
        # An answer may point at the library or at the organisation's own requirement: never at another's.
        *(
            migrations.RunSQL(
                f"CREATE POLICY requirement_is_visible ON compliance_{table} AS RESTRICTIVE FOR INSERT TO portal_app"
                " WITH CHECK (EXISTS (SELECT 1 FROM compliance_requirement asked WHERE asked.id = requirement_id))",
                f"DROP POLICY requirement_is_visible ON compliance_{table}",
            )
            for table in ("answer", "answerrevision")
        ),
        migrations.RunSQL(
            "REVOKE UPDATE, DELETE, TRUNCATE ON compliance_answerrevision, compliance_requirementrevision"
            " FROM portal_app, portal_system",
            migrations.RunSQL.noop,
        ),
    ]
