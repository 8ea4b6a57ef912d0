import django.db.models.deletion
from django.db import migrations, models

from foundation.core.row_security import force_row_security, same_organisation


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0002_withdrawn_by_the_clock"),
        ("jobs", "0002_file_of_the_result"),
        ("organisations", "0008_training_managers_and_what_people_do"),
        ("training", "0052_reports"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReturnChoices",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1)),
                ("saved_at", models.DateTimeField(blank=True, null=True)),
                ("definition", models.CharField(max_length=40, verbose_name="return")),
                ("chosen", models.JSONField(default=dict)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
                (
                    "saved_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.membership",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "definition"), name="return_choices_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("saved_at__isnull", True), ("saved_by__isnull", True)),
                            models.Q(("saved_at__isnull", False), ("saved_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="return_choices_saved_when_and_by_whom",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="trainingreport",
            name="definition",
            field=models.CharField(blank=True, max_length=40, verbose_name="return"),
        ),
        migrations.AddField(
            model_name="trainingreport",
            name="definition_version",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="trainingreport",
            name="period_from",
            field=models.DateField(null=True),
        ),
        migrations.AlterField(
            model_name="trainingreport",
            name="kind",
            field=models.CharField(
                choices=[
                    ("figures", "Figures: who is in date of whom, with the rules behind it (PDF)"),
                    ("register", "Register: every person and what they are asked (PDF)"),
                    ("xlsx", "Register as a spreadsheet (XLSX)"),
                    ("csv", "Register as a file of rows (CSV)"),
                    ("return", "Figures for a return (PDF)"),
                ],
                max_length=8,
                verbose_name="version",
            ),
        ),
        migrations.AddConstraint(
            model_name="trainingreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("definition_version__isnull", False),
                        ("kind", "return"),
                        ("period_from__isnull", False),
                        models.Q(("definition", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("kind", "return"), _negated=True),
                        ("definition", ""),
                        ("definition_version__isnull", True),
                        ("period_from__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="training_report_of_a_return_or_not",
            ),
        ),
        *force_row_security("training_returnchoices"),
        same_organisation("training_returnchoices", "saved_by_id", "organisations_membership"),
    ]
