import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations import RunSQL

from foundation.core.row_security import force_row_security, same_organisation

TABLE = "organisations_keptapart"


def to(model: str, **options: object) -> models.ForeignKey:
    return models.ForeignKey(to=model, on_delete=django.db.models.deletion.PROTECT, related_name="+", **options)


class Migration(migrations.Migration):
    dependencies = [("organisations", "0010_joined_entries")]

    operations = [
        migrations.CreateModel(
            name="KeptApart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("said_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("organisation", to("organisations.organisation")),
                ("lower", to("organisations.membership")),
                ("higher", to("organisations.membership")),
                ("said_by", to("organisations.membership")),
                ("ended_by", to("organisations.membership", null=True)),
            ],
            options={
                "ordering": ["-said_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("lower__lt", models.F("higher"))), name="kept_apart_lower_comes_first"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("ended_by__isnull", True)),
                            models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="kept_apart_ended_when_and_by_whom",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("lower", "higher"),
                        name="kept_apart_said_once",
                    ),
                ],
            },
        ),
        *force_row_security(TABLE),
        *(
            same_organisation(TABLE, column, "organisations_membership")
            for column in ("lower_id", "higher_id", "said_by_id", "ended_by_id")
        ),
        # That it was said stays, also when it is taken back.
        RunSQL(f"REVOKE DELETE, TRUNCATE ON {TABLE} FROM portal_app, portal_system", RunSQL.noop),
    ]
