"""The heat map counts a register of any length along an index."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("risk", "0067_entries_belong_to_one_organisation")]

    operations = [
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                fields=["organisation", "assessment", "residual_likelihood", "residual_impact"],
                condition=Q(removed_at__isnull=True),
                name="entry_by_cell",
            ),
        ),
        migrations.AddIndex(
            model_name="risk",
            index=models.Index(fields=["organisation"], condition=Q(closed_at__isnull=False), name="risk_closed"),
        ),
    ]
