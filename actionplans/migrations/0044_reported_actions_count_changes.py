"""A partnership counts what its members report once after each change, not for every page."""

from django.db import migrations

from foundation.organisations.row_security import count_changes


class Migration(migrations.Migration):
    dependencies = [
        ("actionplans", "0043_gathered_by_objective"),
        ("organisations", "0012_given"),
    ]

    operations = [
        *count_changes(
            "actionplans_reportedaction", "actions", partnership="partnership_id", events=("INSERT", "UPDATE")
        ),
        # Where a partnership puts what it gathers is its own to change.
        *count_changes(
            "actionplans_gathered", "actions", partnership="organisation_id", events=("INSERT", "UPDATE", "DELETE")
        ),
    ]
