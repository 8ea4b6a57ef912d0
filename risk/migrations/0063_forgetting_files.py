from django.db import migrations

from foundation.core.row_security import allow_system


class Migration(migrations.Migration):
    dependencies = [("risk", "0062_reports"), ("files", "0002_withdrawn_by_the_clock")]

    operations = allow_system("risk_registerimport", purpose="risk-imports")
