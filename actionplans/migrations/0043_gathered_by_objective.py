"""A plan that gathers thousands reads where they stand by objective."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("actionplans", "0042_actions_as_spreadsheets"),
        ("organisations", "0010_joined_entries"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="gathered",
            index=models.Index(fields=["organisation", "plan", "objective"], name="actionplans_organis_47c326_idx"),
        ),
        migrations.RemoveIndex(
            model_name="gathered",
            name="actionplans_organis_f71530_idx",
        ),
    ]
