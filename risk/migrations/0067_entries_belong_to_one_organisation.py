"""Tells the planner that an assessment's entries are all of one organisation.

It took the two as independent, thought a register of thousands to be one of hundreds, and sorted it where it could have
read the first page along an index.
"""

from django.db import migrations
from django.db.migrations.operations import RunSQL


class Migration(migrations.Migration):
    dependencies = [("risk", "0066_risks_in_order")]

    operations = [
        RunSQL(
            "CREATE STATISTICS risk_entry_of_an_assessment (dependencies) ON organisation_id, assessment_id FROM risk_entry",
            "DROP STATISTICS risk_entry_of_an_assessment",
        ),
    ]
