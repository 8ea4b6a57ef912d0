import django.db.models.deletion
from django.db import migrations, models

from foundation.core.row_security import force_row_security, same_organisation


class Migration(migrations.Migration):
    dependencies = [
        ("actionplans", "0004_plan_reports"),
        ("organisations", "0007_who_saved_last"),
        ("risk", "0011_sorting_the_register"),
    ]

    operations = [
        migrations.CreateModel(
            name="ActionRecommendation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("linked_at", models.DateTimeField()),
                (
                    "action",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recommendation_links",
                        to="actionplans.action",
                    ),
                ),
                (
                    "linked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.membership"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
                (
                    "recommendation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="action_links",
                        to="risk.ctlprecommendation",
                    ),
                ),
            ],
            options={
                "ordering": ["recommendation__code", "pk"],
                "indexes": [
                    models.Index(fields=["organisation", "recommendation"], name="actionplans_organis_2c51a7_idx")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("action", "recommendation"), name="action_recommendation_once")
                ],
            },
        ),
        *force_row_security("actionplans_actionrecommendation"),
        same_organisation("actionplans_actionrecommendation", "action_id", "actionplans_action"),
        same_organisation("actionplans_actionrecommendation", "recommendation_id", "risk_ctlprecommendation"),
        same_organisation("actionplans_actionrecommendation", "linked_by_id", "organisations_membership"),
    ]
