import django.db.models.deletion
from django.db import migrations, models

import foundation.core.models
from foundation.core.row_security import force_row_security, key_with_organisation, same_organisation

TABLES = ("registerimport", "registerimportrow", "rememberedcolumns")
PARENTS = (
    ("registerimport", "stored_file_id", "files_storedfile"),
    ("registerimport", "job_id", "jobs_job"),
    ("registerimport", "assessment_id", "risk_assessment"),
    ("registerimport", "uploaded_by_id", "organisations_membership"),
    ("registerimport", "applied_by_id", "organisations_membership"),
    ("registerimportrow", "register_import_id", "risk_registerimport"),
    ("rememberedcolumns", "saved_by_id", "organisations_membership"),
)


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0001_stored_files"),
        ("jobs", "0002_file_of_the_result"),
        ("organisations", "0007_who_saved_last"),
        ("risk", "0011_sorting_the_register"),
    ]

    operations = [
        migrations.CreateModel(
            name="RegisterImport",
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
                            ("applying", "Being imported"),
                            ("applied", "Imported"),
                            ("abandoned", "Put aside"),
                            ("failed", "Could not be read"),
                        ],
                        default="uploaded",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("is_spreadsheet", models.BooleanField(default=False)),
                ("title", models.CharField(blank=True, max_length=200, verbose_name="title of the new assessment")),
                ("period_from", models.DateField(null=True)),
                ("period_to", models.DateField(null=True)),
                ("layouts", models.JSONField(default=list)),
                ("sheet", models.CharField(blank=True, max_length=100)),
                ("heading_row", models.PositiveIntegerField(default=0)),
                ("headings", models.JSONField(default=list)),
                ("columns", models.JSONField(default=dict)),
                ("theme", models.CharField(blank=True, max_length=40)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("ctlp", "Counter Terrorism Local Profile"),
                            ("incident", "Incident"),
                            ("partner", "Partner's information"),
                            ("national", "National picture"),
                            ("assurance", "Assurance or inspection"),
                            ("professional", "Professional judgement"),
                        ],
                        default="professional",
                        max_length=20,
                    ),
                ),
                (
                    "when_there",
                    models.CharField(
                        choices=[
                            ("stop", "Stop: import nothing until the file no longer has them"),
                            ("skip", "Skip them, and import the others"),
                            ("update", "Update them with what the file says"),
                        ],
                        default="stop",
                        max_length=6,
                    ),
                ),
                ("understood", models.JSONField(default=list)),
                ("left_out", models.JSONField(default=list)),
                ("counts", models.JSONField(default=dict)),
                ("problem", models.CharField(blank=True, max_length=300)),
                ("leave_out_refused", models.BooleanField(default=False)),
                ("reason", models.TextField(blank=True, verbose_name="why scores fall")),
                ("uploaded_at", models.DateTimeField(verbose_name="uploaded")),
                ("applied_at", models.DateTimeField(null=True, verbose_name="imported")),
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
                    "assessment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="imports",
                        to="risk.assessment",
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
            ],
            options={
                "ordering": ["-uploaded_at", "-pk"],
                "indexes": [
                    models.Index(fields=["organisation", "-uploaded_at", "-id"], name="register_import_newest"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("applied_at__isnull", False), ("applied_by__isnull", False), ("status", "applied")
                            ),
                            models.Q(
                                models.Q(("status", "applied"), _negated=True),
                                ("applied_at__isnull", True),
                                ("applied_by__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="register_import_applied_when_and_by_whom",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status", "failed"), ("problem", ""), _connector="XOR"),
                        name="register_import_failed_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("assessment__isnull", False),
                            models.Q(
                                models.Q(("title", ""), _negated=True),
                                ("period_from__isnull", False),
                                ("period_to__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="register_import_goes_somewhere",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RegisterImportRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("values", models.JSONField(default=dict)),
                ("is_unfit", models.BooleanField(default=False)),
                ("remarks", models.JSONField(default=list)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("create", "New"),
                            ("join", "Comes in again"),
                            ("update", "Changed"),
                            ("unchanged", "Unchanged"),
                            ("skipped", "Skipped"),
                            ("refused", "Refused"),
                        ],
                        max_length=10,
                    ),
                ),
                ("standing", models.CharField(blank=True, max_length=100)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
                (
                    "register_import",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="risk.registerimport"
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(fields=("register_import", "number"), name="register_import_row_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RememberedColumns",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64)),
                ("columns", models.JSONField(default=dict)),
                ("saved_at", models.DateTimeField()),
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
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "key"), name="remembered_columns_once"),
                ],
            },
        ),
        *(operation for table in TABLES for operation in force_row_security(f"risk_{table}")),
        key_with_organisation("risk_registerimport"),
        *(same_organisation(f"risk_{child}", column, parent) for child, column, parent in PARENTS),
    ]
