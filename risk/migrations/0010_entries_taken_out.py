import django.db.models.deletion
from django.db import migrations, models

from foundation.core.row_security import same_organisation


class Migration(migrations.Migration):
    dependencies = [("risk", "0010_comments")]

    operations = [
        migrations.AddField(model_name="entry", name="removed_at", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="entry",
            name="removed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisations.membership",
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("removed_at__isnull", True), ("removed_by__isnull", True)),
                    models.Q(("removed_at__isnull", False), ("removed_by__isnull", False)),
                    _connector="OR",
                ),
                name="entry_removed_when_and_by_whom",
            ),
        ),
        same_organisation("risk_entry", "removed_by_id", "organisations_membership"),
    ]
