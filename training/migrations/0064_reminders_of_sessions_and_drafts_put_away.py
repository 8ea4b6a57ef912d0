import django.db.models.deletion
from django.db import migrations, models

from foundation.core.row_security import allow_system, same_organisation


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0009_import_rows_say_what_people_do"),
        ("training", "0063_joined_entries"),
    ]

    operations = [
        migrations.AddField(
            model_name="remindersettings",
            name="session_days_before",
            field=models.PositiveSmallIntegerField(db_default=2, default=2, null=True),
        ),
        migrations.AddConstraint(
            model_name="remindersettings",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("session_days_before__isnull", True), ("session_days_before__range", (1, 365)), _connector="OR"
                ),
                name="training_reminders_of_sessions_in_range",
            ),
        ),
        migrations.AddField(
            model_name="coursedraft",
            name="put_away_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="coursedraft",
            name="put_away_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisations.membership",
            ),
        ),
        migrations.AddConstraint(
            model_name="coursedraft",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("put_away_at__isnull", True), ("put_away_by__isnull", True)),
                    models.Q(("course__isnull", True), ("put_away_at__isnull", False), ("put_away_by__isnull", False)),
                    _connector="OR",
                ),
                name="course_draft_put_away_was_never_published",
            ),
        ),
        same_organisation("training_coursedraft", "put_away_by_id", "organisations_membership"),
        # The clock asks which organisations have a session coming.
        *allow_system("training_taughtsession", purpose="training"),
    ]
