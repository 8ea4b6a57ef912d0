from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("files", "0001_stored_files")]

    operations = [
        migrations.RemoveConstraint(model_name="storedfile", name="file_withdrawn_means_when_and_who"),
        migrations.AddConstraint(
            model_name="storedfile",
            constraint=models.CheckConstraint(
                name="file_withdrawn_means_when",
                condition=models.Q(("status", "withdrawn"), ("withdrawn_at__isnull", False))
                | ~models.Q(("status", "withdrawn"))
                & models.Q(("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
            ),
        ),
    ]
