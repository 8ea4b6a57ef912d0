from django.db import migrations

from foundation.core.row_security import allow_system


class Migration(migrations.Migration):
    dependencies = [("risk", "0050_risk_evidence")]

    operations = allow_system("risk_entry", purpose="risk-reviews")
