"""Find events by the reference of what they are about; read a purpose once for a statement, not once for a row."""

from django.db import migrations, models

# A yes or no in brackets: read once, and the planner does not take it for a filter that leaves next to nothing.
MAY_READ = "(SELECT current_setting('portal.system_purpose', true) IN ('seal', 'verify'))"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_seal")]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("target_reference", ""), _negated=True),
                fields=["organisation_id", "target_reference", "-at"],
                name="ledger_event_by_reference",
            ),
        ),
        migrations.RunSQL(
            f"ALTER POLICY system_reads ON ledger_event USING ({MAY_READ})",
            migrations.RunSQL.noop,
        ),
    ]
