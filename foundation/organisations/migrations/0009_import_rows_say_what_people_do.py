from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0008_training_managers_and_what_people_do"),
    ]

    operations = [
        migrations.AddField(
            model_name="peopleimportrow",
            name="staff_group",
            field=models.CharField(blank=True, db_default="", default="", max_length=100),
        ),
        migrations.AddField(
            model_name="peopleimportrow",
            name="employment",
            field=models.CharField(blank=True, db_default="", default="", max_length=10),
        ),
        migrations.AddField(
            model_name="peopleimportrow",
            name="line_manager",
            field=models.CharField(blank=True, db_default="", default="", max_length=254),
        ),
        migrations.AddField(
            model_name="peopleimportrow",
            name="manager_id",
            field=models.BigIntegerField(null=True),
        ),
    ]
