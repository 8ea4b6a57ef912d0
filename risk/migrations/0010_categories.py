from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("risk", "0004_profiles_row_security")]

    operations = [
        migrations.CreateModel(
            name="Category",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("theme", "Theme"), ("ideology", "Ideology")], max_length=10)),
                ("code", models.CharField(max_length=40)),
                ("label", models.CharField(max_length=100)),
                ("in_force_from", models.DateField()),
                ("in_force_to", models.DateField(null=True)),
                ("source", models.CharField(max_length=300)),
                ("verified", models.BooleanField(default=False)),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["kind", "position", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "code", "in_force_from"), name="category_once_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("in_force_to__isnull", True),
                            ("in_force_to__gte", models.F("in_force_from")),
                            _connector="OR",
                        ),
                        name="category_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            "REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON risk_category FROM portal_app", migrations.RunSQL.noop
        ),
    ]
