"""The list of what everybody is asked is sorted by the day it is due, without a requirement chosen."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("training", "0005_who_must_do_what_row_security")]

    operations = [
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(
                fields=["organisation", "due_on", "id"],
                condition=models.Q(known_until__isnull=True),
                name="assignment_by_due",
            ),
        ),
    ]
