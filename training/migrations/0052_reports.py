import django.db.models.deletion
from django.db import migrations, models

import foundation.core.models
from foundation.core.row_security import force_row_security, same_organisation


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0002_withdrawn_by_the_clock"),
        ("jobs", "0002_file_of_the_result"),
        ("organisations", "0008_training_managers_and_what_people_do"),
        ("training", "0051_quarter_ends"),
    ]

    operations = [
        migrations.CreateModel(
            name="TrainingReport",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("figures", "Figures: who is in date of whom, with the rules behind it (PDF)"),
                            ("register", "Register: every person and what they are asked (PDF)"),
                            ("xlsx", "Register as a spreadsheet (XLSX)"),
                            ("csv", "Register as a file of rows (CSV)"),
                        ],
                        max_length=8,
                        verbose_name="version",
                    ),
                ),
                ("as_at", models.DateField(verbose_name="as at")),
                ("with_names", models.BooleanField(default=False, verbose_name="lists who is overdue")),
                (
                    "marking",
                    models.CharField(
                        choices=[
                            ("public", "Not marked"),
                            ("official", "OFFICIAL"),
                            ("official_sensitive", "OFFICIAL-SENSITIVE"),
                        ],
                        max_length=30,
                        verbose_name="marking",
                    ),
                ),
                ("requested_at", models.DateTimeField()),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("pages", models.PositiveIntegerField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "file",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="jobs.job"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.membership"
                    ),
                ),
            ],
            options={
                "ordering": ["-requested_at", "-pk"],
                "indexes": [
                    models.Index(fields=["organisation", "-requested_at", "-id"], name="training_report_newest")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("file__isnull", False),
                                ("finished_at__isnull", False),
                                models.Q(("sha256", ""), _negated=True),
                                models.Q(
                                    models.Q(("kind__in", ["xlsx", "csv"]), ("pages__isnull", True)),
                                    models.Q(
                                        models.Q(("kind__in", ["xlsx", "csv"]), _negated=True), ("pages__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                            ),
                            models.Q(
                                ("file__isnull", True),
                                ("finished_at__isnull", True),
                                ("pages__isnull", True),
                                ("sha256", ""),
                            ),
                            _connector="OR",
                        ),
                        name="training_report_document_whole_or_not_at_all",
                    )
                ],
            },
        ),
        *force_row_security("training_trainingreport"),
        *(
            same_organisation("training_trainingreport", column, parent)
            for column, parent in (
                ("requested_by_id", "organisations_membership"),
                ("job_id", "jobs_job"),
                ("file_id", "files_storedfile"),
            )
        ),
    ]
