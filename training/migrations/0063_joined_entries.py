from django.db import migrations
from django.db.migrations.operations import RunSQL

# What somebody did or has becomes another entry's only as the two are joined; nothing new is written about the one
# that ended.
GOES_OVER = ("completion", "attempt", "certificate", "place")
NOTHING_NEW = ("completion", "attempt", "place", "waiver", "extension", "absence")


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0010_joined_entries"),
        ("training", "0062_taught_sessions_row_security"),
    ]

    operations = [
        RunSQL("GRANT UPDATE (membership_id) ON training_completion TO portal_app", RunSQL.noop),
        *(
            RunSQL(
                f"CREATE TRIGGER stays_unless_joined BEFORE UPDATE OF membership_id ON training_{table} FOR EACH ROW"
                " WHEN (OLD.membership_id IS DISTINCT FROM NEW.membership_id)"
                " EXECUTE FUNCTION organisations_stays_unless_joined()",
                f"DROP TRIGGER stays_unless_joined ON training_{table}",
            )
            for table in GOES_OVER
        ),
        *(
            RunSQL(
                f"CREATE TRIGGER refuse_joined AFTER INSERT ON training_{table} REFERENCING NEW TABLE AS new_rows"
                " FOR EACH STATEMENT EXECUTE FUNCTION organisations_refuse_joined()",
                f"DROP TRIGGER refuse_joined ON training_{table}",
            )
            for table in NOTHING_NEW
        ),
    ]
