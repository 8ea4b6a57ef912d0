"""A partnership counts what its members share once after each change, not for every page."""

from django.db import migrations

from foundation.organisations.row_security import count_changes


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0012_given"),
        ("risk", "0064_registers_as_spreadsheets"),
    ]

    operations = count_changes("risk_sharedrisk", "risks", partnership="partnership_id", events=("INSERT", "UPDATE"))
