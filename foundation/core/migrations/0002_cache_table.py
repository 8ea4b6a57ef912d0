from django.db import migrations


class Migration(migrations.Migration):
    """Django's database cache: limits and one-time codes live there and must survive the loss of Redis."""

    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.RunSQL(
            [
                "CREATE TABLE portal_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL,"
                " expires timestamptz NOT NULL)",
                "CREATE INDEX portal_cache_expires ON portal_cache (expires)",
            ],
            "DROP TABLE portal_cache",
        )
    ]
