"""A plan reads the first of each objective, the board the first of each status, along an index; both count along one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("actionplans", "0044_reported_actions_count_changes")]

    operations = [
        migrations.AddIndex(
            model_name="action",
            index=models.Index(
                fields=["organisation", "plan", "objective", "due_on", "id"], name="action_of_an_objective"
            ),
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(fields=["organisation", "plan", "objective", "status"], name="action_counted"),
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(fields=["organisation", "status", "-finished_at", "id"], name="action_ended_last"),
        ),
        # The planner takes columns as independent: it would think a long plan to be short, and sort it.
        migrations.RunSQL(
            "CREATE STATISTICS action_of_a_plan (dependencies) ON organisation_id, plan_id, objective_id"
            " FROM actionplans_action",
            "DROP STATISTICS action_of_a_plan",
        ),
    ]
