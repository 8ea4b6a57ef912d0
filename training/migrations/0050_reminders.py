import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import training.models.reminders
from foundation.core.row_security import force_row_security, same_organisation


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0008_training_managers_and_what_people_do"),
        ("training", "0040_records_from_elsewhere"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReminderSettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1)),
                ("saved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "days_before",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        default=training.models.reminders.default_before,
                        size=5,
                    ),
                ),
                (
                    "days_after",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        default=training.models.reminders.default_after,
                        size=5,
                    ),
                ),
                ("escalate_days_after", models.PositiveSmallIntegerField(default=14, null=True)),
                (
                    "digest_on",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ],
                        default=0,
                        null=True,
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
                    models.UniqueConstraint(fields=("organisation",), name="training_reminders_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("escalate_days_after__isnull", True),
                            ("escalate_days_after__range", (1, 365)),
                            _connector="OR",
                        ),
                        name="training_reminders_escalated_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("digest_on__isnull", True), ("digest_on__range", (0, 6)), _connector="OR"),
                        name="training_reminders_digest_on_a_weekday",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("saved_at__isnull", True), ("saved_by__isnull", True)),
                            models.Q(("saved_at__isnull", False), ("saved_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="training_reminders_saved_when_and_by_whom",
                    ),
                ],
            },
        ),
        *force_row_security("training_remindersettings"),
        same_organisation("training_remindersettings", "saved_by_id", "organisations_membership"),
    ]
