from django.db import migrations, models
from django.db.models import F, Value
from django.db.models.functions import LPad


class Migration(migrations.Migration):
    dependencies = [("risk", "0065_shared_risks_count_changes")]

    operations = [
        migrations.AddIndex(
            model_name="risk",
            index=models.Index(F("organisation"), LPad("code", 20, Value(" ")), F("id"), name="risk_in_order"),
        ),
    ]
