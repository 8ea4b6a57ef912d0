import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations import RunSQL

from foundation.core.row_security import force_row_security, same_organisation


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0008_training_managers_and_what_people_do"),
        ("training", "0050_reminders"),
    ]

    operations = [
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quarter_end", models.DateField(verbose_name="quarter ended")),
                ("title", models.CharField(max_length=120, verbose_name="requirement")),
                ("course_title", models.CharField(max_length=120, verbose_name="course")),
                ("target", models.PositiveSmallIntegerField(null=True, verbose_name="target in per cent")),
                (
                    "group",
                    models.CharField(
                        choices=[("all", "Everybody"), ("team", "Team"), ("staff_group", "Staff group")],
                        max_length=11,
                        verbose_name="group",
                    ),
                ),
                ("group_name", models.CharField(blank=True, max_length=200, verbose_name="name of the group")),
                ("counts", models.JSONField()),
                ("taken_at", models.DateTimeField(verbose_name="written")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
                (
                    "requirement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="training.requirement"
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.team",
                    ),
                ),
            ],
            options={
                "ordering": ["-quarter_end", "title", "requirement", "group", "group_name", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "quarter_end", "requirement", "group", "team", "group_name"),
                        name="snapshot_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("team__isnull", True), ("group", "team"), _connector="OR"),
                        name="snapshot_team_only_of_a_team",
                    ),
                ],
            },
        ),
        *force_row_security("training_snapshot"),
        same_organisation("training_snapshot", "requirement_id", "training_requirement"),
        same_organisation("training_snapshot", "team_id", "organisations_team"),
        # What is kept of a quarter stays as it is.
        RunSQL("REVOKE UPDATE, DELETE, TRUNCATE ON training_snapshot FROM portal_app, portal_system", RunSQL.noop),
    ]
