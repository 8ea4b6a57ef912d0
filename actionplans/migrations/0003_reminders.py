from django.db import migrations

from foundation.core.row_security import allow_system


class Migration(migrations.Migration):
    dependencies = [("actionplans", "0002_row_security")]

    operations = allow_system("actionplans_action", purpose="plan-reminders")
