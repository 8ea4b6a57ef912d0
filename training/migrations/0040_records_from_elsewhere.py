import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations import RunSQL

import foundation.core.models
from foundation.core.row_security import allow_system, force_row_security, key_with_organisation, same_organisation

TABLES = ("completionimport", "completionimportrow", "coursename", "partnerreturn")
POINTERS = {
    "completionimport": {
        "stored_file_id": "files_storedfile",
        "job_id": "jobs_job",
        "uploaded_by_id": "organisations_membership",
        "applied_by_id": "organisations_membership",
        "withdrawn_by_id": "organisations_membership",
    },
    "completionimportrow": {"completion_import_id": "training_completionimport"},
    "coursename": {"saved_by_id": "organisations_membership"},
    "partnerreturn": {
        "requirement_id": "training_requirement",
        "recorded_by_id": "organisations_membership",
        "replaces_id": "training_partnerreturn",
    },
    "completion": {"brought_by_id": "training_completionimport"},
}
COURSES = ("completionimport", "coursename")


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0002_withdrawn_by_the_clock"),
        ("jobs", "0002_file_of_the_result"),
        ("organisations", "0008_training_managers_and_what_people_do"),
        ("training", "0030_assignments_by_due_day"),
    ]

    operations = [
        migrations.CreateModel(
            name="CompletionImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    models.CharField(
                        default=foundation.core.models.new_reference,
                        editable=False,
                        max_length=9,
                        unique=True,
                        verbose_name="reference",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("uploaded", "Waiting for its columns"),
                            ("checking", "Being checked"),
                            ("checked", "Checked"),
                            ("applying", "Being recorded"),
                            ("applied", "Recorded"),
                            ("leaving", "Being withdrawn"),
                            ("withdrawn", "Withdrawn"),
                            ("abandoned", "Put aside"),
                            ("failed", "Could not be read"),
                        ],
                        default="uploaded",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("is_spreadsheet", models.BooleanField(default=False)),
                ("headings", models.JSONField(default=list)),
                ("columns", models.JSONField(default=dict)),
                ("counts", models.JSONField(default=dict)),
                ("problem", models.CharField(blank=True, max_length=300)),
                ("uploaded_at", models.DateTimeField(verbose_name="uploaded")),
                ("applied_at", models.DateTimeField(null=True, verbose_name="recorded")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="why it was withdrawn")),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "applied_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.membership",
                    ),
                ),
                (
                    "course",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="training.course"
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="jobs.job"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
                (
                    "stored_file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.membership"
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.membership",
                    ),
                ),
            ],
            options={
                "ordering": ["-uploaded_at", "-pk"],
                "indexes": [
                    models.Index(fields=["organisation", "-uploaded_at", "-id"], name="completion_import_newest")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("applied_at__isnull", False),
                                ("applied_by__isnull", False),
                                ("status__in", ["applied", "leaving", "withdrawn"]),
                            ),
                            models.Q(
                                models.Q(("status__in", ["applied", "leaving", "withdrawn"]), _negated=True),
                                ("applied_at__isnull", True),
                                ("applied_by__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="completion_import_applied_when_and_by_whom",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status", "failed"), ("problem", ""), _connector="XOR"),
                        name="completion_import_failed_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("status__in", ["leaving", "withdrawn"]),
                                ("withdrawn_at__isnull", False),
                                ("withdrawn_by__isnull", False),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("status__in", ["leaving", "withdrawn"]), _negated=True),
                                ("reason", ""),
                                ("withdrawn_at__isnull", True),
                                ("withdrawn_by__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="completion_import_withdrawn_when_by_whom_and_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CompletionImportRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("staff_number", models.CharField(blank=True, max_length=50)),
                ("email", models.CharField(blank=True, max_length=254)),
                ("course_name", models.CharField(blank=True, max_length=200)),
                ("course_key", models.CharField(blank=True, max_length=200)),
                ("completed_on", models.DateField(null=True)),
                ("provider", models.CharField(blank=True, max_length=200)),
                ("certificate_number", models.CharField(blank=True, max_length=100)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("create", "New"),
                            ("known", "Recorded already"),
                            ("repeated", "Repeated"),
                            ("other", "Another course"),
                            ("refused", "Refused"),
                        ],
                        max_length=10,
                    ),
                ),
                ("problem", models.CharField(blank=True, max_length=30)),
                ("field", models.CharField(blank=True, max_length=20)),
                ("is_unfit", models.BooleanField(default=False)),
                ("person_id", models.BigIntegerField(null=True)),
                ("course_id", models.BigIntegerField(null=True)),
                (
                    "completion_import",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="training.completionimport",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["number", "pk"],
                "indexes": [models.Index(fields=["completion_import", "number"], name="completion_import_row")],
            },
        ),
        migrations.CreateModel(
            name="CourseName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=200)),
                ("name", models.CharField(max_length=200, verbose_name="name in the file")),
                ("saved_at", models.DateTimeField()),
                (
                    "course",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="training.course"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
                (
                    "saved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.membership"
                    ),
                ),
            ],
            options={
                "ordering": ["key"],
                "constraints": [models.UniqueConstraint(fields=("organisation", "key"), name="course_name_once")],
            },
        ),
        migrations.CreateModel(
            name="PartnerReturn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    models.CharField(
                        default=foundation.core.models.new_reference,
                        editable=False,
                        max_length=9,
                        unique=True,
                        verbose_name="reference",
                    ),
                ),
                ("partner_name", models.CharField(max_length=200, verbose_name="partner")),
                ("group", models.CharField(blank=True, max_length=200, verbose_name="role group")),
                ("as_at", models.DateField(verbose_name="as at")),
                ("in_scope", models.PositiveIntegerField(verbose_name="people in scope")),
                ("in_date", models.PositiveIntegerField(verbose_name="of them in date")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                ("recorded_at", models.DateTimeField()),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.membership"
                    ),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="training.partnerreturn",
                    ),
                ),
                (
                    "requirement",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="training.requirement",
                        verbose_name="requirement",
                    ),
                ),
            ],
            options={
                "ordering": ["partner_name", "group", "-as_at", "-pk"],
                "indexes": [models.Index(fields=["organisation", "-as_at", "-id"], name="partner_return_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("in_date__lte", models.F("in_scope")), ("in_scope__gte", 1)),
                        name="partner_return_in_date_are_in_scope",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("partner_name", ""), _negated=True), name="partner_return_names_its_partner"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("requirement__isnull", False), models.Q(("group", ""), _negated=True), _connector="OR"
                        ),
                        name="partner_return_says_of_what",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="completion",
            name="brought_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="completions",
                to="training.completionimport",
            ),
        ),
        migrations.AddIndex(
            model_name="completion",
            index=models.Index(
                condition=models.Q(("brought_by__isnull", False)), fields=["brought_by"], name="completion_brought_by"
            ),
        ),
        migrations.AddIndex(
            model_name="completion",
            index=models.Index(
                condition=models.Q(("came", "portal"), _negated=True),
                fields=["organisation", "-completed_on", "-id"],
                name="completion_outside",
            ),
        ),
        migrations.AddIndex(
            model_name="completion",
            index=models.Index(
                condition=models.Q(("status", "waiting")),
                fields=["organisation", "recorded_at"],
                name="completion_waiting",
            ),
        ),
        *(operation for table in TABLES for operation in force_row_security(f"training_{table}")),
        *allow_system("training_completionimport", purpose="training-imports"),
        *(key_with_organisation(f"training_{table}") for table in ("completionimport", "partnerreturn")),
        *(
            same_organisation(f"training_{table}", column, parent)
            for table, pointers in POINTERS.items()
            for column, parent in pointers.items()
        ),
        # Courses are the portal's or the organisation's own: never another's.
        *(
            RunSQL(
                f"CREATE POLICY course_id_{event.lower()}_is_visible ON training_{table} AS RESTRICTIVE FOR {event}"
                f" TO portal_app {clause}".replace(
                    "named", "(course_id IS NULL OR EXISTS (SELECT 1 FROM training_course c WHERE c.id = course_id))"
                ),
                f"DROP POLICY course_id_{event.lower()}_is_visible ON training_{table}",
            )
            for table in COURSES
            for event, clause in {"INSERT": "WITH CHECK named", "UPDATE": "USING named WITH CHECK named"}.items()
        ),
        # What a partner said stays: a correction is a row of its own.
        RunSQL("REVOKE UPDATE, DELETE, TRUNCATE ON training_partnerreturn FROM portal_app, portal_system", RunSQL.noop),
    ]
