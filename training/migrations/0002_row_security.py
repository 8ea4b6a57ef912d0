from django.db import migrations

from foundation.core.row_security import allow_system, force_row_security, key_with_organisation, same_organisation

OWN_TABLES = ("attempt", "pagedone", "reply", "completion", "certificate")
PEOPLE = {
    "attempt": ("membership_id",),
    "completion": ("membership_id", "recorded_by_id"),
    "certificate": ("membership_id",),
}
COURSES = {"attempt": ("course", "version"), "completion": ("course",)}
TABLES = {"course": "training_course", "version": "training_courseversion"}


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0001_stored_files"),
        ("jobs", "0001_initial"),
        ("organisations", "0001_initial"),
        ("training", "0001_courses_and_learning"),
    ]

    operations = [
        # The portal's courses are read by all and written by the loader; an organisation's are its own.
        *(
            operation
            for table in TABLES.values()
            for operation in (
                *force_row_security(table, also_visible="organisation_id IS NULL"),
                *allow_system(table, purpose="courses", commands=("SELECT", "INSERT", "UPDATE")),
            )
        ),
        key_with_organisation("training_course"),
        same_organisation("training_courseversion", "course_id", "training_course"),
        *(operation for table in OWN_TABLES for operation in force_row_security(f"training_{table}")),
        key_with_organisation("training_attempt"),
        key_with_organisation("training_completion"),
        *(
            same_organisation(f"training_{table}", "attempt_id", "training_attempt")
            for table in ("pagedone", "reply", "completion")
        ),
        same_organisation("training_certificate", "completion_id", "training_completion"),
        same_organisation("training_certificate", "file_id", "files_storedfile"),
        same_organisation("training_certificate", "job_id", "jobs_job"),
        *(
            same_organisation(f"training_{table}", column, "organisations_membership")
            for table, columns in PEOPLE.items()
            for column in columns
        ),
        # A learner may take the portal's courses or those of the organisation: never another's.
        *(
            migrations.RunSQL(
                f"CREATE POLICY {name}_is_visible ON training_{table} AS RESTRICTIVE FOR INSERT TO portal_app"
                f" WITH CHECK ({name}_id IS NULL OR EXISTS (SELECT 1 FROM {TABLES[name]} taken WHERE taken.id = {name}_id))",
                f"DROP POLICY {name}_is_visible ON training_{table}",
            )
            for table, names in COURSES.items()
            for name in names
        ),
        # What was done stays done.
        migrations.RunSQL(
            "REVOKE UPDATE, DELETE, TRUNCATE ON training_courseversion, training_pagedone, training_reply,"
            " training_completion FROM portal_app, portal_system",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            "REVOKE DELETE, TRUNCATE ON training_course, training_attempt, training_certificate"
            " FROM portal_app, portal_system",
            migrations.RunSQL.noop,
        ),
        # Anybody may ask whether a certificate is genuine: see training.verification.
        *allow_system("training_certificate", purpose="certificate check"),
    ]
