import django.db.models.deletion
from django.db import migrations, models

from foundation.core.row_security import force_row_security, same_organisation

PARENTS = (
    ("assessment_id", "risk_assessment"),
    ("entry_id", "risk_entry"),
    ("written_by_id", "organisations_membership"),
)


class Migration(migrations.Migration):
    dependencies = [("organisations", "0007_who_saved_last"), ("risk", "0010_categories")]

    operations = [
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(verbose_name="comment")),
                ("written_at", models.DateTimeField()),
                (
                    "assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="comments", to="risk.assessment"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comments",
                        to="risk.entry",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.membership"
                    ),
                ),
            ],
            options={
                "ordering": ["-written_at", "-pk"],
                "indexes": [
                    models.Index(
                        fields=["organisation", "assessment", "-written_at", "-id"],
                        name="risk_commen_organis_53b655_idx",
                    )
                ],
            },
        ),
        *force_row_security("risk_comment"),
        *(same_organisation("risk_comment", column, parent) for column, parent in PARENTS),
        migrations.RunSQL(
            "REVOKE UPDATE, DELETE, TRUNCATE ON risk_comment FROM portal_app, portal_system", migrations.RunSQL.noop
        ),
    ]
